//! Measurements on corpora: our own scripts and files, and third-party text outside the repository.
//!
//! Without that text the tests that read it are ignored with that reason; where `CI=true` is set they fail.

mod accuracy;
mod as_crate;
mod buildkit;
mod differential;
mod fixes;
mod generated;
mod identity;
mod import;
mod repaired;
mod same_verdict;
mod shell;
mod widening;

use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = [
        accuracy::trials(),
        as_crate::trials(),
        buildkit::trials(),
        differential::trials(),
        fixes::trials(),
        generated::trials(),
        identity::trials(),
        import::trials(),
        repaired::trials(),
        same_verdict::trials(),
        shell::trials(),
        widening::trials(),
    ];
    dockerfile_dsl_tests::trials::main(trials.into_iter().flatten().collect())
}
