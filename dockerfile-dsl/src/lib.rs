//! Secret-safe Dockerfiles, built from typed values and checked by the compiler.

mod secret;

mod path;

mod script;
mod value;

mod dockerfile;
mod facts;

mod build_command;
mod preflight;

mod error;

mod diff;
mod emit;
mod up_to_date;
mod write;

pub use build_command::{BuildCommand, BuildNetwork, FrontEnd, Progress};
pub use dockerfile::Dockerfile;
pub use emit::{Emit, Emitted, emit};
pub use error::Error;
pub use facts::{BuildArgument, BuildSecret, Delivery, SecretUse, StageFacts};
pub use path::LayerPath;
pub use preflight::Warning;
pub use script::{Dialect, Script};
pub use secret::{Secret, SecretSource};
pub use up_to_date::{Stale, UPDATE_VARIABLE, keep_up_to_date};
pub use value::{
    AnyValue, CacheDir, Declassified, PublicValue, SecretExpansion, SecretValue, TmpFs, Value,
    Word, Words, label, words,
};

/// For what the macros expand to. Not part of the interface: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::script::{Extra, Piece};
    pub use crate::value::Writer;
    pub use dockerfile_dsl_analysis::holes::{Label, Quote};
}
