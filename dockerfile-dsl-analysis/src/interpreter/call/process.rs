//! Programs that run other programs and scripts: environment, working directory, and the resulting states.

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::next_number;
use crate::domain::state::{Process, ShellOptions, State, Status, Variable};
use crate::domain::value::{Taint, Value};
use crate::domain::{Doubt, Step};
use crate::interpreter::Machine;
use crate::interpreter::call::{Call, path_value};
use crate::interpreter::evaluate::{Outcome, outcome};
use crate::programs::Effect;

impl Call<'_, '_> {
    /// Runs a command that the program received as arguments: another program, by its row or its file.
    pub(crate) fn run(&mut self, words: &[Argument]) {
        let outer = self.state.process.clone();
        if let Some(directory) = &self.directory {
            self.state.process.cwd = directory.clone();
        }
        let (state, span) = (self.state.clone(), self.span);
        let run = |machine: &mut Machine<'_>, state| machine.program(state, words, span);
        let flows = self.machine.deeper(state, run);
        self.take(outcome(flows, &outer));
    }

    /// The same, `times` times, with different words in each execution.
    pub(crate) fn run_often(&mut self, words: &[Argument], times: u32) {
        let rounds = self.state.process.rounds;
        self.state.process.rounds = rounds.saturating_mul(times);
        self.run(words);
        // Twice represents any number: the results of the first execution are then older, and distinct from those of the last.
        if times > 1 && self.status.may_succeed() {
            let once = self.state.clone();
            let words: Vec<Argument> = words.iter().map(|word| self.another(word)).collect();
            self.run(&words);
            if !once.same(&self.state) {
                self.state = once.join(&self.state);
            }
        }
        self.state.process.rounds = rounds;
        if let Some(failed) = &mut self.failed {
            failed.process.rounds = rounds;
        }
    }

    /// The same, or not at all.
    pub(crate) fn may_run_often(&mut self, words: &[Argument]) {
        let before = self.state.clone();
        self.run_often(words, u32::MAX);
        self.state = before.join(&self.state);
    }

    /// Returns the same word in another execution: a word that may be several becomes another one.
    fn another(&self, word: &Argument) -> Argument {
        if word.is_many() && word.value.literal().is_none() {
            Argument {
                value: self.machine.unknown(word.value.taint()),
                ..word.clone()
            }
        } else {
            word.clone()
        }
    }

    /// Runs a script file with positional parameters. A script with unknown content is a finding if it receives a secret. Of one that is known
    /// in part, the unknown parts are words.
    pub(crate) fn run_file(&mut self, file: &Argument, arguments: &[Argument]) {
        self.quote_in_errors(file);
        let text = self.peek(file);
        if !text.has_commands() && text.taint().is_none() {
            let mut received = self
                .state
                .process
                .environment()
                .join(&self.peek_stdin().taint());
            for argument in arguments {
                received = received
                    .join(&argument.value.taint())
                    .join(&self.peek(argument).taint());
            }
            let why = match self.is_of_project(file) {
                true => Doubt::ScriptOfContext,
                false => Doubt::UnseenScript,
            };
            received = received.join(&self.context_secrets(file));
            return self.opaque_for(&received, why);
        }
        let mut all = vec![file.clone()];
        all.extend_from_slice(arguments);
        let options = self.shell_options();
        let text = text.step(
            file.span,
            Step::ReadAsScript {
                program: self.name.clone(),
            },
        );
        let outcome = self
            .machine
            .new_shell(self.state.clone(), &text, file.span, &all, options);
        self.take(outcome);
    }

    /// Runs a text as `sh -c` does: the first argument is `$0`.
    pub(crate) fn shell(&mut self, text: &Value, span: Span, arguments: &[Argument]) {
        let options = self.shell_options();
        let outcome = self
            .machine
            .new_shell(self.state.clone(), text, span, arguments, options);
        self.take(outcome);
    }

    /// The command succeeds with its effects, or fails and changes nothing.
    pub(crate) fn fails_as(&mut self, before: State) {
        self.status = Status::Success;
        self.failed = Some(before);
    }

    pub(super) fn take(&mut self, outcome: Outcome) {
        self.has_printed = true;
        self.state = outcome.state;
        self.status = outcome.status;
        if let Some(failed) = outcome.failed {
            self.failed = Some(
                self.failed
                    .take()
                    .map_or_else(|| failed.clone(), |before| before.join(&failed)),
            );
        }
    }

