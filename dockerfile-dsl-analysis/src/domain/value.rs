//! Abstract values: the alternatives of a text, piece by piece, with the taint of each piece.
//!
//! A [`Value`] is a small set of alternatives. Each is a row of [`Piece`]s: known text, unknown text that is the same at each occurrence of
//! its symbol, or a hole. A set that grows too large becomes one unknown piece. No operation loses taint.

mod summary;
mod taint;

pub(crate) use taint::{
    Share, SourceId, Taint, Tainted, Told, Way, is_derived, number_of, source_of,
};

use std::borrow::Cow;
use std::rc::Rc;

use crate::Span;
use crate::domain::Step;
use crate::domain::code::Code;
use crate::domain::map::{Join, Joined, Marked};
use crate::domain::symbol::SymbolId;

/// What is known of a piece of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PieceKind {
    /// Known text.
    Known(Rc<str>),
    /// Unknown text, the same at each occurrence of this symbol, unless that is a summary.
    Unknown(SymbolId),
    /// The author's value for a hole. `lazy`: inside single quotes or a quoted here-document, as text that a later command evaluates.
    Hole { index: usize, lazy: bool },
}

/// One piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    /// Taint of the piece.
    pub(crate) taint: Taint,
}

/// One alternative of a text.
pub(crate) type Text = Rc<[Piece]>;

/// An abstract text.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    alternatives: Rc<[Text]>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.alternatives, &other.alternatives)
            || self.alternatives == other.alternatives
    }
}

impl Value {
    /// Mark of a value with a taint.
    pub(crate) const TAINT: u8 = 1;
}

impl Marked for Value {
    fn marks(&self) -> u8 {
        if self.is_tainted() { Self::TAINT } else { 0 }
    }
}

impl Tainted for Value {
    fn taint(&self) -> Taint {
        Self::taint(self)
    }
}

impl Tainted for Piece {
    fn taint(&self) -> Taint {
        self.taint.clone()
    }
}

/// Joins values by their keys: the elements of two arrays, the directories of two stacks.
pub(crate) struct JoinValues;

impl<K> Join<K, Value> for JoinValues {
    fn both(&mut self, _: &K, mine: &Value, theirs: &Value) -> Joined<Value> {
        let joined = mine.join(theirs);
        if joined == *mine {
            Joined::Mine
        } else {
            Joined::New(joined)
        }
    }

    fn only_mine(&mut self, _: &K, _: &Value) -> Option<Value> {
        None
    }

    fn only_theirs(&mut self, _: &K, theirs: &Value) -> Option<Value> {
        Some(theirs.clone())
    }
}

/// Max. alternatives per value; beyond it the value becomes unknown.
const MAX_ALTERNATIVES: usize = 8;
/// Max. length of known text in bytes; beyond it the text becomes unknown.
const MAX_TEXT: usize = 1 << 16;
/// Max. pieces per alternative; beyond it the alternative becomes unknown.
const MAX_PIECES: usize = 64;

impl Value {
    pub(crate) fn empty() -> Self {
        thread_local! {
            static EMPTY: Value = Value { alternatives: Rc::from([Text::from([])]) };
        }
        EMPTY.with(Self::clone)
    }

    pub(crate) fn known(text: impl AsRef<str>) -> Self {
        Self::tainted(text, Taint::NONE)
    }

    /// Creates a known text that depends on a secret or represents one.
    pub(crate) fn tainted(text: impl AsRef<str>, taint: Taint) -> Self {
        let text = text.as_ref();
        if text.is_empty() && taint.is_none() {
            return Self::empty();
        }
        Self::piece(Piece {
            kind: PieceKind::Known(text.into()),
            taint,
        })
    }

    /// Creates the unknown text of a symbol.
    pub(crate) fn unknown(symbol: SymbolId, taint: Taint) -> Self {
        Self::piece(Piece {
            kind: PieceKind::Unknown(symbol),
            taint,
        })
    }

    /// Creates an unknown text without identity: another occurrence may be another text.
    pub(crate) fn nameless(taint: Taint) -> Self {
        Self::unknown(SymbolId::Any, taint)
    }

    /// Summarizes it: another occurrence may be another text of this kind.
    pub(crate) fn summary(&self) -> Self {
        Self::piece(summary_of(&self.alternatives))
    }

    pub(crate) fn piece(piece: Piece) -> Self {
        Self {
            alternatives: Rc::from([Text::from([piece])]),
        }
    }

    /// Creates a value with one alternative.
    pub(crate) fn of_pieces(pieces: Vec<Piece>) -> Self {
        Self {
            alternatives: Rc::from([limited(pieces)]),
        }
    }

