//! Searches a built container image for the values of its build secrets.
//!
//! In: [`Secret`]s and an [`Image`]. Out: a [`Report`] with the verdict *clean*, *leaked* (place, instruction, encoding) or
//! *incomplete* (reasons). Unknown data makes the verdict incomplete, never clean, and no output contains a byte of a value. This
//! crate knows nothing of Dockerfiles.
//!
//! ```no_run
//! use dockerfile_dsl_verify::{Image, Secret, Verdict, Verify};
//!
//! let report = Verify::new([Secret::from_env("GITHUB_TOKEN", "GITHUB_TOKEN")?]).run(Image::path("app.tar"))?;
//! assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
//! # Ok::<(), dockerfile_dsl_verify::Error>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

/// The code of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

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
