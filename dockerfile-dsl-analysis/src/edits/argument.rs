//! `ARG TOKEN` or `ENV TOKEN=..` becomes a secret mount of each step that uses the variable.
//!
//! In: the place of such an instruction, and the variable. Out: the instruction without it, the mounts, and the flag of the callers. None if
//! another instruction uses the variable: no mount reaches it.

use super::place::{Place, add_mount, field, without_instruction};
use super::repair::{Applicability, CallerChange, Edit, Passed, Repair};
use crate::Span;
use crate::dockerfile::{Environment, File, Instruction, Kind, Run};
use crate::report::variable_mount;
use crate::rules::literal_credential;
use crate::rules::steps::{has_variable, texts};

/// Returns the edits.
pub(super) fn mount(place: &Place<'_>, name: &str) -> Option<Repair> {
    // Advice about an ENV: its value is a path or empty, and the container may need it.
    if place.finding.is_advice {
        return None;
    }
    let instruction = place.instruction?;
    let mut edits = vec![without_variable(place.text, instruction, name)?];
    let mut is_used = false;
    for later in later(place.file, place.finding.stage, instruction) {
        match &later.kind {
            Kind::Run(run) if mentions(run, name) => {
                is_used = true;
                let has_it = run
                    .mounts
                    .iter()
                    .any(|flag| field(flag, "env") == Some(name));
                if !has_it {
                    let mount = variable_mount(name);
                    edits.extend(add_mount(place.text, later, run, &mount));
                }
            }
            Kind::Run(_) => {}
            // `ENV TOKEN=$TOKEN` passes the argument on.
            Kind::Env(pairs) if pairs.len() == 1 && pairs[0].key.as_str() == name => {
                edits.push(without_instruction(place.text, later));
            }
            kind => {
                let mut texts = literal_credential::texts(kind).into_iter();
                if texts.any(|text| has_variable(text, name)) {
                    return None;
                }
            }
        }
    }
    let is_argument = matches!(instruction.kind, Kind::Arg(_));
    if is_argument && !is_used {
        // A program may read the variable by itself: which one is unknown.
        return None;
    }
    let callers = if is_used {
        vec![CallerChange::new(name, Passed::Argument(name.to_owned()))]
    } else {
        Vec::new()
    };
    Some(Repair {
        callers,
        ..Repair::new(Applicability::Unsafe, edits)
    })
}

/// Returns the instructions after this one in its stage, and those of the stages that are based on it.
fn later<'a>(file: &'a File, stage: usize, first: &Instruction) -> Vec<&'a Instruction> {
    let own = file.stages[stage].instructions.iter();
    let mut all: Vec<&Instruction> = own
        .filter(|instruction| instruction.span.start > first.span.start)
        .collect();
    if matches!(first.kind, Kind::Arg(_)) {
        return all;
    }
    let global = Environment::new(file, Vec::new());
    let mut derived = vec![stage];
    for (number, other) in file.stages.iter().enumerate().skip(stage + 1) {
        let base = global.expand(&other.base).ok();
        let base = base.and_then(|base| file.stage_named(&base, number));
        if base.is_some_and(|base| derived.contains(&base)) {
            derived.push(number);
            all.extend(&other.instructions);
        }
    }
    all
}

fn mentions(run: &Run, name: &str) -> bool {
    texts(run).iter().any(|text| has_variable(text, name))
}

/// Removes the variable from its instruction, or the instruction if it has no other.
fn without_variable(text: &str, instruction: &Instruction, name: &str) -> Option<Edit> {
    let names: Vec<(Span, &str)> = match &instruction.kind {
        Kind::Arg(arguments) => arguments
            .iter()
            .map(|argument| (argument.name.whole(), argument.name.as_str()))
            .collect(),
        Kind::Env(pairs) => pairs
            .iter()
            .map(|pair| (pair.key.whole(), pair.key.as_str()))
            .collect(),
        _ => return None,
    };
    let index = names.iter().position(|(_, other)| *other == name)?;
    let (own, _) = names[index];
    Some(match (names.len(), names.get(index + 1)) {
        (1, _) => without_instruction(text, instruction),
        (_, Some((next, _))) => Edit::new(Span::new(own.start, next.start), String::new()),
        (_, None) => {
            let start = text[..own.start].trim_end_matches([' ', '\t']).len();
            // A continuation before it would join the next instruction.
            if text[..start].ends_with(['\n', '\r']) {
                return None;
            }
            Edit::new(Span::new(start, instruction.span.end), String::new())
        }
    })
}
