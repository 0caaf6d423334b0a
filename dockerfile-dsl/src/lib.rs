//! Secret-safe Dockerfiles, built from typed values and checked by the compiler.
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
mod secret;

mod path;

mod script;
#[cfg(feature = "macros")]
mod sh;
mod value;

mod comment;
mod instruction;
mod mount;
mod settings;
mod stage;
mod text;

mod problem;
mod valid;

mod lower;
mod mistaken;
mod pen;
mod render;
mod syntax;

mod dockerfile;
mod facts;
pub mod import;

mod audit;
pub mod danger;
#[cfg(feature = "serde")]
mod data;

mod build_command;
mod build_context;
#[cfg(feature = "run")]
mod preflight;

mod error;

#[cfg(feature = "macros")]
mod template;

mod diff;
mod emit;
mod snapshot;
mod up_to_date;
mod write;

#[cfg(feature = "verify")]
pub mod verify;

pub use audit::{Audit, AuditEntry};
pub use build_command::{BuildCommand, BuildNetwork, BuildTool, Progress};
pub use build_context::Dockerignore;
#[cfg(feature = "schema")]
pub use data::json_schema;
#[doc(inline)]
pub use dockerfile_dsl_analysis::{Channel, Finding, Rule, Severity, Span, WayStep};

pub use dockerfile::Dockerfile;
pub use emit::{Emit, Emitted, emit};
pub use error::Error;
pub use facts::{BuildArgument, BuildSecret, Delivery, SecretUse, StageFacts};
pub use instruction::{Glob, InlineFile, Instruction, ShellForm, glob, inline, shell_form};
pub use path::LayerPath;
#[cfg(feature = "run")]
pub use preflight::Warning;
pub use script::{Dialect, Script, ScriptTemplate};
pub use secret::{Secret, SecretSource};
pub use settings::{Escape, Settings};
pub use snapshot::Snapshot;
pub use stage::{Remote, Stage, StageBuilder};
pub use syntax::{Syntax, Version};
pub use text::{Expand, IntoLayerPath, LayerText, LayerValue, Text, expand};
pub use up_to_date::{Stale, keep_up_to_date};
pub use value::{
    AnyValue, CacheDir, Declassified, PublicValue, SecretExpansion, SecretValue, TmpFs, Value,
    Word, Words, label, words,
};

/// The instructions with all their flags, for [`StageBuilder::instruction`].
pub mod instructions {
    pub use crate::instruction::{
        Add, Arg, Cmd, CommandLine, Copy, Entrypoint, Env, Expose, GitDirectory, Healthcheck,
        IntoCommand, IntoDuration, IntoScript, IntoSource, IntoSources, Label, Network, Onbuild,
        Run, Security, Shell, Source, Stopsignal, Unpack, User, Volume, Workdir,
    };
}

/// The mounts of RUN with all their options, for [`instructions::Run::mount`].
pub mod mounts {
    pub use crate::mount::{
        BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount,
    };
}

/// For what the macros expand to. Not part of the interface: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "macros")]
    pub use crate::import::{has_id, included};
    pub use crate::script::{Extra, Piece};
    #[cfg(feature = "macros")]
    pub use crate::sh::{Checked, not, slot};
    #[cfg(feature = "macros")]
    pub use crate::template::{IntoBase, Spliced, add, spliced, stage_from, text};
    pub use crate::value::{Value, Writer};
    pub use dockerfile_dsl_analysis::holes::{Label, Quote};
    #[cfg(feature = "macros")]
    pub use dockerfile_dsl_macros::{dockerfile, include_dockerfile, sh, sh_file};
}
