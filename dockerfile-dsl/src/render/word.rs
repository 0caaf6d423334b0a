//! Renders one word of an instruction so that BuildKit reads exactly the given text.
//!
//! In: a [`Text`] and the escape character. Out: the word in double quotes, or the text for a JSON string that BuildKit parses as
//! a word. Invariant: nothing in the text ends the word, and a `$` is a variable only if the text asks for expansion.

use crate::text::Text;

/// Writes `"..."`, with the escape character before `"`, `$` and itself.
pub(crate) fn quoted(text: &Text, escape: char) -> String {
    let mut word = String::with_capacity(text.content.len() + 2);
    word.push('"');
    escaped(text, escape, &['"', '$'], &mut word);
    word.push('"');
    word
}

/// Writes the word without quotes if that means the same, else [`quoted`].
pub(crate) fn word(text: &Text, escape: char) -> String {
    // Two dashes would start a flag.
    if is_plain_word(text) && !text.content.starts_with("--") {
        text.content.clone()
    } else {
        quoted(text, escape)
    }
}

/// Whether it is plain text, with variables if it asks for expansion.
fn is_plain_word(text: &Text) -> bool {
    let plain = pieces(text).into_iter().all(|piece| match piece {
        WordPiece::Literal(literal) => literal.is_empty() || is_plain(literal),
        WordPiece::Variable(variable) => variable
            .bytes()
            .all(|byte| is_plain_byte(byte) || b"${}".contains(&byte)),
        WordPiece::Dollar => false,
    });
    plain && !text.content.is_empty()
}

/// Writes the text without quotes, for words inside another layer: JSON strings, mount options.
pub(crate) fn unquoted(text: &Text, escape: char) -> String {
    let mut word = String::with_capacity(text.content.len());
    escaped(text, escape, &['"', '\'', '$'], &mut word);
    if word.starts_with('\u{feff}') {
        // BuildKit drops a byte-order mark at the start of a word.
        word.insert(0, escape);
    }
    word
}

/// Whether the text means the same with and without quotes, in every place.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_plain_byte)
}

pub(crate) const fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b'=' | b',' | b'-'
        )
}

fn escaped(text: &Text, escape: char, special: &[char], out: &mut String) {
    for piece in pieces(text) {
        match piece {
            WordPiece::Literal(literal) => {
                for character in literal.chars() {
                    if character == escape || special.contains(&character) {
                        out.push(escape);
                    }
                    out.push(character);
                }
            }
            WordPiece::Dollar => {
                out.push(escape);
                out.push('$');
            }
            WordPiece::Variable(variable) => out.push_str(variable),
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordPiece<'a> {
    /// Literal text.
    Literal(&'a str),
    /// `\$`: a dollar sign.
    Dollar,
    /// `$NAME` or `${..}`, in BuildKit's syntax.
    Variable(&'a str),
}

/// Splits the text into literal parts and variables. A `$` that starts no variable is literal.
pub(crate) fn pieces(text: &Text) -> Vec<WordPiece<'_>> {
    if !text.expanded {
        return vec![WordPiece::Literal(&text.content)];
    }
    let mut pieces = Vec::new();
    let mut rest = text.content.as_str();
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('\\') {
            pieces.extend([WordPiece::Literal(before), WordPiece::Dollar]);
            rest = &from[1..];
            continue;
        }
        let length = variable_length(from).unwrap_or(1);
        let (variable, after) = from.split_at(length);
        pieces.extend([
            WordPiece::Literal(before),
            if length > 1 {
                WordPiece::Variable(variable)
            } else {
                WordPiece::Dollar
            },
        ]);
        rest = after;
    }
    pieces.push(WordPiece::Literal(rest));
    pieces
}

/// Returns the first invalid variable of a text that asks for expansion.
pub(crate) fn expansion_problem(text: &Text) -> Option<String> {
    if !text.expanded {
        return None;
    }
    let mut rest = text.content.as_str();
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let length = if before.ends_with('\\') {
            Some(1)
        } else {
            variable_length(from)
        };
        match length {
            Some(length) => rest = &from[length..],
            None => {
                // The message omits the text itself, which may be a secret by mistake.
                let at = text.content.len() - from.len() + 1;
                return Some(format!(
                    "byte {at} of its text: write NAME or {{NAME}} after `$`, with `:-word`, \
                     `-word`, `:+word`, `+word`, `#p`, `##p`, `%p`, `%%p`, `/p/r` or `//p/r` \
                     before the brace; a dollar sign is `\\$`"
                ));
            }
        }
    }
    None
}

/// Returns the names of the variables in a text.
pub(crate) fn variables(text: &Text) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let WordPiece::Variable(variable) = piece {
            collect_names(variable, &mut names);
        }
    }
    names
}

