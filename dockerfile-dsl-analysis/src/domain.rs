//! The abstract domain: what the interpreter knows at one point of a script.
//!
//! Contains values with their taint, files, shell processes and whole states, and the join of each. Data and operations on it: nothing here
//! runs a command. `symbol` gives every unknown an identity.

pub(crate) mod allocator;
mod argument;
pub(crate) mod asked;
mod cause;
pub(crate) mod code;
mod doubt;
pub(crate) mod files;
pub(crate) mod map;
pub(crate) mod pattern;
mod sink;
pub(crate) mod state;
mod step;
pub(crate) mod symbol;
pub(crate) mod traps;
pub(crate) mod value;
pub(crate) mod ways;

pub(crate) use allocator::Allocator;
pub(crate) use argument::Argument;
pub(crate) use asked::{Asked, MARK};
pub(crate) use cause::{About, Cause};
pub(crate) use doubt::Doubt;
pub(crate) use files::{
    Entry, FilePlace, Files, MountKind, Node, Rest, Unit, home_of, text_of, units, value_of,
};
pub(crate) use pattern::{matches as pattern_matches, units_match};
pub(crate) use sink::{Choice, Keeper, Sink, SinkPlace};
pub(crate) use state::{OpenDescriptor, Process, ShellOptions, State, Status, Variable};
pub(crate) use step::Step;
pub(crate) use symbol::{Component, ContentId, Site, SymbolId, SymbolicPath};
pub(crate) use value::{
    Piece, PieceKind, Share, SourceId, Taint, Text, Told, Value, Way, is_derived, number_of,
    source_of,
};
pub(crate) use ways::{Flow, Jump};
