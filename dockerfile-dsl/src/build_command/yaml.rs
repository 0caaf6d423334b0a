//! Writes a [`Node`] as YAML, in block style.
//!
//! Invariant: every YAML reader, old or new, parses a string as that string: quotes are omitted only where no other reading is
//! possible.

use std::fmt::Write as _;

use super::node::{Node, is_escaped, quote};

impl Node {
    /// Writes YAML in block style, each line after `indent`, in steps of two.
    pub(super) fn yaml(&self, indent: &str) -> String {
        let mut text = String::new();
        self.write_yaml(indent, &mut text);
        text
    }

    /// Writes its lines as the value after a key or dash; ends with a line break.
    fn write_yaml(&self, indent: &str, out: &mut String) {
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    let _ = write!(out, "{indent}{}:", plain(key));
                    value.write_value(indent, out);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for item in items {
                    let _ = write!(out, "{indent}-");
                    match item {
                        Self::Map(entries) if !entries.is_empty() => {
                            // Its first key is on the line of the dash.
                            let mut lines = String::new();
                            item.write_yaml(&format!("{indent}  "), &mut lines);
                            out.push(' ');
                            out.push_str(&lines[indent.len() + 2..]);
                        }
                        item => item.write_value(indent, out),
                    }
                }
            }
            scalar => {
                let _ = writeln!(out, "{indent}{}", scalar.scalar());
            }
        }
    }

    /// Writes the value after a key or a dash, with the end of the line.
    fn write_value(&self, indent: &str, out: &mut String) {
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                self.write_yaml(&format!("{indent}  "), out);
            }
            Self::List(items) if !items.is_empty() => {
                out.push('\n');
                self.write_yaml(&format!("{indent}  "), out);
            }
            Self::Text(text) if is_block(text) => {
                out.push_str(" |\n");
                for line in text.lines() {
                    if line.is_empty() {
                        out.push('\n');
                    } else {
                        let _ = writeln!(out, "{indent}  {line}");
                    }
                }
            }
            scalar => {
                let _ = writeln!(out, " {}", scalar.scalar());
            }
        }
    }

    fn scalar(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => plain(text),
            Self::List(_) => "[]".to_owned(),
            Self::Map(_) => "{}".to_owned(),
        }
    }
}

/// Whether it fits a block `|`: several lines of printable characters, the first not indented, and one line break at the end.
fn is_block(text: &str) -> bool {
    let is_printable = |character: char| character == '\n' || !is_escaped(character);
    text.lines().count() > 1
        && text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n'])
        && text.chars().all(is_printable)
}

/// Writes a string: without quotes if every reader parses it as a string.
fn plain(text: &str) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    // Words that some reader parses as booleans, null or numbers.
    const WORDS: &[&str] = &[
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan",
    ];
    let lower = text.to_ascii_lowercase();
    if begins && text.bytes().all(is_word) && !WORDS.contains(&lower.as_str()) {
        text.to_owned()
    } else {
        quote(text)
    }
}
