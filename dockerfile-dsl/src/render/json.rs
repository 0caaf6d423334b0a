//! The exec form: a JSON array of strings on one line.
//!
//! In: strings. Out: JSON that BuildKit parses as an array, never as shell text. Its escape character is always `\`.

/// Writes `["a", "b"]`.
pub(crate) fn array<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(string).collect();
    format!("[{}]", items.join(", "))
}

fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // JSON forbids control characters; the others are line ends or blanks for one of the parsers involved.
            control
                if control.is_control()
                    || matches!(control, '\u{2028}' | '\u{2029}' | '\u{feff}') =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_cannot_hold_is_escaped() {
        assert_eq!(
            array(["a b", "\"\\", "\n\u{1}é"]),
            r#"["a b", "\"\\", "\n\u0001é"]"#
        );
        assert_eq!(array([]), "[]");
    }
}
