//! The message of a finding: one sentence about a sink.
//!
//! In: a [`Leak`]. Out: a sentence that starts lowercase and has no final dot.

use super::leak::Leak;
use crate::code::SinkCode;
use crate::domain::{Choice, Doubt, Keeper, Sink, Step};

/// Returns the message of the finding.
pub(super) fn message(leak: &Leak<'_>) -> String {
    let secret = subject(leak);
    match leak.sink {
        Sink::BuildLog(cause) => {
            format!("{secret} would leak: its value is printed to the build log ({cause})")
        }
        Sink::File { keeper, step, .. } => file(leak, keeper, step),
        Sink::Program { program, .. } if program.is_empty() => {
            format!("{secret} is passed to a program whose name is unknown")
        }
        Sink::Program {
            program,
            why: Doubt::Program,
        } => format!("{secret} is passed to `{program}`, which is not in the program database"),
        Sink::Program { program, why } => {
            format!("{secret} is passed to `{program}`, which may leak it ({why})")
        }
        Sink::ProjectCode { program, why } if *why == Doubt::ScriptOfContext => {
            format!("{secret} is passed to `{program}`, which is code of the project ({why})")
        }
        Sink::ProjectCode { program, why } => {
            format!("{secret} is passed to the project's own code, which `{program}` runs ({why})")
        }
        Sink::Shell(path) => format!(
            "{secret} is mounted in a step that runs under `{path}`, whose scripts are not \
             analysed"
        ),
        Sink::Directory(program) => format!(
            "{secret} may leak: `{program}` reads the whole working directory, which the base \
             image sets; if that is `/`, the mounted secret is in it"
        ),
        Sink::Syntax { why, .. } => {
            format!("{secret} may leak: this part of the script cannot be analysed ({why})")
        }
        Sink::Choice { of, .. } => {
            let does = match of {
                Choice::Option => "could be an option",
                Choice::SubCommand => "decides what the command does",
            };
            let name = leak.hole.unwrap_or_default();
            format!("`{name}` is a public value: in a command that receives {secret} it {does}")
        }
        Sink::Host { program, host } => {
            format!(
                "{secret} is sent by `{program}` to {host}, which is not among the permitted hosts"
            )
        }
        Sink::Alias(program) => {
            let name = leak.hole.unwrap_or_default();
            format!(
                "`{name}` could be the path of the file that {secret} was written to, which \
                 `{program}` reads"
            )
        }
    }
}

/// Returns the subject of the sentence.
fn subject(leak: &Leak<'_>) -> String {
    let secret = leak.secret;
    match leak.issued_by() {
        _ if !leak.is_derived => format!("`{secret}`"),
        Some(program) => format!("the secret that `{program}` returned for `{secret}`"),
        None => format!("the secret that a program returned for `{secret}`"),
    }
}

fn file(leak: &Leak<'_>, keeper: &Keeper, step: &Step) -> String {
    let (secret, name) = (subject(leak), leak.name());
    let how = match (step.cause(), step) {
        (Some(cause), _) => format!(" ({cause})"),
        (
            None,
            Step::NamedLink { program }
            | Step::Linked { program, .. }
            | Step::Shown { program, .. },
        ) => format!(" (`{program}`)"),
        _ => String::new(),
    };
    let form = match leak.sink.form() {
        SinkCode::FileName => format!("part of the name `{name}`"),
        SinkCode::LinkTarget => format!("the target of the link `{name}`"),
        _ => format!("written to `{name}`"),
    };
    match keeper {
        Keeper::Layer => format!(
            "{secret} would leak: its value is {form}, which becomes part of the image layer{how}"
        ),
        Keeper::Cache => {
            format!("{secret} stays in the builder: its value is {form} in a cache mount{how}")
        }
        Keeper::Hole(name) => {
            format!("{secret} would leak: its value is written to `{name}`, which is not a tmpfs")
        }
    }
}
