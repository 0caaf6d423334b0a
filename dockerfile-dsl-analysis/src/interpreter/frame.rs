//! The interpreter's position in the nesting of a script: settings of the current command, restored after it.

use std::rc::Rc;

use crate::interpreter::Machine;

/// Settings that are saved before a nested command and restored after it: see [`Machine::within`].
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Nesting depth of evaluated texts.
    pub(super) depth: u32,
    /// Nesting depth of commands, counting functions and evaluated texts.
    pub(super) nesting: u32,
    /// Nesting depth of code that may run again: functions, loops, evaluated texts.
    pub(super) repeatable: u32,
    pub(super) subshells: u32,
    /// Nesting depth of background jobs.
    pub(super) background: u32,
    /// Index of the first hole of the current text.
    pub(super) base: usize,
    /// Output process substitutions wait while this is not 0.
    pub(super) holding: u32,
    /// Whether `set -e` is ignored for the current simple command, and for the functions and `eval` that it runs in the same shell.
    pub(super) exempt: bool,
    /// Whether the working directory is assumed to be the root.
    pub(super) root_is_certain: bool,
    calls: Option<Rc<Running>>,
}

/// A running function, alias or script.
#[derive(Debug)]
struct Running {
    name: Rc<str>,
    caller: Option<Rc<Running>>,
}

impl Frame {
    /// Enters a function, an alias or a script.
    pub(super) fn call(&mut self, name: &str) {
        self.calls = Some(Rc::new(Running {
            name: name.into(),
            caller: self.calls.take(),
        }));
    }

    /// Whether a body that is executed with these settings yields all that it yields with those of `other`.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.exempt >= other.exempt
            && self.subshells >= other.subshells
            && self.background >= other.background
    }

    /// Takes the more general settings of `other`.
    pub(super) fn generalize(&mut self, other: &Self) {
        self.exempt |= other.exempt;
        self.subshells = self.subshells.max(other.subshells);
        self.background = self.background.max(other.background);
    }

    fn running(&self) -> impl Iterator<Item = &str> {
        let innermost = self.calls.as_deref();
        std::iter::successors(innermost, |running| running.caller.as_deref())
            .map(|running| &*running.name)
    }

    /// Returns the number of running calls with this name.
    pub(super) fn calls(&self, name: &str) -> usize {
        self.running().filter(|running| *running == name).count()
    }

    /// Returns the number of all running calls.
    pub(super) fn all_calls(&self) -> usize {
        self.running().count()
    }
}

impl Machine<'_> {
    /// Runs a function in a changed frame.
    pub(super) fn within<T>(
        &mut self,
        change: impl FnOnce(&mut Frame),
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = self.frame.clone();
        change(&mut self.frame);
        let result = run(self);
        self.frame = outer;
        result
    }
}
