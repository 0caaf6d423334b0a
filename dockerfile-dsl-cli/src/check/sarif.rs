//! SARIF 2.1.0, which code hosts show as annotations of a change.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::edits::{Edit, Repair};
use dockerfile_dsl_analysis::{Elsewhere, Finding, Rule, Span, WayStep, rules};
use dockerfile_dsl_verify::sarif::{
    self, ArtifactChange, ArtifactLocation, CodeFlow, Configuration, Driver, Fix, FlowStep,
    Invocation, Location, Message, Notification, Region, Replacement, RuleDescriptor, Run, Tool,
};

use super::baseline;
use super::file_report::{Failure, FileReport, ReportRepairs};
use super::json::{StepDetails, severity_name};

pub(super) fn render(reports: &[FileReport]) -> Result<String, serde_json::Error> {
    let findings = reports.iter().flat_map(|report| &report.findings);
    let used: BTreeSet<&str> = findings.map(|finding| finding.rule.name()).collect();
    // Each page is long, and code hosts do not show the page of a rule without results.
    let is_used = |rule: &Rule| used.contains(rule.name());
    let rules: Vec<Rule> = Rule::ALL.iter().copied().filter(is_used).collect();
    let results = reports.iter().flat_map(|report| {
        let repairs = report.repairs();
        let (findings, rules) = (report.findings.iter(), &rules);
        findings.map(move |finding| result(report, &repairs, finding, rules))
    });
    let notifications: Vec<Notification> = reports.iter().flat_map(notifications).collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "dockerfile-dsl",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: Some(env!("CARGO_PKG_VERSION")),
                information_uri: Some(env!("CARGO_PKG_REPOSITORY")),
                rules: rules.iter().map(|rule| descriptor(*rule)).collect(),
            },
        },
        column_kind: Some("unicodeCodePoints"),
        invocations: vec![Invocation {
            execution_successful: notifications.is_empty(),
            tool_execution_notifications: notifications,
        }],
        results: results.collect(),
    };
    sarif::render(run).map(|text| text + "\n")
}

fn descriptor(rule: Rule) -> RuleDescriptor {
    let page = rules::page(rule);
    // The paragraph after the title describes the rule.
    let summary = page
        .lines()
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    RuleDescriptor {
        id: rule.name(),
        short_description: summary.map(Message::text),
        default_configuration: Some(Configuration {
            level: severity_name(rule.severity()),
        }),
        help: Some(Message {
            // Required in addition to the Markdown form, which is preferred where it is supported.
            text: summary.unwrap_or_default().to_owned(),
            markdown: Some(page.to_owned()),
        }),
    }
}

fn result(
    report: &FileReport,
    repairs: &ReportRepairs<'_>,
    finding: &Finding,
    rules: &[Rule],
) -> sarif::SarifResult {
    let message = match &finding.help {
        Some(help) => format!("{}. Fix: {help}", finding.message),
        None => finding.message.clone(),
    };
    let step = |step: &WayStep| FlowStep {
        location: Location {
            message: Some(Message::text(step.text.to_string())),
            ..location(report, step.span)
        },
        properties: StepDetails::new(step).properties(),
    };
    let steps: Vec<FlowStep> = finding.way.iter().map(step).collect();
    let fingerprint = baseline::fingerprint(report, finding);
    sarif::SarifResult {
        rule_id: finding.rule.name(),
        rule_index: rules.iter().position(|rule| *rule == finding.rule),
        level: severity_name(finding.severity),
        message: Message::text(message),
        locations: vec![location(report, finding.span)],
        related_locations: finding.elsewhere.iter().map(elsewhere).collect(),
        partial_fingerprints: [("dockerfileDsl/v2", fingerprint)].into(),
        code_flows: if steps.is_empty() {
            Vec::new()
        } else {
            vec![CodeFlow::new(steps)]
        },
        fixes: repairs
            .of(finding)
            .filter(|repair| !repair.edits.is_empty())
            .map(|repair| fix(report, &repair))
            .into_iter()
            .collect(),
        properties: finding
            .sink_code
            .map(|code| ("sink", code.code().to_owned()))
            .into_iter()
            .collect(),
    }
}

/// Converts a fix. Lines for `.dockerignore` are in the sentence only: the file may be missing.
fn fix(report: &FileReport, repair: &Repair) -> Fix {
    let replacement = |edit: &Edit| Replacement {
        deleted_region: region(report, edit.span),
        inserted_content: Message::text(edit.text.clone()),
    };
    let location = ArtifactLocation {
        uri: sarif::uri(&report.path),
    };
    Fix {
        description: Message::text(repair.title.clone()),
        artifact_changes: vec![ArtifactChange {
            artifact_location: location,
            replacements: repair.edits.iter().map(replacement).collect(),
        }],
        properties: [("applicability", repair.applicability.name().to_owned())].into(),
    }
}

fn elsewhere(place: &Elsewhere) -> Location {
    let region = Region {
        start_line: place.line,
        start_column: place.column(),
        end_line: place.line,
        end_column: place.end_column(),
    };
    Location {
        message: Some(Message::text(place.label.clone())),
        ..Location::file(&place.path, Some(region))
    }
}

fn location(report: &FileReport, span: Span) -> Location {
    Location::file(&report.path, Some(region(report, span)))
}

fn region(report: &FileReport, span: Span) -> Region {
    let (start_line, start_column) = report.position(span.start);
    let (end_line, end_column) = report.position(span.end.max(span.start));
    Region {
        start_line,
        start_column,
        end_line,
        end_column,
    }
}

fn notifications(report: &FileReport) -> Vec<Notification> {
    let notification = |message: String, location: Location| Notification {
        level: "error",
        descriptor: None,
        message: Message::text(message),
        locations: vec![location],
    };
    match &report.failure {
        None => Vec::new(),
        Some(Failure::Unreadable(message)) => vec![notification(
            format!("{} {message}", report.path),
            Location::file(&report.path, None),
        )],
        Some(Failure::Malformed(errors)) => errors
            .iter()
            .map(|error| notification(error.to_string(), location(report, error.span)))
            .collect(),
    }
}
