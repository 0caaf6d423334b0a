//! `dockerfile-dsl man [SUBCOMMAND]`: the manual page of the tool, or of one of its sub-commands, in the language of `man`.

use std::error::Error;

use clap::Args;
use clap_mangen::Man;
use dockerfile_dsl_analysis::suggest;

use crate::output;
use crate::status::Status;

/// Of what.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// A sub-command [default: the tool]
    subcommand: Option<String>,
}

pub(crate) fn run(
    arguments: &ManArguments,
    mut tool: clap::Command,
) -> Result<Status, Box<dyn Error>> {
    // The names of pages and the global options are complete after this only.
    tool.build();
    let page = match &arguments.subcommand {
        None => Man::new(tool),
        Some(name) => {
            let names: Vec<&str> = tool
                .get_subcommands()
                .map(clap::Command::get_name)
                .collect();
            let Some(command) = tool.find_subcommand(name) else {
                let did_you_mean = suggest::did_you_mean(name, &names);
                return Err(format!(
                    "unknown sub-command `{name}`{did_you_mean} (there are {})",
                    names.join(", ")
                )
                .into());
            };
            Man::new(command.clone())
        }
    };
    let mut text = Vec::new();
    page.render(&mut text)?;
    output::answer(&String::from_utf8_lossy(&text))?;
    Ok(Status::Clean)
}
