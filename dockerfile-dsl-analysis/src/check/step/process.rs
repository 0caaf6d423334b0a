//! The process that a step starts with: its variables, its home, its directory.
//!
//! In: the stage so far. Out: a process, in which what only the base image knows is as the guess of this walk says.

use std::rc::Rc;

use crate::bases::{Base, Guess};
use crate::check::{Stage, Walk};
use crate::domain::{Node, Process, Site, Value, Variable, home_of};

impl Walk<'_> {
    /// The process that a step starts with.
    pub(super) fn process(&self, stage: &Stage, step: Site) -> Process {
        let environment = &stage.environment;
        let mut process = Process::new(Value::known(environment.workdir()), step);
        process.cwd_is_assumed = stage.workdir_is_assumed;
        let mut set = |name: &str, value: &str| {
            let mut variable = Variable::new(Value::known(value));
            variable.exported = true;
            process.set(name, variable);
        };
        set("HOME", &self.home(stage));
        if stage.base.is_none() {
            for name in Guess::tool_homes() {
                if let Some(place) = self.guess.tool_home(name) {
                    set(name, &place);
                }
            }
        }
        for (name, value) in environment.variables() {
            set(name, value);
        }
        for name in Guess::tool_homes() {
            let sets = |base: &Rc<Base>| base.sets(name);
            if process.variable(name).is_none() && !stage.base.as_ref().is_some_and(sets) {
                process.take(name);
            }
        }
        process
    }

    /// What HOME is unless the ENV of the stage says so: what `/etc/passwd` says of the user.
    fn home(&self, stage: &Stage) -> String {
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
            // The ENV of an image goes before.
            (None, made) => guess(made.unwrap_or_else(|| usual_home(user))),
        }
    }
}

/// The home of a user whom nobody made: the root directory for a number that `/etc/passwd` does not have.
fn usual_home(user: &str) -> String {
    if user.bytes().all(|byte| byte.is_ascii_digit()) {
        "/".to_owned()
    } else {
        format!("/home/{user}")
    }
}
