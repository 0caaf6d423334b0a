//! Secrets that a script means to read and does not: a variable gets the path of the file instead of its content, or a command
//! substitution in single quotes, which does not run; and `$(< FILE)` in a shell that only opens the file.
//!
//! In: a script. Out: each such place. It compares the written words; it does not follow values.

use crate::Span;
use crate::credential::is_secret_name;
use crate::report::Fix;
use crate::shell::{
    Assignment, Command, CommandKind, List, Part, QuoteStyle, RedirectOperator, RedirectTarget,
    Stream, SyntaxError, Visit, Word, walk_command,
};

/// A place that does not get the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// The value of the variable, or the redirect, as written.
    pub(crate) span: Span,
    /// The name of the variable. Empty for a redirect.
    pub(crate) variable: String,
    /// The text that it gets.
    pub(crate) what: Misread,
    /// The secret as written: a hole, or a path.
    pub(crate) secret: Span,
    /// The hole of the secret.
    pub(crate) hole: Option<usize>,
}

/// What a place gets instead of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misread {
    /// The path of the file.
    Path,
    /// The text of a command substitution.
    Text,
    /// Nothing: the shell opens the file and does not read it.
    Nothing,
}

impl Unread {
    /// Returns the message.
    pub(crate) fn message(&self, secret: &str) -> String {
        let variable = &self.variable;
        match self.what {
            Misread::Path => format!(
                "`{variable}` gets the path of the file of `{secret}`, but its name indicates the \
                 value"
            ),
            Misread::Text => format!(
                "`{variable}` gets the text of a command: single quotes keep the shell from \
                 running it, so the value of `{secret}` is never read"
            ),
            Misread::Nothing => format!(
                "`sh` of this base image is dash or BusyBox: `$(< FILE)` is empty there, so the \
                 value of `{secret}` is never read"
            ),
        }
    }

    /// Returns the fix. `path` is the secret as the script has it, `text` the script.
    pub(crate) fn fix(&self, path: &str, text: &str) -> Fix {
        let new = match self.what {
            Misread::Nothing => format!("cat {path}"),
            _ => format!("\"$(cat {path})\""),
        };
        Fix::Instead {
            old: self.span.of(text).to_owned(),
            new,
            is_mount: false,
        }
    }
}

/// Returns the places in a script that do not read the secret. `plain`: the shell is dash or BusyBox. `is_path`: whether a word is the
/// path of a secret.
pub(crate) fn unread(
    list: &List,
    text: &str,
    plain: bool,
    is_path: &dyn Fn(&str) -> bool,
) -> Vec<Unread> {
    let mut walk = UnreadWalk::new(text, plain, is_path);
    walk.list(list);
    walk.found
}

/// The same for a script that is parsed command by command.
pub(crate) fn unread_in(
    script: &mut Stream<'_>,
    text: &str,
    plain: bool,
    is_path: &dyn Fn(&str) -> bool,
) -> Result<Vec<Unread>, SyntaxError> {
    let mut walk = UnreadWalk::new(text, plain, is_path);
    script.visit(&mut walk)?;
    Ok(walk.found)
}

struct UnreadWalk<'a> {
    is_path: &'a dyn Fn(&str) -> bool,
    plain: bool,
    runs_text: bool,
    found: Vec<Unread>,
}

impl<'a> UnreadWalk<'a> {
    fn new(text: &str, plain: bool, is_path: &'a dyn Fn(&str) -> bool) -> Self {
        // Evaluated text is expanded later.
        let runs_text = ["eval", "sh -c", "bash -c", "envsubst"];
        Self {
            is_path,
            plain,
            runs_text: runs_text.iter().any(|word| text.contains(word)),
            found: Vec::new(),
        }
    }

    /// Checks `name=` with the parts of its value. A program gets the variable if it is exported.
    fn assigned(&mut self, name: &str, span: Span, parts: &[Part], is_exported: bool) {
        let parts: Vec<&Part> = parts.iter().filter(|part| !is_empty(part)).collect();
        let [value] = parts.as_slice() else { return };
        let found = match value {
            Part::Quoted(quoted) if quoted.style == QuoteStyle::Single => {
                let text = self.text_of_a_command(&quoted.parts);
                text.or_else(|| self.path(name, &quoted.parts))
            }
            Part::Quoted(quoted) => self.path(name, &quoted.parts),
            part => self.path(name, std::slice::from_ref(*part)),
        };
        let found = found.filter(|(what, _)| is_exported || *what == Misread::Text);
        if let Some((what, (secret, hole))) = found {
            self.found.push(Unread {
                span,
                variable: name.to_owned(),
                what,
                secret,
                hole,
            });
        }
    }

