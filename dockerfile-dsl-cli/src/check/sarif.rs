//! SARIF 2.1.0: what code hosts show beside the lines of a change.

use dockerfile_dsl_analysis::{Finding, Rule, Span, rules};
use serde_json::{Value, json};

use super::{Failure, FileReport, baseline, json::severity_name};

pub(super) fn render(reports: &[FileReport]) -> Result<String, serde_json::Error> {
    let results: Vec<Value> = reports
        .iter()
        .flat_map(|report| {
            report
                .findings
                .iter()
                .map(move |finding| result(report, finding))
        })
        .collect();
    let notifications: Vec<Value> = reports.iter().flat_map(notifications).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dockerfile-dsl",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": Rule::ALL.iter().map(|rule| descriptor(*rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_string(&log).map(|text| text + "\n")
}

fn descriptor(rule: Rule) -> Value {
    let page = rules::page(rule);
    json!({
        "id": rule.name(),
        "defaultConfiguration": { "level": severity_name(rule.severity()) },
        "help": { "text": page, "markdown": page },
    })
}

fn result(report: &FileReport, finding: &Finding) -> Value {
    let message = match &finding.help {
        Some(help) => format!("{}. Fix: {help}", finding.message),
        None => finding.message.clone(),
    };
    let mut result = json!({
        "ruleId": finding.rule.name(),
        "ruleIndex": Rule::ALL.iter().position(|rule| *rule == finding.rule),
        "level": severity_name(finding.severity),
        "message": { "text": message },
        "locations": [location(report, finding.span)],
        "partialFingerprints": { "dockerfileDsl/v1": baseline::fingerprint(report, finding) },
    });
    if !finding.way.is_empty() {
        let step = |step: &dockerfile_dsl_analysis::WayStep| {
            let mut location = location(report, step.span);
            location["message"] = json!({ "text": step.text });
            json!({ "location": location })
        };
        let steps: Vec<Value> = finding.way.iter().map(step).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    result
}

fn location(report: &FileReport, span: Span) -> Value {
    let (start_line, start_column) = report.position(span.start);
    let (end_line, end_column) = report.position(span.end.max(span.start));
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&report.path) },
        "region": { "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column },
    } })
}

fn notifications(report: &FileReport) -> Vec<Value> {
    let notification = |message: &str, location: Value| json!({ "level": "error", "message": { "text": message }, "locations": [location] });
    match &report.failure {
        None => Vec::new(),
        Some(Failure::Unreadable(message)) => {
            let location =
                json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&report.path) } } });
            vec![notification(
                &format!("{} {message}", report.path),
                location,
            )]
        }
        Some(Failure::Malformed(errors)) => errors
            .iter()
            .map(|error| notification(&error.to_string(), location(report, error.span)))
            .collect(),
    }
}

/// A path as a relative URI reference: what is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if uri.starts_with('/') {
        format!("file://{uri}")
    } else {
        uri
    }
}
