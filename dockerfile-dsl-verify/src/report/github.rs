//! The report as workflow commands, which GitHub Actions shows as annotations: findings as errors, gaps as warnings.

use std::fmt::Write as _;

use super::{Report, Verdict};

pub(super) fn write(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let mut message = super::human::sentence(finding);
        if let Some(instruction) = &finding.instruction {
            let _ = write!(message, "\nmade by {instruction}");
        }
        if let Some(layer) = &finding.layer {
            let _ = write!(message, "\nin {layer} of {}", report.image);
        }
        command(&mut text, "error", "SecretInImage", &message);
    }
    for gap in &report.incomplete {
        let message = format!("not searched: {gap}");
        command(&mut text, "warning", "dockerfile-dsl verify", &message);
    }
    for kept in &report.kept {
        command(
            &mut text,
            "warning",
            "dockerfile-dsl verify",
            &format!("kept: {kept}"),
        );
    }
    let (kind, verdict) = match report.verdict() {
        Verdict::Clean => ("notice", "clean: none of the values is in"),
        Verdict::Leaked => ("error", "leaked: values of build secrets are in"),
        Verdict::Incomplete => (
            "error",
            "incomplete: nothing was found, but not all could be searched of",
        ),
    };
    let message = format!("{verdict} {}", report.image);
    command(&mut text, kind, "dockerfile-dsl verify", &message);
    text
}

/// Writes `::KIND title=TITLE::MESSAGE`, with the characters escaped that could end the message or begin another command.
fn command(text: &mut String, kind: &str, title: &str, message: &str) {
    let message = message
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    let _ = writeln!(text, "::{kind} title={title}::{message}");
}
