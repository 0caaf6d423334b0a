//! The places of everything in the picture.
//!
//! In: an audit. Out: a [`Layout`] in pixels. From left to right: the edges between stages, the names of secrets and stages, a track for
//! each secret, the steps, the ends. Each stage is a lane, one below the other. Invariant: boxes do not overlap, and each text is no
//! wider than its box.

use dockerfile_dsl_analysis::printable::printable;

use super::text::{Font, fit};
use crate::audit::model::{End, Flow, Model};

pub(super) const MARGIN: f64 = 24.0;
/// Distance of two edges between stages.
const EDGE_PITCH: f64 = 12.0;
/// Distance of the tracks of two secrets.
const TRACK_PITCH: f64 = 14.0;
const NAME_WIDTH: f64 = 290.0;
const STEP_WIDTH: f64 = 520.0;
/// Width of the part of a step with the programs.
const PROGRAM_WIDTH: f64 = 180.0;
pub(super) const ARROW_WIDTH: f64 = 56.0;
const END_WIDTH: f64 = 400.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 28.0;
const GAP: f64 = 12.0;
const PADDING: f64 = 10.0;
/// Height of a secret's name.
const PILL: f64 = 24.0;

/// A rectangle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    fn middle(self) -> f64 {
        self.y + self.height / 2.0
    }
}

/// A text that fits its place, and the whole one.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) text: String,
    pub(super) whole: String,
}

/// A box of a secret.
#[derive(Debug)]
pub(super) struct Pill {
    pub(super) rect: Rect,
    pub(super) label: Label,
    /// Position of its vertical line.
    pub(super) track: f64,
    /// End of the vertical line.
    pub(super) bottom: f64,
}

/// A stage.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) rect: Rect,
    pub(super) is_in_image: bool,
    pub(super) name: Label,
    pub(super) details: Vec<Label>,
}

/// A step.
#[derive(Debug)]
pub(super) struct StepBox {
    pub(super) rect: Rect,
    pub(super) title: Label,
}

/// One flow in a step: a row of its box, and the end on the right.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) secret: usize,
    pub(super) y: f64,
    /// From the track to the box; `None` if the row above has it.
    pub(super) from: Option<f64>,
    pub(super) delivery: Option<Label>,
    pub(super) program: Option<Label>,
    pub(super) end: Rect,
    pub(super) end_label: Label,
    pub(super) class: &'static str,
    pub(super) is_accepted: bool,
}

/// An edge between two stages.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) x: f64,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Where it ends: the left side of the lanes.
    pub(super) end: f64,
    pub(super) is_base: bool,
    pub(super) words: String,
}

/// The whole picture.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) title: Label,
    pub(super) summary: Label,
    pub(super) pills: Vec<Pill>,
    pub(super) lanes: Vec<Lane>,
    pub(super) edges: Vec<Edge>,
    pub(super) steps: Vec<StepBox>,
    pub(super) rows: Vec<Row>,
    /// The decisions and notes below the lanes.
    pub(super) lines: Vec<Label>,
}

