//! The report as SARIF: findings as errors, gaps as notifications of the run.

use super::{Finding, Report, Verdict};
use crate::sarif::{
    self, Driver, Invocation, Location, LogicalLocation, Message, Notification, RuleDescriptor,
    Run, SarifRule, Tool,
};

const RULE: &str = "SecretInImage";

pub(super) fn write(report: &Report) -> String {
    let notifications = report.incomplete.iter().map(|gap| Notification {
        level: "warning",
        descriptor: Some(SarifRule {
            id: gap.reason.name().to_owned(),
        }),
        message: Message::text(gap.to_string()),
        locations: Vec::new(),
    });
    let results = report
        .findings
        .iter()
        .map(|finding| result(&report.image, finding));
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "dockerfile-dsl verify",
                version: env!("CARGO_PKG_VERSION"),
                rules: vec![RuleDescriptor {
                    id: RULE,
                    short_description: Some(Message::text(
                        "The value of a build secret is in the built image.",
                    )),
                    ..RuleDescriptor::default()
                }],
                ..Driver::default()
            },
        },
        invocations: vec![Invocation {
            execution_successful: report.verdict() != Verdict::Incomplete,
            tool_execution_notifications: notifications.collect(),
        }],
        results: results.collect(),
        ..Run::default()
    };
    sarif::render(run).expect("all keys are strings")
}

fn result(image: &str, finding: &Finding) -> sarif::SarifResult {
    let path = if finding.path.is_empty() {
        finding.place.name()
    } else {
        &finding.path
    };
    let name = match &finding.layer {
        Some(layer) => format!("{layer}:{path}"),
        None => path.to_owned(),
    };
    sarif::SarifResult {
        rule_id: RULE,
        rule_index: None,
        level: "error",
        message: Message::text(super::human::sentence(finding)),
        locations: vec![Location {
            logical_locations: vec![LogicalLocation {
                fully_qualified_name: name,
            }],
            ..Location::file(image, None)
        }],
        related_locations: Vec::new(),
        partial_fingerprints: Default::default(),
        fixes: Vec::new(),
        code_flows: Vec::new(),
        properties: Default::default(),
    }
}
