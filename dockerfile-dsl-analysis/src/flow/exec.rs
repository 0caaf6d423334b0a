//! Runs lists, pipelines and compound commands.
//!
//! In: a piece of the tree and the states before it. Out: the [`Flow`]s after it: a state, how the last command ended, and whether it
//! goes on. Both ways of a branch are followed as far as their states differ; more than a few are joined.

use std::rc::Rc;

use super::files::Files;
use super::state::{Descriptor, Function, State, Status, Variable};
use super::value::{Taint, Value};
use super::{Machine, pattern};
use crate::Rule;
use crate::shell::{
    AndOr, ArithmeticFor, Case, CaseEnd, Command, CommandKind, Conditional, ConditionalKind,
    Connector, For, If, List, Loop, LoopKind, Opaque, Pipe, Pipeline, Terminator,
};

/// One way that the script can have taken up to here.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) state: State,
    pub(crate) status: Status,
    pub(crate) jump: Jump,
}

/// Whether the next command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jump {
    /// It does.
    None,
    /// Leaves so many loops.
    Break(u32),
    /// Goes on with the next round of the so-manieth loop.
    Continue(u32),
    /// Leaves the function or the sourced file.
    Return,
    /// Leaves the shell.
    Exit,
}

impl Flow {
    pub(crate) fn new(state: State, status: Status) -> Self {
        Self {
            state,
            status,
            jump: Jump::None,
        }
    }
}

/// So deep commands stand in commands, functions and texts counted.
const MAX_NESTING: u32 = 400;
/// So many different states are followed at one point.
const MAX_FLOWS: usize = 4;
/// After so many rounds of a loop nothing new is expected.
const MAX_ROUNDS: u64 = 12;
/// A `for` over so many known words is run word by word.
const MAX_UNROLLED: usize = 16;

