//! Which secrets a value tells about, and the way that it took.
//!
//! Two kinds of sources: the secrets themselves, and where they are. That a file holds a secret is no secret: only who reads the file has it.

use std::rc::Rc;

use crate::Span;
use crate::domain::Step;

/// A secret, or a hole with a label: an index into what the run was started with.
pub(crate) type Source = u16;

/// Set in a source: it tells where the secret's file is, not what is in it. That is said to anybody; who reads what it names has the secret.
const PLACE: Source = 1 << 15;
/// The same, if the working directory that nobody knows is the root.
const PLACE_IN_ROOT: Source = 1 << 14;

/// Set in a source: it is not the secret itself, but what a program opened, fetched or issued with it.
const DERIVED: Source = 1 << 13;

/// The source of a number; so many are told apart.
pub(crate) fn source_of(number: usize) -> Source {
    Source::try_from(number).map_or(DERIVED - 1, |number| number.min(DERIVED - 1))
}

/// The number of a source, be it derived or not.
pub(crate) fn number_of(source: Source) -> usize {
    usize::from(source & !DERIVED)
}

/// Whether it is derived from a secret.
pub(crate) const fn is_derived(source: Source) -> bool {
    source & DERIVED != 0
}

/// The way that a value took, newest step first.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) span: Span,
    pub(crate) step: Step,
    pub(crate) previous: Option<Rc<Way>>,
    depth: u8,
}

/// Longer ways are not told.
const MAX_WAY: u8 = 12;

/// Which secrets something tells about, each with the way it took. Two taints are equal if they have as much of the same sources.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taint(Option<Rc<[Told]>>);

/// A source, the way it took, and how much of it is there.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) source: Source,
    pub(crate) way: Rc<Way>,
    pub(crate) share: Share,
}

/// How much of a secret a text is. What is small can be guessed from its digest; inside a loop, all of it piece by piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    /// All of it, as far as is known.
    Whole,
    /// A piece that was cut out: `${x#?}`, `cut -c1`, a line.
    Piece,
    /// What was found in it of something that is another thing each time: `${x#"$k"}`, `grep "$k"`. Its being empty is an answer.
    Found,
}

impl PartialEq for Taint {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.ways(), other.ways());
        let same = |(a, b): (&Told, &Told)| a.source == b.source && a.share == b.share;
        a.len() == b.len() && a.iter().zip(b).all(same)
    }
}

/// What may tell about secrets.
pub(crate) trait Tainted {
    fn taint(&self) -> Taint;
}

/// The join of all of them.
impl FromIterator<Taint> for Taint {
    fn from_iter<T: IntoIterator<Item = Taint>>(taints: T) -> Self {
        taints
            .into_iter()
            .fold(Self::NONE, |all, taint| all.join(&taint))
    }
}

impl Taint {
    pub(crate) const NONE: Self = Self(None);

    /// That of all of them.
    pub(crate) fn of_all<T: Tainted>(all: &[T]) -> Self {
        all.iter().map(Tainted::taint).collect()
    }

    /// The taint of a source itself.
    pub(crate) fn source(source: Source, span: Span, step: Step) -> Self {
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

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// The smallest share of any of them.
    pub(crate) fn share(&self) -> Share {
        let secrets = self
            .ways()
            .iter()
            .filter(|told| told.source < PLACE_IN_ROOT);
        let shares = secrets.map(|told| told.share);
        shares.max().unwrap_or(Share::Whole)
    }

    /// The same of so much, at most.
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

    /// In ascending order of the sources.
    pub(crate) fn ways(&self) -> &[Told] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Both; for a source that both have, the way of `self` and the smaller share.
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

    /// Where the secrets are that it tells about: what the name of a file that holds them says.
    #[must_use]
    pub(crate) fn located(&self) -> Self {
        self.told().filtered(&|source| Some(source | PLACE))
    }

    /// The same for what is found in a working directory that may be the root.
    #[must_use]
    pub(crate) fn located_in_root(&self) -> Self {
        self.told().filtered(&|source| Some(source | PLACE_IN_ROOT))
    }

    /// The secrets that are where it says; `root`: also if the working directory is the root.
    #[must_use]
    pub(crate) fn reached(&self, root: bool) -> Self {
        self.filtered(&|source| match source & (PLACE | PLACE_IN_ROOT) {
            0 => None,
            PLACE_IN_ROOT if !root => None,
            _ => Some(source & !(PLACE | PLACE_IN_ROOT)),
        })
    }

    /// Whether it says where a secret is if the working directory is the root.
    pub(crate) fn is_in_root(&self) -> bool {
        sources(self).any(|source| source & PLACE_IN_ROOT != 0)
    }

    /// What it tells about the secrets themselves.
    #[must_use]
    pub(crate) fn told(&self) -> Self {
        if sources(self).all(|source| source < PLACE_IN_ROOT) {
            return self.clone();
        }
        self.filtered(&|source| (source < PLACE_IN_ROOT).then_some(source))
    }

    /// What a program opens, fetches or issues with the secrets.
    #[must_use]
    pub(crate) fn derived(&self) -> Self {
        self.told().filtered(&|source| Some(source | DERIVED))
    }

    /// Without what the other tells about.
    #[must_use]
    pub(crate) fn without(&self, other: &Self) -> Self {
        self.filtered(&|source| (!sources(other).any(|there| there == source)).then_some(source))
    }

    /// The sources changed. Whatever is there of a name, the file has all of the secret.
    fn filtered(&self, change: &dyn Fn(Source) -> Option<Source>) -> Self {
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
        Self((!ways.is_empty()).then(|| ways.into()))
    }

    /// One step further; the step is only made where there is a taint.
    #[must_use]
    pub(crate) fn step_if(&self, span: Span, step: &dyn Fn() -> Step) -> Self {
        if self.is_none() {
            return Self::NONE;
        }
        self.step(span, step())
    }

    /// One step further.
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

/// In ascending order.
fn sources(taint: &Taint) -> impl Iterator<Item = Source> + '_ {
    taint.ways().iter().map(|told| told.source)
}
