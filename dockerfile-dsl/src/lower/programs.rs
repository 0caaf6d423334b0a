//! Program rows that a file uses, from its settings and its scripts.
//!
//! Each program is written once, at the head of the file: the comment applies to the whole file.

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::programs::ProgramLine;

use crate::danger::{Decision, RawInstruction};
use crate::instruction::{Instruction, Run, RunCommand};
use crate::problem::{Problems, mistake_in_rows};
use crate::settings::Settings;
use crate::stage::Stage;

/// Returns the programs of the settings that an instruction names.
pub(super) fn of_settings(
    settings: &Settings,
    stages: &[(Stage, Option<String>)],
    problems: &mut Problems,
) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for text in &settings.programs {
        match ProgramLine::read(text) {
            Ok(lines) => {
                let named = lines.into_iter().filter(|line| is_named(line, stages));
                decisions.extend(named.map(|line| {
                    let danger = Danger::Program { rows: line.rows };
                    Decision::of_text(danger, format!("rows of {SETTINGS}"))
                }));
            }
            Err(errors) => {
                problems.place = String::new();
                for error in errors {
                    problems.unwritable(mistake_in_rows(SETTINGS, &error));
                }
            }
        }
    }
    decisions
}

const SETTINGS: &str = "`Settings::programs`";

/// Returns the programs of the settings and of the scripts, each once.
pub(super) fn of_file(
    stages: &[(Stage, Option<String>)],
    of_settings: &[Decision],
    problems: &mut Problems,
) -> Vec<Decision> {
    let of_scripts = instructions(stages)
        .filter_map(run)
        .flat_map(|run| &run.decisions);
    let mut all: Vec<Decision> = Vec::new();
    for decision in of_settings.iter().chain(of_scripts) {
        let Danger::Program { rows } = &decision.danger else {
            continue;
        };
        if all.iter().any(|known| known.danger == decision.danger) {
            continue;
        }
        let shares_a_name = |known: &&Decision| match &known.danger {
            Danger::Program { rows: known } => ProgramLine::names_of(known)
                .any(|name| ProgramLine::names_of(rows).any(|own| own == name)),
            _ => false,
        };
        if let Some(known) = all.iter().find(shares_a_name) {
            let name = ProgramLine::names_of(rows).next().unwrap_or_default();
            problems.place = String::new();
            problems.wrong(format!(
                "`{name}` has two different descriptions, by the {} and by the {}: keep one",
                known.reason, decision.reason
            ));
        } else {
            all.push(decision.clone());
        }
    }
    all
}

fn instructions(stages: &[(Stage, Option<String>)]) -> impl Iterator<Item = &Instruction> {
    stages
        .iter()
        .flat_map(|(stage, _)| stage.content().steps.iter().map(|step| &step.instruction))
}

fn run(instruction: &Instruction) -> Option<&Run> {
    match instruction {
        Instruction::Run(run) => Some(run),
        Instruction::Onbuild(inner) => run(&inner.instruction),
        _ => None,
    }
}

fn is_named(line: &ProgramLine, stages: &[(Stage, Option<String>)]) -> bool {
    instructions(stages).any(|instruction| match (instruction, run(instruction)) {
        (_, Some(run)) => match &run.command {
            RunCommand::Script { text, .. } => line.is_named_in(text),
            RunCommand::Exec(arguments) => arguments.iter().any(|word| line.is_named_in(word)),
        },
        (Instruction::Raw(RawInstruction { text, .. }), _) => line.is_named_in(text),
        _ => false,
    })
}
