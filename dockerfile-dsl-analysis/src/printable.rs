//! Escapes foreign text so that a terminal or a build log shows it literally.
//!
//! In: names, paths, instructions, messages. Out: the same text without characters that move the cursor, change colours, hide or reorder
//! text. Each of those becomes an escape, so that different names stay different.

/// Escapes one line, including line ends and tabs.
#[must_use]
pub fn printable(text: &str) -> String {
    if !text.contains(steers) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut out, character| {
        push(&mut out, character);
        out
    })
}

/// Escapes several lines, and keeps line ends and tabs.
#[must_use]
pub fn printable_lines(text: &str) -> String {
    if !text.contains(|character| !matches!(character, '\n' | '\t') && steers(character)) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            '\n' | '\t' => out.push(character),
            _ => push(&mut out, character),
        }
        out
    })
}

/// Appends a character, or its escape.
pub fn push(out: &mut String, character: char) {
    if steers(character) {
        out.extend(character.escape_default());
    } else {
        out.push(character);
    }
}

/// Whether a character has an effect other than being visible: control characters, line and paragraph separators, text direction marks,
/// characters without width.
#[must_use]
pub const fn steers(character: char) -> bool {
    matches!(
        character,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        for (text, expected) in [
            ("etc/app.conf", "etc/app.conf"),
            ("Grüße/日本語 €", "Grüße/日本語 €"),
            ("a\nb\r\t", "a\\nb\\r\\t"),
            ("\x1b[2J\x07", "\\u{1b}[2J\\u{7}"),
            ("\u{9b}31m\x7f", "\\u{9b}31m\\u{7f}"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("a\u{200b}b\u{2028}", "a\\u{200b}b\\u{2028}"),
        ] {
            assert_eq!(printable(text), expected);
        }
        assert_eq!(printable_lines("a\n\tb\x1b"), "a\n\tb\\u{1b}");
    }
}
