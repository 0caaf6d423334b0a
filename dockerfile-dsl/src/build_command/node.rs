//! A tree of keys and values, written as JSON.
//!
//! In: a [`Node`]. Out: its text; a string is always written as a string. There is only a writer.

use std::fmt::Write as _;

/// A value of JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Node {
    #[default]
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// Returns a map without the empty entries.
    pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let entries = entries.into_iter();
        let entries = entries.filter(|(_, value)| !value.is_empty());
        Self::Map(
            entries
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    /// Returns a map with the last entry of each key.
    pub(super) fn last_of_each(entries: Vec<(String, Self)>) -> Self {
        let mut map: Vec<(String, Self)> = Vec::new();
        for (key, value) in entries {
            match map.iter_mut().find(|(known, _)| *known == key) {
                Some(known) => known.1 = value,
                None => map.push((key, value)),
            }
        }
        Self::Map(map)
    }

    /// Whether it is an empty list or map.
    fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// Writes JSON, one line per value.
    pub(super) fn json(&self) -> String {
        let mut text = String::new();
        self.write_json(0, &mut text);
        text.push('\n');
        text
    }

    /// Writes JSON on one line, which YAML reads as a value in `[..]` and `{..}`.
    #[cfg(feature = "compose-merge")]
    pub(super) fn flow(&self) -> String {
        match self {
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries = entries.iter();
                let entries: Vec<String> = entries
                    .map(|(key, value)| format!("{}: {}", quote(key), value.flow()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            scalar => scalar.json().trim_end().to_owned(),
        }
    }

    fn write_json(&self, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth + 1);
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Text(text) => out.push_str(&quote(text)),
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "[\n" } else { ",\n" });
                    out.push_str(&indent);
                    item.write_json(depth + 1, out);
                }
                let _ = write!(out, "\n{}]", "  ".repeat(depth));
            }
            Self::Map(entries) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if index == 0 { "{\n" } else { ",\n" });
                    let _ = write!(out, "{indent}{}: ", quote(key));
                    value.write_json(depth + 1, out);
                }
                let _ = write!(out, "\n{}}}", "  ".repeat(depth));
            }
        }
    }
}

/// Quotes a string for both JSON and YAML.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if is_escaped(other) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a reader may refuse the character, or parse it as a line break or a mark; all of these are below U+10000.
pub(super) fn is_escaped(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}
