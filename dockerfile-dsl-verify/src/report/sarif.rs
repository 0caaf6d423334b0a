//! The report as SARIF 2.1.0: findings as errors, gaps as notifications of the run.

use serde_json::{Value, json};

use super::{Finding, Report, Verdict};

pub(super) fn write(report: &Report) -> String {
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(&report.image, finding))
        .collect();
    let notes: Vec<Value> = report
        .incomplete
        .iter()
        .map(|gap| json!({"level": "warning", "descriptor": {"id": gap.reason.name()}, "message": {"text": gap.to_string()}}))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dockerfile-dsl verify",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": [{
                    "id": "SecretInImage",
                    "shortDescription": {"text": "The value of a build secret is in the built image."},
                }],
            }},
            "invocations": [{
                "executionSuccessful": report.verdict() != Verdict::Incomplete,
                "toolExecutionNotifications": notes,
            }],
            "results": results,
        }],
    })
    .to_string()
}

fn result(image: &str, finding: &Finding) -> Value {
    let path = if finding.path.is_empty() {
        finding.place.name()
    } else {
        &finding.path
    };
    json!({
        "ruleId": "SecretInImage",
        "level": "error",
        "message": {"text": super::human::sentence(finding)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": uri(image)}},
            "logicalLocations": [{"fullyQualifiedName": match &finding.layer {
                Some(layer) => format!("{layer}:{path}"),
                None => path.to_owned(),
            }}],
        }],
    })
}

/// A name as a relative reference: what is not allowed in one is percent-encoded.
fn uri(name: &str) -> String {
    use std::fmt::Write as _;
    name.bytes().fold(String::new(), |mut uri, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(byte.into())
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
        uri
    })
}
