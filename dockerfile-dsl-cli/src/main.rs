//! The command line tool: `dockerfile-dsl check` says of Dockerfiles where a secret's value would stay,
//! `dockerfile-dsl verify` says of a built image where it stands.
//!
//! Machine output goes to stdout, everything else to stderr. Exit status: 0 nothing of level error, 1 at least one,
//! 2 could not do it, or not all of it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod check;
mod output;
mod verify;

/// Checks Dockerfiles and built images for leaked build secrets.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says of each secret that a RUN mounts where its value could stay: in a layer, in the build log, with a program nobody vouched for
    Check(check::Arguments),
    /// Searches a built image for the values of its build secrets: clean, leaked or incomplete
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(error) => {
            output::complain(&error.to_string());
            Status::Incomplete.into()
        }
    }
}

/// What the tool has to say, as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    /// Nothing of level error.
    Clean,
    /// At least one finding of level error.
    Findings,
    /// Not all of it could be done.
    Incomplete,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Incomplete => 2,
        })
    }
}
