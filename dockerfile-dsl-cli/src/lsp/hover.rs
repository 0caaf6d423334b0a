//! The text of a hover: the message, the flow of the secret, the fix, and the page of the rule.

use std::fmt::Write as _;

use dockerfile_dsl_analysis::printable::printable;
use dockerfile_dsl_analysis::{Finding, LineIndex, Span};

use super::diagnostics::page_of;
use super::documents::Documents;
use super::protocol::{Hover, HoverParams, MarkupContent};
use crate::check::Checker;

/// Returns what is known at a position: the findings there, and those with a step there.
pub(super) fn hover(
    documents: &mut Documents,
    checker: &Checker,
    parameters: &HoverParams,
) -> Option<Hover> {
    let encoding = documents.encoding;
    let document = documents.get(&parameters.text_document.uri)?;
    let checked = document.checked(checker)?;
    let offset = encoding.offset(&checked.text, parameters.position);
    let holds = |span: Span| span.start <= offset && offset <= span.end;
    let lines = LineIndex::new(&checked.text);
    let mut text = String::new();
    let mut range = None;
    for finding in &checked.findings {
        let mut spans = finding.way.iter().map(|step| step.span);
        let is_step = spans.any(holds) || finding.also.iter().any(|span| holds(*span));
        if holds(finding.span) || is_step {
            if !text.is_empty() {
                text.push_str("\n\n---\n\n");
            }
            describe(&mut text, finding, &lines);
            if holds(finding.span) {
                range.get_or_insert_with(|| encoding.range(&checked.text, finding.span));
            }
        }
    }
    (!text.is_empty()).then_some(Hover {
        contents: MarkupContent {
            kind: "markdown",
            value: text,
        },
        range,
    })
}

/// Writes a finding. Names are in backquotes already.
fn describe(text: &mut String, finding: &Finding, lines: &LineIndex) {
    let _ = write!(
        text,
        "**{}**: {}",
        finding.rule,
        printable(&finding.message)
    );
    if !finding.way.is_empty() {
        text.push_str("\n\nFlow:\n");
        for step in &finding.way {
            let line = lines.line(step.span.start);
            let _ = write!(text, "\n1. line {line}: {}", printable(&step.text));
        }
    }
    if let Some(help) = &finding.help {
        let _ = write!(text, "\n\nFix: {}", printable(help));
    }
    let _ = write!(text, "\n\n[{}]({})", finding.rule, page_of(finding.rule));
}
