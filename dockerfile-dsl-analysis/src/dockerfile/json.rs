//! Parser of the exec form's JSON array, compatible with Go's `encoding/json`.
//!
//! In: the rest of an instruction. Out: the strings with their spans, or why it is not such an array. BuildKit treats an invalid array as
//! plain text, and rejects a valid one that contains anything but strings.
//! Not serde_json, which rejects some texts that Go accepts (a lone surrogate becomes U+FFFD), and which has no spans.

use super::SourceText;

/// Go's limit on nested arrays and objects.
const MAX_DEPTH: usize = 10_000;

pub(super) enum JsonArray {
    /// `["a", "b"]`
    Strings(Vec<SourceText>),
    /// A valid array that contains other values, too.
    Mixed,
    /// Anything else: shell form.
    Invalid,
}

pub(super) fn array(source: &SourceText) -> JsonArray {
    let mut json = Json {
        source,
        bytes: source.as_str().trim_end_matches(BLANKS).as_bytes(),
        at: 0,
    };
    json.at = source.len() - source.trim_start().len();
    json.array()
        .filter(|_| json.at == json.bytes.len())
        .unwrap_or(JsonArray::Invalid)
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

struct Json<'a> {
    source: &'a SourceText,
    bytes: &'a [u8],
    at: usize,
}

impl Json<'_> {
    /// Parses an array; `None` if the JSON is invalid.
    fn array(&mut self) -> Option<JsonArray> {
        self.expect(b'[')?;
        let (mut strings, mut mixed) = (Vec::new(), false);
        if self.skip_blanks() == Some(b']') {
            self.at += 1;
            return Some(JsonArray::Strings(strings));
        }
        loop {
            if self.skip_blanks()? == b'"' {
                strings.push(self.string()?);
            } else {
                self.other_value()?;
                mixed = true;
            }
            let separator = self.skip_blanks()?;
            self.at += 1;
            match separator {
                b',' => {}
                b']' if mixed => return Some(JsonArray::Mixed),
                b']' => return Some(JsonArray::Strings(strings)),
                _ => return None,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.peek()
    }

    fn string(&mut self) -> Option<SourceText> {
        self.expect(b'"')?;
        let mut value = SourceText::empty_at(self.source.offset(self.at));
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            value.push_slice(self.source, start, self.at);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(value);
                }
                b'\\' => {
                    let start = self.at;
                    let char = self.escape()?;
                    let offset = self.source.offset(start);
                    let length = self.source.offset(self.at - 1) + 1 - offset;
                    value.push_decoded(char.encode_utf8(&mut [0; 4]), offset, length);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let kind = self.peek()?;
        self.at += 1;
        Some(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode_escape()?,
            _ => return None,
        })
    }

    /// Parses the digits after `\u`. A surrogate without its other half is U+FFFD.
    fn unicode_escape(&mut self) -> Option<char> {
        let unit = self.four_digits()?;
        let after = self.at;
        if (0xd800..0xdc00).contains(&unit) && self.bytes[after..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.four_digits()?;
            if (0xdc00..0xe000).contains(&low) {
                return char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            }
            self.at = after;
        }
        Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, digit| {
            Some(value * 16 + char::from(*digit).to_digit(16)?)
        })
    }

    /// Skips a value that is not a string, or the nested rest of one: only its syntax matters.
    fn other_value(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            match self.skip_blanks()? {
                opening @ (b'[' | b'{') => {
                    self.at += 1;
                    let closing = if opening == b'[' { b']' } else { b'}' };
                    if self.skip_blanks()? == closing {
                        self.at += 1;
                    } else {
                        open.push(closing);
                        if open.len() >= MAX_DEPTH {
                            return None;
                        }
                        if closing == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                _ => self.literal()?,
            }
            loop {
                let Some(closing) = open.last() else {
                    return Some(());
                };
                let byte = self.skip_blanks()?;
                self.at += 1;
                if byte == *closing {
                    open.pop();
                } else if byte == b',' {
                    if *closing == b'}' {
                        self.key()?;
                    }
                    break;
                } else {
                    return None;
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.skip_blanks()?;
        self.string()?;
        self.skip_blanks()?;
        self.expect(b':')
    }

    fn literal(&mut self) -> Option<()> {
        for word in ["true", "false", "null"] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Some(());
            }
        }
        self.number()
    }

    /// A number that does not fit a float is invalid in Go, too.
    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let value: f64 = std::str::from_utf8(&self.bytes[start..self.at])
            .ok()?
            .parse()
            .ok()?;
        value.is_finite().then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let source = SourceText::verbatim(text, 0);
        match array(&source) {
            JsonArray::Strings(strings) => assert_eq!(
                strings.iter().map(SourceText::as_str).collect::<Vec<_>>(),
                expected
            ),
            _ => panic!("{text} is a JSON array of strings"),
        }
    }

    #[track_caller]
    fn is_shell_form(text: &str) {
        assert!(
            matches!(array(&SourceText::verbatim(text, 0)), JsonArray::Invalid),
            "{text} is not JSON"
        );
    }

    #[track_caller]
    fn is_refused(text: &str) {
        assert!(
            matches!(array(&SourceText::verbatim(text, 0)), JsonArray::Mixed),
            "{text} is JSON of something else"
        );
    }

    #[test]
    fn strings() {
        check(r#"[]"#, &[]);
        check(r#" [ "a" , "b c" ] "#, &["a", "b c"]);
        check(
            r#"["\n\"\\\/\t","\u00e9\ud83d\ude00","\ud83d","\ud83dx","\ud83d\u0041"]"#,
            &["\n\"\\/\t", "é😀", "\u{fffd}", "\u{fffd}x", "\u{fffd}A"],
        );
    }

    #[test]
    fn anything_invalid_is_shell_form() {
        for text in [
            "['a']",
            "[\"a\",]",
            "[\"a\"] && b",
            "[ -f x ] && y",
            r#"["c:\w"]"#,
            "[\"a\tb\"]",
            "[",
            "[\"a",
            "[1e999]",
            "[01]",
            "[nul]",
        ] {
            is_shell_form(text);
        }
        is_shell_form(&"[".repeat(200_000));
        is_shell_form(&"[{\"a\":".repeat(50_000));
    }

    #[test]
    fn other_values_are_refused() {
        for text in [
            "[1]",
            "[-1.5e+3, \"a\"]",
            "[null]",
            "[[]]",
            "[{\"a\": [1, {}], \"b\": \"c\"}]",
            "[true, false]",
        ] {
            is_refused(text);
        }
    }

    #[test]
    fn places_point_into_the_escapes() {
        let source = SourceText::verbatim(r#"["a\nb"]"#, 10);
        let JsonArray::Strings(strings) = array(&source) else {
            panic!("it is an array")
        };
        let at = |start, end| strings[0].span(crate::Span::new(start, end));
        assert_eq!(
            (at(0, 1), at(1, 2), at(2, 3)),
            ((12..13).into(), (13..14).into(), (15..16).into())
        );
    }
}