    pub(crate) fn from_alternatives(mut alternatives: Vec<Text>) -> Self {
        if alternatives.is_empty() {
            return Self::empty();
        }
        if alternatives.len() > MAX_ALTERNATIVES {
            return Self::piece(summary_of(&alternatives));
        }
        if alternatives.len() > 1 {
            let mut unique: Vec<Text> = Vec::with_capacity(alternatives.len());
            for text in alternatives {
                if !unique.contains(&text) {
                    unique.push(text);
                }
            }
            alternatives = unique;
        }
        Self {
            alternatives: alternatives.into(),
        }
    }

    pub(crate) fn alternatives(&self) -> &[Text] {
        &self.alternatives
    }

    /// Whether it has several alternatives, and whether any part is unknown.
    pub(crate) fn shape(&self) -> (bool, bool) {
        let is_unknown = |piece: &Piece| !matches!(piece.kind, PieceKind::Known(_));
        (
            self.alternatives.len() > 1,
            self.alternatives
                .iter()
                .flat_map(|text| text.iter())
                .any(is_unknown),
        )
    }

    /// Returns the join of the taints of all alternatives.
    pub(crate) fn taint(&self) -> Taint {
        let pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.fold(Taint::NONE, |all, piece| all.join(&piece.taint))
    }

    /// Whether it has a taint.
    pub(crate) fn is_tainted(&self) -> bool {
        let mut pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.any(|piece| piece.taint.is_some())
    }

    /// Returns the text, if there is one alternative and all of it is known.
    pub(crate) fn literal(&self) -> Option<Cow<'_, str>> {
        match &*self.alternatives {
            [text] => literal_of(text),
            _ => None,
        }
    }

    /// Returns all alternatives, if all are known.
    pub(crate) fn literals(&self) -> Option<Vec<Cow<'_, str>>> {
        self.alternatives
            .iter()
            .map(|text| literal_of(text))
            .collect()
    }

    /// Returns the known text that the value starts with, if there is one alternative.
    pub(crate) fn known_prefix(&self) -> &str {
        match &*self.alternatives {
            [text] => match text.first() {
                Some(Piece {
                    kind: PieceKind::Known(known),
                    ..
                }) => known,
                _ => "",
            },
            _ => "",
        }
    }

    pub(crate) fn is_empty_text(&self) -> bool {
        self.literal().is_some_and(|text| text.is_empty())
    }

    /// Whether it may be empty.
    pub(crate) fn may_be_empty(&self) -> bool {
        self.alternatives.iter().any(|text| {
            text.iter().all(|piece| match &piece.kind {
                PieceKind::Known(known) => known.is_empty(),
                PieceKind::Unknown(_) | PieceKind::Hole { .. } => true,
            })
        })
    }

    /// Whether anything is known of it: a text, or the author's value for a hole.
    pub(crate) fn is_known_in_part(&self) -> bool {
        let mut pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.any(|piece| !matches!(piece.kind, PieceKind::Unknown(_)))
    }

    /// Returns the indices of the holes in it.
    pub(crate) fn holes(&self) -> impl Iterator<Item = usize> {
        let pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.filter_map(|piece| match piece.kind {
            PieceKind::Hole { index, .. } => Some(index),
            _ => None,
        })
    }

    /// Joins two values.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let mut all = self.alternatives.to_vec();
        all.extend(
            other
                .alternatives
                .iter()
                .filter(|text| !self.alternatives.contains(text))
                .cloned(),
        );
        Self::from_alternatives(all)
    }

    /// Concatenates two values.
    #[must_use]
    pub(crate) fn concat(&self, other: &Self) -> Self {
        if other.alternatives.len() == 1 && other.alternatives[0].is_empty() {
            return self.clone();
        }
        if self.alternatives.len() == 1 && self.alternatives[0].is_empty() {
            return other.clone();
        }
        if self.alternatives.len() * other.alternatives.len() > MAX_ALTERNATIVES {
            let texts = [self.summary(), other.summary()].map(|half| half.alternatives);
            return Self::piece(summary_of(&texts.each_ref().map(|half| &half[0])));
        }
        let each = |a| other.alternatives.iter().map(move |b| concat(a, b));
        Self::from_alternatives(self.alternatives.iter().flat_map(each).collect())
    }

    /// Returns the same text with `taint` joined to each piece.
    #[must_use]
    pub(crate) fn with(&self, taint: &Taint) -> Self {
        if taint.is_none() {
            return self.clone();
        }
        self.map_taint(&|own| own.join(taint))
    }

    /// Returns the same text with each taint changed.
    #[must_use]
    pub(crate) fn map_taint(&self, change: &dyn Fn(&Taint) -> Taint) -> Self {
        let each = |text: &Text| -> Text {
            if text.is_empty() {
                let taint = change(&Taint::NONE);
                if taint.is_none() {
                    return text.clone();
                }
                return Rc::from([Piece {
                    kind: PieceKind::Known("".into()),
                    taint,
                }]);
            }
            text.iter()
                .map(|piece| Piece {
                    kind: piece.kind.clone(),
                    taint: change(&piece.taint),
                })
                .collect::<Vec<_>>()
                .into()
        };
        Self {
            alternatives: self
                .alternatives
                .iter()
                .map(each)
                .collect::<Vec<_>>()
                .into(),
        }
    }

    /// Returns the same text with a coarser share of its secrets.
    #[must_use]
    pub(crate) fn of(&self, share: Share) -> Self {
        let taint = self.taint();
        if taint.ways().iter().all(|told| told.share >= share) {
            return self.clone();
        }
        self.map_taint(&|taint| taint.of(share))
    }

    /// Appends a step to the provenance.
    #[must_use]
    pub(crate) fn step(&self, span: Span, step: Step) -> Self {
        if self.taint().is_none() {
            return self.clone();
        }
        self.map_taint(&|taint| taint.step(span, step.clone()))
    }

    /// The same, with a step that is built only for a tainted value.
    #[must_use]
    pub(crate) fn step_if(&self, span: Span, step: &dyn Fn() -> Step) -> Self {
        if self.taint().is_none() {
            return self.clone();
        }
        self.step(span, step())
    }

    /// Applies a function to each fully known alternative; `None` if one is unknown.
    pub(crate) fn map_known(&self, change: &mut dyn FnMut(&str) -> String) -> Option<Self> {
        let mut all = Vec::new();
        for text in self.alternatives.iter() {
            let literal = literal_of(text)?;
            let taint = Taint::of_all(text);
            all.extend_from_slice(&Self::tainted(change(&literal), taint).alternatives);
        }
        Some(Self::from_alternatives(all))
    }

    /// Removes trailing newlines, as command substitution does.
    #[must_use]
    pub(crate) fn without_final_newlines(&self) -> Self {
        let each = |text: &Text| -> Text {
            let mut pieces = text.to_vec();
            while let Some(piece) = pieces.last_mut() {
                let PieceKind::Known(known) = &piece.kind else {
                    break;
                };
                let trimmed = known.trim_end_matches('\n');
                if trimmed.len() == known.len() {
                    break;
                }
                if trimmed.is_empty() && piece.taint.is_none() {
                    pieces.pop();
                } else {
                    piece.kind = PieceKind::Known(trimmed.into());
                    break;
                }
            }
            pieces.into()
        };
        Self::from_alternatives(self.alternatives.iter().map(each).collect())
    }
}

