//! Real builds: the examples, the fixes, and the reports of `verify` about the images.
//!
//! Needs `.ci/engine start`. Without it the tests are ignored with that reason; where `CI=true` is set they fail.

mod bake;
mod build_context;
mod builders;
mod counterparts;
mod examples;
mod fix;
mod fixes;
mod front_ends;
mod generated;
mod import;
mod recipes;
mod server;
mod sources;
mod tls;
mod verify;

use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = [
        build_context::trials(),
        examples::trials(),
        fix::trials(),
        fixes::trials(),
        front_ends::trials(),
        generated::trials(),
        import::trials(),
        recipes::trials(),
        sources::trials(),
        verify::trials(),
    ];
    dockerfile_dsl_tests::trials::main(trials.into_iter().flatten().collect())
}
