//! Startup of a shell: options from `SHELLOPTS`, and startup files.
//!
//! In: the state in which a shell starts. Out: the states in which its script begins. Only files that the Dockerfile itself writes are
//! known; those of the base image are not. Source: bash(1), INVOCATION; dash(1), Invocation.

use crate::Span;
use crate::domain::state::{State, Status};
use crate::domain::value::{Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::interpreter::Machine;

impl Machine<'_> {
    /// Returns the states after the startup of a shell. `state` has the options of its command line.
    pub(crate) fn startup(&mut self, mut state: State, span: Span) -> Vec<Flow> {
        inherit_options(&mut state);
        let text = startup_text(&state);
        if text.is_empty_text() {
            return vec![Flow::new(state, Status::Success)];
        }
        let mut flows = self.evaluate(state, &text, span);
        for flow in &mut flows {
            if flow.jump == Jump::Return {
                flow.jump = Jump::None;
            }
        }
        flows
    }
}

/// bash takes the options of an exported `SHELLOPTS`, whatever name it is called by.
fn inherit_options(state: &mut State) {
    let Some(variable) = state.process.variable("SHELLOPTS") else {
        return;
    };
    if !variable.exported {
        return;
    }
    let text = variable.value.literal();
    let has = |option: &str| {
        text.as_ref()
            .is_none_or(|text| text.split(':').any(|word| word == option))
    };
    let xtrace = has("xtrace");
    // An uncertain `errexit` must not make the analysis less strict.
    let errexit = text.is_some() && has("errexit");
    let options = &mut state.process.options;
    options.xtrace |= xtrace;
    options.errexit |= errexit;
}

/// Returns the concatenated text of all startup files.
fn startup_text(state: &State) -> Value {
    let options = state.process.options;
    let mut text = Value::empty();
    let mut read = |path: &Value| {
        for path in state.files.paths(path, &state.process.cwd) {
            let key = state.files.follow(&path.key);
            if let Some(content) = state.files.read(&key)
                && state.files.entry(&key).is_some()
            {
                text = text.concat(&content).concat(&Value::known("\n"));
            }
        }
    };
    let home = state.process.variable("HOME").map(|home| &home.value);
    let of_home = |name: &str| home.map(|home| home.concat(&Value::known(name)));
    if options.login {
        read(&Value::known("/etc/profile"));
        // `/etc/profile` of every distribution sources these.
        for (key, _) in state.files.beneath(&"/etc/profile.d".into()) {
            if key.as_known().is_some_and(|path| path.ends_with(".sh")) {
                read(&key.to_value(&Taint::NONE));
            }
        }
        for name in ["/.bash_profile", "/.bash_login", "/.profile"] {
            of_home(name).iter().for_each(&mut read);
        }
    }
    if options.bash && (options.login || options.interactive) {
        // A login shell reads it through the `~/.profile` of the distributions.
        read(&Value::known("/etc/bash.bashrc"));
        of_home("/.bashrc").iter().for_each(&mut read);
    } else if options.bash
        && let Some(file) = state.process.variable("BASH_ENV")
        && file.exported
    {
        read(&file.value);
    } else if !options.bash
        && options.interactive
        && let Some(file) = state.process.variable("ENV")
        && file.exported
    {
        read(&file.value);
    }
    text
}
