//! Fields: the results of word expansion under construction.

use crate::domain::value::{PieceKind, Taint, Tainted, Value};

/// A piece of a pathname pattern.
#[derive(Debug, Clone)]
pub(super) enum PatternPiece {
    /// Pattern text.
    Known(String),
    /// Unknown text: a symbol or a hole.
    Unknown(PieceKind),
}

/// A field under construction.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) value: Value,
    /// The field with quoted special characters escaped, for pathname expansion; only if `glob`.
    pub(super) pattern: Vec<PatternPiece>,
    pub(super) glob: bool,
    pub(super) splits: bool,
    /// Whether the field exists even if it is empty, as `""` does.
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
                            PieceKind::Known(known) => self.known_end().push_str(known),
                            unknown => self.pattern.push(PatternPiece::Unknown(unknown.clone())),
                        }
                    }
                }
                _ => self.known_end().push('*'),
            },
        }
    }

    /// Returns the pattern of a known value.
    pub(super) fn known_pattern(&self) -> String {
        let known = self.pattern.iter().filter_map(|piece| match piece {
            PatternPiece::Known(known) => Some(known.as_str()),
            PatternPiece::Unknown(_) => None,
        });
        known.collect()
    }

    /// Returns the known text at the end of the pattern.
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
