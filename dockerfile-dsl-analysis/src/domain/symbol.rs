//! Identity of unknown texts and of the contents of files and pipes.
//!
//! In: the command that is executed, and how often this state has executed it. Out: [`SymbolId`]s and [`ContentId`]s.
//! Invariant: within one execution of a script an identity is allocated once. So equal concrete identities *must* alias (a strong update is
//! sound), and different ones *may* alias. No identity is computed from a text or a hash: identities are compared by their fields.

use std::rc::Rc;

use crate::Span;
use crate::domain::code::Code;

/// A position in the file, in one stage. Every stage that is based on another one executes its ONBUILD instructions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    /// Index of the stage.
    pub(crate) stage: usize,
    pub(crate) span: Span,
}

/// The origin of an identity: a command (the allocation site), the number of its execution, and a counter within that execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Birth {
    pub(crate) site: Site,
    /// Executions are counted in the state, so the count survives calls, loops, subshells and evaluated texts.
    pub(crate) execution: u32,
    pub(crate) ordinal: u32,
}

impl Birth {
    /// Represents every execution of a command.
    pub(super) const EVERY: u32 = u32::MAX - 1;
    /// The same, with more than one living.
    const SEVERAL: u32 = u32::MAX;
}

/// An unknown text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SymbolId {
    /// One text: the same at each occurrence of this symbol.
    One(Birth),
    /// The same, from `mktemp`: no other file has this name, whatever other symbols represent.
    Name(Birth),
    /// The same, without `..`: a number, what `uname` prints.
    Simple(Birth),
    /// `$$`: one text for the whole step.
    Shell,
    /// The initial value of a variable in a step.
    Initial(Rc<(Site, String)>),
    /// The parent directory of a path that ends in an unknown component, as long as no link on it changes.
    Above(SymbolicPath),
    /// A summary: files from pathname expansion that the script did not create. Two occurrences may be two texts.
    OtherFiles,
    /// A summary: too many alternatives, too long a text, or the content of one of several files. Two occurrences may be two texts.
    Any,
    /// The same, of texts without `..`.
    AnySimple,
    /// A summary: texts of the script that name files or variables, or what a program made of such a text.
    Code(Code),
}

/// Variables with an initial value that no one gives.
const SET_BY_THE_SHELL: [&str; 4] = ["EUID", "HOSTNAME", "PPID", "UID"];

impl SymbolId {
    /// Whether two occurrences may be two texts.
    pub(crate) const fn is_summary(&self) -> bool {
        matches!(
            self,
            Self::OtherFiles | Self::Any | Self::AnySimple | Self::Code(_)
        )
    }

    /// Returns the commands that it represents.
    pub(crate) const fn as_code(&self) -> Option<&Code> {
        match self {
            Self::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Whether it has no `..`, so that a path with it stays beneath the directory before it.
    pub(crate) fn is_simple(&self) -> bool {
        match self {
            Self::Name(_) | Self::Simple(_) | Self::AnySimple | Self::Shell => true,
            Self::OtherFiles => true,
            Self::Initial(initial) => SET_BY_THE_SHELL.contains(&initial.1.as_str()),
            Self::Code(code) => code.is_simple,
            Self::One(_) | Self::Above(_) | Self::Any => false,
        }
    }

    /// Returns the symbol of a variable's initial value in a step.
    pub(crate) fn initial(step: Site, name: &str) -> Self {
        Self::Initial(Rc::new((step, name.to_owned())))
    }
}

/// The content of a file or of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContentId(pub(super) Birth);

impl ContentId {
    /// Returns the summary of the contents that all executions allocate.
    pub(super) fn of_every_file(self) -> Self {
        Self(Birth {
            execution: Birth::SEVERAL,
            ..self.0
        })
    }

    /// Whether it represents several contents.
    pub(super) fn is_of_every_file(self) -> bool {
        self.0.execution == Birth::SEVERAL
    }
}

/// One piece of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PathPiece {
    /// An unknown text, which may contain slashes.
    Symbol(SymbolId),
    /// The same, of a secret. It may contain slashes, but no `..`: this is assumed of the values of secrets.
    Secret(SymbolId),
    /// The author's value for the hole of this index.
    Hole(usize),
    /// A known text without a slash.
    Known(Rc<str>),
}

/// The text between two slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Component {
    /// The leading slash: only the first component of a path.
    Root,
    /// `..`: only in a spelling that is not in normal form yet.
    Parent,
    /// A name with an unknown piece. Known pieces are never adjacent, and never empty.
    Mixed(Rc<[PathPiece]>),
    /// A known name, the common case.
    Known(Rc<str>),
}

/// A path in normal form. Cloning increments one reference count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SymbolicPath(pub(super) Rc<[Component]>);
