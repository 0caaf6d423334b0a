//! Findings, and the errors of a text that is not a valid Dockerfile, as diagnostics.

use dockerfile_dsl_analysis::printable::printable;
use dockerfile_dsl_analysis::{Finding, Rule, Severity, dockerfile::ReadError};

use super::documents::Document;
use super::position::Encoding;
use super::protocol::{CodeDescription, Diagnostic, Location, RelatedInformation};
use crate::check::Checker;

/// The name of the server beside each diagnostic.
const SOURCE: &str = "dockerfile-dsl";
/// Severities and tags, as the protocol numbers them.
const ERROR: u8 = 1;
const WARNING: u8 = 2;
const UNNECESSARY: u8 = 1;

/// Returns the diagnostics of a document.
pub(super) fn all(
    document: &mut Document,
    checker: &Checker,
    encoding: Encoding,
) -> Vec<Diagnostic> {
    let uri = document.uri.clone();
    match document.result(checker) {
        Ok(checked) => {
            let findings = checked.findings.iter();
            findings
                .map(|finding| diagnostic(&checked.text, &uri, finding, encoding))
                .collect()
        }
        Err(errors) => {
            let errors = errors.clone();
            errors
                .iter()
                .map(|error| malformed(&document.text, error, encoding))
                .collect()
        }
    }
}

/// Returns the diagnostic of a finding, with the flow of its value.
pub(super) fn diagnostic(
    text: &str,
    uri: &str,
    finding: &Finding,
    encoding: Encoding,
) -> Diagnostic {
    let steps = finding.way.iter().map(|step| (step.span, &*step.text));
    let also = finding.also.iter().map(|span| (*span, "and here"));
    let related = steps.chain(also).map(|(span, message)| RelatedInformation {
        location: Location {
            uri: uri.to_owned(),
            range: encoding.range(text, span),
        },
        message: printable(message),
    });
    let is_unused = finding.rule == Rule::UnusedNote;
    Diagnostic {
        range: encoding.range(text, finding.span),
        severity: match finding.severity {
            Severity::Error => ERROR,
            Severity::Warning => WARNING,
        },
        code: Some(finding.rule.name()),
        code_description: Some(CodeDescription {
            href: page_of(finding.rule),
        }),
        source: SOURCE,
        message: printable(&finding.message),
        related_information: related.collect(),
        tags: is_unused.then_some(UNNECESSARY).into_iter().collect(),
    }
}

/// Returns the address of the page of a rule.
pub(super) fn page_of(rule: Rule) -> String {
    const PAGES: &str = "blob/main/dockerfile-dsl-analysis/src/rules";
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/{PAGES}/{rule}.md")
}

fn malformed(text: &str, error: &ReadError, encoding: Encoding) -> Diagnostic {
    let help = error.help.as_deref();
    let help = help.map_or_else(String::new, |help| format!("; {help}"));
    Diagnostic {
        range: encoding.range(text, error.span),
        severity: ERROR,
        source: SOURCE,
        message: printable(&format!("{}{help}", error.message)),
        ..Diagnostic::default()
    }
}
