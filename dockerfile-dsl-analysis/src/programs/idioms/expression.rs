//! Expressions of Python and JavaScript: whether they call anything that does more than look things up.
//! Brackets and strings are matched; a text with unmatched ones is not an expression.

/// The words of one language.
pub(super) struct Language {
    /// Pure calls, which look something up or compute a value from values: the last component of their names.
    pure: &'static [&'static str],
    /// Calls whose argument appears in their error message, so it must be a literal.
    paths: &'static [&'static str],
    /// Words that must not precede a pure call of the same name.
    keywords: &'static [&'static str],
}

pub(super) const PYTHON: Language = Language {
    pure: &[
        "read",
        "strip",
        "rstrip",
        "lstrip",
        "len",
        "bool",
        "get",
        "getenv",
        "load",
        "loads",
        "startswith",
        "endswith",
        "split",
        "splitlines",
        "lower",
        "upper",
        "encode",
        "decode",
        "any",
        "all",
        "isinstance",
        "str",
        "readline",
        "readlines",
        "hexdigest",
        "sha256",
        "sha1",
        "md5",
        "dumps",
        "dict",
        "list",
        "repr",
        "format",
        "join",
        "replace",
        "b64encode",
        "b64decode",
        "read_text",
        "read_bytes",
        "raise_for_status",
        "json",
        "is_file",
        "exists",
    ],
    paths: &["open", "Path", "getsize", "isfile", "isdir", "stat"],
    keywords: &[
        "lambda", "yield", "await", "import", "exec", "eval", "del", "global", "def", "class",
        "while", "except",
    ],
};

pub(super) const JAVASCRIPT: Language = Language {
    pure: &[
        "trim",
        "toString",
        "startsWith",
        "endsWith",
        "includes",
        "split",
        "Boolean",
        "stringify",
        "from",
        "join",
        "replace",
        "String",
        "concat",
        "trimEnd",
    ],
    paths: &["readFileSync", "existsSync", "statSync"],
    keywords: &[
        "function", "await", "yield", "eval", "new", "delete", "import", "while", "for", "catch",
    ],
};

/// Node.js modules without effects when they are loaded.
const MODULES: &[&str] = &[
    "fs",
    "node:fs",
    "path",
    "node:path",
    "os",
    "node:os",
    "crypto",
    "node:crypto",
    "assert",
    "process",
];

/// Whether it is an expression alone: no block begins, and nothing is assigned in an unrecognized form.
pub(in crate::programs) fn evaluates(line: &str, language: &Language) -> bool {
    let compared = line
        .replace("==", "")
        .replace("!=", "")
        .replace("<=", "")
        .replace(">=", "");
    is_pure(line, language) && !line.ends_with(':') && pieces(&compared, &['=']).count() == 1
}

