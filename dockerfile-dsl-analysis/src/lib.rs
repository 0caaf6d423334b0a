//! Static analysis of Dockerfiles and shell scripts: where does the value of a build secret flow?
//!
//! In: the text of a Dockerfile ([`check`]), or of one script with holes in it ([`holes`]).
//! Out: [`Finding`]s, each with its position, the flow of the value, and a fix.
//! Method: abstract interpretation with taint; the glossary in ARCHITECTURE.md explains the terms.
//! Pure: no I/O, no dependencies, no value of any secret. Code that cannot be analysed is a finding, never silence.

mod clauses;
mod code;
mod credential;
mod domain;
mod finding;
mod interpreter;
mod run;
mod span;
mod unread;

pub mod bases;
pub mod check;
pub mod dockerfile;
pub mod edits;
pub mod git_host;
pub mod holes;
pub mod names;
pub mod policy;
pub mod printable;
pub mod programs;
pub mod quote;
#[doc = include_str!("report/codes.md")]
pub mod report;
pub mod rules;
pub mod secret_text;
pub mod shell;
pub mod suggest;
pub mod template;
pub mod uses;

pub use credential::{masked, masked_dockerfile};
pub use finding::{Channel, Elsewhere, Finding, Rule, Severity, WayStep};
pub use span::{LineIndex, Span};