impl Layout {
    /// Computes all places.
    pub(super) fn new(model: &Model) -> Self {
        let plans = edge_plans(model);
        let tracks = plans.iter().map(|plan| plan.track + 1).max().unwrap_or(0);
        let left = MARGIN + EDGE_PITCH * (count(tracks) + 1.0);
        let track_start = left + NAME_WIDTH + 20.0;
        let secrets = model.secrets.len();
        let step_x = track_start + TRACK_PITCH * count(secrets) + 14.0;
        let end_x = step_x + STEP_WIDTH + ARROW_WIDTH;
        let right = end_x + END_WIDTH + PADDING;
        let lane_width = right - left;

        let title = format!("Secrets of {}", model.path);
        let title = label(MARGIN, 38.0, &title, Font::TITLE, right - MARGIN);
        let summary = label(MARGIN, 60.0, &model.summary(), Font::SMALL, right - MARGIN);
        let mut y = 78.0;
        let mut pills = Vec::new();
        for (index, secret) in model.secrets.iter().enumerate() {
            let rect = Rect {
                x: left,
                y,
                width: NAME_WIDTH,
                height: PILL,
            };
            pills.push(Pill {
                rect,
                label: label(
                    left + 12.0,
                    y + 16.5,
                    &secret.words(),
                    Font::NAME,
                    NAME_WIDTH - 24.0,
                ),
                // The first secret has the last track: no line crosses the line of another on its path down.
                track: track_start + TRACK_PITCH * count(secrets - 1 - index),
                bottom: rect.middle(),
            });
            y += PILL + 8.0;
        }
        y += 10.0;

        let mut lanes = Vec::new();
        let (mut steps, mut rows) = (Vec::new(), Vec::new());
        for (index, stage) in model.stages.iter().enumerate() {
            let top = y;
            let mut at = top + PADDING;
            let of_stage = model.steps.iter().enumerate();
            for (number, step) in of_stage.filter(|(_, step)| step.stage == index) {
                let flows: Vec<&Flow> = model.flows_of(number).collect();
                let rect = Rect {
                    x: step_x,
                    y: at,
                    width: STEP_WIDTH,
                    height: HEAD + ROW * count(flows.len()) + 4.0,
                };
                let words = format!("line {}{}: {}", step.line, step.origin(), step.text);
                let title = label(
                    step_x + 12.0,
                    at + 19.0,
                    &words,
                    Font::STEP,
                    STEP_WIDTH - 24.0,
                );
                steps.push(StepBox { rect, title });
                let mut last: Option<&Flow> = None;
                for (position, flow) in flows.into_iter().enumerate() {
                    let y = at + HEAD + ROW * count(position) + ROW / 2.0;
                    let pill = &mut pills[flow.secret];
                    let row = row(model, flow, last, (pill.track, step_x, end_x, y));
                    if row.from.is_some() {
                        pill.bottom = pill.bottom.max(y);
                    }
                    rows.push(row);
                    last = Some(flow);
                }
                at = rect.bottom() + PADDING;
            }
            let mut details = vec![format!("from {}", stage.base)];
            let files = stage.files_of.iter();
            details.extend(files.map(|of| format!("files of {}", model.stage(*of))));
            if stage.is_in_image {
                details.push("in the image".to_owned());
            }
            let limit = NAME_WIDTH - 24.0;
            let x = left + 12.0;
            let name = label(x, top + 25.0, &model.stage(index), Font::NAME, limit);
            let details: Vec<Label> = details
                .iter()
                .enumerate()
                .map(|(line, text)| {
                    let y = top + 25.0 + 18.0 * count(line + 1);
                    label(x, y, text, Font::SMALL, limit)
                })
                .collect();
            let names = 25.0 + 18.0 * count(details.len()) + 12.0;
            let rect = Rect {
                x: left,
                y: top,
                width: lane_width,
                height: names.max(at - top),
            };
            lanes.push(Lane {
                rect,
                is_in_image: stage.is_in_image,
                name,
                details,
            });
            y = rect.bottom() + GAP;
        }
        let edges = edges(model, &plans, &lanes, left);
        y += 16.0;
        let mut lines = Vec::new();
        for text in closing_lines(model) {
            lines.push(label(left, y, &text, Font::SMALL, lane_width));
            y += 19.0;
        }
        Self {
            width: right + MARGIN,
            height: y + MARGIN / 2.0,
            title,
            summary,
            pills,
            lanes,
            edges,
            steps,
            rows,
            lines,
        }
    }
}