/// Whether it calls pure functions only. A response holds the request that was sent: `r.request.headers`.
pub(in crate::programs) fn is_pure(expression: &str, language: &Language) -> bool {
    let expression = expression.trim();
    let sent = [".request", ".history", "__dict__", "vars("];
    let is_sent = |word: &str| {
        let found = expression.match_indices(word);
        found
            .into_iter()
            .any(|(at, _)| !expression[..at].ends_with("urllib"))
    };
    if sent.iter().any(|word| is_sent(word)) {
        return false;
    }
    let mut depth = 0_i32;
    let mut word = String::new();
    let mut characters = expression.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\'' | '"' => {
                if !matches!(&*word, "" | "f" | "r" | "b" | "rb" | "br")
                    && !language.keywords.contains(&&*word)
                {
                    return false;
                }
                let formats = word.contains('f');
                word.clear();
                let Some(end) = string_end(expression, at) else {
                    return false;
                };
                // Calls in a formatted string are not analysed.
                if formats && expression[at..end].contains('(') {
                    return false;
                }
                while characters.as_str().len() > expression.len() - end {
                    characters.next();
                }
            }
            '(' => {
                depth += 1;
                let name = word.rsplit('.').next().unwrap_or_default();
                let given = closing(&expression[at..]).map(|end| &expression[at + 1..at + end]);
                let is_named = given.is_some_and(|given| {
                    pieces(given, &[',']).all(|part| {
                        is_literal(part.split_once('=').map_or(part, |(_, value)| value))
                    })
                });
                let known = word.is_empty()
                    || &*word == "require"
                        && given.is_some_and(|module| MODULES.contains(&unquoted(module)))
                    || language.pure.contains(&name) && is_of_values(&word, name, expression)
                    || language.paths.contains(&name) && is_named
                    || matches!(&*word, "not" | "and" | "or" | "in" | "if" | "else");
                if !known || name.is_empty() && !word.is_empty() {
                    return false;
                }
                word.clear();
            }
            '[' | '{' => {
                depth += 1;
                word.clear();
            }
            ')' | ']' | '}' => {
                depth -= 1;
                if depth < 0 {
                    return false;
                }
                // A method or property of the result: `.strip()`.
                word = ".".to_owned();
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '.') => word.push(c),
            '`' | '\\' | '@' | ';' | '#' => return false,
            ':' if expression[at..].starts_with(":=") => return false,
            _ => {
                if language.keywords.contains(&&*word) {
                    return false;
                }
                word.clear();
            }
        }
    }
    depth == 0 && !expression.is_empty() && !language.keywords.contains(&&*word)
}

/// Whether an ambiguous name is a pure function here: no request is sent, no file is renamed, and no parser quotes its input.
fn is_of_values(word: &str, name: &str, expression: &str) -> bool {
    match name {
        "get" => word.starts_with('.') || word.ends_with("environ.get"),
        "load" | "loads" | "dumps" => word.starts_with("json."),
        "json" => word.starts_with('.') || !word.starts_with("json"),
        "replace" => !word.starts_with("os.") && !expression.contains("Path("),
        _ => true,
    }
}

/// Whether the value is a length or a boolean.
pub(in crate::programs) fn counts(expression: &str, language: &Language) -> bool {
    let expression = expression.trim();
    let length = expression
        .strip_suffix(".length")
        .or_else(|| inner(expression, "len(", ")").filter(|given| balanced(given)))
        .or_else(|| inner(expression, "bool(", ")").filter(|given| balanced(given)))
        .or_else(|| expression.strip_prefix("!!"));
    length.is_some_and(|of| {
        is_pure(of, language) && pieces(of, &[',', '+', '|', '&', '?']).count() == 1
    })
}

/// Whether it is a number, or a string without evaluated parts.
pub(in crate::programs) fn is_literal(text: &str) -> bool {
    let text = text.trim();
    match text.chars().next() {
        Some('\'' | '"') => string_end(text, 0) == Some(text.len()),
        Some(first) => {
            first.is_ascii_digit() && text.chars().all(|c| c.is_ascii_alphanumeric())
                || matches!(text, "None" | "True" | "False" | "null")
        }
        None => false,
    }
}

pub(in crate::programs) fn unquoted(literal: &str) -> &str {
    literal.trim().trim_matches(['\'', '"'])
}

pub(in crate::programs) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Parses `NAME = VALUE`, `NAME += VALUE`, `NAME["KEY"] = VALUE`.
pub(in crate::programs) fn assigned(line: &str) -> Option<(&str, &str)> {
    let at = line.find('=')?;
    let name = line[..at].trim_end_matches('+').trim();
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_[]\"'-".contains(c))
        && !line[at + 1..].starts_with(['=', '>']);
    (plain && !name.is_empty()).then(|| (name, line[at + 1..].trim()))
}

/// Returns the text between prefix and suffix, if it is one bracketed group.
pub(in crate::programs) fn inner<'t>(text: &'t str, prefix: &str, suffix: &str) -> Option<&'t str> {
    let given = text.trim().strip_prefix(prefix)?.strip_suffix(suffix)?;
    balanced(given).then(|| given.trim())
}

