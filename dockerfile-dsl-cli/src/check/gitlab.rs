//! Findings in GitLab's form of Code Quality reports, which a merge request shows.

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::Severity;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::baseline;
use super::file_report::FileReport;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    /// Unique in a report, and the same when the finding moves.
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn render(reports: &[FileReport]) -> Result<String, serde_json::Error> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut unique = |parts: String| {
        let count = seen.entry(parts.clone()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{parts}\0{count}"));
        let bytes = digest.iter().take(16);
        bytes.map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let mut issues = Vec::new();
    for report in reports {
        let path = report.path.strip_prefix("./").unwrap_or(&report.path);
        let location = |begin| Location {
            path,
            lines: Lines { begin },
        };
        for finding in &report.findings {
            let (begin, _) = report.position(finding.span.start);
            let help = finding.help.as_deref();
            issues.push(Issue {
                description: match help {
                    Some(help) => format!("{}. Fix: {help}", finding.message),
                    None => finding.message.clone(),
                },
                check_name: finding.rule.name(),
                fingerprint: unique(format!(
                    "{path}\0{}",
                    baseline::fingerprint(report, finding)
                )),
                severity: match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "minor",
                },
                location: location(begin),
            });
        }
        if let Some(failure) = report.failure_text() {
            issues.push(Issue {
                fingerprint: unique(format!("{path}\0{failure}")),
                description: failure,
                check_name: "Unreadable",
                severity: "blocker",
                location: location(1),
            });
        }
    }
    serde_json::to_string_pretty(&issues).map(|text| text + "\n")
}
