//! Parses a Dockerfile exactly as BuildKit does.
//!
//! In: the text of the file. Out: a [`File`] in which every part has its span, or all errors.
//! Nothing is dropped. What BuildKit would reject (an unknown flag, an unterminated here-document) is a [`ReadError`]. What it expands
//! later (variables in values) stays as written, for [`expand`](expand::expand).

mod ast;
mod bytes;
mod danger;
mod mount;
mod note;
mod source;

mod read;

mod lines;

mod instruction;

mod flags;
mod heredoc;
mod json;
mod words;

mod environment;
mod error;
pub mod expand;
mod flag;

mod pattern;
mod refused;
pub mod spec;
mod walk;

pub use ast::{
    Argument, BaseImage, Command, Directive, File, Healthcheck, HereDocument, Instruction, Kind,
    Pair, Run, Source, Stage, StageName, Transfer,
};
pub use bytes::read_bytes;
pub use danger::Danger;
pub use environment::Environment;
pub use error::ReadError;
pub use flag::{Escape, Flag};
pub use mount::{Bind, Cache, Mount, MountField, MountFlag, Secret, Sharing, Ssh, Tmpfs};
pub use note::Note;
pub use read::{read, read_syntax};
pub use source::SourceText;
pub use walk::{Visited, walk};

pub use mount::clean as clean_path;