/// Parses `NAME(ARGUMENTS) REST`.
pub(in crate::programs) fn call_of(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim();
    let at = text.find('(')?;
    let end = at + closing(&text[at..])?;
    let name = text[..at].trim();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.:".contains(c);
    name.chars()
        .all(is_part)
        .then(|| (name, text[at + 1..end].trim(), text[end + 1..].trim()))
}

/// Whether all brackets are balanced.
fn balanced(text: &str) -> bool {
    closing(&format!("({text})")) == Some(text.len() + 1)
}

/// Returns the position of the bracket that closes the first one.
pub(in crate::programs) fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            '\'' | '"' => {
                at = string_end(text, at)?;
                continue;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// Returns the end of the string that begins there; `None` for one that contains a quote, and for triple quotes.
fn string_end(text: &str, begin: usize) -> Option<usize> {
    let quote = text[begin..].chars().next()?;
    let rest = &text[begin + 1..];
    let end = rest.find(quote)?;
    let ends = &rest[..end];
    let goes_on = ends.contains('\n') || ends.ends_with('\\');
    let is_triple = end == 0 && rest[1..].starts_with(quote);
    (!goes_on && !is_triple).then_some(begin + 1 + end + 1)
}

/// Returns the head and the body of a block, split at the separator outside brackets and strings.
pub(in crate::programs) fn block(text: &str, separator: char) -> Option<(&str, &str)> {
    let separators = [separator];
    let head = pieces(text, &separators).next()?;
    let rest = text.trim_start().get(head.len()..)?.trim_start();
    Some((head, rest.strip_prefix(separator)?.trim()))
}

/// Splits a text at separators outside brackets and strings, and trims the parts.
pub(in crate::programs) fn pieces<'t>(
    text: &'t str,
    separators: &[char],
) -> impl Iterator<Item = &'t str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut depth = 0_i32;
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '\'' | '"' => {
                    if let Some(end) = string_end(text, at) {
                        at = end;
                        continue;
                    }
                }
                c if depth <= 0 && separators.contains(&c) => {
                    rest = Some(&text[at + c.len_utf8()..]);
                    return Some(text[..at].trim());
                }
                _ => {}
            }
            at += c.len_utf8();
        }
        rest = None;
        Some(text.trim())
    })
}

/// Whether it is a Perl substitution `s/PATTERN/TEXT/FLAGS` without evaluation.
pub(in crate::programs) fn is_substitution(text: &str) -> bool {
    let mut rest = match text.trim().strip_prefix('s') {
        Some(rest) => rest.chars(),
        None => return text.trim().is_empty(),
    };
    let Some(delimiter) = rest
        .next()
        .filter(|c| c.is_ascii_punctuation() && !"({[<_".contains(*c))
    else {
        return false;
    };
    let mut parts = rest.as_str().split(delimiter);
    let (Some(pattern), Some(with), Some(flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let runs = |text: &str| {
        ["@{", "${\\", "(?{", "(??{", "`"]
            .iter()
            .any(|run| text.contains(run))
    };
    !runs(pattern) && !runs(with) && flags.chars().all(|c| "gimsx".contains(c))
}

/// Whether a character occurs in strings only.
pub(in crate::programs) fn only_in_strings(text: &str, c: char) -> bool {
    let mut at = 0;
    while let Some(here) = text[at..].chars().next() {
        if here == c {
            return false;
        }
        at = match here {
            '\'' | '"' => string_end(text, at).unwrap_or(at + 1),
            _ => at + here.len_utf8(),
        };
    }
    true
}

/// Whether a name occurs in an expression, outside strings or in a formatted one.
pub(in crate::programs) fn uses(expression: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    expression.match_indices(name).any(|(at, _)| {
        !expression[..at].ends_with(is_part) && !expression[at + name.len()..].starts_with(is_part)
    })
}