impl Machine<'_> {
    /// Runs a list on each of the flows that go on; `exempt`: `set -e` does not count.
    pub(crate) fn list(&mut self, list: &List, mut flows: Vec<Flow>, exempt: bool) -> Vec<Flow> {
        for item in &list.items {
            if flows.iter().all(|flow| flow.jump != Jump::None) {
                break;
            }
            let mut after = Vec::new();
            for flow in flows {
                if flow.jump != Jump::None {
                    after.push(flow);
                    continue;
                }
                // What copies a state costs as much as there is in it.
                self.budget = self.budget.saturating_sub(flow.state.size() / 32);
                if self.budget == 0 {
                    self.exhausted = true;
                    after.push(flow);
                    continue;
                }
                match item.terminator {
                    Terminator::Sequential => {
                        after.extend(self.and_or(&item.and_or, flow.state, exempt))
                    }
                    Terminator::Background => {
                        let mut state = flow.state;
                        let (files, _) = self.subshell(state.clone(), |machine, inner| {
                            machine.and_or(&item.and_or, inner, true)
                        });
                        // Nobody knows when: what comes next may see it or not.
                        if !files.same(&state.files) {
                            state.files = state.files.join(&files);
                        }
                        after.push(Flow::new(state, Status::Success));
                    }
                }
            }
            flows = merged(after);
        }
        flows
    }

    fn and_or(&mut self, and_or: &AndOr, state: State, exempt: bool) -> Vec<Flow> {
        let last = and_or.rest.len();
        let first = self.pipeline(&and_or.first, state, exempt || last > 0);
        // With whether the last pipeline was left out.
        let mut flows: Vec<(Flow, bool)> = first.into_iter().map(|flow| (flow, false)).collect();
        let mut negated = and_or.first.negated;
        for (index, (connector, pipeline)) in and_or.rest.iter().enumerate() {
            let mut after = Vec::new();
            for (flow, short) in flows {
                if flow.jump != Jump::None {
                    after.push((flow, short));
                    continue;
                }
                let (runs, stays) = match connector {
                    Connector::And => (flow.status.may_succeed(), flow.status.may_fail()),
                    Connector::Or => (flow.status.may_fail(), flow.status.may_succeed()),
                };
                if stays {
                    let status = if *connector == Connector::And {
                        Status::Failure
                    } else {
                        Status::Success
                    };
                    after.push((Flow::new(flow.state.clone(), status), true));
                }
                if runs {
                    let outer = flow.state.choice.clone();
                    let state = chosen(flow.state);
                    let ran = self.pipeline(pipeline, state, exempt || index + 1 < last);
                    after.extend(ran.into_iter().map(|mut flow| {
                        flow.state.choice = outer.clone();
                        (flow, false)
                    }));
                }
            }
            flows = after;
            negated = pipeline.negated;
        }
        let mut all = Vec::new();
        for (flow, short) in flows {
            if exempt
                || short
                || negated
                || flow.jump != Jump::None
                || !flow.state.process.options.errexit
                || !flow.status.may_fail()
            {
                all.push(flow);
                continue;
            }
            if flow.status.may_succeed() {
                all.push(Flow::new(flow.state.clone(), Status::Success));
            }
            self.fail(flow.state, &mut all);
        }
        all
    }

    /// `set -e` ends the shell here. Where nothing is left to run and the step fails, nothing of it is kept.
    fn fail(&mut self, state: State, all: &mut Vec<Flow>) {
        if self.subshells > 0 || state.process.traps.contains_key("EXIT") {
            all.push(Flow {
                state,
                status: Status::Failure,
                jump: Jump::Exit,
            });
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, mut state: State, exempt: bool) -> Vec<Flow> {
        let mut flows = match pipeline.commands.as_slice() {
            [] => vec![Flow::new(state, Status::Success)],
            [command] => self.command(command, state, exempt || pipeline.negated),
            commands => {
                let before = state.clone();
                let mut input = before
                    .process
                    .descriptors
                    .get(&0)
                    .cloned()
                    .unwrap_or(Descriptor::Null);
                let mut status = Status::Success;
                for (index, command) in commands.iter().enumerate() {
                    let mut inner = before.clone();
                    inner.files = state.files.clone();
                    inner.process.open(0, input.clone());
                    let number = self.fresh_number();
                    let pipe = pipeline.pipes.get(index);
                    if let Some(pipe) = pipe {
                        inner.files.set_content(number, Value::empty());
                        inner.process.open(1, Descriptor::Content(number));
                        if *pipe == Pipe::OutputAndError {
                            inner.process.open(2, Descriptor::Content(number));
                        }
                    }
                    let (files, ended) = self.subshell(inner, |machine, inner| {
                        machine.command(command, inner, exempt)
                    });
                    state.files = files;
                    input = Descriptor::Input(state.files.take_content(number));
                    let counts = pipe.is_none() || before.process.options.pipefail;
                    status = match (counts, pipe.is_none()) {
                        (true, true) if before.process.options.pipefail && status.may_fail() => {
                            status.join(ended)
                        }
                        (true, _) => ended,
                        (false, _) => Status::Success,
                    };
                }
                vec![Flow::new(state, status)]
            }
        };
        if pipeline.negated {
            for flow in flows.iter_mut().filter(|flow| flow.jump == Jump::None) {
                flow.status = flow.status.not();
            }
        }
        for flow in &mut flows {
            flow.state.process.status = flow.status;
        }
        flows
    }

    /// Runs something in a copy of the shell: only files, and how it ended, come back.
    pub(crate) fn subshell(
        &mut self,
        mut state: State,
        run: impl FnOnce(&mut Self, State) -> Vec<Flow>,
    ) -> (Files, Status) {
        // A subshell does not run the traps of its parent.
        state.process.traps = Rc::default();
        let choice = state.choice.clone();
        self.subshells += 1;
        let flows = run(self, state);
        let flows = self.run_exit_traps(flows);
        self.subshells -= 1;
        let _ = choice;
        let mut all: Option<(Files, Status)> = None;
        for flow in flows {
            all = Some(match all {
                None => (flow.state.files, flow.status),
                Some((files, status)) => {
                    let files = if files.same(&flow.state.files) {
                        files
                    } else {
                        files.join(&flow.state.files)
                    };
                    (files, status.join(flow.status))
                }
            });
        }
        all.unwrap_or_else(|| (Files::new(), Status::Failure))
    }

    /// Runs a list in a subshell.
    pub(crate) fn subshell_list(&mut self, state: State, list: &List) -> (Files, Status) {
        // `$(< FILE)` is the content of the file.
        if let [item] = list.items.as_slice()
            && let [command] = item.and_or.first.commands.as_slice()
            && item.and_or.rest.is_empty()
            && let CommandKind::Simple(simple) = &command.kind
            && simple.words.is_empty()
            && simple.assignments.is_empty()
            && !command.redirects.is_empty()
        {
            let mut state = state;
            self.redirect(&mut state, &command.redirects);
            let value = state.input(0);
            state.output(self, 1, &value, command.span, "content of a file");
            return (state.files, Status::Either);
        }
        self.subshell(state, |machine, inner| {
            machine.list(list, vec![Flow::new(inner, Status::Success)], false)
        })
    }

    /// What `trap .. EXIT` asked for, at the end of a shell.
    pub(crate) fn run_exit_traps(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut all = Vec::new();
        for mut flow in flows {
            let Some((action, span)) = flow.state.process.traps.get("EXIT").cloned() else {
                all.push(flow);
                continue;
            };
            flow.state.process.traps = Rc::default();
            let status = flow.status;
            let after = self.evaluate(flow.state, &action, span);
            all.extend(after.into_iter().map(|mut after| {
                // The status of the shell is the one from before the trap, unless the trap itself exits.
                if after.jump != Jump::Exit {
                    after.status = status;
                }
                after
            }));
        }
        all
    }

    pub(crate) fn command(&mut self, command: &Command, state: State, exempt: bool) -> Vec<Flow> {
        self.budget = self.budget.saturating_sub(1);
        if self.nesting >= MAX_NESTING {
            self.exhausted = true;
            return vec![Flow::new(state, Status::Either)];
        }
        self.nesting += 1;
        let flows = self.command_of_kind(command, state, exempt);
        self.nesting -= 1;
        flows
    }

    fn command_of_kind(&mut self, command: &Command, mut state: State, exempt: bool) -> Vec<Flow> {
        if let CommandKind::Simple(simple) = &command.kind {
            return self.simple(command, simple, state, exempt);
        }
        let saved = self.redirect_and_save(&mut state, &command.redirects);
        let mut flows = match &command.kind {
            CommandKind::Simple(_) => Vec::new(),
            CommandKind::Group(list) => {
                self.list(list, vec![Flow::new(state, Status::Success)], exempt)
            }
            CommandKind::Subshell(list) => {
                let (files, status) = self.subshell(state.clone(), |machine, inner| {
                    machine.list(list, vec![Flow::new(inner, Status::Success)], exempt)
                });
                state.files = files;
                vec![Flow::new(state, status)]
            }
            CommandKind::If(branch) => self.branch(branch, state, exempt),
            CommandKind::Loop(looped) => self.repeat(looped, state, exempt),
            CommandKind::For(each) => self.for_each(each, state, exempt),
            CommandKind::ArithmeticFor(counted) => self.count(counted, state, exempt),
            CommandKind::Case(case) => self.case(case, state, exempt),
            CommandKind::Conditional(conditional) => {
                state.process.status_taint = Taint::NONE;
                let status = self.conditional(&mut state, conditional);
                vec![Flow::new(state, status)]
            }
            CommandKind::Arithmetic(arithmetic) => {
                let value = self.arithmetic(&mut state, arithmetic);
                state.process.status_taint = value.taint();
                vec![Flow::new(state, Status::Either)]
            }
            CommandKind::Function(function) => {
                let defined = Function {
                    body: function.body.clone(),
                    base: self.base,
                };
                Rc::make_mut(&mut state.process.functions)
                    .insert(function.name.text.as_ref().into(), defined);
                vec![Flow::new(state, Status::Success)]
            }
            CommandKind::Opaque(opaque) => self.opaque_syntax(opaque, state, exempt),
        };
        for flow in &mut flows {
            restore(&mut flow.state, &saved);
        }
        self.finish_process_substitutions(&mut flows);
        flows
    }

    /// Performs redirects; what the descriptors were before comes back.
    pub(crate) fn redirect_and_save(
        &mut self,
        state: &mut State,
        redirects: &[crate::shell::Redirect],
    ) -> Vec<(u32, Option<Descriptor>)> {
        if redirects.is_empty() {
            return Vec::new();
        }
        let before = state.process.descriptors.clone();
        self.redirect(state, redirects);
        let mut numbers: Vec<u32> = before
            .keys()
            .chain(state.process.descriptors.keys())
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        // A descriptor of its own choice (`{fd}>`) stays open.
        let chosen = |number: &u32| *number >= 10 && !before.contains_key(number);
        let changed = numbers.into_iter().filter(|number| {
            !chosen(number) && before.get(number) != state.process.descriptors.get(number)
        });
        changed
            .map(|number| (number, before.get(&number).cloned()))
            .collect()
    }

    /// What `>(..)` of the command just run reads now.
    pub(crate) fn finish_process_substitutions(&mut self, flows: &mut [Flow]) {
        if self.pending.is_empty() || self.holding > 0 {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for flow in flows {
            for (number, list) in &pending {
                let mut inner = flow.state.clone();
                let content = inner
                    .files
                    .content(*number)
                    .cloned()
                    .unwrap_or_else(Value::empty);
                inner.process.open(0, Descriptor::Input(content));
                let (files, _) = self.subshell_list(inner, list);
                flow.state.files = files;
            }
        }
    }

    fn branch(&mut self, branch: &If, state: State, exempt: bool) -> Vec<Flow> {
        let mut all = Vec::new();
        let mut waiting = vec![Flow::new(state, Status::Success)];
        for (condition, body) in &branch.arms {
            let tested = self.list(condition, std::mem::take(&mut waiting), true);
            for flow in tested {
                if flow.jump != Jump::None {
                    all.push(flow);
                    continue;
                }
                if flow.status.may_fail() {
                    waiting.push(Flow::new(flow.state.clone(), Status::Failure));
                }
                if flow.status.may_succeed() {
                    all.extend(self.chosen_list(body, flow.state, exempt));
                }
            }
        }
        for flow in waiting {
            match &branch.otherwise {
                Some(body) => all.extend(self.chosen_list(body, flow.state, exempt)),
                None => all.push(Flow::new(flow.state, Status::Success)),
            }
        }
        merged(all)
    }

    /// A body that runs because of a test just made: inside a loop, what it writes tells about what was tested.
    fn chosen_list(&mut self, body: &List, state: State, exempt: bool) -> Vec<Flow> {
        let outer = state.choice.clone();
        let state = chosen(state);
        let mut flows = self.list(body, vec![Flow::new(state, Status::Success)], exempt);
        for flow in &mut flows {
            flow.state.choice = outer.clone();
        }
        flows
    }

    /// Runs rounds until nothing new is known about secrets. `round` runs one, on states that enter it, and gives those that leave by
    /// the condition first, then those after the body.
    fn rounds(
        &mut self,
        state: State,
        mut round: impl FnMut(&mut Self, Vec<Flow>) -> (Vec<Flow>, Vec<Flow>),
    ) -> Vec<Flow> {
        let mut left: Vec<Flow> = Vec::new();
        let mut entering = vec![Flow::new(state, Status::Success)];
        let outer_round = self.round;
        let mut known: Option<State> = None;
        for number in 0..MAX_ROUNDS {
            if entering.is_empty() || self.budget == 0 {
                break;
            }
            self.round = outer_round + number;
            for flow in &mut entering {
                flow.state.process.loops += 1;
            }
            let (mut done, after) = round(self, std::mem::take(&mut entering));
            for flow in &mut done {
                flow.state.process.loops = flow.state.process.loops.saturating_sub(1);
            }
            left.extend(done);
            let mut next = Vec::new();
            for mut flow in after {
                flow.state.process.loops = flow.state.process.loops.saturating_sub(1);
                match flow.jump {
                    Jump::None | Jump::Continue(0 | 1) => {
                        flow.jump = Jump::None;
                        next.push(flow);
                    }
                    Jump::Break(0 | 1) => {
                        flow.jump = Jump::None;
                        flow.status = Status::Success;
                        left.push(flow);
                    }
                    Jump::Break(n) => {
                        flow.jump = Jump::Break(n - 1);
                        left.push(flow);
                    }
                    Jump::Continue(n) => {
                        flow.jump = Jump::Continue(n - 1);
                        left.push(flow);
                    }
                    Jump::Return | Jump::Exit => left.push(flow),
                }
            }
            left = merged(left);
            let Some(joined) = joined(next) else { break };
            let joined = match &known {
                Some(known) if number > 1 => known.join(&joined),
                _ => joined,
            };
            if known
                .as_ref()
                .is_some_and(|known| known.same_secrets(&joined))
            {
                break;
            }
            known = Some(joined.clone());
            entering = vec![Flow::new(joined, Status::Success)];
        }
        self.round = outer_round;
        if left.is_empty()
            && let Some(state) = known
        {
            // `while true` without a way out: what comes behind it never runs, what is in it does.
            left.push(Flow::new(state, Status::Either));
        }
        merged(left)
    }

    fn repeat(&mut self, looped: &Loop, state: State, exempt: bool) -> Vec<Flow> {
        self.rounds(state, |machine, entering| {
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
                    after.extend(machine.list(
                        &looped.body,
                        vec![Flow::new(flow.state, Status::Success)],
                        exempt,
                    ));
                }
            }
            (done, after)
        })
    }

    fn count(&mut self, counted: &ArithmeticFor, mut state: State, exempt: bool) -> Vec<Flow> {
        let [start, test, step] = &counted.header;
        self.arithmetic(&mut state, start);
        self.rounds(state, |machine, entering| {
            let mut done = Vec::new();
            let mut after = Vec::new();
            for mut flow in entering {
                machine.arithmetic(&mut flow.state, test);
                done.push(Flow::new(flow.state.clone(), Status::Success));
                let mut ran = machine.list(&counted.body, vec![flow], exempt);
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

    fn for_each(&mut self, each: &For, mut state: State, exempt: bool) -> Vec<Flow> {
        let name = &*each.variable.text;
        let words: Vec<(Value, bool)> = match &each.words {
            Some(words) => self
                .fields(&mut state, words)
                .into_iter()
                .map(|field| (field.value, field.splits))
                .collect(),
            None => state
                .process
                .positional
                .iter()
                .map(|value| (value.clone(), value.literal().is_none()))
                .collect(),
        };
        let certain = words.iter().all(|(_, splits)| !splits);
        if certain && words.len() <= MAX_UNROLLED {
            return self.unrolled(each, &words, state, exempt);
        }
        // A word that stands for several is another one in each round.
        let mut any = Value::empty();
        for (index, (value, splits)) in words.iter().enumerate() {
            let value = if *splits && value.literal().is_none() {
                Value::unknown((each.variable.span.start as u64) << 8 | 4, value.taint())
            } else {
                value.clone()
            };
            any = if index == 0 { value } else { any.join(&value) };
        }
        let may_be_none = words.iter().all(|(_, splits)| *splits);
        self.rounds(state, |machine, entering| {
            let mut done = Vec::new();
            let mut after = Vec::new();
            for mut flow in entering {
                if may_be_none || machine.round > 0 {
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

    /// Runs a loop word by word.
    fn unrolled(
        &mut self,
        each: &For,
        words: &[(Value, bool)],
        state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        let mut flows = vec![Flow::new(state, Status::Success)];
        let mut left = Vec::new();
        let outer_round = self.round;
        for (number, (value, _)) in words.iter().enumerate() {
            // A text that nobody knows is another one each time.
            self.round = outer_round + number as u64;
            let mut entering = Vec::new();
            for mut flow in flows {
                self.assign(&mut flow.state, &each.variable.text, value.clone());
                flow.state.process.loops += 1;
                entering.push(flow);
            }
            let ran = self.list(&each.body, entering, exempt);
            flows = Vec::new();
            for mut flow in ran {
                flow.state.process.loops = flow.state.process.loops.saturating_sub(1);
                match flow.jump {
                    Jump::None => flows.push(flow),
                    Jump::Continue(0 | 1) => {
                        flow.jump = Jump::None;
                        flows.push(flow);
                    }
                    Jump::Break(0 | 1) => {
                        flow.jump = Jump::None;
                        left.push(flow);
                    }
                    Jump::Break(n) => {
                        flow.jump = Jump::Break(n - 1);
                        left.push(flow);
                    }
                    Jump::Continue(n) => {
                        flow.jump = Jump::Continue(n - 1);
                        left.push(flow);
                    }
                    Jump::Return | Jump::Exit => left.push(flow),
                }
            }
            if flows.is_empty() {
                break;
            }
            flows = merged(flows);
        }
        self.round = outer_round;
        left.extend(flows);
        merged(left)
    }

    fn case(&mut self, case: &Case, mut state: State, exempt: bool) -> Vec<Flow> {
        let subject = self.value(&mut state, &case.subject);
        let known = subject.literal().map(|text| text.into_owned());
        let mut all = Vec::new();
        // Those that no pattern has taken yet, and those that fall through.
        let mut waiting = vec![state];
        let mut falling: Vec<State> = Vec::new();
        for arm in &case.arms {
            let mut certain = false;
            let mut possible = false;
            let mut taint = subject.taint();
            if let Some(state) = waiting.first_mut() {
                for word in &arm.patterns {
                    let (text, pattern_taint) = self.pattern(state, word);
                    taint = taint.join(&pattern_taint);
                    if text.as_deref() == Some("*") {
                        certain = true;
                        continue;
                    }
                    match known
                        .as_deref()
                        .zip(text)
                        .and_then(|(known, text)| pattern::matches(&text, known))
                    {
                        Some(true) => certain = true,
                        Some(false) => {}
                        None => possible = true,
                    }
                }
            }
            let mut running = std::mem::take(&mut falling);
            if certain || possible {
                for state in &waiting {
                    let mut state = state.clone();
                    state.process.status_taint = taint.clone();
                    running.push(state);
                }
            }
            if certain {
                waiting.clear();
            }
            for state in running {
                for flow in self.chosen_list(&arm.body, state, exempt) {
                    match arm.end {
                        _ if flow.jump != Jump::None => all.push(flow),
                        CaseEnd::Break => all.push(flow),
                        CaseEnd::FallThrough => falling.push(flow.state),
                        CaseEnd::TestNext => {
                            all.push(flow.clone());
                            waiting.push(flow.state);
                        }
                    }
                }
            }
            all = merged(all);
            if waiting.is_empty() && falling.is_empty() {
                break;
            }
        }
        all.extend(
            waiting
                .into_iter()
                .chain(falling)
                .map(|state| Flow::new(state, Status::Success)),
        );
        merged(all)
    }

    /// `[[ .. ]]`
    fn conditional(&mut self, state: &mut State, conditional: &Conditional) -> Status {
        match &conditional.kind {
            ConditionalKind::And(parts) | ConditionalKind::Or(parts) => {
                for part in parts {
                    self.conditional(state, part);
                }
                Status::Either
            }
            ConditionalKind::Not(inner) => self.conditional(state, inner).not(),
            ConditionalKind::Word(word) => {
                let value = self.value(state, word);
                self.trace_condition(state, &value, conditional.span);
                self.emptiness(state, &value).not()
            }
            ConditionalKind::Unary(operator, word) => {
                let value = self.value(state, word);
                self.trace_condition(state, &value, conditional.span);
                match &*operator.text {
                    "-n" => self.emptiness(state, &value).not(),
                    "-z" => self.emptiness(state, &value),
                    _ => Status::Either,
                }
            }
            ConditionalKind::Binary(left, operator, right) => {
                let left = self.value(state, left);
                let (text, taint) = self.pattern(state, right);
                self.trace_condition(state, &left, conditional.span);
                self.trace_condition(state, &Value::unknown(1, taint.clone()), conditional.span);
                state.process.status_taint =
                    state.process.status_taint.join(&left.taint()).join(&taint);
                let numeric = matches!(
                    &*operator.text,
                    "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge"
                );
                if numeric {
                    let both = left.taint().join(&taint);
                    state.output(
                        self,
                        2,
                        &Value::unknown(1, both),
                        conditional.span,
                        "message about what is no number",
                    );
                    return Status::Either;
                }
                let fits = left
                    .literal()
                    .zip(text)
                    .and_then(|(left, text)| pattern::matches(&text, &left));
                match (&*operator.text, fits) {
                    ("=" | "==", Some(fits)) => status_of(fits),
                    ("!=", Some(fits)) => status_of(!fits),
                    _ => Status::Either,
                }
            }
        }
    }

    fn trace_condition(&mut self, state: &mut State, value: &Value, span: crate::Span) {
        if state.process.options.xtrace {
            self.trace(state, value, span);
        }
    }

    /// Whether a value is empty, as a test sees it.
    pub(crate) fn emptiness(&mut self, state: &mut State, value: &Value) -> Status {
        if value.is_probe() {
            state.process.status_taint = state.process.status_taint.join(&value.taint());
        }
        match value.literal() {
            Some(text) => status_of(text.is_empty()),
            None if value.may_be_empty() => Status::Either,
            None => Status::Failure,
        }
    }

    fn opaque_syntax(&mut self, opaque: &Opaque, mut state: State, exempt: bool) -> Vec<Flow> {
        for word in &opaque.words {
            self.value(&mut state, word);
        }
        let taint = state.everything();
        let keyword = opaque.keyword.text.clone();
        self.event(
            Rule::SecretInOpaqueSyntax,
            &taint,
            opaque.keyword.span,
            &keyword,
            "not modelled",
            None,
        );
        self.command(&opaque.body, state, exempt)
    }

    /// Sets a variable as an assignment does.
    pub(crate) fn assign(&mut self, state: &mut State, name: &str, value: Value) {
        let value = value.with(&state.choice);
        let mut name: Rc<str> = name.into();
        for _ in 0..4 {
            match state
                .process
                .variable(&name)
                .and_then(|variable| variable.refers_to.clone())
            {
                Some(other) => name = other,
                None => break,
            }
        }
        let mut variable = state
            .process
            .variable(&name)
            .cloned()
            .unwrap_or_else(|| Variable::new(Value::empty()));
        variable.value = value;
        variable.maybe_unset = false;
        variable.exported |= state.process.options.allexport;
        state.process.set(&name, variable);
    }
}

pub(crate) const fn status_of(yes: bool) -> Status {
    if yes {
        Status::Success
    } else {
        Status::Failure
    }
}

/// Inside a loop, what runs because of a test on a secret tells about it.
fn chosen(mut state: State) -> State {
    if state.process.loops > 0 && state.process.status_taint.is_some() {
        state.choice = state.choice.join(&state.process.status_taint);
    }
    state.process.status_taint = Taint::NONE;
    state
}

pub(crate) fn restore(state: &mut State, saved: &[(u32, Option<Descriptor>)]) {
    for (number, descriptor) in saved {
        match descriptor {
            Some(descriptor) => state.process.open(*number, descriptor.clone()),
            None => state.process.close(*number),
        }
    }
}

/// All states joined.
pub(crate) fn joined(flows: Vec<Flow>) -> Option<State> {
    let mut flows = flows.into_iter();
    let first = flows.next()?.state;
    Some(flows.fold(first, |all, flow| {
        if all.same(&flow.state) {
            all
        } else {
            all.join(&flow.state)
        }
    }))
}

/// The same ways, the equal ones once, and no more than a few.
pub(crate) fn merged(flows: Vec<Flow>) -> Vec<Flow> {
    if flows.len() < 2 {
        return flows;
    }
    let mut all: Vec<Flow> = Vec::new();
    for flow in flows {
        let same = all.iter_mut().find(|other| {
            other.jump == flow.jump
                && other.state.choice == flow.state.choice
                && other.state.same(&flow.state)
        });
        match same {
            Some(other) => other.status = other.status.join(flow.status),
            None => all.push(flow),
        }
    }
    while all.len() > MAX_FLOWS {
        // Those that are most alike: leaving in the same manner, in the same directory, with the same status.
        let mut pair = None;
        'search: for rank in 0..3 {
            for a in 0..all.len() {
                for b in a + 1..all.len() {
                    let (x, y) = (&all[a], &all[b]);
                    let alike = x.jump == y.jump
                        && (rank > 1 || x.state.process.cwd == y.state.process.cwd)
                        && (rank > 0 || x.status == y.status);
                    if alike {
                        pair = Some((a, b));
                        break 'search;
                    }
                }
            }
        }
        let Some((a, b)) = pair else { break };
        let other = all.remove(b);
        let first = &mut all[a];
        first.state = first.state.join(&other.state);
        first.status = first.status.join(other.status);
    }
    all
}
