//! Join (least upper bound) of abstract states, and equality up to what can be observed.
//!
//! The join keeps both sides: of variables, functions, links and descriptors.

use std::rc::Rc;
use std::sync::Arc;

use crate::domain::map::{Join, Joined};
use crate::domain::state::{
    DefinedFunction, Hidden, Job, OpenDescriptor, Process, RareState, State, Variable, next_number,
};
use crate::domain::symbol::SymbolId;
use crate::domain::traps::joined_traps;
use crate::domain::value::{JoinValues, Taint, Value};
use crate::shell::is_name;

impl State {
    /// Joins two states.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        Self {
            process: self.process.join(&other.process),
            files: self.files.join(&other.files),
            choice: self.choice.join(&other.choice),
        }
    }

    /// Whether both have the same secrets in the same places. The texts of public values may differ.
    pub(crate) fn same_secrets(&self, other: &Self) -> bool {
        let taint = |variable: Option<&Variable>| variable.map_or(Taint::NONE, Variable::taint);
        let (a, b) = (&self.process.variables, &other.process.variables);
        a.all_differences(b, Variable::TAINT, &mut |_, a, b| taint(a) == taint(b))
            && self.process.any_variable == other.process.any_variable
            && self.files.same_secrets(&other.files)
    }

    /// Whether the values of variables and files have the same shape: known, unknown or one of several. While the shape changes, an
    /// iteration of a loop still hands something to the next: the fixpoint is not reached yet.
    pub(crate) fn same_shapes(&self, other: &Self) -> bool {
        let (a, b) = (&self.process.variables, &other.process.variables);
        let shape = |variable: Option<&Variable>| variable.map(|one| one.value.shape());
        let same_variables =
            a.len() == b.len() && a.all_differences(b, 0, &mut |_, a, b| shape(a) == shape(b));
        same_variables && self.files.same_shapes(&other.files)
    }

    /// Whether the two are indistinguishable.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let (a, b) = (&self.process, &other.process);
        a.variables == b.variables
            && (Rc::ptr_eq(&a.positional, &b.positional) || a.positional == b.positional)
            && a.cwd == b.cwd
            && (Rc::ptr_eq(&a.aside, &b.aside) || a.aside.logical_cwd == b.aside.logical_cwd)
            && (Rc::ptr_eq(&a.functions, &b.functions) || a.functions == b.functions)
            && (Rc::ptr_eq(&a.descriptors, &b.descriptors) || a.descriptors == b.descriptors)
            && a.options == b.options
            && (Rc::ptr_eq(&a.traps, &b.traps) || a.traps == b.traps)
            && a.stack == b.stack
            && a.any_variable == b.any_variable
            && self.files.same(&other.files)
    }
}

struct JoinVariables<'p> {
    mine: &'p Process,
    theirs: &'p Process,
}

impl Join<Rc<str>, Variable> for JoinVariables<'_> {
    fn both(&mut self, _: &Rc<str>, mine: &Variable, theirs: &Variable) -> Joined<Variable> {
        if mine == theirs {
            return Joined::Mine;
        }
        let joined = mine.join(theirs);
        if joined == *mine {
            Joined::Mine
        } else {
            Joined::New(joined)
        }
    }

    fn only_mine(&mut self, name: &Rc<str>, mine: &Variable) -> Option<Variable> {
        let either = mine.or_unset(self.theirs, name);
        (either != *mine).then_some(either)
    }

    fn only_theirs(&mut self, name: &Rc<str>, theirs: &Variable) -> Option<Variable> {
        Some(theirs.or_unset(self.mine, name))
    }
}

/// Joins the background jobs: equal numbers are one job.
struct JoinJobs;

impl Join<u64, Job> for JoinJobs {
    fn both(&mut self, _: &u64, _: &Job, _: &Job) -> Joined<Job> {
        Joined::Mine
    }

    fn only_mine(&mut self, _: &u64, _: &Job) -> Option<Job> {
        None
    }

    fn only_theirs(&mut self, _: &u64, theirs: &Job) -> Option<Job> {
        Some(theirs.clone())
    }
}

/// Joins the unset variables, each with whether it is unset on every path.
struct JoinTaken;

