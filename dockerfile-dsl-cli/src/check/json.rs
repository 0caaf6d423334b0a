//! JSON output: one object with the findings of each file. The format is part of the public interface: see `version`.

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::edits::{CallerChange, Edit, Repair};
use dockerfile_dsl_analysis::{Finding, Severity, WayStep};
use serde::Serialize;

use super::file_report::{FileReport, ReportRepairs};

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    findings: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'static str,
    severity: &'static str,
    channel: &'static str,
    secret: Option<&'a str>,
    stage: usize,
    line: usize,
    column: usize,
    message: &'a str,
    help: Option<&'a str>,
    /// Comment that accepts the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    accept: Option<String>,
    /// Name of the stage, if it is outside the final image.
    #[serde(skip_serializing_if = "Option::is_none")]
    builder_stage: Option<&'a str>,
    /// Further places of the same finding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Place>,
    /// Places in other files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<PlaceElsewhere<'a>>,
    way: Vec<Step<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sink: Option<Sink<'a>>,
    flow: Vec<FlowStep<'a>>,
    /// The fix as edits: see `codes.md` of the analysis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix>,
}

/// A fix: all of its edits belong together.
#[derive(Serialize)]
struct Fix {
    applicability: &'static str,
    message: String,
    edits: Vec<Replacement>,
    /// Lines to add to `.dockerignore`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dockerignore: Vec<String>,
    /// Flags of the build that pass what the Dockerfile mounts afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
}

/// A region of the file, up to and without the end, and the text that takes its place.
#[derive(Serialize)]
struct Replacement {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: String,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct PlaceElsewhere<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

/// Sink of the value: see `codes.md` of the analysis.
#[derive(Serialize)]
struct Sink<'a> {
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
}

/// A step of `way`, with its code and the names in its sentence.
#[derive(Serialize)]
struct FlowStep<'a> {
    line: usize,
    column: usize,
    message: &'a str,
    #[serde(flatten)]
    details: StepDetails<'a>,
}

/// Code of a step, and the names in its sentence.
#[derive(Serialize)]
pub(super) struct StepDetails<'a> {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
}

impl<'a> StepDetails<'a> {
    pub(super) fn new(step: &'a WayStep) -> Self {
        Self {
            code: step.code.code(),
            cause: step.cause.map(|cause| cause.code()),
            program: step.program.as_deref(),
            path: step.path.as_deref(),
            variable: step.variable.as_deref(),
        }
    }

    /// Returns the same as a map, for SARIF.
    pub(super) fn properties(&self) -> BTreeMap<&'static str, String> {
        let details = [
            ("code", Some(self.code)),
            ("cause", self.cause),
            ("program", self.program),
            ("path", self.path),
            ("variable", self.variable),
        ];
        details
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.to_owned())))
            .collect()
    }
}

#[derive(Serialize)]
struct Step<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

/// Returns the name of a severity in JSON and SARIF.
pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

pub(super) fn render(reports: &[FileReport]) -> Result<String, serde_json::Error> {
    let files = reports.iter().map(|report| {
        let repairs = report.repairs();
        let findings = report.findings.iter();
        File {
            path: &report.path,
            findings: findings
                .map(|finding| item(report, &repairs, finding))
                .collect(),
            error: report.failure_text(),
        }
    });
    let answer = Answer {
        version: 1,
        files: files.collect(),
    };
    serde_json::to_string(&answer).map(|text| text + "\n")
}

fn item<'a>(report: &FileReport, repairs: &ReportRepairs<'_>, finding: &'a Finding) -> Item<'a> {
    let (line, column) = report.position(finding.span.start);
    let step = |step: &'a WayStep| {
        let (line, column) = report.position(step.span.start);
        Step {
            line,
            column,
            text: &step.text,
        }
    };
    let flow_step = |step: &'a WayStep| {
        let (line, column) = report.position(step.span.start);
        FlowStep {
            line,
            column,
            message: &step.text,
            details: StepDetails::new(step),
        }
    };
    Item {
        rule: finding.rule.name(),
        severity: severity_name(finding.severity),
        channel: finding.channel.name(),
        secret: finding.secret.as_deref(),
        stage: finding.stage,
        line,
        column,
        message: &finding.message,
        help: finding.help.as_deref(),
        accept: finding.accepting_comment(),
        builder_stage: finding.builder_stage.as_deref(),
        elsewhere: finding
            .elsewhere
            .iter()
            .map(|place| PlaceElsewhere {
                path: &place.path,
                line: place.line,
                column: place.column(),
                message: &place.label,
            })
            .collect(),
        also: finding
            .also
            .iter()
            .map(|span| {
                let (line, column) = report.position(span.start);
                Place { line, column }
            })
            .collect(),
        way: finding.way.iter().map(step).collect(),
        sink: finding.sink_code.map(|code| Sink {
            code: code.code(),
            name: &finding.sink,
        }),
        flow: finding.way.iter().map(flow_step).collect(),
        fixes: repairs
            .of(finding)
            .map(|repair| fix(report, repair))
            .into_iter()
            .collect(),
    }
}

fn fix(report: &FileReport, repair: Repair) -> Fix {
    let replacement = |edit: Edit| {
        let (line, column) = report.position(edit.span.start);
        let (end_line, end_column) = report.position(edit.span.end);
        Replacement {
            line,
            column,
            end_line,
            end_column,
            text: edit.text,
        }
    };
    Fix {
        applicability: repair.applicability.name(),
        message: repair.title,
        edits: repair.edits.into_iter().map(replacement).collect(),
        dockerignore: repair.ignore,
        flags: repair.callers.iter().map(CallerChange::flag).collect(),
    }
}
