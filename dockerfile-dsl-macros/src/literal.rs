//! String literals of Rust: from the token to its text.

use proc_macro::{Literal, Span, TokenTree};

use crate::errors::Mistake;

/// A string literal: the token as the author wrote it, for its span, and its text.
#[derive(Debug, Clone)]
pub(crate) struct StringLiteral {
    pub(crate) token: Literal,
    pub(crate) text: String,
}

impl StringLiteral {
    /// Reads a token, also from inside the invisible group that `macro_rules!` puts around a `$x:literal`.
    pub(crate) fn read(tree: &TokenTree, expected: &str) -> Result<Self, Mistake> {
        match tree {
            TokenTree::Literal(token) => {
                if let Some(text) = text_of(&token.to_string()) {
                    return Ok(Self {
                        token: token.clone(),
                        text,
                    });
                }
            }
            TokenTree::Group(group) if group.delimiter() == proc_macro::Delimiter::None => {
                let mut inner = group.stream().into_iter();
                if let (Some(tree), None) = (inner.next(), inner.next()) {
                    return Self::read(&tree, expected);
                }
            }
            _ => {}
        }
        Err(Mistake::new(tree.span(), format!("expected {expected}")))
    }
}

impl StringLiteral {
    /// What the author wrote as a word or a number, as if it stood in quotes.
    pub(crate) fn spelled(text: &str, span: Span) -> Self {
        let mut token = Literal::string(text);
        token.set_span(span);
        Self {
            token,
            text: text.to_owned(),
        }
    }
}

/// The text of a string literal, plain or raw; `None` for every other literal. The compiler has checked its form.
fn text_of(token: &str) -> Option<String> {
    if let Some(raw) = token.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let body = raw[hashes..].strip_prefix('"')?;
        return Some(
            body.strip_suffix(&"#".repeat(hashes))?
                .strip_suffix('"')?
                .to_owned(),
        );
    }
    let body = token.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(body.len());
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next()? {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            '0' => text.push('\0'),
            'x' => text.push(from_hex(characters.by_ref().take(2))?),
            'u' => text.push(from_hex(
                characters
                    .by_ref()
                    .skip(1)
                    .take_while(|character| *character != '}'),
            )?),
            // A line break after a backslash goes, with the white space behind it.
            '\n' => {
                let rest = characters
                    .as_str()
                    .trim_start_matches([' ', '\t', '\n', '\r']);
                characters = rest.chars();
            }
            other => text.push(other),
        }
    }
    Some(text)
}

fn from_hex(digits: impl Iterator<Item = char>) -> Option<char> {
    let digits: String = digits.filter(|digit| *digit != '_').collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[track_caller]
    fn check(token: &str, expected: &str) {
        assert_eq!(text_of(token).as_deref(), Some(expected), "{token}");
    }

    #[test]
    fn every_form_of_a_string_is_read() {
        check(r#""a b""#, "a b");
        check(r#""\n\t\r\0\\\"\'""#, "\n\t\r\0\\\"'");
        check(r#""\x41\u{1F_600}\u{e9}""#, "A\u{1F600}é");
        check("\"a \\\n   b\"", "a b");
        check("r\"a\\n\"", "a\\n");
        check("r##\"a\"#b\"##", "a\"#b");
        check("\"\"", "");
        check("r\"\"", "");
    }

    #[test]
    fn other_literals_are_none() {
        for token in ["1", "'a'", "b\"a\"", "c\"a\"", "br\"a\"", "1.5", "\"a\"x"] {
            assert_eq!(text_of(token), None, "{token}");
        }
    }
}