impl Join<Rc<str>, bool> for JoinTaken {
    fn both(&mut self, _: &Rc<str>, mine: &bool, theirs: &bool) -> Joined<bool> {
        if *mine && !theirs {
            Joined::New(false)
        } else {
            Joined::Mine
        }
    }

    fn only_mine(&mut self, _: &Rc<str>, mine: &bool) -> Option<bool> {
        mine.then_some(false)
    }

    fn only_theirs(&mut self, _: &Rc<str>, _: &bool) -> Option<bool> {
        Some(false)
    }
}

impl Process {
    fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        let mut variables = JoinVariables {
            mine: self,
            theirs: other,
        };
        // Only `theirs` matters for what stays as it is.
        let context = other.initial;
        all.variables = (self.variables).join(&other.variables, context, &mut variables);
        if self.positional != other.positional {
            let (a, b) = (&self.positional, &other.positional);
            let either = |n: usize| match (a.get(n), b.get(n)) {
                (Some(a), Some(b)) => a.join(b),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => Value::empty(),
            };
            all.positional = Rc::new((0..a.len().max(b.len())).map(either).collect());
        }
        all.name = self.name.join(&other.name);
        if !Rc::ptr_eq(&self.functions, &other.functions) {
            let functions = Rc::make_mut(&mut all.functions);
            for (name, mine) in functions.iter_mut() {
                match other.functions.get(name) {
                    Some(theirs) if *mine == *theirs => {}
                    Some(theirs) => *mine = mine.join(theirs),
                    None => mine.maybe_unset = true,
                }
            }
            for (name, function) in other.functions.iter() {
                if !functions.contains_key(name) {
                    let mut function = function.clone();
                    function.maybe_unset = true;
                    functions.insert(name.clone(), function);
                }
            }
        }
        all.cwd = self.cwd.join(&other.cwd);
        all.cwd_is_assumed &= other.cwd_is_assumed;
        if self.descriptors != other.descriptors {
            let descriptors = Rc::make_mut(&mut all.descriptors);
            for (number, theirs) in other.descriptors.iter() {
                let either = match descriptors.get(number) {
                    Some(mine) if mine == theirs => continue,
                    Some(mine) => mine.join(theirs),
                    None => theirs.clone(),
                };
                descriptors.insert(*number, either);
            }
        }
        all.loops = self.loops.max(other.loops);
        all.rounds = self.rounds.max(other.rounds);
        all.options.glob_is_uncertain |=
            other.options.glob_is_uncertain || self.options.noglob != other.options.noglob;
        all.options.noglob &= other.options.noglob;
        all.options.noexec &= other.options.noexec;
        all.options.nounset &= other.options.nounset;
        all.options.errexit &= other.options.errexit;
        all.options.noclobber |= other.options.noclobber;
        all.options.xtrace |= other.options.xtrace;
        all.options.verbose |= other.options.verbose;
        all.options.allexport |= other.options.allexport;
        all.options.pipefail &= other.options.pipefail;
        all.options.errtrace |= other.options.errtrace;
        all.options.functrace |= other.options.functrace;
        all.options.inherit_errexit &= other.options.inherit_errexit;
        all.options.lastpipe |= other.options.lastpipe;
        all.traps = joined_traps(&self.traps, &other.traps);
        all.stack = self.stack.join(&other.stack, 0, &mut JoinValues);
        if !Rc::ptr_eq(&self.aside, &other.aside) {
            Rc::make_mut(&mut all.aside).join(&other.aside);
        }
        all.any_variable = self.any_variable.join(&other.any_variable);
        let is_initial_kept = self.aside.taken.is_shared_with(&all.aside.taken)
            && self.any_variable == all.any_variable;
        if !is_initial_kept {
            all.initial = next_number();
        }
        if self.locals != other.locals {
            all.join_locals(other);
        }
        all.last_argument = self.last_argument.join(&other.last_argument);
        all.status = self.status.join(other.status);
        all.status_taint = self.status_taint.join(&other.status_taint);
        all
    }
}

