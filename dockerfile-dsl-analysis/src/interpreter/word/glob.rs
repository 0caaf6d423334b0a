//! Pathname expansion over the known files.

use std::rc::Rc;

use super::field::{Field, PatternPiece};
use crate::Span;
use crate::domain::Argument;
use crate::domain::files::{
    Entry, FilePlace, Files, Node, Unit, spelled, units as units_of, value_of,
};
use crate::domain::pattern::{self, PatternUnit as _};
use crate::domain::state::State;
use crate::domain::symbol::{Component, PathPiece, SymbolId, SymbolicPath};
use crate::domain::value::{Piece, PieceKind, Taint, Text, Value};
use crate::interpreter::Machine;

impl Machine<'_> {
    pub(super) fn push_field(
        &mut self,
        state: &mut State,
        field: Field,
        span: Span,
        all: &mut Vec<Argument>,
    ) {
        if field.glob && !state.process.options.noglob && is_glob(&field.pattern) {
            let cwd = &state.process.cwd;
            let listed = names(&state.files, &field.pattern, cwd, &mut self.listing);
            let Listed {
                matches,
                possible,
                is_whole,
            } = listed;
            self.budget = self.budget.saturating_sub(matches.len() as u64 / 4);
            // A name that is a secret may match. As one of two alternatives it is not certainly removed.
            all.extend(possible.into_iter().map(|value| Argument {
                matched: true,
                ..Argument::new(value.join(&field.value), span)
            }));
            let has_matches = !matches.is_empty();
            if has_matches {
                let is_uncertain = state.process.options.glob_is_uncertain;
                all.extend(matches.into_iter().map(|value| Argument {
                    matched: true,
                    ..Argument::new(
                        if is_uncertain {
                            value.join(&field.value)
                        } else {
                            value
                        },
                        span,
                    )
                }));
            }
            if has_matches && is_whole {
                return;
            }
            // Unknown files: none of those that the script created, or none of those with a secret.
            let taint = field.value.taint();
            if let [PatternPiece::Known(pattern)] = field.pattern.as_slice()
                && let (directory, rest) = pattern.rsplit_once('/').unwrap_or(("", pattern))
                && !directory.contains(['*', '?', '['])
            {
                let suffix = rest.rsplit(['*', '?', ']']).next().unwrap_or_default();
                let directory = if directory.is_empty() && !pattern.starts_with('/') {
                    String::new()
                } else {
                    format!("{directory}/")
                };
                let value = Value::known(directory)
                    .concat(&Value::unknown(SymbolId::OtherFiles, taint))
                    .concat(&Value::known(suffix));
                all.push(Argument {
                    value,
                    span,
                    splits: true,
                    matched: true,
                    varies: false,
                });
                return;
            }
        }
        all.push(Argument {
            value: field.value,
            span,
            splits: field.splits,
            matched: false,
            varies: false,
        });
    }
}

impl Files {
    /// Resolves links and `..`; `None` if that changes nothing.
    fn followed(&self, spelling: &[Component]) -> Option<Vec<Component>> {
        let paths = self.paths(&value_of(spelling, &Taint::NONE), &Value::known("/"));
        let [path] = paths.as_slice() else {
            return None;
        };
        let followed = self.follow(&path.key);
        (followed.components() != spelling).then(|| followed.components().to_vec())
    }
}

/// A component of a pattern.
struct PatternComponent<'a> {
    units: Vec<Unit<'a>>,
    /// The pattern as a name; `None` if it is empty.
    name: Option<Component>,
    is_special: bool,
}

impl<'a> PatternComponent<'a> {
    fn new(units: &[Unit<'a>]) -> Self {
        let special = ['*', '?', '[', '\\'].map(Unit::Known);
        let piece = |unit: &Unit<'_>| Piece {
            kind: match *unit {
                Unit::Known(known) => PieceKind::Known(known.to_string().into()),
                Unit::Symbol(symbol) => PieceKind::Unknown(symbol.clone()),
                Unit::Hole(index) => PieceKind::Hole { index, lazy: false },
            },
            taint: Taint::NONE,
        };
        let text: Text = units.iter().map(piece).collect();
        Self {
            units: units.to_vec(),
            name: spelled(&text).pop(),
            is_special: units.iter().any(|unit| special.contains(unit)),
        }
    }

