//! `dockerfile-dsl audit`: the secrets of a Dockerfile, the programs that get them, and where they end.
//!
//! In: the files and settings of `check`. Out: the same facts as text, JSON, Markdown, a Mermaid flowchart or a picture. It describes and
//! does not judge: a file with findings has status 0. A file that cannot be read is the error of `check`.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use dockerfile_dsl_analysis::{LineIndex, check::many, dockerfile, printable::printable};

use crate::check::configuration::Configuration;
use crate::check::discover;
use crate::check::file_report::{Failure, FileReport};
use crate::check::input::{Folders, Input};
use crate::check::tell_nothing_found;
use crate::output;
use crate::replace::Prepared;
use crate::status::Status;
use collect::Examined;
use model::Model;

mod collect;
mod human;
mod json;
mod markdown;
mod mermaid;
mod model;
mod svg;

/// What to audit, and the output format.
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Dockerfiles, folders to search, globs; `-` is standard input [default: this directory]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Skip what matches this glob, with the syntax of .gitignore
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Trusted programs, base images [default: dockerfile-dsl.toml in this directory or one above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One object
    Json,
    /// Tables, for a review on a forge
    Markdown,
    /// A flowchart of one file
    Mermaid,
    /// A picture of one file
    Svg,
}

pub(crate) fn run(arguments: &AuditArguments) -> Result<Status, Box<dyn Error>> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    let found = discover::find(&arguments.files, &arguments.exclude)?;
    let mut is_complete = found.failures.is_empty();
    for (path, message) in &found.failures {
        output::complain(&format!("{} {message}", output::shown(path)));
    }
    if found.dockerfiles.is_empty() && is_complete {
        tell_nothing_found(&found);
    }
    let folders = Folders::default();
    let audits = many(|| {
        let files = found.dockerfiles.iter();
        let audits = files.map(|path| audit(path, &folders, &configuration));
        audits.collect::<Vec<_>>()
    });
    let mut models = Vec::new();
    for audit in audits {
        match audit {
            Ok(model) => models.push(model),
            Err(message) => {
                is_complete = false;
                output::complain(&message);
            }
        }
    }
    let text = match arguments.format {
        Format::Human => human::render(&models),
        Format::Json => output::escape_json(&json::render(&models)?),
        Format::Markdown => markdown::render(&models),
        Format::Mermaid | Format::Svg => {
            let model = match models.as_slice() {
                [model] => model,
                [] => return Ok(Status::Incomplete),
                models => {
                    let paths: Vec<&str> = models.iter().map(|model| &*model.path).collect();
                    let paths = paths.join(", ");
                    return Err(format!("a picture shows one file: name one of {paths}").into());
                }
            };
            match arguments.format {
                Format::Svg => svg::render(model),
                _ => mermaid::render(model),
            }
        }
    };
    match &arguments.output {
        Some(path) => write(path, &text)?,
        None => output::answer(&text)?,
    }
    Ok(if is_complete {
        Status::Clean
    } else {
        Status::Incomplete
    })
}

/// Writes a whole file, or keeps the old one.
fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let old = if is_file { Some(fs::read(path)?) } else { None };
    Ok(Prepared::commit(vec![Prepared::new(
        path,
        old.as_deref(),
        text.as_bytes(),
    )?])?)
}

/// Returns the audit of a file, or why it has none.
fn audit(path: &Path, folders: &Folders, configuration: &Configuration) -> Result<Model, String> {
    let mut report = FileReport::new(path);
    let failed = |report: &FileReport| {
        let reason = report.failure_text().unwrap_or_default();
        match report.failure {
            Some(Failure::Malformed(_)) => format!("{}:{reason}", printable(&report.path)),
            _ => format!("{} {reason}", printable(&report.path)),
        }
    };
    let input = match Input::read(path, folders) {
        Ok(input) => input,
        Err(message) => {
            report.failure = Some(Failure::Unreadable(message));
            return Err(failed(&report));
        }
    };
    for warning in &input.warnings {
        output::tell(&format!("warning: {warning}\n"));
    }
    let (text, read) = dockerfile::read_bytes(&input.bytes);
    report.lines = LineIndex::new(&text);
    report.text = text;
    match read {
        Ok(file) => Ok(collect::collect(Examined {
            path: &report.path,
            lines: &report.lines,
            file,
            context: &input.context,
            policy: configuration.policy(),
            decisions: configuration.decisions(),
        })),
        Err(errors) => {
            report.failure = Some(Failure::Malformed(errors));
            Err(failed(&report))
        }
    }
}
