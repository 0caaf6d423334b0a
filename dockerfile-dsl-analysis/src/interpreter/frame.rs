//! Where in the nesting of a script the interpreter is: what holds inside a command, and is as before behind it.

use std::rc::Rc;

use crate::interpreter::Machine;

/// What is saved before something nested is run, and restored behind it: see [`Machine::within`].
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Of texts that are evaluated in texts.
    pub(super) depth: u32,
    /// Of commands in commands, functions and texts counted.
    pub(super) nesting: u32,
    /// Of what may be executed again: functions, loops, evaluated texts.
    pub(super) repeatable: u32,
    pub(super) subshells: u32,
    /// Of commands that the shell does not wait for.
    pub(super) background: u32,
    /// The holes of the text that is run are those from here on.
    pub(super) base: usize,
    /// While this is not 0, process substitutions for output wait.
    pub(super) holding: u32,
    /// `set -e` does not count for the simple command that is run, nor in what it runs in the shell itself: functions, `eval`.
    pub(super) exempt: bool,
    /// The working directory is taken to be the root.
    pub(super) root_is_certain: bool,
    calls: Option<Rc<Running>>,
}

/// A function, alias or script that is running.
#[derive(Debug)]
struct Running {
    name: Rc<str>,
    caller: Option<Rc<Running>>,
}

impl Frame {
    /// A function, an alias or a script of this name is running.
    pub(super) fn call(&mut self, name: &str) {
        self.calls = Some(Rc::new(Running {
            name: name.into(),
            caller: self.calls.take(),
        }));
    }

    fn running(&self) -> impl Iterator<Item = &str> {
        let innermost = self.calls.as_deref();
        std::iter::successors(innermost, |running| running.caller.as_deref())
            .map(|running| &*running.name)
    }

    /// How often something of this name is running.
    pub(super) fn calls(&self, name: &str) -> usize {
        self.running().filter(|running| *running == name).count()
    }

    /// How much is running.
    pub(super) fn all_calls(&self) -> usize {
        self.running().count()
    }
}

impl Machine<'_> {
    /// Runs something in a changed frame.
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
