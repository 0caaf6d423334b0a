//! The findings of a file as text, for the error that refuses it.
//!
//! In: findings, and who wrote the file. Out: each with its stage and instruction, its message, its place, and a fix in the author's
//! language.

use dockerfile_dsl_analysis::dockerfile::File;
use dockerfile_dsl_analysis::report::snippet::Source;
use dockerfile_dsl_analysis::{Finding, masked_dockerfile};

use crate::rust_help::{accepting_call, in_rust};
use crate::rust_place::RustPlace;

/// Who wrote a file: fixes are in the same language.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author<'a> {
    /// A person, as text.
    Text,
    /// A program, by the builder: FROM and the instructions of each stage are at these places.
    Builder(&'a [(RustPlace, Vec<RustPlace>)]),
}

/// Each finding with its stage and instruction, its message, and its place in the text.
pub(crate) fn report(findings: &[Finding], file: &File, text: &str, origin: Author<'_>) -> String {
    let text = masked_dockerfile(text);
    let source = Source::new("Dockerfile", &text);
    let reports = findings.iter().map(|finding| {
        let (place, message) = (place(finding, file), &finding.message);
        let (explanation, source, accepting) = match origin {
            Author::Text => {
                let accepting = finding.accepting_comment();
                let accepting =
                    accepting.map(|comment| format!("put this above the instruction: `{comment}`"));
                (source.explain(finding), String::new(), accepting)
            }
            Author::Builder(places) => {
                let of_stage = places.get(finding.stage);
                let at = of_stage.map(|(from, instructions)| {
                    let instruction = finding.instruction.and_then(|at| instructions.get(at));
                    format!(" --> {}\n", instruction.unwrap_or(from))
                });
                let accepting = accepting_call(finding);
                let accepting =
                    accepting.map(|call| format!("write this before the instruction: `{call}`"));
                (
                    source.explain(&in_rust(finding)),
                    at.unwrap_or_default(),
                    accepting,
                )
            }
        };
        let accept = accepting.map_or_else(String::new, |how| format!("\nto accept it, {how}"));
        format!(
            "{place}: {message} ({})\n{source}{explanation}{accept}",
            finding.rule
        )
    });
    reports.collect::<Vec<_>>().join("\n")
}

fn place(finding: &Finding, file: &File) -> String {
    let stage = file.stages.get(finding.stage);
    let name = stage.and_then(|stage| stage.name.as_ref());
    let stage_words = name.map_or_else(
        || format!("stage {}", finding.stage),
        |name| format!("stage `{}`", name.name),
    );
    let instruction = finding
        .instruction
        .and_then(|at| stage?.instructions.get(at));
    let keyword = instruction.map_or("FROM", |instruction| instruction.kind.keyword());
    format!("{stage_words}, {keyword}")
}
