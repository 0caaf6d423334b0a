//! Branches: `if`, `case`, `[[ .. ]]`, and control dependence.
//!
//! In: a branch and the state before it. Out: one path per feasible branch. A single test of a secret is not reported. In a loop with many
//! iterations, commands that are control-dependent on a test of a secret could write it out bit by bit (implicit flow). There the exit
//! status of the test has a taint, and a branch adds it to everything that it controls.

use crate::domain::pattern;
use crate::domain::state::{Elements, State, Status, Variable};
use crate::domain::value::{Share, Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::domain::{About, Cause};
use crate::interpreter::Machine;
use crate::interpreter::arithmetic::names_in;
use crate::interpreter::builtins::names_a_piece;
use crate::shell::{Case, CaseEnd, Conditional, ConditionalKind, If, List};

/// Number of paths through the arms of an `if` from which on they are merged before the end.
const MANY_PATHS: usize = 32;

impl Machine<'_> {
    pub(super) fn branch(&mut self, branch: &If, state: State, exempt: bool) -> Vec<Flow> {
        let mut all = Vec::new();
        let mut waiting = vec![Flow::new(state, Status::Success)];
        for (condition, body) in &branch.arms {
            let tested = self.list(condition, std::mem::take(&mut waiting), true);
            for flow in self.joined_if_widened(tested) {
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
            if all.len() > MANY_PATHS {
                all = self.merged(all);
            }
        }
        for flow in self.joined_if_widened(waiting) {
            match &branch.otherwise {
                Some(body) => all.extend(self.chosen_list(body, flow.state, exempt)),
                None => all.push(Flow::new(flow.state, Status::Success)),
            }
        }
        self.merged(all)
    }

    /// Runs a body that a test controls. Inside a loop its writes depend on the test (implicit flow).
    pub(super) fn chosen_list(&mut self, body: &List, state: State, exempt: bool) -> Vec<Flow> {
        let outer = state.choice.clone();
        let state = enter_branch(state);
        let mut flows = self.list(body, vec![Flow::new(state, Status::Success)], exempt);
        for flow in &mut flows {
            leave_branch(&mut flow.state, flow.jump, &outer);
        }
        flows
    }

    pub(super) fn case(&mut self, case: &Case, mut state: State, exempt: bool) -> Vec<Flow> {
        let subject = self.value(&mut state, &case.subject);
        let known = subject.literal().map(|text| text.into_owned());
        let mut all = Vec::new();
        // States that no pattern has matched yet, and states that fall through.
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
            let running = running
                .into_iter()
                .map(|state| Flow::new(state, Status::Success));
            for flow in self.joined_if_widened(running.collect()) {
                for flow in self.chosen_list(&arm.body, flow.state, exempt) {
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
            all = self.merged(all);
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
        self.merged(all)
    }

    /// `[[ .. ]]`
    pub(super) fn conditional(&mut self, state: &mut State, conditional: &Conditional) -> Status {
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
                    _ => {
                        names_a_piece(state, &value);
                        Status::Either
                    }
                }
            }
            ConditionalKind::Binary(left, operator, right) => {
                let left = self.value(state, left);
                let (text, taint) = self.pattern(state, right);
                self.trace_condition(state, &left, conditional.span);
                self.trace_condition(state, &Value::nameless(taint.clone()), conditional.span);
                state.process.status_taint =
                    state.process.status_taint.join(&left.taint()).join(&taint);
                if &*operator.text == "=~" {
                    // The whole text, and the match of each group.
                    let value = self.unknown(left.taint());
                    let mut groups = Variable::new(value.clone());
                    groups.elements = Some(Elements::of_unknown_keys(value));
                    state.process.set("BASH_REMATCH", groups);
                    return Status::Either;
                }
                let numeric = matches!(
                    &*operator.text,
                    "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge"
                );
                if numeric {
                    let mut both = left.taint().join(&taint);
                    for text in [left.literal().as_deref(), text.as_deref()] {
                        for name in names_in(text.unwrap_or_default()) {
                            both = both.join(&state.process.number_behind(name));
                        }
                    }
                    state.output(
                        self,
                        2,
                        &Value::nameless(both),
                        conditional.span,
                        &Cause::ShellMessage(About::NotANumber),
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

    pub(super) fn trace_condition(&mut self, state: &mut State, value: &Value, span: crate::Span) {
        if state.process.options.xtrace {
            self.trace(state, value, span);
        }
    }

    /// Returns the exit status of a test for emptiness.
    pub(crate) fn emptiness(&mut self, state: &mut State, value: &Value) -> Status {
        if value.taint().share() == Share::Probe {
            state.process.status_taint = state.process.status_taint.join(&value.taint());
        }
        match value.literal() {
            Some(text) => status_of(text.is_empty()),
            None if value.may_be_empty() => Status::Either,
            None => Status::Failure,
        }
    }
}

pub(crate) const fn status_of(yes: bool) -> Status {
    if yes {
        Status::Success
    } else {
        Status::Failure
    }
}

/// Enters a branch: inside a loop, adds the taint of the test to the control dependence.
pub(super) fn enter_branch(mut state: State) -> State {
    if state.process.is_often_repeated() && state.process.status_taint.is_some() {
        state.choice = state.choice.join(&state.process.status_taint);
    }
    state.process.status_taint = Taint::NONE;
    state
}

/// Leaves a branch: restores the outer control dependence. A jump out of the branch keeps it.
pub(super) fn leave_branch(state: &mut State, jump: Jump, outer: &Taint) {
    if state.choice.is_none() {
        return;
    }
    state.process.status_taint = state.process.status_taint.join(&state.choice);
    if jump == Jump::None {
        state.choice = outer.clone();
    }
}
