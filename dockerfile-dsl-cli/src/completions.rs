//! `dockerfile-dsl completions SHELL`: the script that makes a shell complete the arguments of the tool.

use std::error::Error;

use clap::Args;
use clap_complete::Shell;

use crate::output;
use crate::status::Status;

/// For which shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that reads the script
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(
    arguments: &CompletionsArguments,
    mut tool: clap::Command,
) -> Result<Status, Box<dyn Error>> {
    let mut script = Vec::new();
    let name = tool.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut tool, name, &mut script);
    output::answer(&String::from_utf8_lossy(&script))?;
    Ok(Status::Clean)
}
