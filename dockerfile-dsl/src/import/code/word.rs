//! A word of an instruction as a [`Text`] of the model.
//!
//! In: a word as written, with quotes, escapes and variables. Out: the text without quotes and escapes, or nothing if the model
//! has no form for it, as for a quote inside `${..}`. The caller compares what the text becomes with the word.

use crate::text::Text;

/// Returns the text of a word.
pub(super) fn text(word: &str, escape: char) -> Option<Text> {
    let (mut literal, mut content) = (String::new(), String::new());
    let mut expanded = false;
    let mut quote = None;
    let mut rest = word.chars().peekable();
    while let Some(character) = rest.next() {
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => literal.push(character),
            (None, '\'' | '"') => quote = Some(character),
            (_, _) if character == escape => match rest.next() {
                Some(next) => {
                    if quote.is_some() && !matches!(next, '"' | '$') && next != escape {
                        literal.push(escape);
                    }
                    literal.push(next);
                }
                None => literal.push(escape),
            },
            (_, '$') => {
                let variable = variable(&mut rest)?;
                if variable == "$" {
                    literal.push('$');
                } else {
                    push(&mut content, &mut literal)?;
                    content.push_str(&variable);
                    expanded = true;
                }
            }
            (_, _) => literal.push(character),
        }
    }
    if !expanded {
        return Some(Text::literal(literal));
    }
    push(&mut content, &mut literal)?;
    Some(Text { content, expanded })
}

/// Adds literal text to a text with variables. A backslash there would escape the next variable.
fn push(content: &mut String, literal: &mut String) -> Option<()> {
    if literal.contains('\\') {
        return None;
    }
    content.push_str(&std::mem::take(literal).replace('$', "\\$"));
    Some(())
}

/// Returns `$NAME` or `${..}`, whose dollar sign was read; a dollar sign alone if no variable follows.
fn variable(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut variable = "$".to_owned();
    let is_braced = rest.peek() == Some(&'{');
    let mut depth = 0;
    while let Some(&next) = rest.peek() {
        if is_braced {
            match next {
                '{' => depth += 1,
                '}' => depth -= 1,
                '\'' | '"' | '\\' | '`' => return None,
                _ => {}
            }
        } else if !(next.is_ascii_alphanumeric() || next == '_') {
            break;
        }
        variable.push(next);
        rest.next();
        if is_braced && depth == 0 {
            break;
        }
    }
    Some(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, content: &str, expanded: bool) {
        let text = text(word, '\\').expect(word);
        assert_eq!((text.as_str(), text.is_expanded()), (content, expanded));
    }

    #[test]
    fn quotes_and_escapes_are_removed() {
        check("a", "a", false);
        check(r#""a b"'c $d'"#, "a bc $d", false);
        check(r#"a\ b"\"\x""#, "a b\"\\x", false);
        check(r"\$A", "$A", false);
        check("100$", "100$", false);
    }

    #[test]
    fn variables_stay() {
        check("$A/b", "$A/b", true);
        check(r#""${A:-x}"'$B'"#, r"${A:-x}\$B", true);
        assert_eq!(text(r#"${A:-"x"}"#, '\\'), None);
        assert_eq!(text(r"a\\$A", '\\'), None);
    }
}
