//! Loops: `while`, `until`, `for`.
//!
//! In: a loop and the state before it. Out: the paths that leave it. A `for` over a few known words is unrolled. Every other loop is
//! iterated to a fixpoint of the taint.

use crate::domain::Argument;
use crate::domain::state::{OpenDescriptor, State, Status};
use crate::domain::value::{Share, Taint, Value};
use crate::domain::ways::{Flow, Jump, joined};
use crate::interpreter::Machine;
use crate::shell::{ArithmeticFor, For, List, Loop, LoopKind};

/// Max. iterations to the fixpoint.
const MAX_ROUNDS: u64 = 12;
/// A loop that used this fraction of the budget gets no further iteration for a mere difference in unknown texts.
const EXTRA_ROUNDS_SHARE: u64 = 20;
/// Max. known words of a `for` that is unrolled; with more it is iterated to a fixpoint.
const MAX_UNROLLED: usize = 16;

/// One iteration of a loop: from the paths that enter it to those that leave by the condition, and those after the body.
type Round<'r, M> = dyn FnMut(&mut M, Vec<Flow>) -> (Vec<Flow>, Vec<Flow>) + 'r;

/// Settings before a loop, restored after it.
struct Around {
    loops: u32,
    rounds: u32,
    choice: Taint,
    /// Taint of the control dependence: an earlier iteration left the loop, or could have.
    stayed: Taint,
}

impl Around {
    fn of(state: &State) -> Self {
        Self {
            loops: state.process.loops,
            rounds: state.process.rounds,
            choice: state.choice.clone(),
            stayed: state.choice.clone(),
        }
    }

    /// Starts an iteration of a loop with `rounds` iterations.
    fn enter(&self, state: &mut State, rounds: u32) {
        state.process.loops = self.loops + 1;
        state.process.rounds = self.rounds.saturating_mul(rounds);
        state.choice = self.stayed.clone();
        state.files.begin_execution();
        if state.process.is_often_repeated() {
            read_on(state);
        }
    }

    fn leave(&self, flow: &mut Flow) {
        flow.state.process.loops = self.loops;
        flow.state.process.rounds = self.rounds;
        if flow.jump == Jump::None {
            flow.state.choice = self.choice.clone();
        }
    }

    /// Returns the paths that continue with the next iteration, and moves the others to `left`.
    fn sort(&mut self, after: Vec<Flow>, left: &mut Vec<Flow>) -> Vec<Flow> {
        let mut next = Vec::new();
        for mut flow in after {
            if matches!(flow.jump, Jump::None | Jump::Continue(0 | 1)) {
                flow.jump = Jump::None;
                next.push(flow);
                continue;
            }
            self.stayed = self.stayed.join(&flow.state.choice);
            match flow.jump {
                Jump::None => {}
                Jump::Break(0 | 1) => {
                    flow.jump = Jump::None;
                    flow.status = Status::Success;
                }
                Jump::Break(n) => flow.jump = Jump::Break(n - 1),
                Jump::Continue(n) => flow.jump = Jump::Continue(n - 1),
                Jump::Return | Jump::Exit => {}
            }
            self.leave(&mut flow);
            left.push(flow);
        }
        next
    }
}

/// Each iteration reads another fragment of the descriptors that were open before the loop.
fn read_on(state: &mut State) {
    let mut pieces = Vec::new();
    for (number, descriptor) in state.process.descriptors.iter() {
        if let OpenDescriptor::Input(value) = descriptor
            && value.taint().share() == Share::Whole
            && value.taint().is_some()
        {
            pieces.push((*number, value.of(Share::Fragment)));
        }
    }
    for (number, piece) in pieces {
        state.process.open(number, OpenDescriptor::Input(piece));
    }
}

