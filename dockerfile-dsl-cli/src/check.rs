//! `dockerfile-dsl check`: findings of Dockerfiles, as text, JSON or SARIF.
//!
//! In: files and folders, and the author's decisions (comments in the files, a configuration file, a baseline). Out: a report per file. An
//! unreadable file does not stop the check of the others.

use std::{error::Error, path::PathBuf};

use clap::{Args, ValueEnum};

use crate::output;
use crate::status::Status;
use baseline::Baseline;
use configuration::Configuration;
use examine::Examiner;
use file_report::{Failure, FileReport};

mod across;
mod baseline;
mod caller_files;
mod callers;
mod configuration;
mod discover;
mod dockerfiles;
mod examine;
mod file_report;
mod human;
mod input;
mod json;
mod kind;
mod mounts;
mod progress;
mod sarif;

/// What to check, and the output format.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Dockerfiles, folders to search, globs; `-` is standard input [default: this directory]
    #[arg(value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Skip what matches this glob, with the syntax of .gitignore
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Treat secrets passed to unknown programs as errors
    #[arg(long)]
    strict: bool,
    /// Skip the findings that are listed in this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the current findings to the baseline file
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Levels of rules, allowed names, trusted programs [default: dockerfile-dsl.toml in this directory or one above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people, on stderr
    Human,
    /// One object
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Box<dyn Error>> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    let mut baseline = match &arguments.baseline {
        Some(path) if !arguments.update_baseline => Some(Baseline::load(path)?),
        _ => None,
    };
    let found = discover::find(&arguments.files, &arguments.exclude)?;
    let examiner = Examiner {
        configuration: &configuration,
        strict: arguments.strict,
    };
    let mut reports = examiner.all(&found.dockerfiles);
    for index in caller_files::examine(&found.callers, &mut reports) {
        examiner.decide(&mut reports[index]);
    }
    reports.extend(found.failures.iter().map(|(path, message)| FileReport {
        failure: Some(Failure::Unreadable(message.clone())),
        ..FileReport::new(path)
    }));
    for warning in reports.iter().flat_map(|report| &report.warnings) {
        output::tell(&format!("warning: {warning}\n"));
    }
    if let (true, Some(path)) = (arguments.update_baseline, &arguments.baseline) {
        let failed = reports
            .iter()
            .filter(|report| report.failure.is_some())
            .count();
        Baseline::of(&reports).save(path)?;
        let known: usize = reports.iter().map(|report| report.findings.len()).sum();
        output::tell(&format!(
            "{} now contains {known} findings\n",
            path.display()
        ));
        for report in &mut reports {
            report.findings.clear();
        }
        if failed > 0 {
            output::complain(&format!(
                "{failed} of {} files could not be read and are not included",
                reports.len()
            ));
        }
    } else if let Some(baseline) = &mut baseline {
        for report in &mut reports {
            baseline.take_away(report);
        }
        if baseline.remaining() > 0 {
            let entries = match baseline.remaining() {
                1 => "1 baseline entry no longer matches".to_owned(),
                count => format!("{count} baseline entries no longer match"),
            };
            output::tell(&format!(
                "note: {entries}; run with --update-baseline to remove stale entries\n"
            ));
        }
    }
    match arguments.format {
        Format::Human if reports.is_empty() => human::tell_nothing_found(&found),
        Format::Human => human::tell(&reports, &found),
        Format::Json => output::answer_json(&json::render(&reports)?)?,
        Format::Sarif => output::answer_json(&sarif::render(&reports)?)?,
    }
    Ok(reports
        .iter()
        .map(FileReport::status)
        .max()
        .unwrap_or(Status::Clean))
}
