//! Paths with known and unknown parts.
//!
//! In: the spelling of a value, or a literal. Out: a [`SymbolicPath`], component by component, with the vocabulary of [`std::path::Path`].
//! Invariant: a path is normal (no `.`, no `..`, no empty component), and equal paths have equal components. So the paths beneath a
//! directory are one contiguous range of a `BTreeMap`. No character of a known text is special, except `/`.

mod pieces;
mod spelling;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;
use std::rc::Rc;

use crate::domain::pattern;
use crate::domain::symbol::{Component, PathPiece, SymbolId, SymbolicPath};
use crate::domain::value::{Taint, Value};
use pieces::{PieceOf, each_piece, fits, runs};
pub(crate) use pieces::{Unit, text_of, units, value_of};
use spelling::Spelling;
pub(crate) use spelling::spelled;
pub(crate) use spelling::{may_be_absolute, normal, of_this_process};

impl Component {
    /// Creates a component with a known name.
    pub(crate) fn known(name: &str) -> Self {
        Self::Known(name.into())
    }

    fn symbol(symbol: SymbolId) -> Self {
        Self::Mixed(Rc::from([PathPiece::Symbol(symbol)]))
    }

    /// The name, if all of it is known.
    pub(crate) fn as_known(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a part of it is unknown.
    pub(crate) const fn is_symbolic(&self) -> bool {
        matches!(self, Self::Mixed(_))
    }

    /// Returns its pieces, if one of them is unknown.
    fn mixed(&self) -> &[PathPiece] {
        match self {
            Self::Mixed(pieces) => pieces,
            _ => &[],
        }
    }

    /// Whether it stays beneath the directory that it is in, whatever its unknown parts are: they have no `..`.
    pub(crate) fn stays_beneath(&self) -> bool {
        self.mixed().iter().all(|piece| match piece {
            PathPiece::Known(_) | PathPiece::Secret(_) => true,
            PathPiece::Symbol(symbol) => symbol.is_simple(),
            PathPiece::Hole(_) => false,
        })
    }

    /// Whether its name is known and equal to `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.as_known() == Some(name)
    }

    /// Whether the first component begins with an unknown text.
    pub(crate) fn begin_unknown(components: &[Self]) -> bool {
        components.first().is_some_and(Self::begins_unknown)
    }

    /// Whether it begins with an unknown text.
    fn begins_unknown(&self) -> bool {
        matches!(
            self.mixed().first(),
            Some(PathPiece::Symbol(_) | PathPiece::Secret(_))
        )
    }

    /// Whether it begins with this known text.
    pub(crate) fn begins_with(&self, text: &str) -> bool {
        match self {
            Self::Known(name) => name.starts_with(text),
            Self::Mixed(pieces) => {
                matches!(pieces.first(), Some(PathPiece::Known(name)) if name.starts_with(text))
            }
            Self::Root | Self::Parent => false,
        }
    }

    /// Returns the known texts in it.
    pub(crate) fn known_texts(&self) -> impl Iterator<Item = &str> {
        let pieces = self.mixed().iter().filter_map(|piece| match piece {
            PathPiece::Known(known) => Some(&**known),
            _ => None,
        });
        self.as_known().into_iter().chain(pieces)
    }

    /// Whether it ends with this known text.
    pub(crate) fn ends_with(&self, text: &str) -> bool {
        match self {
            Self::Known(name) => name.ends_with(text),
            Self::Mixed(pieces) => {
                matches!(pieces.last(), Some(PathPiece::Known(name)) if name.ends_with(text))
            }
            Self::Root | Self::Parent => false,
        }
    }

    /// Returns the known text, if it is followed by exactly one unknown piece.
    pub(crate) fn as_beginning(&self) -> Option<&str> {
        match self.mixed() {
            [
                PathPiece::Known(start),
                PathPiece::Symbol(_) | PathPiece::Secret(_) | PathPiece::Hole(_),
            ] => Some(start),
            _ => None,
        }
    }