    /// Returns the options and the dialect from a shell's command line.
    pub(super) fn shell_options(&self) -> ShellOptions {
        let inherited = self.state.process.options.bash && !self.has_effect(Effect::RunsPosix);
        let mut options = ShellOptions {
            bash: self.has_effect(Effect::RunsBash) || inherited,
            ..ShellOptions::default()
        };
        if self.has_effect(Effect::ShellOptions) {
            options.errexit = self.has("-e");
            options.xtrace = self.has("-x");
            options.login = (self.has("-l") || self.has("--login")) && !self.has("--noprofile");
            options.interactive = self.has("-i") && !self.has("--norc");
            options.allexport = self.has("-a");
            options.verbose = self.has("-v");
            for option in self.options("-o") {
                match option.text().as_deref() {
                    Some("xtrace") => options.xtrace = true,
                    Some("errexit") => options.errexit = true,
                    Some("pipefail") => options.pipefail = true,
                    Some("allexport") => options.allexport = true,
                    _ => {}
                }
            }
        }
        options
    }

    /// Whether the file is in a copy of the build context.
    pub(crate) fn comes_with_context(&self, file: &Argument) -> bool {
        let files = &self.state.files;
        let paths = self.paths(file);
        paths.iter().any(|path| files.is_of_context(&path.key))
    }

    /// Returns the secrets for a program from the build context: it may read every mounted secret.
    pub(crate) fn context_secrets(&self, file: &Argument) -> Taint {
        if self.comes_with_context(file) {
            return self.state.mounted_secrets();
        }
        Taint::NONE
    }

    /// Whether a program is code of the project: it is in the build context, or it has a relative path and the step did not create it.
    pub(crate) fn is_of_project(&self, file: &Argument) -> bool {
        let is_relative = !file.value.known_prefix().starts_with(['/', '~']);
        (is_relative || self.comes_with_context(file)) && !self.exists(file)
    }

    /// Returns the text of the exported environment, for a program that prints it.
    pub(crate) fn environment(&self) -> Value {
        let taint = self
            .state
            .process
            .environment()
            .join(&self.state.process.any_variable);
        self.machine.unknown(taint)
    }

    /// Returns the taint of the arguments of running processes.
    pub(crate) fn command_lines(&self) -> Taint {
        self.state.process.aside.command_lines.clone()
    }

    /// Returns the value of a variable with an unknown name.
    pub(crate) fn any_variable(&self) -> Value {
        Value::nameless(self.state.process.any_variable.clone())
    }

    /// Clears the environment.
    pub(crate) fn clear_environment(&mut self) {
        let process = &mut self.state.process;
        process.variables.change_all(|_, variable| {
            let mut own = variable.clone();
            own.exported = false;
            variable.exported.then_some(own)
        });
        process.any_variable = Taint::NONE;
        process.initial = next_number();
    }

    /// Exports a word `NAME=VALUE`. A word that may be several exports variables of unknown names.
    pub(crate) fn export_word(&mut self, word: &Argument) {
        let name = word
            .value
            .known_prefix()
            .split_once('=')
            .map(|(name, _)| name.to_owned());
        match name
            .as_ref()
            .and_then(|name| word.behind(&format!("{name}=")))
        {
            Some(value) => {
                let mut variable = Variable::new(value.value);
                variable.exported = true;
                self.state.process.set(&name.unwrap_or_default(), variable);
            }
            None => {
                let taint = word.value.taint();
                self.state.process.set_unknown(&taint, true);
            }
        }
    }

    /// Sets the working directory of the next command.
    pub(crate) fn directory_is(&mut self, directory: &Argument) {
        if let [path] = self.paths(directory).as_slice() {
            let before = self.state.process.cwd.clone();
            let before = Variable::new(before);
            self.state.process.set("OLDPWD", before);
            let prefix = directory.value.known_prefix();
            self.state.process.cwd_is_assumed &= !prefix.starts_with('/');
            self.state.process.cwd = path_value(path);
        }
    }

    /// Restores the shell's own variables and directory.
    pub(crate) fn restore(&mut self, process: &Process) {
        let told = std::mem::take(&mut self.state.process.status_taint);
        self.state.process = process.clone();
        self.state.process.status_taint = told;
        if let Some(failed) = &mut self.failed {
            failed.process = process.clone();
        }
    }

    /// Whether the argument at that position is a lone `-`.
    pub(crate) fn text_has_dash(&self, at: usize) -> bool {
        self.arguments.get(at).and_then(Argument::text).as_deref() == Some("-")
    }

    /// `-t`: prints the command before it runs.
    pub(crate) fn trace_arguments(&mut self, words: &[Argument]) {
        if self.has("-t") {
            let all = words
                .iter()
                .fold(Value::empty(), |all, word| all.concat(&word.value));
            self.print_error(&all);
        }
    }
}
