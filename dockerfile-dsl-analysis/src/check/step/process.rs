//! The initial process of a step: its variables, its home, its directory.
//!
//! In: the stage so far. Out: a process. Settings that only the base image knows follow the assumption of this walk.

use std::rc::Rc;

use crate::bases::{Base, Guess};
use crate::check::{StageState, Walk};
use crate::domain::{Node, Process, Site, Value, Variable, home_of};

impl Walk<'_> {
    /// Returns the initial process of a step.
    pub(super) fn process(&self, stage: &StageState, step: Site) -> Process {
        let environment = &stage.environment;
        let mut process = Process::new(Value::known(environment.workdir()), step);
        process.cwd_is_assumed = stage.workdir_is_assumed;
        process.variables = stage.variables.clone();
        // The environment has precedence.
        let mut set = |name: &str, value: &str| {
            if environment.variable(name).is_none() {
                let mut variable = Variable::new(Value::known(value));
                variable.exported = true;
                process.set(name, variable);
            }
        };
        set("HOME", &self.home(stage));
        if stage.base.is_none() {
            for name in Guess::tool_homes() {
                if let Some(place) = self.guess.tool_home(name) {
                    set(name, &place);
                }
            }
        }
        // The others are unset.
        let mut taken = Guess::unset_tool_homes();
        for name in Guess::tool_homes() {
            let sets = |base: &Rc<Base>| base.sets(name);
            if process.variable(name).is_some() || stage.base.as_ref().is_some_and(sets) {
                taken.remove(name);
            }
        }
        process.begin_without(taken);
        process
    }

    /// Returns HOME if the stage's ENV does not set it: the home directory in `/etc/passwd`.
    fn home(&self, stage: &StageState) -> String {
        let user = stage.environment.user().split(':').next();
        let user = user.unwrap_or_default();
        let guess = |usual: String| {
            self.asked.home(&usual);
            self.guess.home(&usual)
        };
        if matches!(user, "" | "root" | "0") {
            let home = "/root".to_owned();
            return if stage.base.is_some() {
                home
            } else {
                guess(home)
            };
        }
        let made = match stage.files.entry(&home_of(user)).map(|entry| &entry.node) {
            Some(Node::Link(home)) => Some(home.literal().unwrap_or_default().into_owned()),
            _ => None,
        };
        match (&stage.base, made) {
            (Some(_), Some(home)) => home,
            (Some(base), None) => {
                let home = base.home_of(user).map(str::to_owned);
                home.unwrap_or_else(|| guess(usual_home(user)))
            }
            // The ENV of an image has precedence.
            (None, made) => guess(made.unwrap_or_else(|| usual_home(user))),
        }
    }
}

/// Returns the home directory of a user that no instruction created: the root directory for a number that is not in `/etc/passwd`.
fn usual_home(user: &str) -> String {
    if user.bytes().all(|byte| byte.is_ascii_digit()) {
        "/".to_owned()
    } else {
        format!("/home/{user}")
    }
}
