//! What a summary keeps of the texts that it represents.
//!
//! In: texts that are too many, too long, or change in each round. Out: whether a path with them leads only downwards, and which names commands
//! in them have.

use crate::domain::code::Code;
use crate::domain::symbol::SymbolId;
use crate::domain::value::{Piece, PieceKind, Value};

impl Piece {
    /// Whether it has no `..`: in a path it leads only downwards. Of the values of secrets this is assumed.
    pub(super) fn is_simple(&self) -> bool {
        match &self.kind {
            PieceKind::Known(text) => !text.contains(".."),
            PieceKind::Unknown(symbol) => symbol.is_simple() || self.taint.is_some(),
            PieceKind::Hole { .. } => false,
        }
    }

    /// Returns the commands that it represents.
    pub(crate) const fn as_code(&self) -> Option<&Code> {
        match &self.kind {
            PieceKind::Unknown(symbol) => symbol.as_code(),
            PieceKind::Known(_) | PieceKind::Hole { .. } => None,
        }
    }

    pub(super) fn as_known(&self) -> Option<&str> {
        match &self.kind {
            PieceKind::Known(text) => Some(text),
            PieceKind::Unknown(_) | PieceKind::Hole { .. } => None,
        }
    }
}

impl Value {
    /// Returns the names that commands in it may have, as if it were not known any more. Steps: those of the words that are kept.
    pub(crate) fn as_code(&self) -> Option<Code> {
        let pieces = || self.alternatives.iter().flat_map(|text| text.iter());
        let texts = pieces().filter_map(Piece::as_known);
        Code::of(texts, pieces().filter_map(Piece::as_code), false)
    }

    /// Whether it has no `..`: in a path it leads only downwards.
    pub(crate) fn is_simple(&self) -> bool {
        let mut pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.all(Piece::is_simple)
    }

    fn has_code(&self) -> bool {
        let mut pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.any(|piece| piece.as_code().is_some())
    }

    /// Whether it has commands of the script, known or not any more. What is wholly from outside of the script has none.
    pub(crate) fn has_commands(&self) -> bool {
        self.is_empty_text() || self.is_known_in_part() || self.has_code()
    }

    /// Whether an alternative is wholly a summary: too many texts were joined.
    pub(crate) fn has_any_text(&self) -> bool {
        let is_any = |piece: &Piece| match &piece.kind {
            PieceKind::Unknown(SymbolId::OtherFiles) => false,
            PieceKind::Unknown(symbol) => symbol.is_summary(),
            PieceKind::Known(_) | PieceKind::Hole { .. } => false,
        };
        (self.alternatives.iter()).any(|text| matches!(&**text, [piece] if is_any(piece)))
    }
}
