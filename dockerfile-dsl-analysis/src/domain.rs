//! What the interpreter knows at one point of a script: the abstract domain.
//!
//! Texts and how much of a secret is in them, files, shell processes, whole states, and how two of each become one. Data and the
//! operations on it: nothing here runs a command. `symbol` gives everything that is not known its identity.

mod argument;
pub(crate) mod files;
pub(crate) mod pattern;
pub(crate) mod state;
pub(crate) mod symbol;
pub(crate) mod traps;
pub(crate) mod value;
pub(crate) mod ways;

pub(crate) use argument::Argument;
pub(crate) use files::{
    Component, Entry, Files, MountKind, Node, Place as FilePlace, Rest, SymbolicPath, Unit,
    home_of, text_of, units, value_of,
};
pub(crate) use pattern::units_match;
pub(crate) use state::{Descriptor, Process, ShellOptions, State, Status, Variable};
pub(crate) use symbol::{Allocator, ContentId, Site, SymbolId};
pub(crate) use value::{Kind, Piece, Share, Source, Taint, Text, Told, Value, Way, source_of};
pub(crate) use ways::{Flow, Jump};