/// Returns the text, if all of it is known.
pub(crate) fn literal_of(text: &[Piece]) -> Option<Cow<'_, str>> {
    match text {
        [] => Some(Cow::Borrowed("")),
        [
            Piece {
                kind: PieceKind::Known(known),
                ..
            },
        ] => Some(Cow::Borrowed(known)),
        pieces => {
            let known = pieces.iter().map(|piece| match &piece.kind {
                PieceKind::Known(known) => Some(&**known),
                _ => None,
            });
            known.collect::<Option<String>>().map(Cow::Owned)
        }
    }
}

/// Concatenates two texts, and merges the adjacent pieces if both are known and have the same taint.
fn concat(a: &Text, b: &Text) -> Text {
    let mut pieces = a.to_vec();
    let mut rest = b.iter();
    if let (Some(last), Some(first)) = (pieces.last_mut(), b.first())
        && let (PieceKind::Known(x), PieceKind::Known(y)) = (&last.kind, &first.kind)
        && last.taint == first.taint
        && x.len() + y.len() <= MAX_TEXT
    {
        last.kind = PieceKind::Known(format!("{x}{y}").into());
        rest.next();
    }
    pieces.extend(rest.cloned());
    limited(pieces)
}

/// Returns the unknown piece that represents any of these texts.
fn summary_of(texts: &[impl AsRef<[Piece]>]) -> Piece {
    let pieces = || texts.iter().flat_map(AsRef::as_ref);
    let is_simple = pieces().all(Piece::is_simple);
    let known = pieces().filter_map(Piece::as_known);
    let symbol = match Code::of(known, pieces().filter_map(Piece::as_code), is_simple) {
        Some(code) => SymbolId::Code(code),
        None if is_simple => SymbolId::AnySimple,
        None => SymbolId::Any,
    };
    let taint = texts.iter().map(AsRef::as_ref);
    Piece {
        kind: PieceKind::Unknown(symbol),
        taint: taint.fold(Taint::NONE, |all, text| all.join(&Taint::of_all(text))),
    }
}

/// Returns the pieces, or one unknown piece if they are too many or too long.
fn limited(pieces: Vec<Piece>) -> Text {
    let known: usize = pieces
        .iter()
        .map(|piece| {
            if let PieceKind::Known(known) = &piece.kind {
                known.len()
            } else {
                0
            }
        })
        .sum();
    if known > MAX_TEXT || pieces.len() > MAX_PIECES {
        return Rc::from([summary_of(&[pieces])]);
    }
    pieces.into()
}