impl Machine<'_> {
    /// Iterates to a fixpoint of the taint. `round` runs one iteration: it returns the paths that leave by the condition, and those after
    /// the body.
    pub(super) fn rounds(
        &mut self,
        body: &List,
        state: State,
        round: &mut Round<'_, Self>,
    ) -> Vec<Flow> {
        self.within(
            |frame| frame.repeatable += 1,
            |machine| {
                if machine.is_widened() {
                    return machine.joined_rounds(body, &state, round);
                }
                machine.all_rounds(state, round)
            },
        )
    }

    /// The same, widened.
    fn joined_rounds(
        &mut self,
        body: &List,
        state: &State,
        round: &mut Round<'_, Self>,
    ) -> Vec<Flow> {
        let mut around = Around::of(state);
        self.widened_loop(body, state, &mut |machine, mut entry| {
            around.stayed = around.stayed.join(&entry.choice);
            around.enter(&mut entry, u32::MAX);
            let (mut left, after) = round(machine, vec![Flow::new(entry, Status::Success)]);
            for flow in &mut left {
                around.leave(flow);
            }
            let next = joined(around.sort(after, &mut left));
            let next = next.map(|mut next| {
                next.process.loops = around.loops;
                next.process.rounds = around.rounds;
                next.choice = around.stayed.clone();
                next
            });
            (left, next)
        })
    }

    fn all_rounds(&mut self, state: State, round: &mut Round<'_, Self>) -> Vec<Flow> {
        let mut left: Vec<Flow> = Vec::new();
        let mut entering = vec![Flow::new(state, Status::Success)];
        let budget_before = self.budget;
        let mut around = Around::of(&entering[0].state);
        let mut known: Option<State> = None;
        let mut is_fixpoint = false;
        for number in 0..MAX_ROUNDS {
            if entering.is_empty() || self.budget == 0 {
                break;
            }
            for flow in &mut entering {
                around.enter(&mut flow.state, u32::MAX);
            }
            let (mut done, after) = round(self, std::mem::take(&mut entering));
            for flow in &mut done {
                around.leave(flow);
            }
            left.extend(done);
            let next = around.sort(after, &mut left);
            left = self.merged(left);
            let Some(joined) = joined(next) else {
                is_fixpoint = true;
                break;
            };
            let joined = match &known {
                Some(known) if number > 1 => known.join(&joined),
                _ => joined,
            };
            // The iterations of the outermost loop advance the inner loops, too.
            let is_costly =
                budget_before - self.budget > self.config.whole_budget / EXTRA_ROUNDS_SHARE;
            if known.as_ref().is_some_and(|known| {
                known.same_secrets(&joined)
                    && (around.loops > 0 || is_costly || known.same_shapes(&joined))
            }) {
                is_fixpoint = true;
                break;
            }
            known = Some(joined.clone());
            entering = vec![Flow::new(joined, Status::Success)];
        }
        // Another attempt is widened.
        self.log.exhausted |= !is_fixpoint;
        if left.is_empty()
            && let Some(state) = known
        {
            // `while true` without an exit: the code after it never runs, the code in it does.
            left.push(Flow::new(state, Status::Either));
        }
        self.merged(left)
    }

    pub(super) fn repeat(&mut self, looped: &Loop, state: State, exempt: bool) -> Vec<Flow> {
        self.rounds(&looped.body, state, &mut |machine, entering| {
            let tested = machine.list(&looped.condition, entering, true);
            let mut done = Vec::new();
            let mut after = Vec::new();
            for flow in tested {
                if flow.jump != Jump::None {
                    after.push(flow);
                    continue;
                }
                let (runs, leaves) = match looped.kind {
                    LoopKind::While => (flow.status.may_succeed(), flow.status.may_fail()),
                    LoopKind::Until => (flow.status.may_fail(), flow.status.may_succeed()),
                };
                if leaves {
                    done.push(Flow::new(flow.state.clone(), Status::Success));
                }
                if runs {
                    after.extend(machine.chosen_list(&looped.body, flow.state, exempt));
                }
            }
            (done, after)
        })
    }

    pub(super) fn count(
        &mut self,
        counted: &ArithmeticFor,
        mut state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        let [start, test, step] = &counted.header;
        self.arithmetic(&mut state, start);
        self.rounds(&counted.body, state, &mut |machine, entering| {
            let mut done = Vec::new();
            let mut after = Vec::new();
            for mut flow in entering {
                let tested = machine.arithmetic(&mut flow.state, test);
                flow.state.process.status_taint = tested.taint();
                done.push(Flow::new(flow.state.clone(), Status::Success));
                let mut ran = machine.chosen_list(&counted.body, flow.state, exempt);
                for flow in ran
                    .iter_mut()
                    .filter(|flow| matches!(flow.jump, Jump::None | Jump::Continue(0 | 1)))
                {
                    machine.arithmetic(&mut flow.state, step);
                }
                after.extend(ran);
            }
            (done, after)
        })
    }

    pub(super) fn for_each(&mut self, each: &For, mut state: State, exempt: bool) -> Vec<Flow> {
        let name = &*each.variable.text;
        let mut many = false;
        let words: Vec<(Value, bool)> = match &each.words {
            Some(words) => {
                let fields = self.fields(&mut state, words);
                many = fields.iter().any(Argument::is_many);
                fields
                    .into_iter()
                    .map(|field| (field.value, field.splits))
                    .collect()
            }
            None => state
                .process
                .positional
                .iter()
                .map(|value| (value.clone(), value.literal().is_none()))
                .collect(),
        };
        let certain = !many && words.iter().all(|(_, splits)| !splits);
        let may_unroll = !self.is_widened() || self.frame.repeatable == 0;
        if certain && words.len() <= MAX_UNROLLED && may_unroll {
            return self.unrolled(each, &words, state, exempt);
        }
        // A word that may be several is another one in each iteration. Widened, one unknown text represents them all.
        let any = |machine: &Self| {
            let each = words.iter().map(|(value, splits)| {
                if *splits && value.literal().is_none() {
                    match machine.is_widened() {
                        true => value.summary().of(Share::Fragment),
                        false => machine.part_of(value),
                    }
                } else {
                    value.clone()
                }
            });
            each.reduce(|all, value| all.join(&value))
                .unwrap_or_else(Value::empty)
        };
        let may_be_none = words.iter().all(|(_, splits)| *splits);
        let mut is_first = true;
        self.rounds(&each.body, state, &mut |machine, entering| {
            let mut done = Vec::new();
            let mut after = Vec::new();
            let may_end = may_be_none || !std::mem::take(&mut is_first);
            let any = any(machine);
            for mut flow in entering {
                if may_end {
                    done.push(Flow::new(flow.state.clone(), Status::Success));
                }
                machine.assign(&mut flow.state, name, any.clone());
                let ran = machine.list(&each.body, vec![flow], exempt);
                done.extend(
                    ran.iter()
                        .filter(|flow| matches!(flow.jump, Jump::None | Jump::Continue(0 | 1)))
                        .map(|flow| Flow::new(flow.state.clone(), flow.status)),
                );
                after.extend(ran);
            }
            (done, after)
        })
    }

    /// Unrolls a loop over known words.
    pub(super) fn unrolled(
        &mut self,
        each: &For,
        words: &[(Value, bool)],
        state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        self.within(
            |frame| frame.repeatable += 1,
            |machine| machine.all_words(each, words, state, exempt),
        )
    }

    fn all_words(
        &mut self,
        each: &For,
        words: &[(Value, bool)],
        state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        let mut around = Around::of(&state);
        let mut flows = vec![Flow::new(state, Status::Success)];
        let mut left = Vec::new();
        for (value, _) in words {
            for flow in &mut flows {
                around.enter(&mut flow.state, words.len() as u32);
                self.assign(&mut flow.state, &each.variable.text, value.clone());
            }
            let ran = self.list(&each.body, flows, exempt);
            flows = self.merged(around.sort(ran, &mut left));
            if flows.is_empty() {
                break;
            }
        }
        for mut flow in flows {
            around.leave(&mut flow);
            left.push(flow);
        }
        self.merged(left)
    }
}
