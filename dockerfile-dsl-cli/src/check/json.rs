//! One JSON object: what was found in each file. The form is part of the interface: see `version`.

use dockerfile_dsl_analysis::Severity;
use serde::Serialize;

use super::FileReport;

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
    way: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

/// The name of a severity in JSON and SARIF.
pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

pub(super) fn render(reports: &[FileReport]) -> Result<String, serde_json::Error> {
    let files = reports.iter().map(|report| File {
        path: &report.path,
        findings: report
            .findings
            .iter()
            .map(|finding| item(report, finding))
            .collect(),
        error: report.failure_text(),
    });
    let answer = Answer {
        version: 1,
        files: files.collect(),
    };
    serde_json::to_string(&answer).map(|text| text + "\n")
}

fn item<'a>(report: &FileReport, finding: &'a dockerfile_dsl_analysis::Finding) -> Item<'a> {
    let (line, column) = report.position(finding.span.start);
    let step = |step: &'a dockerfile_dsl_analysis::WayStep| {
        let (line, column) = report.position(step.span.start);
        Step {
            line,
            column,
            text: &step.text,
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
        way: finding.way.iter().map(step).collect(),
    }
}
