//! Collects the audit of a file from what the analysis says of it.
//!
//! In: a parsed file with its settings. Out: a [`Model`]. Findings that a decision of the author accepts are included and marked: they
//! are what remains when the file is checked without the decisions.

use dockerfile_dsl_analysis::{
    Finding, LineIndex,
    check::{check_file_in, uses},
    dockerfile::{Danger, File, Instruction, Kind},
    policy::Policy,
    rules::Context,
};

use super::model::{Decision, Model};
use flows::Collector;
use project_code::beside_project_code;
use stages::stages;
use steps::mounting_steps;

mod flows;
mod project_code;
mod stages;
mod steps;

/// A file and how it is examined.
pub(super) struct Examined<'a> {
    pub(super) path: &'a str,
    pub(super) lines: &'a LineIndex,
    pub(super) file: File,
    pub(super) context: &'a Context,
    pub(super) policy: &'a Policy,
    /// The decisions of the policy, each with its reason.
    pub(super) decisions: Vec<(String, Option<String>)>,
}

/// Returns the audit.
pub(super) fn collect(examined: Examined<'_>) -> Model {
    let Examined {
        path,
        lines,
        mut file,
        context,
        policy,
        decisions: of_team,
    } = examined;
    let setting = policy.setting(context);
    let mut decisions = decisions(&file, lines);
    decisions.extend(of_team.into_iter().map(|(text, reason)| Decision {
        line: None,
        text,
        reason,
    }));
    policy.add_notes(&mut file);
    let open = without_acceptance(&file);
    let judged = |file: &File| -> Vec<Finding> {
        let findings = check_file_in(file, setting).into_iter();
        findings
            .filter_map(|finding| policy.judge(finding))
            .collect()
    };
    let reported = judged(&file);
    let found = check_file_in(&open, setting);
    let is_reported = |finding: &Finding| {
        reported.iter().any(|other| {
            other.rule == finding.rule
                && other.secret == finding.secret
                && other.span == finding.span
        })
    };
    let mut collector = Collector::new(&file, lines, mounting_steps(&file, setting.bases));
    for finding in &found {
        collector.finding(finding, !is_reported(finding));
    }
    collector.uses(&uses(&open, setting));
    if collector.has_idle_mounts() {
        for (stage, span, id) in beside_project_code(&open, setting) {
            collector.runs_project_code(stage, span, &id);
        }
    }
    let mut model = collector.finish();
    model.path = path.to_owned();
    model.stages = stages(&file);
    model.decisions = decisions;
    model
}

/// Returns the decisions that the comments of a file make, in text order.
fn decisions(file: &File, lines: &LineIndex) -> Vec<Decision> {
    let of_instructions = file
        .instructions()
        .flat_map(|(_, _, instruction)| &instruction.notes);
    let of_file = file.programs.iter();
    let of_file = of_file.chain(&file.builder_stages).chain(&file.only_to);
    let mut notes: Vec<_> = of_instructions.chain(of_file).collect();
    notes.sort_by_key(|note| note.span);
    notes.dedup_by_key(|note| note.span);
    notes
        .into_iter()
        .map(|note| Decision {
            line: Some(lines.line(note.span.start)),
            text: note.kind.to_string(),
            reason: Some(note.reason.clone()),
        })
        .collect()
}

/// Returns the file without the decisions that accept findings. Descriptions of programs remain.
fn without_acceptance(file: &File) -> File {
    fn strip(instruction: &mut Instruction) {
        instruction
            .notes
            .retain(|note| matches!(note.kind, Danger::Trust { .. } | Danger::Raw));
        if let Kind::Onbuild(inner) = &mut instruction.kind {
            strip(inner);
        }
    }
    let mut file = file.clone();
    file.builder_stages = None;
    file.global_args.iter_mut().for_each(strip);
    for stage in &mut file.stages {
        strip(&mut stage.from);
        stage.instructions.iter_mut().for_each(strip);
    }
    file
}
