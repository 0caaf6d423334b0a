//! Lowers stages to the text of a Dockerfile.
//!
//! In: the target stages and the settings of the file. Out: the text and the secrets by id, or all problems. The stages are
//! written once each, in post-order: dependencies first.

mod line;
mod names;
mod programs;
mod secrets;
mod stage;

use line::folded;
use names::{check_names, named, place};
pub(crate) use secrets::check_fed;
use stage::StageWriter;

use crate::comment::comment_lines;
use crate::danger::Decision;
use crate::pen::{Pen, StageTable};
use crate::problem::Problems;
use crate::render::script;
use crate::rust_place::RustPlace;
use crate::secret::{SecretsById, only_to};
use crate::settings::Settings;
use crate::stage::{Base, Stage};
use crate::text::Text;

/// The text of a file, with the model data that belongs to it.
pub(crate) struct Lowered {
    pub(crate) text: String,
    /// Secrets by their id on the command line.
    pub(crate) secrets: SecretsById,
    /// Decisions with stage and instruction; the instruction is `None` for FROM.
    pub(crate) decisions: Vec<(usize, Option<usize>, Decision)>,
    /// Keywords of each stage, to be compared with the text that is read back.
    pub(crate) keywords: Vec<Vec<String>>,
    /// Where FROM and the instructions of each stage are in the Rust source.
    pub(crate) places: Vec<(RustPlace, Vec<RustPlace>)>,
}

/// Writes the stages, and reports their problems.
pub(crate) fn lower(targets: &[Stage], settings: &Settings, problems: &mut Problems) -> Lowered {
    let (order, numbers) = walk(targets);
    if order.is_empty() {
        problems.unwritable("no stage: name at least one target");
    }
    let stages = named(&order, &numbers, problems);
    check_names(&stages, problems);
    let secrets = secrets::of_file(&stages, settings, problems);
    let mut ends: Vec<End> = Vec::new();
    let of_settings = programs::of_settings(settings, &stages, problems);
    let programs = programs::of_file(&stages, &of_settings, problems);
    let hosts: Vec<Decision> = only_to::decisions(&secrets).collect();
    let of_head = [programs, hosts.clone()].concat();
    let mut paragraphs = vec![header(settings, &of_head, &secrets, problems)];
    let mut decisions: Vec<(usize, Option<usize>, Decision)> = (settings.decisions.iter().cloned())
        .chain(of_settings)
        .chain(hosts)
        .map(|decision| (0, None, decision))
        .collect();
    let (mut keywords, mut places) = (Vec::new(), Vec::new());
    for (index, (stage, name)) in stages.iter().enumerate() {
        let start = match &stage.content().base {
            Base::Stage(base) => numbers
                .number(base)
                .and_then(|at| ends.get(at))
                .cloned()
                .unwrap_or_default(),
            Base::Image(_) | Base::Scratch => End::default(),
        };
        let mut pen = Pen {
            escape: settings.escape.char(),
            stages: &stages,
            numbers: &numbers,
            here_documents: settings.here_documents,
            shell: start.shell,
            user: start.user,
        };
        let mut writer = StageWriter {
            pen: &mut pen,
            problems,
            place: place(index, name.as_deref()),
            secrets: &secrets,
            globals: &settings.arguments,
            lines: Vec::new(),
        };
        writer.from(stage, name.as_deref());
        let (mut of_stage, mut at) = (Vec::new(), Vec::new());
        for step in &stage.content().steps {
            let reruns = writer.reruns(step);
            of_stage.extend(std::iter::repeat_n("ARG".to_owned(), reruns));
            writer.step(step);
            at.extend(std::iter::repeat_n(step.at, reruns + 1));
            of_stage.push(step.instruction.keyword().to_ascii_uppercase());
        }
        paragraphs.push(writer.lines.join("\n"));
        decisions.extend(decided(index, stage));
        keywords.push(of_stage);
        places.push((stage.content().at, at));
        problems.at = None;
        ends.push(End {
            shell: pen.shell,
            user: pen.user,
        });
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut text = paragraphs.join("\n\n");
    // A comment on the first line could be parsed as a parser directive. A blank line ends the directives.
    if text.starts_with('#') && !settings.has_directives() {
        text.insert(0, '\n');
    }
    text.push('\n');
    Lowered {
        text,
        secrets,
        decisions,
        keywords,
        places,
    }
}

/// State at the end of a stage, inherited by stages that start from it.
#[derive(Clone, Default)]
struct End {
    shell: script::ScriptShell,
    user: Option<Text>,
}

/// Returns all stages that the targets depend on, dependencies first, each once, and their numbers.
pub(crate) fn walk(targets: &[Stage]) -> (Vec<Stage>, StageTable) {
    let mut order: Vec<Stage> = Vec::new();
    let mut numbers = StageTable::default();
    // Open stages, each with its unvisited dependencies, last first.
    let mut open: Vec<(Stage, Vec<Stage>)> = Vec::new();
    for target in targets {
        visit(target, &numbers, &mut open);
        while let Some((stage, parts)) = open.last_mut() {
            if let Some(part) = parts.pop() {
                visit(&part, &numbers, &mut open);
            } else {
                numbers.insert(stage, order.len());
                order.push(stage.clone());
                open.pop();
            }
        }
    }
    (order, numbers)
}

fn visit(stage: &Stage, done: &StageTable, open: &mut Vec<(Stage, Vec<Stage>)>) {
    if done.number(stage).is_none() {
        let mut parts = stage.parts();
        parts.reverse();
        open.push((stage.clone(), parts));
    }
}

fn decided(index: usize, stage: &Stage) -> Vec<(usize, Option<usize>, Decision)> {
    let content = stage.content();
    let above = content.above.decisions.iter().cloned();
    let of_steps = content.steps.iter().enumerate().flat_map(|(at, step)| {
        let decisions = step.decisions().into_iter();
        decisions.map(move |decision| (index, Some(at), decision))
    });
    above
        .map(|decision| (index, None, decision))
        .chain(of_steps)
        .collect()
}

/// Writes parser directives, comments of the file, and global build arguments.
fn header(
    settings: &Settings,
    of_head: &[Decision],
    secrets: &SecretsById,
    problems: &mut Problems,
) -> String {
    problems.place = String::new();
    settings.check(problems);
    let directives = settings.directives().join("\n");
    let mut lines = Vec::new();
    for decision in settings.decisions.iter().chain(of_head) {
        if !decision.is_of_file() {
            problems.wrong(format!(
                "`{}` applies to one instruction: call `.decide(..)` before it",
                decision.danger
            ));
        }
        decision.check(problems);
        lines.extend(decision.comment());
    }
    let comments = settings.comments.iter();
    lines.extend(comments.flat_map(|comment| comment_lines(comment, problems)));
    let pen = Pen {
        escape: settings.escape.char(),
        stages: &[],
        numbers: &StageTable::default(),
        here_documents: true,
        shell: script::ScriptShell::default(),
        user: None,
    };
    for arg in &settings.arguments {
        problems.place = "global ARG".to_owned();
        arg.check(problems);
        check_fed(arg.name(), secrets, problems);
        lines.push(folded(&arg.write(&pen), settings.escape.char(), problems));
    }
    let mut header = directives;
    if !header.is_empty() && !lines.is_empty() {
        header.push_str("\n\n");
    }
    header.push_str(&lines.join("\n"));
    header
}
