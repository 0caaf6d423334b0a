//! Taint: which secrets a value depends on, with its provenance.
//!
//! Two kinds of taint: *content* (the secret) and *location* (a path that leads to it). A location is public; reading through it yields
//! content.

use std::rc::Rc;

use crate::Span;
use crate::domain::Step;

/// A secret, or a hole with a label: an index into the inputs of the run.
pub(crate) type SourceId = u16;

/// Bit of a source: location instead of content. Printing a location is harmless; a program that reads it gets the secret.
const PLACE: SourceId = 1 << 15;
/// The same, on the assumption that the unknown working directory is the root.
const PLACE_IN_ROOT: SourceId = 1 << 14;

/// Bit of a source: a derived secret, which a program opened, fetched or issued with the given one.
const DERIVED: SourceId = 1 << 13;

/// Returns the source with an index. Saturates at 2^13 - 1: more secrets than that count as one.
pub(crate) fn source_of(number: usize) -> SourceId {
    SourceId::try_from(number).map_or(DERIVED - 1, |number| number.min(DERIVED - 1))
}

/// Returns the index of a source, derived or not.
pub(crate) fn number_of(source: SourceId) -> usize {
    usize::from(source & !DERIVED)
}

/// Whether it is a derived secret.
pub(crate) const fn is_derived(source: SourceId) -> bool {
    source & DERIVED != 0
}

/// The provenance of a value, newest step first.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) span: Span,
    pub(crate) step: Step,
    pub(crate) previous: Option<Rc<Way>>,
    depth: u8,
}

/// Max. steps of a provenance; further steps are dropped.
const MAX_WAY: u8 = 12;

/// The sources that a value depends on, each with its provenance. Two taints are equal if they have equal shares of the same sources.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taint(Option<Rc<[Told]>>);

/// A source with its provenance and share.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) source: SourceId,
    pub(crate) way: Rc<Way>,
    pub(crate) share: Share,
}

/// How much of a secret a value reveals. A fragment can be guessed from its digest; in a loop, the whole secret fragment by fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    /// The whole secret, or an unknown part of it.
    Whole,
    /// A fragment that was cut out: `${x#?}`, `cut -c1`, a line.
    Fragment,
    /// The result of searching the secret for a varying needle: `${x#"$k"}`, `grep "$k"`. Whether it is empty is one bit of the secret.
    Probe,
}

impl PartialEq for Taint {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.ways(), other.ways());
        let same = |(a, b): (&Told, &Told)| a.source == b.source && a.share == b.share;
        a.len() == b.len() && a.iter().zip(b).all(same)
    }
}

/// A type that has a taint.
pub(crate) trait Tainted {
    fn taint(&self) -> Taint;
}

/// The join of all taints.
impl FromIterator<Taint> for Taint {
    fn from_iter<T: IntoIterator<Item = Taint>>(taints: T) -> Self {
        taints
            .into_iter()
            .fold(Self::NONE, |all, taint| all.join(&taint))
    }
}

impl Taint {
    pub(crate) const NONE: Self = Self(None);

    /// Returns the join of the taints of all items.
    pub(crate) fn of_all<T: Tainted>(all: &[T]) -> Self {
        all.iter().map(Tainted::taint).collect()
    }

    /// Returns the taint of a source itself.
    pub(crate) fn source(source: SourceId, span: Span, step: Step) -> Self {
        let way = Way {
            span,
            step,
            previous: None,
            depth: 0,
        };
        Self(Some(Rc::from([Told {
            source,
            way: Rc::new(way),
            share: Share::Whole,
        }])))
    }