fn collect_names<'a>(text: &'a str, names: &mut Vec<&'a str>) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        let name = rest.strip_prefix('{').unwrap_or(rest);
        let length = name_length(name);
        if length > 0 {
            names.push(&name[..length]);
        }
    }
}

/// Returns the length of the variable at the start of `text`, which begins with `$`.
fn variable_length(text: &str) -> Option<usize> {
    let after = &text[1..];
    let Some(braced) = after.strip_prefix('{') else {
        let length = name_length(after);
        return (length > 0).then_some(1 + length);
    };
    let name = name_length(braced);
    if name == 0 {
        return None;
    }
    let rest = &braced[name..];
    let operator = [
        ":-", ":+", ":?", "##", "%%", "//", "-", "+", "?", "#", "%", "/", "",
    ]
    .into_iter()
    .find(|operator| rest.starts_with(operator))?;
    let word = &rest[operator.len()..];
    let length = if operator.is_empty() {
        usize::from(word.starts_with('}'))
    } else {
        word_length(word)?
    };
    // The closing brace is part of `length`.
    (length > 0).then(|| 2 + name + operator.len() + length)
}

/// Returns the length of the word after an operator, closing brace included. It has no quotes and no backslash, which BuildKit
/// would interpret.
fn word_length(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        match text[at..].chars().next()? {
            '}' => return Some(at + 1),
            '"' | '\'' | '\\' | '`' | '{' => return None,
            '$' => at += variable_length(&text[at..])?,
            character => at += character.len_utf8(),
        }
    }
}

fn name_length(text: &str) -> usize {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if starts {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(text.len())
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(content: &str) -> Text {
        Text {
            content: content.to_owned(),
            expanded: true,
        }
    }

    #[track_caller]
    fn check(text: &Text, escape: char, expected: &str) {
        assert_eq!(quoted(text, escape), expected);
    }

    #[test]
    fn literal_text_keeps_its_dollars_and_quotes() {
        check(&Text::literal("a$b\\c\"d"), '\\', r#""a\$b\\c\"d""#);
        check(&Text::literal("a$b\\c\"d`"), '`', "\"a`$b\\c`\"d``\"");
        check(&Text::literal(""), '\\', "\"\"");
    }

    #[test]
    fn byte_order_mark_at_the_start_is_kept() {
        let mark = Text::literal("\u{feff}a\u{feff}");
        assert_eq!(unquoted(&mark, '\\'), "\\\u{feff}a\u{feff}");
        assert_eq!(unquoted(&mark, '`'), "`\u{feff}a\u{feff}");
    }

    #[test]
    fn asked_variables_are_expanded_and_nothing_else() {
        check(
            &asked("x-$A-${B:-c d}-\\$C-$"),
            '\\',
            r#""x-$A-${B:-c d}-\$C-\$""#,
        );
        check(&asked("${A:-${B}}/$(id)"), '\\', r#""${A:-${B}}/\$(id)""#);
    }

    #[test]
    fn an_expansion_that_buildkit_would_refuse_is_a_problem() {
        for good in [
            "$A",
            "${A}",
            "${A:-}",
            "${A%.*}",
            "${A//./-}",
            "\\$",
            "${A:-$B}",
            "none",
        ] {
            assert_eq!(expansion_problem(&asked(good)), None, "{good}");
        }
        for bad in [
            "$",
            "${",
            "${}",
            "${A",
            "${A!}",
            "${1}",
            "$(x)",
            "${A:-\"x\"}",
            "${:x}",
        ] {
            assert!(expansion_problem(&asked(bad)).is_some(), "{bad}");
        }
    }

    #[test]
    fn names_are_found_in_nested_defaults() {
        assert_eq!(variables(&asked("$A${B:-${C}}\\$D")), ["A", "B", "C"]);
    }

    #[test]
    fn plain_words_need_no_quotes() {
        assert_eq!(word(&Text::literal("/app"), '\\'), "/app");
        assert_eq!(word(&Text::literal("/a b"), '\\'), "\"/a b\"");
        assert_eq!(word(&Text::literal(""), '\\'), "\"\"");
    }
}
