//! Expressions of Rust, laid out as rustfmt does.
//!
//! In: calls, chains and lists. Out: their text, on one line if it is short, else with an argument or a call on each line. A literal
//! that is too long for a line is left as it is, as rustfmt leaves it.

/// Max. width of a line.
const WIDTH: usize = 100;
/// Max. width of arguments on one line, and of a chain of calls.
const SHORT: usize = 60;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// A name, a number or a literal, which may have several lines.
    Atom(String),
    /// A function or a macro with its arguments.
    Call(String, Vec<Expr>),
    /// Methods of an expression, each with its arguments.
    Chain(Box<Expr>, Vec<(String, Vec<Expr>)>),
    /// `[a, b]`
    List(Vec<Expr>),
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }

    pub(super) fn call(head: impl Into<String>, arguments: Vec<Self>) -> Self {
        Self::Call(head.into(), arguments)
    }

    /// Adds a call of a method.
    pub(super) fn method(self, name: &str, arguments: Vec<Self>) -> Self {
        let (receiver, mut calls) = match self {
            Self::Chain(receiver, calls) => (receiver, calls),
            other => (Box::new(other), Vec::new()),
        };
        calls.push((name.to_owned(), arguments));
        Self::Chain(receiver, calls)
    }

    /// Returns the expression on one line.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::Call(head, arguments) => format!("{head}({})", joined(arguments)),
            Self::List(items) => format!("[{}]", joined(items)),
            Self::Chain(receiver, calls) => {
                calls.iter().fold(receiver.line(), |line, (name, all)| {
                    format!("{line}.{name}({})", joined(all))
                })
            }
        }
    }

    /// Returns the expression in lines that begin at `indent`, for a macro, which rustfmt leaves alone.
    pub(super) fn layout_in(&self, indent: usize) -> String {
        self.layout(indent, indent, 0)
    }

    /// Returns the expression in lines after the first `used` columns. `after` columns follow it, lines begin at `indent`.
    fn layout(&self, indent: usize, used: usize, after: usize) -> String {
        let line = self.line();
        if !line.contains('\n') && used + line.len() + after <= WIDTH && self.is_short() {
            return line;
        }
        match self {
            Self::Atom(text) => text.clone(),
            Self::List(items) => format!("[{}]", vertical(items, indent, true)),
            Self::Call(head, arguments) => call(head, arguments, indent, used, after),
            Self::Chain(receiver, calls) => {
                let mut text = receiver.layout(indent, used, 0);
                // After a receiver of several lines, the calls begin where it begins.
                let is_one_line = !text.contains('\n');
                let next = if is_one_line { indent + 4 } else { indent };
                for (name, arguments) in calls {
                    let call = Self::Call(format!(".{name}"), arguments.clone());
                    let line = call.line();
                    let is_short = !line.contains('\n')
                        && next + line.len() + after <= WIDTH
                        && call.is_short_statement();
                    let own = if is_short {
                        line
                    } else {
                        call.layout(next, next, after)
                    };
                    if is_one_line && calls.len() == 1 && own.contains('\n') {
                        return format!("{text}{}", call.layout(indent, used + text.len(), after));
                    }
                    text.push_str(&format!("\n{}{own}", " ".repeat(next)));
                }
                text
            }
        }
    }

    /// Whether rustfmt accepts it on one line, as a part of another expression.
    fn is_short(&self) -> bool {
        match self {
            Self::Atom(_) => true,
            Self::Call(_, arguments) => are_short(arguments),
            Self::List(items) => joined(items).len() <= SHORT && items.iter().all(Self::is_short),
            Self::Chain(receiver, calls) => {
                receiver.is_short()
                    && (calls.len() == 1 || self.line().len() <= SHORT)
                    && calls.iter().all(|(_, arguments)| are_short(arguments))
            }
        }
    }

    /// Whether rustfmt accepts it on one line, if the line is its own: its only argument may be long.
    fn is_short_statement(&self) -> bool {
        match self {
            Self::Call(_, arguments) => match &arguments[..] {
                [only @ Self::Call(..)] => only.is_short() && only.line().len() <= SHORT,
                [only] => only.is_short(),
                _ => self.is_short(),
            },
            _ => self.is_short(),
        }
    }
}

/// Whether rustfmt accepts the arguments on one line.
fn are_short(arguments: &[Expr]) -> bool {
    joined(arguments).len() <= SHORT && arguments.iter().all(Expr::is_short)
}

