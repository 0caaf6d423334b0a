//! What the machine knows of a text: its possible spellings, piece by piece, and which secrets each piece tells something about.
//!
//! A [`Value`] is a small set of alternatives; each is a row of [`Piece`]s: known text, unknown text that is the same wherever its
//! symbol is, or a hole. Where the set would grow too large it becomes one unknown piece. Taint is never lost on the way.

mod taint;

pub(crate) use taint::{
    Share, Source, Taint, Tainted, Told, Way, is_derived, number_of, source_of,
};

use std::borrow::Cow;
use std::rc::Rc;

use crate::Span;
use crate::domain::Step;
use crate::domain::symbol::SymbolId;

/// What is known of one piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// This text.
    Known(Rc<str>),
    /// Some text, the same wherever this symbol is, unless that is a summary.
    Unknown(SymbolId),
    /// What the author puts in the hole; `lazy` where it stands inside single quotes or a quoted here-document, as text for later.
    Hole { index: usize, lazy: bool },
}

/// One piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    /// What the piece tells about.
    pub(crate) taint: Taint,
}

/// One possible spelling.
pub(crate) type Text = Rc<[Piece]>;

/// What is known of a text.
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

/// So many spellings are told apart.
const MAX_ALTERNATIVES: usize = 8;
/// So much known text is kept.
const MAX_TEXT: usize = 1 << 16;
/// So many pieces are kept.
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

    /// Known text that was chosen by, or stands for, something secret.
    pub(crate) fn tainted(text: impl AsRef<str>, taint: Taint) -> Self {
        let text = text.as_ref();
        if text.is_empty() && taint.is_none() {
            return Self::empty();
        }
        Self::piece(Piece {
            kind: Kind::Known(text.into()),
            taint,
        })
    }

    /// The text that the symbol stands for.
    pub(crate) fn unknown(symbol: SymbolId, taint: Taint) -> Self {
        Self::piece(Piece {
            kind: Kind::Unknown(symbol),
            taint,
        })
    }

    /// Some text: another occurrence of it may be another text.
    pub(crate) fn nameless(taint: Taint) -> Self {
        Self::unknown(SymbolId::Any, taint)
    }

    pub(crate) fn piece(piece: Piece) -> Self {
        Self {
            alternatives: Rc::from([Text::from([piece])]),
        }
    }

    /// One spelling.
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
            let all = Self {
                alternatives: alternatives.into(),
            };
            return Self::nameless(all.taint());
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

    /// Whether there are several spellings, and whether anything in them is not known.
    pub(crate) fn shape(&self) -> (bool, bool) {
        let is_unknown = |piece: &Piece| !matches!(piece.kind, Kind::Known(_));
        (
            self.alternatives.len() > 1,
            self.alternatives
                .iter()
                .flat_map(|text| text.iter())
                .any(is_unknown),
        )
    }

    /// Everything that any spelling tells about.
    pub(crate) fn taint(&self) -> Taint {
        let pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.fold(Taint::NONE, |all, piece| all.join(&piece.taint))
    }

    /// The text, if there is one spelling and all of it is known.
    pub(crate) fn literal(&self) -> Option<Cow<'_, str>> {
        match &*self.alternatives {
            [text] => literal_of(text),
            _ => None,
        }
    }

    /// All spellings, if all are known.
    pub(crate) fn literals(&self) -> Option<Vec<Cow<'_, str>>> {
        self.alternatives
            .iter()
            .map(|text| literal_of(text))
            .collect()
    }

    /// The known text that every spelling starts with, if there is one spelling.
    pub(crate) fn known_prefix(&self) -> &str {
        match &*self.alternatives {
            [text] => match text.first() {
                Some(Piece {
                    kind: Kind::Known(known),
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

    /// Whether it can be empty, as far as is known.
    pub(crate) fn may_be_empty(&self) -> bool {
        self.alternatives.iter().any(|text| {
            text.iter().all(|piece| match &piece.kind {
                Kind::Known(known) => known.is_empty(),
                Kind::Unknown(_) | Kind::Hole { .. } => true,
            })
        })
    }

    /// The indices of the holes in it.
    pub(crate) fn holes(&self) -> impl Iterator<Item = usize> {
        let pieces = self.alternatives.iter().flat_map(|text| text.iter());
        pieces.filter_map(|piece| match piece.kind {
            Kind::Hole { index, .. } => Some(index),
            _ => None,
        })
    }

    /// Either.
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

    /// One behind the other.
    #[must_use]
    pub(crate) fn concat(&self, other: &Self) -> Self {
        if other.alternatives.len() == 1 && other.alternatives[0].is_empty() {
            return self.clone();
        }
        if self.alternatives.len() == 1 && self.alternatives[0].is_empty() {
            return other.clone();
        }
        if self.alternatives.len() * other.alternatives.len() > MAX_ALTERNATIVES {
            return Self::nameless(self.taint().join(&other.taint()));
        }
        let each = |a| other.alternatives.iter().map(move |b| concat(a, b));
        Self::from_alternatives(self.alternatives.iter().flat_map(each).collect())
    }

    /// The same text, telling about `taint` too.
    #[must_use]
    pub(crate) fn with(&self, taint: &Taint) -> Self {
        if taint.is_none() {
            return self.clone();
        }
        self.map_taint(&|own| own.join(taint))
    }

    /// The same text, each taint changed.
    #[must_use]
    pub(crate) fn map_taint(&self, change: &dyn Fn(&Taint) -> Taint) -> Self {
        let each = |text: &Text| -> Text {
            if text.is_empty() {
                let taint = change(&Taint::NONE);
                if taint.is_none() {
                    return text.clone();
                }
                return Rc::from([Piece {
                    kind: Kind::Known("".into()),
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

    /// The same text, of so much of the secrets that it tells about.
    #[must_use]
    pub(crate) fn of(&self, share: Share) -> Self {
        let taint = self.taint();
        if taint.ways().iter().all(|told| told.share >= share) {
            return self.clone();
        }
        self.map_taint(&|taint| taint.of(share))
    }

    /// One step further on the way.
    #[must_use]
    pub(crate) fn step(&self, span: Span, step: Step) -> Self {
        if self.taint().is_none() {
            return self.clone();
        }
        self.map_taint(&|taint| taint.step(span, step.clone()))
    }

    /// The same; the step is only made where there is a taint.
    #[must_use]
    pub(crate) fn step_if(&self, span: Span, step: &dyn Fn() -> Step) -> Self {
        if self.taint().is_none() {
            return self.clone();
        }
        self.step(span, step())
    }

    /// The value with a function applied to each fully known spelling; `None` as soon as one is not known.
    pub(crate) fn map_known(&self, change: &mut dyn FnMut(&str) -> String) -> Option<Self> {
        let mut all = Vec::new();
        for text in self.alternatives.iter() {
            let literal = literal_of(text)?;
            let taint = Taint::of_all(text);
            all.extend_from_slice(&Self::tainted(change(&literal), taint).alternatives);
        }
        Some(Self::from_alternatives(all))
    }

    /// Without final newlines, as `$(..)` gives it.
    #[must_use]
    pub(crate) fn without_final_newlines(&self) -> Self {
        let each = |text: &Text| -> Text {
            let mut pieces = text.to_vec();
            while let Some(piece) = pieces.last_mut() {
                let Kind::Known(known) = &piece.kind else {
                    break;
                };
                let trimmed = known.trim_end_matches('\n');
                if trimmed.len() == known.len() {
                    break;
                }
                if trimmed.is_empty() && piece.taint.is_none() {
                    pieces.pop();
                } else {
                    piece.kind = Kind::Known(trimmed.into());
                    break;
                }
            }
            pieces.into()
        };
        Self::from_alternatives(self.alternatives.iter().map(each).collect())
    }
}

/// The text, if all of it is known.
pub(crate) fn literal_of(text: &[Piece]) -> Option<Cow<'_, str>> {
    match text {
        [] => Some(Cow::Borrowed("")),
        [
            Piece {
                kind: Kind::Known(known),
                ..
            },
        ] => Some(Cow::Borrowed(known)),
        pieces => {
            let known = pieces.iter().map(|piece| match &piece.kind {
                Kind::Known(known) => Some(&**known),
                _ => None,
            });
            known.collect::<Option<String>>().map(Cow::Owned)
        }
    }
}

/// Joins the pieces at the seam where both are known and tell about the same.
fn concat(a: &Text, b: &Text) -> Text {
    let mut pieces = a.to_vec();
    let mut rest = b.iter();
    if let (Some(last), Some(first)) = (pieces.last_mut(), b.first())
        && let (Kind::Known(x), Kind::Known(y)) = (&last.kind, &first.kind)
        && last.taint == first.taint
        && x.len() + y.len() <= MAX_TEXT
    {
        last.kind = Kind::Known(format!("{x}{y}").into());
        rest.next();
    }
    pieces.extend(rest.cloned());
    limited(pieces)
}

/// The pieces, or one that is not known where they are too many or too long.
fn limited(pieces: Vec<Piece>) -> Text {
    let known: usize = pieces
        .iter()
        .map(|piece| {
            if let Kind::Known(known) = &piece.kind {
                known.len()
            } else {
                0
            }
        })
        .sum();
    if known > MAX_TEXT || pieces.len() > MAX_PIECES {
        let taint = Taint::of_all(&pieces);
        return Rc::from([Piece {
            kind: Kind::Unknown(SymbolId::Any),
            taint,
        }]);
    }
    pieces.into()
}
