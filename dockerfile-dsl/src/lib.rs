//! Secret-safe Dockerfiles, built from typed values and checked by the compiler.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]
#![cfg_attr(feature = "macros", doc = "")]
#![cfg_attr(feature = "macros", doc = include_str!("guide.md"))]
#![cfg_attr(
    not(all(feature = "macros", feature = "run")),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "links to what a feature adds resolve only with that feature"
    )
)]

#[cfg(any(doc, doctest))]
#[doc = include_str!("guarantees.md")]
pub mod guarantees {}

/// The code of the README compiles.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../README.md")]
mod readme {}

mod kept;
mod masked_debug;
mod secret;

mod checked_text;

mod path;

mod script;
#[cfg(feature = "macros")]
mod sh;
pub mod value;

mod comment;
mod instruction;
mod mount;
mod settings;
mod stage;
pub mod text;

mod problem;
mod rust_place;
mod valid;

mod lower;
mod mistaken;
mod pen;
mod render;
mod syntax;

mod dockerfile;
pub mod facts;
pub mod import;
mod refusal;
mod rust_help;

pub mod audit;
pub mod danger;
#[cfg(feature = "serde")]
mod data;

pub mod build_command;
pub mod build_context;
#[cfg(feature = "run")]
pub mod preflight;
pub mod recipes;

mod error;

#[cfg(feature = "macros")]
mod template;

mod diff;
pub mod emit;
mod snapshot;
mod up_to_date;
mod write;

#[cfg(feature = "verify")]
pub mod verify;

pub use build_command::{BuildCommand, BuildTool};
#[cfg(feature = "schema")]
pub use data::json_schema;
pub use dockerfile::Dockerfile;
#[doc(inline)]
pub use dockerfile_dsl_analysis::{Finding, Rule};
pub use emit::emit;
pub use error::Error;
pub use instruction::{glob, inline, shell_form};
pub use path::LayerPath;
pub use script::{Dialect, Script, ScriptTemplate};
pub use secret::{Secret, SecretSource};
pub use settings::{Escape, Settings};
pub use stage::{Stage, StageBuilder};
pub use syntax::{Syntax, Version};
pub use text::expand;
pub use up_to_date::{Stale, keep_up_to_date};
pub use value::{CacheDir, PublicValue, SecretValue, TmpFs, Word, words};

/// Parts of an [`Error`] and a [`Finding`].
pub mod finding {
    pub use crate::error::Problem;
    #[doc(inline)]
    pub use dockerfile_dsl_analysis::{Channel, Finding, Rule, Severity, Span, WayStep};
}

/// The instructions with all their flags, for [`StageBuilder::instruction`], and the types of their arguments.
pub mod instructions {
    pub use crate::instruction::{
        Add, Arg, Cmd, CommandLine, CopyFiles, Entrypoint, Env, Expose, GitDirectory, Glob,
        Healthcheck, InlineFile, Instruction, IntoCommand, IntoDuration, IntoScript, IntoSource,
        IntoSources, Label, Network, Onbuild, Run, Security, Shell, ShellForm, Source, Stopsignal,
        Unpack, User, Volume, Workdir,
    };
    pub use crate::stage::{Base, IntoStage, Remote};
}

/// The mounts of RUN with all their options, for [`instructions::Run::mount`].
pub mod mounts {
    pub use crate::mount::{
        BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount,
    };
}

/// Items for the expansion of the macros. Not part of the public API: they change without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "macros")]
    pub use crate::import::{has_id, included};
    pub use crate::script::{Extra, Piece};
    #[cfg(feature = "macros")]
    pub use crate::sh::{Checked, not, slot};
    #[cfg(feature = "macros")]
    pub use crate::template::{IntoBase, Spliced, add, spliced, stage_from, text};
    pub use crate::value::Value;
    pub use dockerfile_dsl_analysis::holes::{Label, Quote};
    #[cfg(feature = "macros")]
    pub use dockerfile_dsl_macros::{dockerfile, include_dockerfile, sh, sh_file};
}