    fn begins_with_dot(&self) -> bool {
        self.units.first() == Some(&Unit::Known('.'))
    }

    /// Whether it is this name, and not a pattern.
    fn is_same(&self, name: &Component) -> bool {
        let is_one = |unit: &Unit<'_>| unit.is_one();
        self.name.as_ref() == Some(name) && self.units.iter().all(is_one)
    }

    /// Whether the name matches.
    fn fits(&self, name: &Component) -> bool {
        pattern::units_match(&self.units, &units_of(std::slice::from_ref(name))) == Some(true)
    }

    /// Whether the name may match if its unknown parts are any text.
    fn may_fit(&self, name: &Component) -> bool {
        pattern::units_may_match(&self.units, &units_of(std::slice::from_ref(name)))
    }

    /// Whether it has a bracket expression with an unknown part, so that its set is unknown.
    fn has_unknown_set(&self) -> bool {
        let mut units = self.units.iter();
        units.any(|unit| *unit == Unit::Known('['))
            && units.any(|unit| !matches!(unit, Unit::Known(_)))
    }
}

/// Whether it is subject to pathname expansion: a lone `[` is literal.
fn is_glob(pattern: &[PatternPiece]) -> bool {
    let mut escaped = false;
    let mut open = false;
    for piece in pattern {
        let PatternPiece::Known(known) = piece else {
            escaped = false;
            continue;
        };
        for c in known.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '*' | '?' => return true,
                '[' => open = true,
                ']' if open => return true,
                _ => {}
            }
        }
    }
    false
}

/// Max. entries of a directory that every pattern looks at.
const EACH: usize = 128;
/// Max. entries beyond them that all patterns of a script look at. A later pattern finds only the files with a secret by their names, and
/// too many of those as one unknown name.
pub(crate) const LISTING: usize = 1 << 16;

/// What a pattern is expanded to.
#[derive(Default)]
struct Listed {
    /// The known names that match, sorted.
    matches: Vec<Value>,
    /// The secret names that may match, sorted.
    possible: Vec<Value>,
    /// Whether other files of the script may match as well.
    is_whole: bool,
}

/// Returns the entries in a directory, if they are not too many for one more pattern.
fn few<'f, T>(entries: impl Fn() -> T, listing: &mut usize) -> Option<T>
where
    T: Iterator<Item = (&'f SymbolicPath, &'f Entry)>,
{
    let most = EACH + *listing;
    let looked_at = entries().take(most + 1).count();
    *listing = listing.saturating_sub(looked_at.saturating_sub(EACH));
    (looked_at <= most).then(entries)
}

/// Returns a name that may be any one in a directory. `known`: the directory as it is written.
fn one_of_many(names: &Taint, known: &[Component]) -> Value {
    let any = PathPiece::Symbol(SymbolId::AnySimple);
    let any = Component::Mixed(Rc::from([any]));
    value_of(&[known, &[any]].concat(), names)
}