fn row(
    model: &Model,
    flow: &Flow,
    last: Option<&Flow>,
    (track, step_x, end_x, y): (f64, f64, f64, f64),
) -> Row {
    let is_same = |last: &Flow| last.secret == flow.secret && last.delivery == flow.delivery;
    let is_new = !last.is_some_and(is_same);
    let is_new_program = is_new || last.is_some_and(|last| last.program != flow.program);
    let baseline = y + 4.5;
    let delivery = is_new.then(|| {
        let id = &model.secrets[flow.secret].id;
        let words = format!("`{id}` {}", flow.delivery.short());
        let limit = STEP_WIDTH - PROGRAM_WIDTH - 36.0;
        label(step_x + 12.0, baseline, &words, Font::SMALL, limit)
    });
    let program_x = step_x + STEP_WIDTH - PROGRAM_WIDTH;
    let program = is_new_program.then(|| {
        let words = flow.program_words();
        label(
            program_x,
            baseline,
            words,
            Font::SMALL,
            PROGRAM_WIDTH - 12.0,
        )
    });
    let end = Rect {
        x: end_x,
        y: y - 11.0,
        width: END_WIDTH,
        height: 22.0,
    };
    // The rule is in the whole text only.
    let accepted = if flow.is_accepted { ", accepted" } else { "" };
    let words = flow.end.words() + accepted;
    let limit = END_WIDTH - 20.0;
    let mut end_label = label(end_x + 10.0, baseline, &words, Font::SMALL, limit);
    end_label.whole = printable(&flow.end_words());
    Row {
        secret: flow.secret,
        y,
        from: is_new.then_some(track),
        delivery,
        program,
        end,
        end_label,
        class: match &flow.end {
            end if end.is_leak() => "leak",
            End::Unknown(_) | End::Host(None) => "unknown",
            End::Host(Some(_)) => "host",
            _ => "nowhere",
        },
        is_accepted: flow.is_accepted,
    }
}

fn label(x: f64, y: f64, text: &str, font: Font, limit: f64) -> Label {
    let whole = printable(text);
    Label {
        x,
        y,
        text: fit(&whole, font, limit),
        whole,
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

fn closing_lines(model: &Model) -> Vec<String> {
    let mut lines = vec![
        "Edges at the left: a solid one is FROM, a dashed one is files (COPY --from, mounts)."
            .to_owned(),
    ];
    for note in &model.notes {
        let place = model.place(&model.steps[note.step]);
        lines.push(format!("Note: {place}: {}", note.text));
    }
    for decision in &model.decisions {
        let reason = decision.reason.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(", because: {reason}"));
        lines.push(format!(
            "Decision of trust, {}: {}{reason}",
            decision.place(),
            decision.text
        ));
    }
    lines
}

/// An edge with its vertical track.
struct EdgePlan {
    from: usize,
    to: usize,
    is_base: bool,
    track: usize,
}

/// Gives each edge a track: short ones first, so that these are nearest to the lanes. Edges of one track do not meet.
fn edge_plans(model: &Model) -> Vec<EdgePlan> {
    let mut plans: Vec<EdgePlan> = Vec::new();
    for (to, stage) in model.stages.iter().enumerate() {
        let base = stage.based_on.map(|from| (from, true));
        let files = stage.files_of.iter().map(|from| (*from, false));
        for (from, is_base) in base.into_iter().chain(files) {
            plans.push(EdgePlan {
                from,
                to,
                is_base,
                track: 0,
            });
        }
    }
    plans.sort_by_key(|plan| (plan.to.abs_diff(plan.from), plan.to, plan.from));
    for index in 0..plans.len() {
        let (placed, rest) = plans.split_at_mut(index);
        let plan = &mut rest[0];
        let is_taken = |track: usize| {
            placed
                .iter()
                .any(|other| other.track == track && other.from <= plan.to && plan.from <= other.to)
        };
        plan.track = (0..=index).find(|track| !is_taken(*track)).unwrap_or(index);
    }
    plans
}

fn edges(model: &Model, plans: &[EdgePlan], lanes: &[Lane], left: f64) -> Vec<Edge> {
    plans
        .iter()
        .filter_map(|plan| {
            let (from, to) = (lanes.get(plan.from)?, lanes.get(plan.to)?);
            let what = if plan.is_base {
                "is based on"
            } else {
                "takes files of"
            };
            Some(Edge {
                x: left - EDGE_PITCH * (count(plan.track) + 1.0),
                from: from.rect.y + 30.0,
                // Edges into one lane do not end at one point.
                to: to.rect.y + 12.0 + 5.0 * count(plan.track.min(8)),
                end: left,
                is_base: plan.is_base,
                words: format!("{} {what} {}", model.stage(plan.to), model.stage(plan.from)),
            })
        })
        .collect()
}
