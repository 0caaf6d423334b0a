//! The report for people: the findings with their places, then advice.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{FilePart, Finding, Match, Place, Report, Verdict};

pub(super) fn write(report: &Report) -> String {
    let mut text = String::new();
    let Report { image, scanned, .. } = report;
    let _ = match report.verdict() {
        Verdict::Clean => writeln!(text, "clean: none of the values is in {image}"),
        Verdict::Leaked => writeln!(
            text,
            "leaked: {} in {image}",
            count(report.findings.len(), "place", "places")
        ),
        Verdict::Incomplete => writeln!(
            text,
            "incomplete: nothing was found in {image}, but not all of it could be searched"
        ),
    };
    for finding in &report.findings {
        let _ = writeln!(text, "\n{}", sentence(finding));
        if let Some(layer) = &finding.layer {
            let _ = writeln!(text, "    layer        {layer}");
        }
        if let Some(instruction) = &finding.instruction {
            let _ = writeln!(text, "    made by      {instruction}");
        }
        let _ = writeln!(text, "    offset       {}", finding.offset);
        if finding.deleted_later {
            let _ = writeln!(
                text,
                "    a later layer deletes or replaces this file, but the image still contains it"
            );
        }
    }
    if !report.incomplete.is_empty() {
        let _ = writeln!(text, "\nnot searched:");
        for gap in &report.incomplete {
            let _ = writeln!(text, "  - {gap}");
        }
    }
    if report.known_texts > 0 {
        let _ = writeln!(
            text,
            "\n{} of a secret also occurred in a base layer: known text, not counted",
            count(report.known_texts, "part", "parts")
        );
    }
    if report.verdict() == Verdict::Leaked {
        advice(report, &mut text);
    }
    for kept in &report.kept {
        let _ = writeln!(text, "\nkept: {kept}");
    }
    let _ = writeln!(
        text,
        "\nsearched {}, {}, {:.1} MB",
        count(scanned.layers as usize, "layer", "layers"),
        count(scanned.files as usize, "file", "files"),
        scanned.bytes as f64 / 1e6
    );
    text
}

fn advice(report: &Report, text: &mut String) {
    let secrets: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| &finding.secret[..])
        .collect();
    let instructions: BTreeSet<&str> = report
        .findings
        .iter()
        .filter_map(|finding| finding.instruction.as_deref())
        .collect();
    let _ = writeln!(text, "\nwhat to do now:");
    let names = secrets.into_iter().collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        text,
        "  1. do not push this image. If it was pushed or shared, replace (rotate) {names} at its \
         issuer first"
    );
    if instructions.is_empty() {
        let _ = writeln!(
            text,
            "  2. fix the build so that it does not store the value"
        );
    } else {
        let these = if instructions.len() == 1 {
            "this instruction"
        } else {
            "these instructions"
        };
        let _ = writeln!(text, "  2. mend {these}:");
        for instruction in instructions {
            let _ = writeln!(text, "       {instruction}");
        }
    }
    let _ = writeln!(
        text,
        "  3. delete what the engine keeps: the image, then `docker buildx prune --all`, and the \
         build's record with"
    );
    let _ = writeln!(
        text,
        "     `docker buildx history ls` and `docker buildx history rm REF` (podman and buildah: \
         `podman image prune` and\n     `buildah rm --all`, as an interrupted build leaves its \
         container); build again with the new value"
    );
}

/// Returns one finding as a sentence.
pub(super) fn sentence(finding: &Finding) -> String {
    let much = match finding.matched {
        Match::Whole => "",
        Match::Part => "a part of ",
    };
    let place = match finding.place {
        Place::Layer => "",
        Place::Config => "the image config, at ",
        Place::History => "the image's history, at ",
        Place::Manifest => "the manifest, at ",
        Place::Annotation => "an annotation, at ",
        Place::Attestation => "an attestation, at ",
        Place::Log => "the build log, at ",
        Place::Cache => "the exported cache, at ",
    };
    let header = match finding.part {
        FilePart::Content => "",
        FilePart::Header => " (its name, link target, owner or attributes)",
    };
    let path = if finding.path.is_empty() {
        "the bytes of the blob"
    } else {
        &finding.path
    };
    let target = match &finding.target {
        Some(target) => format!("{target}: "),
        None => String::new(),
    };
    format!(
        "{much}secret `{}` is in {target}{place}{path}{header}, as {}",
        finding.secret,
        finding.encodings.join(" > ")
    )
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
