//! `dockerfile-dsl check`: findings of Dockerfiles, as text, JSON or SARIF.
//!
//! In: files, and the author's decisions (comments in the files, a configuration file, a baseline). Out: a report per file. An
//! unreadable file does not stop the check of the others.

use std::{error::Error, path::PathBuf};

use clap::{Args, ValueEnum};
use dockerfile_dsl_analysis::{
    Finding, LineIndex, Severity,
    check::{Setting, check_file_in, many, once_per_line},
    dockerfile, masked_dockerfile,
};

use crate::output;
use crate::status::Status;
use baseline::Baseline;
use configuration::Configuration;
use file_report::{Failure, FileReport};
use input::{Folders, Input};

mod baseline;
mod configuration;
mod file_report;
mod human;
mod input;
mod json;
mod sarif;

/// What to check, and the output format.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Dockerfiles; `-` is standard input
    #[arg(value_name = "FILE", default_value = "Dockerfile")]
    files: Vec<PathBuf>,
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
    let mut folders = Folders::default();
    let mut reports: Vec<FileReport> = many(|| {
        let files = arguments.files.iter();
        files
            .map(|file| examine(file, &configuration, arguments.strict, &mut folders))
            .collect()
    });
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
        Format::Human => human::tell(&reports),
        Format::Json => output::answer_json(&json::render(&reports)?)?,
        Format::Sarif => output::answer_json(&sarif::render(&reports)?)?,
    }
    Ok(reports
        .iter()
        .map(FileReport::status)
        .max()
        .unwrap_or(Status::Clean))
}

fn examine(
    path: &std::path::Path,
    configuration: &Configuration,
    strict: bool,
    folders: &mut Folders,
) -> FileReport {
    let mut report = FileReport {
        path: path.display().to_string(),
        text: String::new(),
        lines: LineIndex::new(""),
        shown: String::new(),
        findings: Vec::new(),
        failure: None,
    };
    let input = match Input::read(path, folders) {
        Ok(input) => input,
        Err(message) => {
            report.failure = Some(Failure::Unreadable(message));
            return report;
        }
    };
    let (text, read) = dockerfile::read_bytes(&input.bytes);
    report.lines = LineIndex::new(&text);
    report.shown = masked_dockerfile(&text).into_owned();
    report.text = text;
    match read {
        Ok(mut file) => {
            configuration.add_notes(&mut file);
            let findings = check_file_in(
                &file,
                Setting {
                    context: &input.context,
                    programs: configuration.programs(),
                    bases: configuration.bases(),
                },
            );
            report.findings = once_per_line(findings, &report.lines)
                .into_iter()
                .filter_map(|finding| configuration.judge(finding))
                .collect();
            if strict {
                report.findings.iter_mut().for_each(escalate);
            }
        }
        Err(errors) => report.failure = Some(Failure::Malformed(errors)),
    }
    report
}

/// Raises the level of a finding under `--strict`.
fn escalate(finding: &mut Finding) {
    if finding.is_error_when_strict() {
        finding.severity = Severity::Error;
    }
}
