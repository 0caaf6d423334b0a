//! Checks that podman or buildah is installed, and that its Buildah supports the features of the file.
//!
//! In: the rendered text; asks the program for its version. Out: problems, each with a fix. Buildah refuses most unknown features
//! by itself, but parses the lines of a here-document as instructions, and takes the step of a changed one from its cache.

use std::io;

use dockerfile_dsl_analysis::dockerfile::{Command, Kind, Source, read};

use super::builder;
use super::environment::Environment;
use super::report::Report;
use crate::build_command::BuildTool;
use crate::syntax::has_field;

/// A minor version of Buildah 1, and the feature that needs it.
type Need = (u16, &'static str);

pub(super) fn look(
    tool: BuildTool,
    text: &str,
    environment: &Environment<'_>,
    report: &mut Report,
) {
    let program = tool.program();
    let version: &[&str] = match tool {
        BuildTool::Podman => &["info", "--format", "{{.Host.BuildahVersion}}"],
        _ => &["--version"],
    };
    let output = match builder::ask(program, version, environment) {
        Ok(output) if output.status.success() => output,
        Ok(_) => {
            report.problem(
                program,
                format!("it does not work; `{program} info` says why"),
            );
            return;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.problem(
                program,
                format!("it is not installed, or not on PATH; install the package {program}"),
            );
            return;
        }
        Err(error) => {
            report.problem(program, format!("it cannot be started ({})", error.kind()));
            return;
        }
    };
    // `1.28.2`, or `buildah version 1.28.2 (image-spec ..)`.
    let line = builder::first_line(&output);
    let version = line
        .split(' ')
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let minor =
        version.and_then(|version| version.strip_prefix("1.")?.split('.').next()?.parse().ok());
    if let (Some(version), Some(minor)) = (version, minor) {
        for (needed, feature) in needs(text) {
            if needed > minor {
                report.problem(
                    program,
                    format!(
                        "its Buildah is {version}, and {feature} needs 1.{needed}; update it, \
                         leave that out, or use Buildx"
                    ),
                );
            }
        }
    }
}

/// Returns the features of the file that are newer than secrets, each once.
fn needs(text: &str) -> Vec<Need> {
    let Ok(file) = read(text) else {
        return Vec::new();
    };
    let (mut here_document, mut link, mut variable) = (false, false, false);
    for (_, _, mut instruction) in file.instructions() {
        while let Kind::Onbuild(inner) = &instruction.kind {
            instruction = inner;
        }
        match &instruction.kind {
            Kind::Run(run) => {
                here_document |= !matches!(run.command, Command::Shell(_) | Command::Exec(_));
                variable |= has_field(run, "env");
            }
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                let is_here_document = |source: &Source| matches!(source, Source::HereDocument(_));
                here_document |= transfer.sources.iter().any(is_here_document);
                link |= transfer.link;
            }
            _ => {}
        }
    }
    let mut needs = Vec::new();
    for (is_there, need) in [
        (here_document, (35, "a here-document")),
        (link, (41, "--link")),
        (variable, (44, "a secret mount with `env`")),
    ] {
        if is_there {
            needs.push(need);
        }
    }
    needs
}
