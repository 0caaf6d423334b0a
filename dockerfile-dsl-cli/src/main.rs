//! The command line tool. `dockerfile-dsl check` reports flows of secrets in Dockerfiles, `dockerfile-dsl verify` searches a
//! built image for their values, `dockerfile-dsl command` and `build` pass a build exactly the secrets that its file mounts.
//!
//! Machine output goes to stdout, everything else to stderr. Exit status: 0 nothing of level error, 1 at least one error, 2
//! failed or incomplete.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use dockerfile_dsl_analysis::masked;

mod audit;
mod build;
mod build_arguments;
mod canary;
mod check;
mod command;
mod completions;
mod explain;
mod import;
mod lsp;
mod man;
mod output;
mod replace;
mod secret_flag;
mod source;
mod status;
mod verify;

use status::Status;

/// Check Dockerfiles and built images for leaked build secrets
#[derive(Debug, Parser)]
#[command(name = "dockerfile-dsl", version, after_help = Status::help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colours
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    color: output::Color,
    /// Write only errors to standard error; the exit status is the verdict
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check Dockerfiles for leaked build secrets: in layers, in the build log, in unknown programs
    #[command(after_help = Status::help())]
    Check(check::CheckArguments),
    /// Show which step and which program gets each secret, and where it ends: as text, data or a picture
    #[command(after_help = Status::help())]
    Audit(audit::AuditArguments),
    /// Print the page of a rule: what it finds, why that matters, a bad and a good example
    Explain(explain::ExplainArguments),
    /// Serve an editor on stdin and stdout: findings as you type, flows on hover, fixes as actions
    Lsp(lsp::LspArguments),
    /// Search a built image for the values of its build secrets: clean, leaked or incomplete
    #[command(after_help = Status::help())]
    Verify(verify::VerifyArguments),
    /// Print the build command of a Dockerfile, with exactly the secrets that it mounts
    #[command(name = "command", after_help = Status::help())]
    Print(command::CommandArguments),
    /// Build a Dockerfile, search the image for the values of its secrets, and name it only if it is clean
    #[command(after_help = Status::help())]
    Build(build::ImageArguments),
    /// Turn a Dockerfile into code of the library, or into data
    #[command(after_help = Status::help())]
    Import(import::ImportArguments),
    /// Create decoys in the form of the real secrets, for builds that must not get these
    Canary(canary::CanaryArguments),
    /// Print the script that makes a shell complete the arguments
    Completions(completions::CompletionsArguments),
    /// Print a manual page
    Man(man::ManArguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // It repeats what was given.
        Err(mut error) if error.use_stderr() => {
            conceal(&mut error);
            output::warn(&masked(&error.render().to_string()));
            return Status::Incomplete.into();
        }
        Err(help) => help.exit(),
    };
    output::set_color(arguments.color);
    if arguments.quiet {
        output::set_quiet();
    }
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Print(arguments) => command::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Canary(arguments) => canary::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => man::run(&arguments, Arguments::command()),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(error) => {
            // It may repeat what was given, too.
            output::complain(&masked(&error.to_string()));
            Status::Incomplete.into()
        }
    }
}

/// Removes the value of `--secret` from an error: it may be the secret itself, by mistake.
fn conceal(error: &mut clap::Error) {
    let is_secret = matches!(
        error.get(ContextKind::InvalidArg),
        Some(ContextValue::String(argument)) if argument.starts_with("--secret ")
    );
    if is_secret && error.get(ContextKind::InvalidValue).is_some() {
        let concealed = ContextValue::String("..".to_owned());
        error.insert(ContextKind::InvalidValue, concealed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renders the text of `--help`, without line wrapping.
    fn help(subcommand: &str) -> String {
        let mut command = Arguments::command().term_width(0);
        command.build();
        let command = command.find_subcommand_mut(subcommand);
        command.unwrap().render_long_help().to_string()
    }

    #[test]
    fn help_lists_every_exit_status() {
        let codes: Vec<u8> = Status::ALL.iter().map(|status| status.code()).collect();
        assert_eq!(codes, [0, 1, 2]);
        for name in ["check", "audit", "verify", "command", "build", "import"] {
            let help = help(name);
            for status in Status::ALL {
                let line = format!("\n  {}  {}", status.code(), status.explanation());
                assert!(help.contains(&line), "{name}: {help}");
            }
        }
    }

    #[test]
    fn help_lists_every_reason_and_every_scheme() {
        let help = help("verify");
        for reason in dockerfile_dsl_verify::Reason::ALL {
            assert!(
                help.contains(&format!("- {}:", reason.name())),
                "{reason}: {help}"
            );
            let explanation = reason.explanation().trim_end_matches('.');
            assert!(help.contains(explanation), "{reason}: {help}");
        }
        for (scheme, what) in dockerfile_dsl_verify::Names::schemes() {
            assert!(
                help.contains(scheme) && help.contains(what),
                "{scheme}: {help}"
            );
        }
    }

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
