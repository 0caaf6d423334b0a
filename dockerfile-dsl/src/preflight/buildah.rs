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
    has_variables: bool,
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
    if has_variables && tool == BuildTool::Podman {
        look_at_remote(environment, report);
    }
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

/// A remote podman before 5.8 does not send the values of variables along, and the build gets empty secrets.
fn look_at_remote(environment: &Environment<'_>, report: &mut Report) {
    let ask = |question: &[&str]| {
        let output = builder::ask("podman", question, environment).ok()?;
        output
            .status
            .success()
            .then(|| builder::first_line(&output))
    };
    if ask(&["info", "--format", "{{.Host.ServiceIsRemote}}"]).as_deref() != Some("true") {
        return;
    }
    let Some(version) = ask(&["version", "--format", "{{.Server.Version}}"]) else {
        return;
    };
    let numbers: Vec<u32> = version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    if !numbers.is_empty() && numbers.as_slice() < [5, 8].as_slice() {
        report.problem(
            "podman",
            format!(
                "it is remote and of version {version}, which gives a build empty secrets where \
                 they come from variables; update it to 5.8, or declare `Secret::file(..)`"
            ),
        );
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