fn joined(items: &[Expr]) -> String {
    items.iter().map(Expr::line).collect::<Vec<_>>().join(", ")
}

/// Returns a call over several lines. The last argument continues on the line of the call if it is the only one and a call itself.
fn call(head: &str, arguments: &[Expr], indent: usize, used: usize, after: usize) -> String {
    let used = used + head.len() + 1;
    if let [only] = arguments {
        match only {
            Expr::Call(inner, own) => {
                let line = only.line();
                let first = line.lines().next().unwrap_or_default();
                let ends = usize::from(line.contains('\n'));
                let is_literal = matches!(&own[..], [Expr::Atom(_)]);
                let is_inline = first.len() + ends <= SHORT && used + first.len() + 2 <= WIDTH;
                return if is_inline && (is_literal || ends == 0 && only.is_short()) {
                    format!("{head}({line})")
                } else {
                    format!("{head}({})", call(inner, own, indent, used, after + 1))
                };
            }
            Expr::List(_) => {
                return format!("{head}({})", only.layout(indent, used, after + 1));
            }
            Expr::Atom(_) | Expr::Chain(..) => {}
        }
    }
    let is_macro = head.ends_with('!');
    format!("{head}({})", vertical(arguments, indent, !is_macro))
}

fn vertical(items: &[Expr], indent: usize, ends_in_comma: bool) -> String {
    let next = indent + 4;
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        let comma = if ends_in_comma || index + 1 < items.len() {
            ","
        } else {
            ""
        };
        let item = item.layout(next, next, 1);
        text.push_str(&format!("\n{}{item}{comma}", " ".repeat(next)));
    }
    format!("{text}\n{}", " ".repeat(indent))
}

/// Returns a statement, or the value of the function if `end` is empty.
pub(super) fn statement(before: &str, expression: &Expr, indent: usize, end: &str) -> String {
    let spaces = " ".repeat(indent);
    let line = expression.line();
    let is_short = !line.contains('\n') && expression.is_short_statement();
    let used = indent + before.len();
    if is_short && used + line.len() + end.len() <= WIDTH {
        return format!("{spaces}{before}{line}{end}\n");
    }
    if is_short && before.ends_with("= ") && indent + 4 + line.len() + end.len() <= WIDTH {
        let before = before.trim_end();
        return format!("{spaces}{before}\n{spaces}    {line}{end}\n");
    }
    let text = match expression {
        // The statement is no part of another expression.
        Expr::Call(head, arguments) => call(head, arguments, indent, used, end.len()),
        other => other.layout(indent, used, end.len()),
    };
    format!("{spaces}{before}{text}{end}\n")
}

/// Returns a literal of one line, raw if that avoids escapes.
pub(super) fn literal(text: &str) -> Expr {
    let is_plain = text.chars().all(|c| !c.is_control() && !is_invisible(c));
    if is_plain && text.contains(['"', '\\']) {
        return Expr::atom(raw(text));
    }
    Expr::atom(format!("\"{}\"", escaped(text)))
}

/// Returns a literal of several lines: each of them is a literal, and `concat!` joins them.
pub(super) fn lines(text: &str) -> Expr {
    let lines: Vec<Expr> = text.split_inclusive('\n').map(literal).collect();
    match lines.len() {
        0 | 1 => literal(text),
        _ => Expr::call("concat!", lines),
    }
}

/// Returns a raw literal.
pub(super) fn raw(text: &str) -> String {
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Returns a literal whose source has line breaks at these positions, which are not in its value.
pub(super) fn folded(text: &str, breaks: &[usize], indent: usize) -> Expr {
    if breaks.is_empty() {
        return literal(text);
    }
    let mut out = "\"".to_owned();
    let mut start = 0;
    for &at in breaks {
        // Rust removes blanks at the start of the next line.
        let blanks = text[at..].len() - text[at..].trim_start_matches(' ').len();
        let end = at + blanks;
        out.push_str(&escaped(&text[start..end]));
        out.push_str(&format!("\\\n{}", " ".repeat(indent + 1)));
        start = end;
    }
    let rest = &text[start..];
    if rest.is_empty() || rest.starts_with(char::is_whitespace) {
        return literal(text);
    }
    out.push_str(&escaped(rest));
    out.push('"');
    Expr::atom(out)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            _ if character.is_control() || is_invisible(character) => {
                out.push_str(&character.escape_unicode().to_string());
            }
            _ => out.push(character),
        }
    }
    out
}

/// Whether rustc refuses it in a literal, or a reader does not see it.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