impl Process {
    /// Joins the variables that functions shadowed. A variable that only one path shadowed may have either value after the function, so it
    /// gets both now.
    fn join_locals(&mut self, other: &Self) {
        let mine = std::mem::take(&mut self.locals);
        let mut frames = (*mine).clone();
        for (index, frame) in frames.iter_mut().enumerate() {
            let theirs = other.locals.get(index).cloned().unwrap_or_default();
            let is_in = |frame: &Hidden, name: &str| frame.iter().any(|(own, _)| **own == *name);
            let (both, one): (Hidden, Hidden) = std::mem::take(frame)
                .into_iter()
                .partition(|(name, _)| !is_name(name) || is_in(&theirs, name));
            for (name, hidden) in both {
                let there = theirs.iter().find(|(own, _)| *own == name);
                let joined = match (hidden, there.and_then(|(_, hidden)| hidden.as_ref())) {
                    (Some(mine), Some(theirs)) => Some(mine.join(theirs)),
                    (one, other) => one.or_else(|| other.cloned()),
                };
                frame.push((name, joined));
            }
            let others = theirs.into_iter().filter(|(name, _)| {
                is_name(name)
                    && !is_in(frame, name)
                    && !mine[index].iter().any(|(own, _)| own == name)
            });
            let others: Hidden = one.into_iter().chain(others).collect();
            for (name, hidden) in others {
                let Some(hidden) = hidden else { continue };
                let either = match self.variables.get(&name) {
                    Some(now) => now.join(&hidden),
                    None => hidden,
                };
                self.set(&name, either);
            }
        }
        self.locals = Rc::new(frames);
    }
}

impl RareState {
    fn join(&mut self, other: &Self) {
        self.jobs = self.jobs.join(&other.jobs, 0, &mut JoinJobs);
        self.taken = self.taken.join(&other.taken, 0, &mut JoinTaken);
        self.command_lines = self.command_lines.join(&other.command_lines);
        self.environments = self.environments.join(&other.environments);
        self.initial_environment = self.initial_environment.join(&other.initial_environment);
        if self.logical_cwd != other.logical_cwd {
            self.logical_cwd = None;
        }
    }
}

impl Variable {
    /// Joins with the case that a path did not set it.
    fn or_unset(&self, there: &Process, name: &str) -> Self {
        let mut either = self.clone();
        either.maybe_unset = true;
        if is_name(name) && !there.aside.taken.contains_key(name) {
            let initial = SymbolId::initial(there.step, name);
            let initial = Value::unknown(initial, there.any_variable.clone());
            either.value = either.value.join(&initial);
        } else if is_name(name) {
            either.value = either.value.join(&Value::empty());
        }
        either
    }

    fn join(&self, other: &Self) -> Self {
        let elements = match (&self.elements, &other.elements) {
            (Some(a), Some(b)) => Some(a.join(b)),
            (Some(one), _) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        };
        Self {
            value: self.value.join(&other.value),
            elements,
            exported: self.exported || other.exported,
            refers_to: self.refers_to.clone().or_else(|| other.refers_to.clone()),
            maybe_unset: self.maybe_unset || other.maybe_unset,
            integer: self.integer || other.integer,
            associative: self.associative && other.associative,
            readonly: self.readonly || other.readonly,
        }
    }
}

impl DefinedFunction {
    /// Joins two exit statuses.
    fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.maybe_unset |= other.maybe_unset;
        let mut next = Some(other);
        while let Some(one) = next {
            if !all.has(one) {
                all.or = Some(Rc::new(Self {
                    or: all.or.take(),
                    ..one.clone()
                }));
            }
            next = one.or.as_deref();
        }
        all
    }

    fn has(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.body, &other.body) || self.or.as_ref().is_some_and(|or| or.has(other))
    }
}

impl OpenDescriptor {
    /// Joins two descriptors: a write goes to both.
    fn join(&self, other: &Self) -> Self {
        let each = |descriptor: &Self| match descriptor {
            Self::Either(all) => all.to_vec(),
            one => vec![one.clone()],
        };
        let mut all = each(self);
        for one in each(other) {
            if let (Self::Input(theirs), Some(Self::Input(mine))) = (&one, all.first_mut()) {
                *mine = mine.join(theirs);
            } else if !all.contains(&one) {
                all.push(one);
            }
        }
        match all.as_slice() {
            [one] => one.clone(),
            _ => Self::Either(all.into()),
        }
    }
}