    /// Checks for the path alone, in a variable whose name indicates a value.
    fn path(&self, name: &str, parts: &[Part]) -> Option<(Misread, (Span, Option<usize>))> {
        let [part] = parts else { return None };
        let secret = self.secret(part)?;
        wants_a_value(name).then_some((Misread::Path, secret))
    }

    /// Checks for `$(cat SECRET)` that does not run.
    fn text_of_a_command(&self, parts: &[Part]) -> Option<(Misread, (Span, Option<usize>))> {
        let texts = || {
            parts.iter().filter_map(|part| match part {
                Part::Literal(literal) => Some(&*literal.text),
                _ => None,
            })
        };
        let reads = |text: &str| {
            ["$(cat ", "$(<", "`cat "].iter().any(|command| {
                let starts = text.trim_start().starts_with(command);
                starts && (text.trim_end().ends_with([')', '`']) || parts.len() > 1)
            })
        };
        if self.runs_text || !texts().next().is_some_and(reads) {
            return None;
        }
        let hole = parts.iter().find_map(|part| match part {
            Part::Hole(hole) => Some((hole.span, Some(hole.index))),
            _ => None,
        });
        let literal = parts.iter().find_map(|part| match part {
            Part::Literal(literal) => {
                let is_word = |c: char| !c.is_whitespace() && !"()`$<\"".contains(c);
                let mut words = literal.text.split(|c: char| !is_word(c));
                words.any(self.is_path).then_some((literal.span, None))
            }
            _ => None,
        });
        hole.or(literal).map(|secret| (Misread::Text, secret))
    }

    /// Checks a command that is only `< SECRET`.
    fn redirect_alone(&mut self, command: &Command) {
        let [redirect] = command.redirects.as_slice() else {
            return;
        };
        let RedirectTarget::Word(word) = &redirect.target else {
            return;
        };
        let [part] = word.parts.as_slice() else {
            return;
        };
        let part = match part {
            Part::Quoted(quoted) if quoted.parts.len() == 1 => &quoted.parts[0],
            part => part,
        };
        if redirect.operator == RedirectOperator::Read
            && let Some((secret, hole)) = self.secret(part)
        {
            self.found.push(Unread {
                span: redirect.span,
                variable: String::new(),
                what: Misread::Nothing,
                secret,
                hole,
            });
        }
    }

    fn secret(&self, part: &Part) -> Option<(Span, Option<usize>)> {
        match part {
            Part::Hole(hole) => Some((hole.span, Some(hole.index))),
            Part::Literal(literal) if (self.is_path)(&literal.text) => Some((literal.span, None)),
            _ => None,
        }
    }

    /// Checks `NAME=value` as an argument of `export`, `env` and the like.
    fn argument(&mut self, word: &Word) {
        let [Part::Literal(first), rest @ ..] = word.parts.as_slice() else {
            return;
        };
        let Some((name, value)) = first.text.split_once('=') else {
            return;
        };
        let mut value_of_first = first.clone();
        value_of_first.text = value.into();
        value_of_first.span.start = (first.span.start + name.len() + 1).min(first.span.end);
        let span = Span::new(value_of_first.span.start, word.span.end);
        let mut parts = vec![Part::Literal(value_of_first)];
        parts.extend_from_slice(rest);
        self.assigned(name, span, &parts, true);
    }
}

impl Visit for UnreadWalk<'_> {
    fn command(&mut self, command: &Command) {
        if let CommandKind::Simple(simple) = &command.kind {
            if self.plain && simple.words.is_empty() && simple.assignments.is_empty() {
                self.redirect_alone(command);
            }
            let name = simple.words.first().and_then(|word| match &*word.parts {
                [Part::Literal(literal)] => Some(&*literal.text),
                _ => None,
            });
            for Assignment { name, value, .. } in &simple.assignments {
                let is_exported = !simple.words.is_empty();
                self.assigned(&name.text, value.span, &value.parts, is_exported);
            }
            if matches!(
                name,
                Some("export" | "env" | "readonly" | "declare" | "local")
            ) {
                for word in &simple.words[1..] {
                    self.argument(word);
                }
            }
        }
        walk_command(self, command);
    }
}

fn is_empty(part: &Part) -> bool {
    matches!(part, Part::Literal(literal) if literal.text.is_empty())
}

/// Whether the name of a variable indicates a value, not a path.
fn wants_a_value(name: &str) -> bool {
    const PATHS: [&str; 8] = [
        "FILE",
        "PATH",
        "DIR",
        "CREDENTIALS",
        "NETRC",
        "CONFIG",
        "_KEY",
        "CERT",
    ];
    let upper = name.to_ascii_uppercase();
    let is_api_key = upper.ends_with("API_KEY") || upper.ends_with("ACCESS_KEY");
    let is_path = PATHS.iter().any(|end| upper.ends_with(end)) && !is_api_key;
    is_secret_name(name) && !is_path
}
