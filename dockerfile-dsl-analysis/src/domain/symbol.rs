//! Identity: which unknown text, and which content of a file or pipe, is which.
//!
//! In: the command that is executed, and how often this state has executed it. Out: [`SymbolId`]s and [`ContentId`]s.
//! Invariant: within one execution of a script an identity is handed out once. So equal concrete identities *must* alias (a strong
//! update is sound), and different ones *may* alias. Nothing here is computed from a text, a hash or a number that was mixed by hand:
//! an identity is compared by its fields.

use std::rc::Rc;

use crate::Span;

/// A place in the file, as one stage executes it: an ONBUILD instruction is executed by every stage that is based on its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    /// The index of the stage.
    pub(crate) stage: usize,
    pub(crate) span: Span,
}

/// Where something came into being: a command (the allocation site), which execution of it, and the how-manieth thing that this
/// execution made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Birth {
    pub(crate) site: Site,
    /// Executions are counted in the state, so the count survives calls, loops, subshells and texts that are run again.
    pub(crate) execution: u32,
    pub(crate) ordinal: u32,
}

/// An unknown text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SymbolId {
    /// One text: the same wherever this symbol is.
    One(Birth),
    /// The same, of `mktemp`: no other file has this name, whatever other symbols stand for.
    Name(Birth),
    /// `$$`: one text for all of a step.
    Shell,
    /// What a variable held before the step there.
    Initial(Rc<(Site, String)>),
    /// The directory above a path that ends in an unknown component, as long as no link on it changes.
    Above(SymbolicPath),
    /// A summary: files that a pattern matched and that the script did not make. Two occurrences may be two texts.
    OtherFiles,
    /// A summary: too many alternatives, too long a text, what one of several files holds. Two occurrences may be two texts.
    Any,
}

impl SymbolId {
    /// What the variable held before the step.
    pub(crate) fn initial(step: Site, name: &str) -> Self {
        Self::Initial(Rc::new((step, name.to_owned())))
    }
}

/// The content of a file or of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContentId(pub(super) Birth);

/// One piece of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PathPiece {
    /// An unknown text; it may hold slashes.
    Symbol(SymbolId),
    /// The author's value for the hole of this index.
    Hole(usize),
    /// This text, without a slash.
    Known(Rc<str>),
}

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Component {
    /// The slash at the beginning: only the first component of a path is one.
    Root,
    /// `..`: only in a spelling that is not normal yet.
    Parent,
    /// At least one piece is not known. Two known pieces are never neighbours, and no known piece is empty.
    Mixed(Rc<[PathPiece]>),
    /// A known name, as most are.
    Known(Rc<str>),
}

/// A path in its normal form; a clone is one count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SymbolicPath(pub(super) Rc<[Component]>);
