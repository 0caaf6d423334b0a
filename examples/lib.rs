//! What all examples do with their image: print it, or build it.

use std::env;
use std::io::{self, Write};

use dockerfile_dsl::{BuildCommand, Error};

/// Prints the Dockerfile and the command that builds it; with `--build` as an argument, builds it.
///
/// # Errors
///
/// If the command cannot be written, or if the build fails.
pub fn show(command: &BuildCommand) -> Result<(), Error> {
    let text = format!(
        "{}\n# {}\n",
        command.dockerfile().render(),
        command.shell()?
    );
    // Who closes the pipe has seen enough.
    let _ = io::stdout().write_all(text.as_bytes());
    if env::args().any(|argument| argument == "--build") {
        command.clone().file("-").run()?;
    }
    Ok(())
}
