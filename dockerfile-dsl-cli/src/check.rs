//! `dockerfile-dsl check`: findings of Dockerfiles, for people, as JSON, SARIF, or for code hosts.
//!
//! In: files and folders, and the author's decisions (comments in the files, a configuration file, a baseline). Out: a report per file. An
//! unreadable file does not stop the check of the others.

use std::{error::Error, path::PathBuf};

use clap::{Args, ValueEnum};
use dockerfile_dsl_analysis::edits::Applicability;

use crate::output;
use crate::status::Status;
use configuration::Configuration;
use examine::Examiner;
use file_report::{Failure, FileReport};

mod across;
mod baseline;
mod caller_edits;
mod caller_files;
mod callers;
pub(crate) mod configuration;
pub(crate) mod discover;
mod dockerfiles;
mod examine;
pub(crate) mod file_report;
mod fix;
mod github;
mod gitlab;
mod human;
mod includes;
pub(crate) mod input;
mod json;
mod kind;
mod live;
mod mounts;
mod progress;
mod sarif;

pub(crate) use human::tell_nothing_found;
pub(crate) use live::Checker;

/// What to check, and the output format.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Dockerfiles, folders to search, globs; `-` is standard input [default: this directory]
    #[arg(value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Skip what matches this glob, with the syntax of .gitignore
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Treat doubts as errors, such as an unknown program, or a name that suggests a secret
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
    /// Apply the safe fixes: they remove a secret that no later step reads, and change nothing else
    #[arg(long, conflicts_with = "update_baseline")]
    fix: bool,
    /// Apply the other fixes, too, which may change more of the build or of the image: review them
    #[arg(long, conflicts_with = "update_baseline")]
    unsafe_fixes: bool,
    /// Print the fixes as a diff, and write nothing
    #[arg(long, conflicts_with = "update_baseline")]
    diff: bool,
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
    /// Workflow commands, which GitHub shows as annotations
    Github,
    /// Code Quality, for GitLab
    Gitlab,
}

impl CheckArguments {
    fn wanted_fixes(&self) -> Option<fix::Wanted> {
        let applicability = if self.unsafe_fixes {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        (self.fix || self.unsafe_fixes || self.diff).then_some(fix::Wanted {
            applicability,
            is_diff: self.diff,
        })
    }
}

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Box<dyn Error>> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    let mut found = discover::find(&arguments.files, &arguments.exclude)?;
    includes::follow(&mut found);
    let examiner = Examiner {
        configuration: &configuration,
        strict: arguments.strict,
    };
    let mut reports = examiner.all(&found.dockerfiles);
    let known = arguments.baseline.as_deref();
    let known = known.filter(|_| arguments.wanted_fixes().is_some());
    let known = known.map(baseline::Filter::load).transpose()?;
    let fixer = arguments.wanted_fixes().map(|wanted| fix::Fixer {
        examiner: &examiner,
        baseline: known.as_ref(),
        wanted,
    });
    match fixer {
        Some(fixer) if arguments.diff => {
            // The diff is that of a trial: the findings are those of the files as they are.
            let mut trial = examiner.all(&found.dockerfiles);
            fixer.fix(&mut trial, &found.callers);
            caller_files::examine(&found.callers, &mut reports, &examiner);
            for (report, tried) in reports.iter_mut().zip(trial) {
                report.is_unfixed = tried.is_unfixed;
            }
        }
        Some(fixer) => fixer.fix(&mut reports, &found.callers),
        None => drop(caller_files::examine(
            &found.callers,
            &mut reports,
            &examiner,
        )),
    }
    reports.extend(found.failures.iter().map(|(path, message)| FileReport {
        failure: Some(Failure::Unreadable(message.clone())),
        ..FileReport::new(path)
    }));
    for warning in reports.iter().flat_map(|report| &report.warnings) {
        output::tell(&format!("warning: {warning}\n"));
    }
    match &arguments.baseline {
        Some(path) if arguments.update_baseline => baseline::update(path, &mut reports)?,
        Some(path) => baseline::apply(path, &mut reports)?,
        None => {}
    }
    match arguments.format {
        Format::Human if reports.is_empty() => tell_nothing_found(&found),
        Format::Human => {
            human::tell(&reports, &found);
            fix::tell_available(&reports, arguments.wanted_fixes());
        }
        Format::Json => output::answer_json(&json::render(&reports)?)?,
        Format::Sarif => output::answer_json(&sarif::render(&reports)?)?,
        Format::Github => output::answer(&github::render(&reports))?,
        Format::Gitlab => output::answer_json(&gitlab::render(&reports)?)?,
    }
    Ok(reports
        .iter()
        .map(FileReport::status)
        .max()
        .unwrap_or(Status::Clean))
}