    /// Whether it matches the pattern. An unknown piece matches only `*`. `None` if the pattern is unsupported.
    pub(crate) fn matches(&self, pattern: &str) -> Option<bool> {
        match self {
            Self::Root => pattern::matches(pattern, ""),
            Self::Parent => pattern::matches(pattern, ".."),
            Self::Known(name) => pattern::matches(pattern, name),
            Self::Mixed(_) => {
                let pattern: Vec<_> = pattern.chars().map(Unit::Known).collect();
                pattern::units_match(&pattern, &units(std::slice::from_ref(self)))
            }
        }
    }

    /// Whether this directory of `/proc` is that of the shell itself: `$$`, or the first process of the step.
    pub(crate) fn is_shell(&self) -> bool {
        match self {
            Self::Known(name) => &**name == "1",
            Self::Mixed(pieces) => **pieces == [PathPiece::Symbol(SymbolId::Shell)],
            Self::Root | Self::Parent => false,
        }
    }
}

impl From<&str> for SymbolicPath {
    /// Returns the normal form of a literal path.
    fn from(path: &str) -> Self {
        let mut spelling = Spelling::default();
        spelling.push_known(path);
        normal(spelling.into_components())
    }
}

impl From<&String> for SymbolicPath {
    fn from(path: &String) -> Self {
        path.as_str().into()
    }
}

impl Borrow<[Component]> for SymbolicPath {
    fn borrow(&self) -> &[Component] {
        &self.0
    }
}

impl fmt::Debug for SymbolicPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.show())
    }
}

impl SymbolicPath {
    /// `/`.
    pub(crate) fn root() -> Self {
        thread_local! {
            static ROOT: SymbolicPath = SymbolicPath(Rc::from([Component::Root]));
        }
        ROOT.with(Self::clone)
    }

    /// Creates a path from components that are in normal form.
    fn of(components: impl Into<Rc<[Component]>>) -> Self {
        Self(components.into())
    }

    /// Converts the path to a value. Each piece gets the taint `name`.
    pub(crate) fn to_value(&self, name: &Taint) -> Value {
        value_of(&self.0, name)
    }

    /// Returns the components. The first one of an absolute path is [`Component::Root`].
    pub(crate) fn components(&self) -> &[Component] {
        &self.0
    }

    /// Whether it begins at the root.
    pub(crate) fn is_absolute(&self) -> bool {
        matches!(self.0.first(), Some(Component::Root))
    }

    /// Whether it is the root.
    pub(crate) fn is_root(&self) -> bool {
        matches!(*self.0, [Component::Root])
    }

    /// Whether a part of it is unknown.
    pub(crate) fn is_symbolic(&self) -> bool {
        self.0.iter().any(Component::is_symbolic)
    }

    /// Returns the last component. The root and the empty path have none.
    pub(crate) fn file_name(&self) -> Option<&Component> {
        self.0
            .last()
            .filter(|last| !matches!(last, Component::Root))
    }

    /// Returns the last component, if it has one, as a slice to join.
    pub(crate) fn last(&self) -> &[Component] {
        self.file_name().map_or(&[], std::slice::from_ref)
    }

    /// Returns the path without its last component. The root and the empty path have none.
    pub(crate) fn parent(&self) -> Option<Self> {
        self.file_name()?;
        Some(Self::of(&self.0[..self.0.len() - 1]))
    }

    /// Appends components that are in normal form.
    pub(crate) fn join(&self, rest: &[Component]) -> Self {
        if rest.is_empty() {
            return self.clone();
        }
        Self(self.0.iter().chain(rest).cloned().collect())
    }

    /// Whether it is the directory or beneath it.
    pub(crate) fn starts_with(&self, directory: &Self) -> bool {
        self.0.starts_with(&directory.0)
    }

