//! Interpreter of lists, pipelines and compound commands.
//!
//! In: a subtree and the states before it. Out: the [`Flow`]s after it: a state, the exit status of the last command, and how control
//! continues. Both paths of a branch are followed as long as their states differ; beyond [`super::MAX_FLOWS`] they are joined.

use std::rc::Rc;

use crate::domain::Allocator;
use crate::domain::map::PersistentMap;
use crate::domain::state::{
    DefinedFunction, Job, OpenDescriptor, State, Status, Variable, next_number,
};
use crate::domain::value::{Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::domain::{Doubt, Sink};
use crate::interpreter::Machine;
use crate::interpreter::branch::{enter_branch, leave_branch};
use crate::interpreter::frame::Frame;
use crate::interpreter::redirect::restore;
use crate::shell::{
    AndOr, Command, CommandKind, Connector, Item, List, Opaque, Pipe, Pipeline, Terminator,
};

/// If one path jumps out of a branch, the remaining paths are control-dependent on the same test.
fn taint_fallthrough(flows: &mut [Flow]) {
    let jumped = flows.iter().filter(|flow| flow.jump != Jump::None);
    let told: Taint = jumped.map(|flow| flow.state.choice.clone()).collect();
    if told.is_some() {
        for flow in flows.iter_mut().filter(|flow| flow.jump == Jump::None) {
            flow.state.choice = flow.state.choice.join(&told);
        }
    }
}

/// Max. nesting of commands, counting function calls, evaluated texts, and programs that run programs. A browser gives WebAssembly a
/// stack of 1 MiB, of which a level takes up to 5 KiB.
const MAX_NESTING: u32 = if cfg!(target_family = "wasm") {
    100
} else {
    400
};

impl Machine<'_> {
    /// Merges the paths between two commands of an `&&`/`||` list, so that a list of n commands costs n steps instead of 2^n. Paths that
    /// skipped the last pipeline stay separate from those that ran it: `set -e` treats them differently.
    fn merged_by_short_circuit(&self, flows: Vec<(Flow, bool)>) -> Vec<(Flow, bool)> {
        let (skipped, ran): (Vec<_>, Vec<_>) = flows.into_iter().partition(|(_, skipped)| *skipped);
        let tag = |flows: Vec<(Flow, bool)>, skipped: bool| {
            let flows = self.merged(flows.into_iter().map(|(flow, _)| flow).collect());
            flows.into_iter().map(move |flow| (flow, skipped))
        };
        tag(skipped, true).chain(tag(ran, false)).collect()
    }

    /// Runs a list on each path that continues. `exempt`: `set -e` is ignored.
    pub(crate) fn list(&mut self, list: &List, mut flows: Vec<Flow>, exempt: bool) -> Vec<Flow> {
        flows = self.joined_if_widened(flows);
        for item in &list.items {
            if flows.iter().all(|flow| flow.jump != Jump::None) {
                break;
            }
            flows = self.item(item, flows, exempt);
        }
        flows
    }

    /// Runs an element of a list on each path that continues.
    pub(super) fn item(&mut self, item: &Item, flows: Vec<Flow>, exempt: bool) -> Vec<Flow> {
        let mut after = Vec::new();
        for flow in flows {
            if flow.jump != Jump::None {
                after.push(flow);
                continue;
            }
            if self.budget == 0 {
                self.log.exhausted = true;
                after.push(flow);
                continue;
            }
            match item.terminator {
                Terminator::Sequential => {
                    let mut ran = self.and_or(&item.and_or, flow.state, exempt);
                    taint_fallthrough(&mut ran);
                    after.extend(ran);
                }
                Terminator::Background => {
                    let mut state = flow.state;
                    let mut process = state.process.clone();
                    // A subshell has no jobs. If each job held those before it, to free the last one would take a stack frame a job.
                    if !process.aside.jobs.is_empty() {
                        Rc::make_mut(&mut process.aside).jobs = PersistentMap::default();
                    }
                    let job = Job {
                        command: Rc::new(item.and_or.clone()),
                        process,
                        files: state.files.clone(),
                        base: self.frame.base,
                    };
                    let run = |machine: &mut Self| {
                        machine.subshell(state.clone(), &mut |machine, inner| {
                            machine.and_or(&item.and_or, inner, true)
                        })
                    };
                    let left = self.within(|frame| frame.background += 1, run);
                    let files = left.files;
                    self.late.statuses = self.late.statuses.join(&left.status_taint);
                    let aside = Rc::make_mut(&mut state.process.aside);
                    aside.command_lines = aside.command_lines.join(&self.log.background_lines);
                    aside.environments = aside.environments.join(&self.log.background_environments);
                    // A background job ends at an unknown time: the following commands may see its effects or not, until the shell
                    // waits.
                    if !files.same(&state.files) {
                        self.late.files.push(files.without(&state.files));
                        state.files = state.files.join(&files);
                    }
                    let jobs = &mut Rc::make_mut(&mut state.process.aside).jobs;
                    jobs.insert(next_number(), job);
                    after.push(Flow::new(state, Status::Success));
                }
            }
        }
        self.merged(after)
    }

    /// Completes background jobs that may still be running, on the current content of the files.
    pub(crate) fn finish_jobs(&mut self, state: &mut State) {
        // If widened, the completion of the outermost job executes the jobs in it once more.
        if state.process.aside.jobs.is_empty() || self.is_widened() && self.frame.background > 0 {
            return;
        }
        let is_widened = u32::from(self.is_widened());
        let jobs = std::mem::take(&mut Rc::make_mut(&mut state.process.aside).jobs);
        for job in jobs.values() {
            if job.files.same_contents(&state.files) {
                continue;
            }
            let inner = State {
                process: job.process.clone(),
                ..state.clone()
            };
            let run = |machine: &mut Self| {
                machine.subshell(inner, &mut |machine, inner| {
                    machine.and_or(&job.command, inner, true)
                })
            };
            let job = |frame: &mut Frame| {
                frame.base = job.base;
                frame.background += is_widened;
            };
            let left = self.within(job, run);
            state.files = state.files.join(&left.files);
        }
    }

    fn and_or(&mut self, and_or: &AndOr, state: State, exempt: bool) -> Vec<Flow> {
        let last = and_or.rest.len();
        let first = self.pipeline(&and_or.first, state, exempt || last > 0);
        // Each path with whether the last pipeline was skipped.
        let mut flows: Vec<(Flow, bool)> = first.into_iter().map(|flow| (flow, false)).collect();
        let mut negated = and_or.first.negated;
        for (index, (connector, pipeline)) in and_or.rest.iter().enumerate() {
            let mut after = Vec::new();
            let mut running = Vec::new();
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
                    running.push(flow);
                }
            }
            for flow in self.joined_if_widened(running) {
                let outer = flow.state.choice.clone();
                let state = enter_branch(flow.state);
                let ran = self.pipeline(pipeline, state, exempt || index + 1 < last);
                after.extend(ran.into_iter().map(|mut flow| {
                    leave_branch(&mut flow.state, flow.jump, &outer);
                    (flow, false)
                }));
            }
            flows = self.merged_by_short_circuit(after);
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
                all.push(Flow::new(enter_branch(flow.state.clone()), Status::Success));
            }
            self.fail(enter_branch(flow.state), &mut all);
        }
        all
    }

    /// `set -e` ends the shell here. If nothing remains to run and the step fails, its files are discarded.
    fn fail(&mut self, state: State, all: &mut Vec<Flow>) {
        if self.frame.subshells > 0 || state.process.traps.contains_key("EXIT") {
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
            commands => 'ran: {
                let before = state.clone();
                let mut input = before
                    .process
                    .descriptors
                    .get(&0)
                    .cloned()
                    .unwrap_or(OpenDescriptor::Null);
                let mut status = Status::Success;
                let (mut told, mut each) = (Taint::NONE, Taint::NONE);
                for (index, command) in commands.iter().enumerate() {
                    let mut inner = before.clone();
                    inner.files = state.files.clone();
                    inner.process.open(0, input.clone());
                    let number = self.births.content();
                    let pipe = pipeline.pipes.get(index);
                    let options = before.process.options;
                    if pipe.is_none() && options.lastpipe && options.bash {
                        let saved = before.process.descriptors.get(&0).cloned();
                        let mut flows = self.command(command, inner, exempt);
                        for flow in &mut flows {
                            restore(&mut flow.state, &[(0, saved.clone())]);
                        }
                        break 'ran flows;
                    }
                    if let Some(pipe) = pipe {
                        inner.files.set_content(number, Value::empty());
                        inner.process.open(1, OpenDescriptor::Content(number));
                        if *pipe == Pipe::OutputAndError {
                            inner.process.open(2, OpenDescriptor::Content(number));
                        }
                    }
                    let left = self.subshell(inner, &mut |machine, inner| {
                        machine.command(command, inner, exempt)
                    });
                    let ended = left.status;
                    state.files = left.files;
                    input = OpenDescriptor::Input(state.files.take_content(number));
                    let counts = pipe.is_none() || before.process.options.pipefail;
                    if counts {
                        told = told.join(&left.status_taint);
                    }
                    each = each.join(&left.status_taint);
                    status = match (counts, pipe.is_none()) {
                        (true, true) if before.process.options.pipefail && status.may_fail() => {
                            status.join(ended)
                        }
                        (true, _) => ended,
                        (false, _) => Status::Success,
                    };
                }
                state.process.status_taint = told;
                if each.is_some() && state.process.options.bash {
                    let statuses = Variable::new(self.unknown(each));
                    state.process.set("PIPESTATUS", statuses);
                }
                vec![Flow::new(state, status)]
            }
        };
        let fails_as_a_whole = match pipeline.commands.as_slice() {
            [command] => matches!(
                command.kind,
                CommandKind::Subshell(_) | CommandKind::Conditional(_) | CommandKind::Arithmetic(_)
            ),
            _ => true,
        };
        if fails_as_a_whole && !exempt && !pipeline.negated {
            flows = self.run_error_traps(flows);
        }
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

    pub(crate) fn command(
        &mut self,
        command: &Command,
        mut state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        self.budget = self.budget.saturating_sub(1);
        self.steps += 1;
        if self.is_over_steps() {
            self.budget = 0;
        }
        if self.is_too_deep() {
            return vec![Flow::new(state, Status::Either)];
        }
        let births = if self.frame.repeatable > 0 {
            // All commands of an evaluated text share one site.
            if self.frame.depth > 0 {
                state.files.begin_execution();
            }
            let site = self.births.beside(command.span);
            if self.is_in_rounds() && self.frame.depth == 0 {
                Allocator::for_all_executions(site)
            } else {
                Allocator::again(site, &state.files)
            }
        } else {
            Allocator::at(self.births.beside(command.span))
        };
        let outer = std::mem::replace(&mut self.births, births);
        let flows = self.within(
            |frame| frame.nesting += 1,
            |machine| machine.command_of_kind(command, state, exempt),
        );
        self.births = outer;
        flows
    }

    /// Runs a command that another one was given: `cat` of `env cat`.
    pub(super) fn deeper(
        &mut self,
        state: State,
        run: impl FnOnce(&mut Self, State) -> Vec<Flow>,
    ) -> Vec<Flow> {
        self.budget = self.budget.saturating_sub(1);
        if self.is_too_deep() {
            return vec![Flow::new(state, Status::Either)];
        }
        self.within(|frame| frame.nesting += 1, |machine| run(machine, state))
    }

    /// Whether the nesting or the steps so far end the run, which is recorded.
    fn is_too_deep(&mut self) -> bool {
        let is_too_deep = self.frame.nesting >= MAX_NESTING || self.budget == 0;
        self.log.exhausted |= is_too_deep;
        is_too_deep
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
                let ways = self.subshell_ways(state.clone(), &mut |machine, inner| {
                    machine.list(list, vec![Flow::new(inner, Status::Success)], exempt)
                });
                let back = |way: Flow| {
                    let mut state = state.clone();
                    state.files = way.state.files;
                    state.process.status_taint = way.state.process.status_taint;
                    if way.jump != Jump::None {
                        let told = &state.process.status_taint;
                        state.process.status_taint = told.join(&way.state.choice);
                    }
                    Flow::new(state, way.status)
                };
                self.merged(ways.into_iter().map(back).collect())
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
                // The text around it has the same taint as its own.
                let computed = self
                    .holes
                    .values
                    .get(self.frame.base..)
                    .filter(|_| self.frame.depth > 0);
                let holes = computed.unwrap_or_default();
                let defined = DefinedFunction {
                    body: function.body.clone(),
                    base: self.frame.base,
                    text: Taint::of_all(holes),
                    or: None,
                    maybe_unset: false,
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

    fn opaque_syntax(&mut self, opaque: &Opaque, mut state: State, exempt: bool) -> Vec<Flow> {
        for word in &opaque.words {
            self.value(&mut state, word);
        }
        let taint = state.everything();
        let sink = Sink::Syntax {
            construct: opaque.keyword.text.as_ref().into(),
            why: Doubt::NotModelled,
        };
        self.event(sink, &taint, opaque.keyword.span, None);
        self.command(&opaque.body, state, exempt)
    }
}
