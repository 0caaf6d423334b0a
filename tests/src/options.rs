//! Calls the programs that have rows with each of their options, one at a time, and compares what a call leaves with the verdict
//! of the analysis.
//!
//! In: `tests/data/options/*.options` (a working call per sub-command) and the folder that `.ci/engine options` makes (a system with
//! these programs). Out: `docs/options.md`, and `tests/data/options/leaks.tsv`, from which `it/options.rs` checks each leak again
//! without running anything. A call counts only if it ends with the status of the plain call: an error message repeats what the program
//! was given.

mod blocks;
mod canary;
mod help;
mod page;
mod sandbox;
mod store;
mod trial;
mod verdict;

pub use blocks::{Block, all, data};
pub use page::{leaks, page};
pub use sandbox::Sandbox;
pub use store::{load, store};
pub use trial::{Outcome, Report, Run, run, script};
pub use verdict::{Verdict, verdict};
