//! The report for people: the findings with their places, then advice.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{FilePart, Finding, Match, Place, Report, Verdict};

pub(super) fn write(report: &Report) -> String {
    let mut text = String::new();
    let image = &report.image;
    let _ = match report.verdict() {
        Verdict::Clean if report.is_text => writeln!(
            text,
            "clean: none of the values is in {image}, which is a text and not an image"
        ),
        Verdict::Clean => writeln!(text, "clean: none of the values is in {image}"),
        Verdict::Leaked => writeln!(
            text,
            "leaked: {} in {}",
            count(report.findings.len(), "place", "places"),
            leaked(report)
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
    match report.verdict() {
        Verdict::Leaked => advice(report, &mut text),
        Verdict::Incomplete if !report.incomplete.is_empty() => accept(report, &mut text),
        _ => {}
    }
    for kept in &report.kept {
        let _ = writeln!(text, "\nkept: {kept}");
    }
    let _ = writeln!(text, "\nsearched {}", amount(report));
    text
}

/// Returns the image, or those of several that a value is in.
fn leaked(report: &Report) -> String {
    let targets: BTreeSet<&str> = report
        .findings
        .iter()
        .filter_map(|finding| finding.target.as_deref())
        .collect();
    let targets = targets.into_iter().collect::<Vec<_>>().join(", ");
    let image = &report.image;
    if targets.is_empty() || targets == *image {
        image.clone()
    } else {
        format!("{targets} (searched: {image})")
    }
}

/// Returns the amount of data that was searched.
pub(super) fn amount(report: &Report) -> String {
    let scanned = &report.scanned;
    let size = size(scanned.bytes);
    if report.is_text {
        return format!("a text of {size}");
    }
    format!(
        "{}, {}, {size}",
        count(scanned.layers as usize, "layer", "layers"),
        count(scanned.files as usize, "file", "files"),
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes as usize, "byte", "bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Adds what to do about an incomplete search.
fn accept(report: &Report, text: &mut String) {
    let reasons: BTreeSet<&str> = report
        .incomplete
        .iter()
        .map(|gap| gap.reason.name())
        .collect();
    let options = reasons.into_iter().fold(String::new(), |options, reason| {
        format!("{options} --allow-incomplete {reason}")
    });
    let _ = writeln!(
        text,
        "\nwhat to do now: mend what is listed and search again, or accept what is harmless, by\n \
         {options}"
    );
}

fn advice(report: &Report, text: &mut String) {
    let _ = writeln!(text, "\nwhat to do now:");
    for (index, step) in steps(report).iter().enumerate() {
        let _ = writeln!(text, "  {}. {}", index + 1, step.replace('\n', "\n     "));
    }
}

/// Returns what to do about a leak, in lines. A line that begins with a blank is an instruction of the image.
pub(super) fn steps(report: &Report) -> [String; 3] {
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
    let names = secrets.into_iter().collect::<Vec<_>>().join(", ");
    let replace = format!(
        "do not push this image. If it was pushed or shared, replace (rotate) {names} at its \
         issuer first"
    );
    let mend = match instructions.len() {
        0 => "fix the build so that it does not store the value",
        1 => "mend this instruction:",
        _ => "mend these instructions:",
    };
    let mend = instructions
        .iter()
        .fold(mend.to_owned(), |text, one| format!("{text}\n  {one}"));
    let delete = "delete what the engine keeps: the image, then `docker buildx prune --all`, and \
                  the build's record with\n`docker buildx history ls` and `docker buildx history \
                  rm REF` (podman and buildah: `podman image prune` and\n`buildah rm --all`, as an \
                  interrupted build leaves its container); build again with the new value";
    [replace, mend, delete.to_owned()]
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

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
