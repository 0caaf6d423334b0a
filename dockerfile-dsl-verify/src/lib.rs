//! Searches a built container image for the very values of its build secrets.
//!
//! In: [`Secret`]s and an [`Image`]. Out: a [`Report`], which says *clean*, *leaked* (where, by which instruction, in what
//! encoding) or *incomplete* (why). What is not understood makes the answer incomplete, never clean, and nothing that comes
//! out of here holds a byte of a value. Knows nothing of Dockerfiles.
//!
//! ```no_run
//! use dockerfile_dsl_verify::{Image, Secret, Verdict, Verify};
//!
//! let report = Verify::new([Secret::from_env("GITHUB_TOKEN", "GITHUB_TOKEN")?]).run(Image::path("app.tar"))?;
//! assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
//! # Ok::<(), dockerfile_dsl_verify::Error>(())
//! ```

mod archive;
mod base;
mod build_log;
mod contents;
mod digest;
mod document;
mod error;
#[doc(hidden)]
pub mod file;
mod image;
mod layout;
mod limits;
mod names;
mod needle;
mod nested;
mod progress;
mod redact;
mod registry;
mod report;
mod scan;
mod search;
mod secret;
mod stream;
mod tree;
mod verify;
mod windows;
mod worker;

#[doc(hidden)]
pub mod bench;
pub mod sarif;

pub use build_log::BuildLog;
#[doc(inline)]
pub use dockerfile_dsl_analysis::secret_text::{Encoding, Format};
pub use error::Error;
pub use image::Image;
pub use limits::Limits;
pub use names::Names;
pub use progress::Progress;
pub use registry::Registry;
pub use report::{FilePart, Finding, Gap, Match, Place, Reason, Report, Scanned, Verdict};
pub use secret::Secret;
pub use verify::Verify;
