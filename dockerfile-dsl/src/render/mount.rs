//! Flags, and the three layers of `--mount`: word, comma-separated field, flag.
//!
//! In: keys and values. Out: one flag that BuildKit parses back to exactly those. Invariant: no value adds an option or ends the
//! flag. Values are one line of ASCII, checked earlier.

use super::word;
use crate::text::Text;

/// Writes `--name=value` with a literal value.
pub(crate) fn flag(name: &str, value: &str, escape: char) -> String {
    format!("--{name}={}", flag_value(value, escape))
}

/// Writes `--name=value` with a value that BuildKit parses as a word.
pub(crate) fn flag_word(name: &str, value: &Text, escape: char) -> String {
    flag(name, &word::unquoted(value, escape), escape)
}

/// Writes `--mount=key=value,..`.
pub(crate) fn mount(fields: &[(&str, Text)], escape: char) -> String {
    let fields = fields.iter();
    let written = fields.map(|(key, value)| field(key, &word::unquoted(value, escape)));
    flag("mount", &written.collect::<Vec<_>>().join(","), escape)
}

/// Writes a field. Quotes surround the whole field, key included: BuildKit's parser takes them nowhere else.
fn field(key: &str, value: &str) -> String {
    let field = format!("{key}={value}");
    if field.contains([',', '"']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

fn flag_value(value: &str, escape: char) -> String {
    // A `$` is literal in this layer; the layers below decide whether they expand it.
    if value
        .bytes()
        .all(|byte| word::is_plain_byte(byte) || b"${}".contains(&byte))
    {
        return value.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in value.chars() {
        if character == escape || character == '"' {
            quoted.push(escape);
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, escape: char, expected: &str) {
        let fields = [
            ("type", Text::literal("bind")),
            ("source", Text::literal(source)),
            ("target", Text::literal("/x")),
        ];
        assert_eq!(mount(&fields, escape), expected);
    }

    #[test]
    fn each_layer_is_encoded() {
        check("a", '\\', "--mount=type=bind,source=a,target=/x");
        check(
            "a,b",
            '\\',
            r#"--mount="type=bind,\"source=a,b\",target=/x""#,
        );
        check("a$b", '\\', r#"--mount="type=bind,source=a\\$b,target=/x""#);
        check(
            r"a\b",
            '\\',
            r#"--mount="type=bind,source=a\\\\b,target=/x""#,
        );
        check("a b", '\\', r#"--mount="type=bind,source=a b,target=/x""#);
        check(
            r#"a"b"#,
            '\\',
            r#"--mount="type=bind,\"source=a\\\"\"b\",target=/x""#,
        );
        check("a`b", '`', "--mount=\"type=bind,source=a````b,target=/x\"");
    }
}
