//! Finds the steps in which code of the project runs: it can read each mounted file, whether or not a program names it.
//!
//! In: a file. Out: the places where the check reports `SecretToProjectCode` if each mounted secret is also a variable, for a variable
//! reaches every program of its step.

use dockerfile_dsl_analysis::{
    Rule, Span,
    check::{Setting, check_file_in},
    dockerfile::{File, Instruction, Kind, MountField, SourceText},
};

/// Returns stage, place and id for each secret of a step that runs code of the project.
pub(super) fn beside_project_code(file: &File, setting: Setting<'_>) -> Vec<(usize, Span, String)> {
    let mut file = file.clone();
    let stages = file.stages.iter_mut();
    for instruction in stages.flat_map(|stage| &mut stage.instructions) {
        add_variables(instruction);
    }
    let findings = check_file_in(&file, setting).into_iter();
    findings
        .filter(|finding| finding.rule == Rule::SecretToProjectCode)
        .filter_map(|finding| Some((finding.stage, finding.span, finding.secret?)))
        .collect()
}

/// Gives each secret mount without a variable one that no program knows.
fn add_variables(instruction: &mut Instruction) {
    match &mut instruction.kind {
        Kind::Onbuild(inner) => add_variables(inner),
        Kind::Run(run) => {
            for (index, flag) in run.mounts.iter_mut().enumerate() {
                if flag.fields.iter().any(|field| field.key == "env") {
                    continue;
                }
                let is_secret = flag.fields.iter().any(|field| {
                    let value = field.value.as_ref();
                    field.key == "type"
                        && value.is_some_and(|value| value.eq_ignore_ascii_case("secret"))
                });
                if is_secret {
                    let span = flag.flag.span;
                    let name = format!("DOCKERFILE_DSL_AUDIT_{index}");
                    flag.fields.push(MountField {
                        key: "env".to_owned(),
                        value: Some(SourceText::verbatim(&name, span.start)),
                        span,
                    });
                }
            }
        }
        _ => {}
    }
}