    /// Creates the taint of these sources, which are in ascending order.
    pub(crate) fn of_ways(ways: Vec<Told>) -> Self {
        Self((!ways.is_empty()).then(|| ways.into()))
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the smallest share of any source.
    pub(crate) fn share(&self) -> Share {
        let secrets = self
            .ways()
            .iter()
            .filter(|told| told.source < PLACE_IN_ROOT);
        let shares = secrets.map(|told| told.share);
        shares.max().unwrap_or(Share::Whole)
    }

    /// Limits each source to a share.
    #[must_use]
    pub(crate) fn of(&self, share: Share) -> Self {
        if self.ways().iter().all(|told| told.share >= share) {
            return self.clone();
        }
        let mut all = self.ways().to_vec();
        for told in &mut all {
            told.share = told.share.max(share);
        }
        Self(Some(all.into()))
    }

    /// Returns the sources with their provenance, in ascending order.
    pub(crate) fn ways(&self) -> &[Told] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Joins two taints. A source that both have keeps the provenance of `self` and the smaller share.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(a), Some(b)) => {
                let has = |b: &Told| a.iter().any(|a| a.source == b.source && a.share >= b.share);
                if Rc::ptr_eq(a, b) || b.iter().all(has) {
                    return self.clone();
                }
                let mut all = a.to_vec();
                for told in b.iter() {
                    match all.iter_mut().find(|own| own.source == told.source) {
                        Some(own) => own.share = own.share.max(told.share),
                        None => all.push(told.clone()),
                    }
                }
                all.sort_by_key(|told| told.source);
                Self(Some(all.into()))
            }
        }
    }

    /// Converts content to location: the taint of the name of a file with these secrets.
    #[must_use]
    pub(crate) fn located(&self) -> Self {
        self.told().filtered(&|source| Some(source | PLACE))
    }

    /// The same for a file in an unknown working directory that may be the root.
    #[must_use]
    pub(crate) fn located_in_root(&self) -> Self {
        self.told().filtered(&|source| Some(source | PLACE_IN_ROOT))
    }

    /// Converts location to content (dereferences it). `root`: also on the assumption that the working directory is the root.
    #[must_use]
    pub(crate) fn reached(&self, root: bool) -> Self {
        self.filtered(&|source| match source & (PLACE | PLACE_IN_ROOT) {
            0 => None,
            PLACE_IN_ROOT if !root => None,
            _ => Some(source & !(PLACE | PLACE_IN_ROOT)),
        })
    }

    /// Whether it is a location on the assumption that the working directory is the root.
    pub(crate) fn is_in_root(&self) -> bool {
        sources(self).any(|source| source & PLACE_IN_ROOT != 0)
    }

    /// Returns the content taint only.
    #[must_use]
    pub(crate) fn told(&self) -> Self {
        if sources(self).all(|source| source < PLACE_IN_ROOT) {
            return self.clone();
        }
        self.filtered(&|source| (source < PLACE_IN_ROOT).then_some(source))
    }

    /// Returns the derived secrets: what a program opens, fetches or issues with these secrets.
    #[must_use]
    pub(crate) fn derived(&self) -> Self {
        self.told().filtered(&|source| Some(source | DERIVED))
    }

    /// Removes the sources of `other`.
    #[must_use]
    pub(crate) fn without(&self, other: &Self) -> Self {
        self.filtered(&|source| (!sources(other).any(|there| there == source)).then_some(source))
    }

    /// Returns the sources whose provenance has such a step, or has dropped steps.
    #[must_use]
    pub(crate) fn with_step(&self, is_wanted: impl Fn(&Step) -> bool) -> Self {
        let has_step = |told: &&Told| {
            let mut ways = std::iter::successors(Some(&told.way), |way| way.previous.as_ref());
            told.way.depth >= MAX_WAY || ways.any(|way| is_wanted(&way.step))
        };
        let ways: Vec<Told> = self.ways().iter().filter(has_step).cloned().collect();
        Self::of_ways(ways)
    }

    /// Maps the sources. Whatever the share of a name, the file contains the whole secret.
    fn filtered(&self, change: &dyn Fn(SourceId) -> Option<SourceId>) -> Self {
        let changed = self.ways().iter().filter_map(|told| {
            let source = change(told.source)?;
            let share = if source == told.source {
                told.share
            } else {
                Share::Whole
            };
            let way = told.way.clone();
            Some(Told { source, way, share })
        });
        let mut ways: Vec<Told> = changed.collect();
        ways.sort_by_key(|told| told.source);
        ways.dedup_by_key(|told| told.source);
        Self::of_ways(ways)
    }

    /// Appends a step that is built only for a non-empty taint.
    #[must_use]
    pub(crate) fn step_if(&self, span: Span, step: &dyn Fn() -> Step) -> Self {
        if self.is_none() {
            return Self::NONE;
        }
        self.step(span, step())
    }

    /// Appends a step to the provenance.
    #[must_use]
    pub(crate) fn step(&self, span: Span, step: Step) -> Self {
        let Some(ways) = &self.0 else {
            return Self::NONE;
        };
        let further = |way: &Rc<Way>| {
            if way.depth >= MAX_WAY || (way.span == span && way.step == step) {
                return way.clone();
            }
            Rc::new(Way {
                span,
                step: step.clone(),
                previous: Some(way.clone()),
                depth: way.depth + 1,
            })
        };
        Self(Some(
            ways.iter()
                .map(|told| Told {
                    way: further(&told.way),
                    ..*told
                })
                .collect::<Vec<_>>()
                .into(),
        ))
    }
}

/// Returns the sources in ascending order.
fn sources(taint: &Taint) -> impl Iterator<Item = SourceId> + '_ {
    taint.ways().iter().map(|told| told.source)
}