    /// Whether it is, or may be, the directory or beneath it. Every path is beneath the root, whatever it begins with.
    pub(crate) fn is_within(&self, directory: &Self) -> bool {
        directory.is_root() || self.starts_with(directory)
    }

    /// Whether it is in a home directory, known or not.
    pub(crate) fn is_in_home(&self) -> bool {
        match self.components() {
            [Component::Root, first, ..] => first.is("root") || first.is("home"),
            [first, ..] => first.begins_with("~"),
            [] => false,
        }
    }

    /// Returns the components after the directory.
    pub(crate) fn strip_prefix(&self, directory: &Self) -> Option<&[Component]> {
        self.0.strip_prefix(&*directory.0)
    }

    /// Returns the components after an absolute literal path in normal form.
    pub(crate) fn strip_literal(&self, directory: &str) -> Option<&[Component]> {
        let Some((Component::Root, mut rest)) = self.0.split_first() else {
            return None;
        };
        for name in directory.split('/').filter(|name| !name.is_empty()) {
            let (first, after) = rest.split_first()?;
            if !first.is(name) {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }

    /// Whether it is this absolute literal path.
    pub(crate) fn is(&self, literal: &str) -> bool {
        self.strip_literal(literal).is_some_and(<[_]>::is_empty)
    }

    /// Whether it is a device that discards everything written to it.
    pub(crate) fn is_sink(&self) -> bool {
        matches!(
            self.strip_literal("/dev"),
            Some([Component::Known(name)]) if matches!(&**name, "null" | "full" | "zero" | "tty")
        )
    }

    /// Returns the descriptor of the shell that it represents (`/dev/fd/N`, `/dev/stdout`).
    pub(crate) fn descriptor(&self) -> Option<u32> {
        match self.strip_literal("/proc/self/fd") {
            Some([Component::Known(number)]) => number.parse().ok(),
            _ => None,
        }
    }

    /// Returns its text, if all of it is known.
    pub(crate) fn as_known(&self) -> Option<String> {
        text_of(&self.0)
    }

    /// Whether it is one unknown piece.
    pub(crate) fn is_nothing_known(&self) -> bool {
        matches!(&*self.0, [Component::Mixed(pieces)] if pieces.len() == 1)
    }

    /// Whether its last component is unknown, in a directory that is not.
    pub(crate) fn has_unknown_name(&self) -> bool {
        let unknown = |name: &Component| name.is_symbolic() && name.known_texts().next().is_none();
        !self.is_nothing_known() && self.0.last().is_some_and(unknown)
    }

    /// Returns the known relative path beneath an unknown directory.
    pub(crate) fn beneath_unknown(&self) -> Option<String> {
        match self.0.split_first()? {
            (Component::Mixed(pieces), rest @ [_, ..]) if pieces.len() == 1 => text_of(rest),
            _ => None,
        }
    }

    /// Returns the path up to these components, if more components follow.
    pub(crate) fn up_to(&self, names: &[&str]) -> Option<Self> {
        let is_here =
            |found: &[Component]| found.iter().zip(names).all(|(found, name)| found.is(name));
        let start = self.0.windows(names.len()).position(is_here)?;
        let end = start + names.len();
        (end < self.0.len()).then(|| Self::of(&self.0[..end]))
    }

    /// Returns the known texts before the first and after the last unknown piece. `None` if all of it is known.
    pub(crate) fn known_ends(&self) -> Option<(String, String)> {
        let mut runs = runs(&self.0);
        let last = runs.pop().filter(|_| !runs.is_empty())?;
        Some((runs.swap_remove(0), last))
    }

    /// Returns it as messages show it: `...` for each unknown part.
    pub(crate) fn show(&self) -> String {
        let mut shown = String::new();
        each_piece(&self.0, |piece| match piece {
            PieceOf::Known(known) => shown.push_str(known),
            PieceOf::Symbol(_) | PieceOf::Hole(_) => shown.push_str("..."),
        });
        shown
    }

    fn pieces(&self) -> impl Iterator<Item = &PathPiece> {
        self.0.iter().flat_map(Component::mixed)
    }

    fn symbols(&self) -> impl Iterator<Item = &SymbolId> {
        self.pieces().filter_map(|piece| match piece {
            PathPiece::Symbol(symbol) | PathPiece::Secret(symbol) => Some(symbol),
            _ => None,
        })
    }

    /// Whether it contains an unknown text.
    pub(crate) fn has_unknown(&self) -> bool {
        self.symbols().next().is_some()
    }

    /// Whether it contains a hole.
    pub(crate) fn has_hole(&self) -> bool {
        self.pieces()
            .any(|piece| matches!(piece, PathPiece::Hole(_)))
    }

    /// Whether it begins with an unknown text.
    pub(crate) fn begins_unknown(&self) -> bool {
        self.0.first().is_some_and(Component::begins_unknown)
    }

    /// Returns the hole that it begins with, and whether it leads beneath it: an unknown text after it may be `../x`.
    pub(crate) fn hole(&self) -> Option<(usize, bool)> {
        let (first, rest) = self.0.split_first()?;
        match *first.mixed() {
            [PathPiece::Hole(index), ref after @ ..] => Some((
                index,
                after.is_empty() && rest.iter().all(Component::stays_beneath),
            )),
            _ => None,
        }
    }

    /// Whether every occurrence is the same path: no symbol in it is a summary.
    pub(crate) fn is_one(&self) -> bool {
        !self.symbols().any(SymbolId::is_summary)
    }

    /// Whether pathname expansion yielded it from files that the script did not create.
    pub(crate) fn is_of_other_files(&self) -> bool {
        self.symbols()
            .any(|symbol| matches!(symbol, SymbolId::OtherFiles))
    }

    /// Whether unknown commands in it may have this name.
    pub(crate) fn is_named_by_code(&self, name: &Component) -> bool {
        let mut codes = self.symbols().filter_map(SymbolId::as_code);
        codes.any(|code| name.as_known().is_some_and(|name| code.names(name)))
    }

    /// Whether a part of it is from `mktemp`: no other file has this name.
    pub(crate) fn is_of_mktemp(&self) -> bool {
        self.symbols()
            .any(|symbol| matches!(symbol, SymbolId::Name(_)))
    }

    /// Whether nothing in it distinguishes names: at most a few letters are known.
    pub(crate) fn is_bare(&self) -> bool {
        let mut known = 0;
        each_piece(&self.0, |piece| {
            if let PieceOf::Known(text) = piece {
                known += text.chars().filter(|c| c.is_alphanumeric()).count();
            }
        });
        known < 3
    }

    /// Whether the other path may be one that this path, with its unknown pieces, represents.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        fits(&self.0, &other.0)
    }

    /// Whether two paths with unknown pieces may be the same (may alias).
    pub(crate) fn may_alias(&self, other: &Self) -> bool {
        // Compare from the first component that differs.
        let common = (self.0.iter().zip(&*other.0))
            .take_while(|(a, b)| a == b)
            .count();
        let (a, b) = (&self.0[common..], &other.0[common..]);
        let is_unknown = |rest: &[Component]| {
            let mut symbols = rest
                .iter()
                .flat_map(Component::mixed)
                .filter_map(|piece| match piece {
                    PathPiece::Symbol(symbol) | PathPiece::Secret(symbol) => Some(symbol),
                    _ => None,
                })
                .peekable();
            symbols.peek().is_some() && !symbols.any(|symbol| matches!(symbol, SymbolId::Name(_)))
        };
        is_unknown(a) && is_unknown(b) && (fits(a, b) || fits(b, a))
    }

    /// Creates an unknown path with `rest` appended.
    pub(crate) fn unknown(rest: &[Component]) -> Self {
        let any = [Component::symbol(SymbolId::Any)];
        Self(any.iter().chain(rest).cloned().collect())
    }
}
