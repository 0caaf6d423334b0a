//! Fields: what a word becomes, while it is put together.

use crate::domain::value::{Kind, Taint, Tainted, Value};

/// A piece of a pattern for file names.
#[derive(Debug, Clone)]
pub(super) enum PatternPiece {
    /// Pattern text.
    Known(String),
    /// What is not known: a symbol or a hole.
    Unknown(Kind),
}

/// A field that is being put together.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) value: Value,
    /// The same with quoted special characters escaped, to match file names; only where `glob`.
    pub(super) pattern: Vec<PatternPiece>,
    pub(super) glob: bool,
    pub(super) splits: bool,
    /// Something stands here, if only `""`.
    pub(super) present: bool,
}

impl Tainted for Field {
    fn taint(&self) -> Taint {
        self.value.taint()
    }
}

impl Field {
    pub(super) fn new() -> Self {
        Self {
            value: Value::empty(),
            pattern: Vec::new(),
            glob: false,
            splits: false,
            present: false,
        }
    }

    pub(super) fn push(&mut self, value: &Value, quoted: bool) {
        self.value = self.value.concat(value);
        self.present = true;
        match value.literal() {
            Some(text) => {
                let pattern = self.known_end();
                let is_special = |c| matches!(c, '*' | '?' | '[' | ']' | '\\');
                if quoted && text.contains(is_special) {
                    for c in text.chars() {
                        if is_special(c) {
                            pattern.push('\\');
                        }
                        pattern.push(c);
                    }
                } else {
                    pattern.push_str(&text);
                }
                self.glob |= !quoted && text.contains(['*', '?', '[']);
            }
            None => match value.alternatives() {
                [text] => {
                    for piece in text.iter() {
                        match &piece.kind {
                            Kind::Known(known) => self.known_end().push_str(known),
                            unknown => self.pattern.push(PatternPiece::Unknown(unknown.clone())),
                        }
                    }
                }
                _ => self.known_end().push('*'),
            },
        }
    }

    /// The pattern of a value that is known.
    pub(super) fn known_pattern(&self) -> String {
        let known = self.pattern.iter().filter_map(|piece| match piece {
            PatternPiece::Known(known) => Some(known.as_str()),
            PatternPiece::Unknown(_) => None,
        });
        known.collect()
    }

    /// The known text that the pattern ends with.
    pub(super) fn known_end(&mut self) -> &mut String {
        if !matches!(self.pattern.last(), Some(PatternPiece::Known(_))) {
            self.pattern.push(PatternPiece::Known(String::new()));
        }
        match self.pattern.last_mut() {
            Some(PatternPiece::Known(known)) => known,
            _ => unreachable!("a known piece was pushed"),
        }
    }
}
