//! The report as one JSON object.

use serde_json::{Value, json};

use super::{FilePart, Report};

pub(super) fn write(report: &Report) -> String {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "secret": finding.secret,
                "target": finding.target,
                "place": finding.place.name(),
                "layer": finding.layer,
                "instruction": finding.instruction,
                "path": finding.path,
                "in": match finding.part {
                    FilePart::Content => "content",
                    FilePart::Header => "header",
                },
                "offset": finding.offset,
                "deleted_later": finding.deleted_later,
                "encodings": finding.encodings,
                "match": finding.matched.name(),
            })
        })
        .collect();
    let incomplete: Vec<String> = report.incomplete.iter().map(ToString::to_string).collect();
    json!({
        "version": 1,
        "image": report.image,
        "verdict": report.verdict().name(),
        "incomplete": incomplete,
        "findings": findings,
        "known_texts": report.known_texts,
        "kept": report.kept,
        "scanned": {
            "layers": report.scanned.layers,
            "files": report.scanned.files,
            "bytes": report.scanned.bytes,
        },
    })
    .to_string()
}
