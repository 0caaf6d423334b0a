//! An audit as one JSON object. The format is part of the public interface: `docs/audit.md` describes it.

use serde::Serialize;

use super::model::{Delivery, Flow, Model};

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    files: Vec<FileItem<'a>>,
}

#[derive(Serialize)]
struct FileItem<'a> {
    path: &'a str,
    stages: Vec<StageItem<'a>>,
    steps: Vec<StepItem<'a>>,
    secrets: Vec<SecretItem<'a>>,
    decisions: Vec<DecisionItem<'a>>,
    notes: Vec<NoteItem<'a>>,
}

#[derive(Serialize)]
struct StageItem<'a> {
    name: Option<&'a str>,
    base: &'a str,
    based_on: Option<usize>,
    files_of: &'a [usize],
    in_image: bool,
}

#[derive(Serialize)]
struct StepItem<'a> {
    stage: usize,
    line: usize,
    text: &'a str,
    onbuild: bool,
}

#[derive(Serialize)]
struct SecretItem<'a> {
    id: &'a str,
    source: &'static str,
    flows: Vec<FlowItem<'a>>,
}

#[derive(Serialize)]
struct FlowItem<'a> {
    /// Index into `steps`.
    step: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount: Option<MountItem<'a>>,
    program: Option<ProgramItem<'a>>,
    end: EndItem<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    accepted: bool,
}

#[derive(Serialize)]
struct MountItem<'a> {
    target: Option<&'a str>,
    env: Option<&'a str>,
    required: bool,
}

#[derive(Serialize)]
struct ProgramItem<'a> {
    name: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct EndItem<'a> {
    kind: &'static str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct DecisionItem<'a> {
    /// Absent in a configuration file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    decision: &'a str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct NoteItem<'a> {
    step: usize,
    message: &'a str,
}

/// Renders all audits.
pub(super) fn render(models: &[Model]) -> Result<String, serde_json::Error> {
    let answer = Answer {
        version: 1,
        files: models.iter().map(file).collect(),
    };
    serde_json::to_string(&answer).map(|text| text + "\n")
}

fn file(model: &Model) -> FileItem<'_> {
    let stages = model.stages.iter().map(|stage| StageItem {
        name: stage.name.as_deref(),
        base: &stage.base,
        based_on: stage.based_on,
        files_of: &stage.files_of,
        in_image: stage.is_in_image,
    });
    let steps = model.steps.iter().map(|step| StepItem {
        stage: step.stage,
        line: step.line,
        text: &step.text,
        onbuild: step.is_onbuild,
    });
    let secrets = model.secrets.iter().enumerate();
    let secrets = secrets.map(|(index, secret)| SecretItem {
        id: &secret.id,
        source: secret.source.code(),
        flows: model
            .flows
            .iter()
            .filter(|flow| flow.secret == index)
            .map(flow)
            .collect(),
    });
    let decisions = model.decisions.iter().map(|decision| DecisionItem {
        line: decision.line,
        decision: &decision.text,
        reason: decision.reason.as_deref(),
    });
    let notes = model.notes.iter().map(|note| NoteItem {
        step: note.step,
        message: &note.text,
    });
    FileItem {
        path: &model.path,
        stages: stages.collect(),
        steps: steps.collect(),
        secrets: secrets.collect(),
        decisions: decisions.collect(),
        notes: notes.collect(),
    }
}

fn flow(flow: &Flow) -> FlowItem<'_> {
    let mount = match &flow.delivery {
        Delivery::Mount {
            target,
            variable,
            is_required,
        } => Some(MountItem {
            target: target.as_deref(),
            env: variable.as_deref(),
            required: *is_required,
        }),
        Delivery::Kept | Delivery::Written => None,
    };
    FlowItem {
        step: flow.step,
        mount,
        program: flow.program.as_ref().map(|program| ProgramItem {
            name: &program.name,
            line: program.line,
        }),
        end: EndItem {
            kind: flow.end.code(),
            name: flow.end.name(),
        },
        rule: flow.rule,
        accepted: flow.is_accepted,
    }
}