/// Expands a pattern to the known names. `listing`: the entries that patterns may still look at.
fn names(files: &Files, glob: &[PatternPiece], cwd: &Value, listing: &mut usize) -> Listed {
    let mut listed = Listed {
        is_whole: true,
        ..Listed::default()
    };
    let units: Vec<Unit<'_>> = glob
        .iter()
        .flat_map(|piece| match piece {
            PatternPiece::Known(known) => known.chars().map(Unit::Known).collect(),
            PatternPiece::Unknown(PieceKind::Unknown(symbol)) => vec![Unit::Symbol(symbol)],
            PatternPiece::Unknown(PieceKind::Hole { index, .. }) => vec![Unit::Hole(*index)],
            PatternPiece::Unknown(PieceKind::Known(_)) => Vec::new(),
        })
        .collect();
    let slash = Unit::Known('/');
    let is_absolute = !matches!(units.first(), Some(Unit::Known(first)) if *first != '/');
    let mut start: Vec<Component> = Vec::new();
    if units.first() == Some(&slash) {
        start.push(Component::Root);
    } else if !is_absolute {
        let [cwd] = cwd.alternatives() else {
            return listed;
        };
        start = spelled(cwd);
        if start.is_empty() {
            start.push(Component::Root);
        }
    }
    // The matches of a relative pattern are relative, too, as long as the pattern contains no `..`.
    let mut directory = if is_absolute { 0 } else { start.len() };
    let parts = units.split(|unit| *unit == slash);
    let parts = parts.filter(|part| !part.is_empty() && *part != [Unit::Known('.')]);
    let parts: Vec<PatternComponent<'_>> = parts.map(PatternComponent::new).collect();
    // Links and `..` before the first special component.
    let literal = parts.iter().position(|part| part.is_special);
    let literal = literal.unwrap_or(parts.len());
    let mut wanted = start;
    wanted.extend(parts[..literal].iter().filter_map(|part| part.name.clone()));
    let parts = &parts[literal..];
    files.ask_directory(&wanted);
    if let Some(followed) = files.followed(&wanted) {
        directory = 0;
        wanted = followed;
    }
    if parts.iter().any(PatternComponent::has_unknown_set) {
        return listed;
    }
    let depth = wanted.len() + parts.len();
    let only_directories = units.last() == Some(&slash);
    let mut last: Option<&[Component]> = None;
    let tainted;
    let entries: Box<dyn Iterator<Item = _>> = match few(|| files.entries_in(&wanted), listing) {
        Some(all) => Box::new(all),
        None => {
            listed.is_whole = false;
            let Some(few) = files.few_tainted_entries(EACH + *listing) else {
                let known = &wanted[directory.min(wanted.len())..];
                let name = one_of_many(files.taint_of_names(), known);
                listed.matches.push(name);
                return listed;
            };
            *listing = listing.saturating_sub(few.len().saturating_sub(EACH));
            tainted = few;
            let in_directory = |path: &SymbolicPath| path.components().starts_with(&wanted);
            Box::new(
                tainted
                    .iter()
                    .copied()
                    .filter(move |(path, _)| in_directory(path)),
            )
        }
    };
    for (key, entry) in entries {
        let have = key.components();
        if have.len() < depth {
            continue;
        }
        if matches!(entry.node, Node::Directory) && files.beneath(key).next().is_some() {
            continue;
        }
        // A mount whose name is not known yet matches the pattern. Other files, which may be removed, may not.
        let is_mount = files.place(key) == FilePlace::Secret;
        let pairs = || parts.iter().zip(&have[wanted.len()..]);
        let all_fit = |fit: &dyn Fn(&PatternComponent<'_>, &Component) -> bool| {
            pairs().all(|(want, have)| {
                let hidden = have.begins_with(".") && !want.begins_with_dot();
                want.is_same(have) || !hidden && want.is_special && fit(want, have)
            })
        };
        let fits = all_fit(&|want, have| is_mount && have.is_symbolic() || want.fits(have));
        let may_fit = !fits && entry.name.is_some() && all_fit(&|want, have| want.may_fit(have));
        if !fits && !may_fit
            || only_directories && have.len() == depth && matches!(entry.node, Node::File(_))
        {
            continue;
        }
        let name = &have[..depth];
        // The entries beneath a directory follow each other.
        if last != Some(name) {
            last = Some(name);
            let value = value_of(&name[directory.min(depth)..], &entry.name);
            if fits {
                listed.matches.push(value);
            } else {
                listed.possible.push(value);
            }
        }
    }
    listed
}
