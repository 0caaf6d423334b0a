//! Evaluated texts: `eval`, `sh -c`, sourced files, traps, and programs that run programs.
//!
//! A known text is parsed and run. Its unknown pieces become holes of the parse, so that a secret inside a text is followed to its position
//! in a command. A text that is wholly a secret cannot be analysed.

use std::rc::Rc;

use crate::Span;
use crate::domain::state::{Process, RareState, ShellOptions, State, Status, Variable};
use crate::domain::value::{PieceKind, Taint, Text, Value};
use crate::domain::ways::{Flow, Jump, joined};
use crate::domain::{About, Argument, Cause, Doubt, MountKind, Node, Sink};
use crate::interpreter::frame::Frame;
use crate::interpreter::{Machine, row};
use crate::programs::Programs;
use crate::shell::{self, Dialect, Hole, Place};

/// Max. nesting of evaluated texts and functions.
const MAX_DEPTH: u32 = 24;

impl<'m> Machine<'m> {
    /// Runs a text in the current shell.
    pub(crate) fn evaluate(&mut self, state: State, text: &Value, span: Span) -> Vec<Flow> {
        let texts = text.alternatives().iter();
        let flows = texts
            .flat_map(|text| self.evaluate_one(state.clone(), text, span))
            .collect();
        self.merged(flows)
    }

    fn evaluate_one(&mut self, mut state: State, text: &Text, span: Span) -> Vec<Flow> {
        let taint = Taint::of_all(text);
        let known = text.iter().any(
            |piece| matches!(&piece.kind, PieceKind::Known(known) if !known.trim().is_empty()),
        );
        // Its commands are not known, and the script has written what they are made of.
        let code = state.reached_by_code(std::slice::from_ref(text));
        if self.frame.depth >= MAX_DEPTH || code.is_some() || (!known && !text.is_empty()) {
            for piece in text.iter() {
                if let PieceKind::Hole { index, .. } = piece.kind {
                    self.evaluated_hole(&mut state, index, span);
                }
            }
            let reached = if self.frame.depth >= MAX_DEPTH {
                state.everything()
            } else {
                taint.join(&code)
            };
            if reached.is_some() {
                self.event(Sink::syntax(Doubt::Evaluated), &reached, span, None);
                state.process.set_unknown(&reached, false);
            }
            let output = self.unknown(Taint::NONE);
            state.output_read(self, 1, &output, span, &Cause::Output("eval".into()));
            return vec![Flow::new(state, Status::Either)];
        }
        if state.process.options.verbose {
            let value = Value::from_alternatives(vec![text.clone()]);
            state.output(self, 2, &value, span, &Cause::Verbose);
        }
        let mut source = String::new();
        let mut holes: Vec<Hole<'_>> = Vec::new();
        let mut values = Vec::new();
        for piece in text.iter() {
            match &piece.kind {
                PieceKind::Known(known) => {
                    source.push_str(known);
                    if piece.taint.is_some() {
                        state.choice = state.choice.join(&piece.taint);
                    }
                }
                kind => {
                    if let PieceKind::Hole { index, .. } = kind {
                        self.evaluated_hole(&mut state, *index, span);
                    }
                    // A secret in a comment may have a newline, after which it is run.
                    let is_public = matches!(kind, PieceKind::Unknown(_)) && piece.taint.is_none();
                    holes.push(Hole {
                        skips_comments: is_public,
                        ..Hole::new("x", Span::new(source.len(), source.len() + 3))
                    });
                    source.push_str("{x}");
                    let mut piece = piece.clone();
                    // A value inside quotes that is evaluated now takes effect now.
                    if let PieceKind::Hole { index, lazy } = &mut piece.kind {
                        *lazy = false;
                        piece.taint = piece
                            .taint
                            .join(self.holes.texts.get(*index).unwrap_or(&Taint::NONE));
                    }
                    values.push(Value::piece(piece));
                }
            }
        }
        let dialect = if state.process.options.bash {
            Dialect::Bash
        } else {
            Dialect::Sh
        };
        let options = shell::Options {
            dialect,
            holes: &holes,
            place: Place::Within(span),
        };
        match shell::parse(&source, &options) {
            Ok(script) => {
                let base = self.holes.values.len();
                self.holes.values.extend(values);
                let begin = vec![Flow::new(state, Status::Success)];
                let text = |frame: &mut Frame| {
                    frame.base = base;
                    frame.depth += 1;
                    frame.repeatable += 1;
                };
                self.within(text, |machine| {
                    machine.list(&script.list, begin, machine.frame.exempt)
                })
            }
            Err(_) => {
                let code = Value::from_alternatives(vec![text.clone()]).summary();
                let reached = taint
                    .join(&state.process.all_variables())
                    .join(&state.reached_by_code(code.alternatives()));
                self.event(Sink::syntax(Doubt::Evaluated), &reached, span, None);
                vec![Flow::new(state, Status::Either)]
            }
        }
    }

    /// A public value of the author in evaluated text acts as a program.
    fn evaluated_hole(&mut self, state: &mut State, index: usize, span: Span) {
        let _ = state;
        self.log.evaluated.push((index, span));
    }

    /// Runs a text in a new shell, with `$0` and the positional parameters.
    pub(crate) fn new_shell(
        &mut self,
        mut state: State,
        text: &Value,
        span: Span,
        arguments: &[Argument],
        options: ShellOptions,
    ) -> Outcome {
        let outer = state.process.clone();
        state.process = child(&outer, options);
        if self.seen.exports_functions && options.bash {
            state.process.functions = outer.functions.clone();
        }
        let mut parameters = positional(arguments).into_iter();
        if let Some(name) = parameters.next() {
            state.process.name = name;
            state.process.positional = Rc::new(parameters.collect());
        }
        // The command line of this shell, while it runs.
        let shown = arguments
            .iter()
            .fold(text.taint(), |taint, word| taint.join(&word.value.taint()));
        if shown.is_some() {
            let aside = Rc::make_mut(&mut state.process.aside);
            aside.command_lines = aside.command_lines.join(&shown);
        }
        if options.bash {
            let text = Variable::new(text.clone());
            state.process.set("BASH_EXECUTION_STRING", text);
        }
        let shell = |frame: &mut Frame| {
            frame.subshells += 1;
            frame.exempt = false;
        };
        let run = |machine: &mut Self| {
            let since = machine.substitutions.deferred.len();
            let started = machine.startup(state, span).into_iter();
            let flows = started
                .flat_map(|flow| match flow.jump {
                    Jump::None => machine.evaluate(flow.state, text, span),
                    _ => vec![flow],
                })
                .collect();
            machine.end_of_process(flows, since)
        };
        outcome(self.within(shell, run), &outer)
    }
}

/// The result of a child process.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) state: State,
    pub(crate) status: Status,
    pub(crate) failed: Option<State>,
}

/// Returns the states after a child process: those in which it may have succeeded, and those in which it failed.
pub(super) fn outcome(flows: Vec<Flow>, outer: &Process) -> Outcome {
    let (failed, succeeded): (Vec<Flow>, Vec<Flow>) = flows
        .into_iter()
        .partition(|flow| flow.status == Status::Failure);
    let status = succeeded
        .iter()
        .map(|flow| flow.status)
        .reduce(Status::join);
    let back = |state: State| {
        let mut process = outer.clone();
        process.status_taint = state.process.status_taint;
        State { process, ..state }
    };
    let failed = joined(failed).map(back);
    match (joined(succeeded).map(back), status) {
        (Some(state), Some(status)) => Outcome {
            state,
            status,
            failed,
        },
        _ => match failed {
            Some(state) => Outcome {
                state,
                status: Status::Failure,
                failed: None,
            },
            None => Outcome {
                state: State {
                    process: outer.clone(),
                    files: crate::interpreter::Files::new(),
                    choice: Taint::NONE,
                },
                status: Status::Failure,
                failed: None,
            },
        },
    }
}

/// Creates a child process that inherits from its parent.
fn child(outer: &Process, options: ShellOptions) -> Process {
    let mut process = Process::new(outer.cwd.clone(), outer.step);
    let exported = outer
        .variables
        .iter()
        .filter(|(_, variable)| variable.exported);
    process.variables = exported
        .map(|(name, variable)| (name.clone(), variable.clone()))
        .collect();
    process.descriptors = outer.descriptors.clone();
    process.any_variable = outer.any_variable.clone();
    process.cwd_is_assumed = outer.cwd_is_assumed;
    process.aside = Rc::new(RareState {
        command_lines: outer.aside.command_lines.clone(),
        environments: outer.aside.environments.clone(),
        initial_environment: outer.environment(),
        taken: outer.aside.taken.clone(),
        ..RareState::default()
    });
    process.rounds = outer.rounds;
    process.options = options;
    process
}

/// Max. number of positional parameters with separate values; beyond it each may be any of them.
const MAX_POSITIONAL: usize = 256;

/// Converts words to positional parameters. A word that may be several, or none, moves those after it.
pub(crate) fn positional(words: &[Argument]) -> Vec<Value> {
    let moves = |word: &Argument| word.splits && word.value.literal().is_none();
    let certain = words.iter().take_while(|word| !moves(word)).count();
    let mut all: Vec<Value> = words[..certain]
        .iter()
        .map(|word| word.value.clone())
        .collect();
    let rest = words[certain..].iter().map(|word| word.value.clone());
    if let Some(rest) = rest.reduce(|all, value| all.join(&value)) {
        all.resize(words.len().max(10), rest);
    }
    if all.len() > MAX_POSITIONAL {
        let any = Value::nameless(Taint::of_all(&all));
        return vec![any; MAX_POSITIONAL];
    }
    all
}

impl State {
    /// Whether it is the unchanged content of a secret's file. One that was filtered (`grep`, `xargs`) is taken for assignments.
    pub(crate) fn is_whole_secret(&self, value: &Value) -> bool {
        let pieces = |value: &Value| match value.alternatives() {
            [text] => text.iter().map(|piece| piece.kind.clone()).collect(),
            _ => Vec::new(),
        };
        let given = pieces(value);
        let mut mounts = self.files.mounts.iter();
        mounts.any(|mount| {
            let content = || self.files.read(&mount.path).map(|content| pieces(&content));
            mount.kind == MountKind::Secret && content().is_some_and(|content| content == given)
        })
    }

    /// Returns the secrets that are mounted as files.
    pub(crate) fn mounted_secrets(&self) -> Taint {
        let mounts = self.files.mounts.iter();
        mounts
            .filter(|mount| mount.kind == MountKind::Secret)
            .filter_map(|mount| Some(self.files.read(&mount.path)?.taint()))
            .collect()
    }
}

/// Builtins that also exist as programs.
const ALSO_PROGRAMS: [&str; 8] = [
    "echo", "printf", "test", "[", "true", "false", "kill", "pwd",
];

impl<'m> Machine<'m> {
    /// Runs a program by its words.
    pub(crate) fn program(&mut self, state: State, words: &[Argument], span: Span) -> Vec<Flow> {
        let Some(first) = words.first() else {
            return vec![Flow::new(state, Status::Success)];
        };
        if self.frame.background > 0 {
            for word in words {
                self.log.background_lines = self.log.background_lines.join(&word.value.taint());
            }
            let environment = state.process.environment();
            self.log.background_environments = self.log.background_environments.join(&environment);
        }
        let names: Option<Vec<String>> = first
            .value
            .literals()
            .map(|names| names.into_iter().map(|name| name.into_owned()).collect());
        let Some(names) = names else {
            let mut state = state;
            if first.value.taint().is_some() {
                state.output(
                    self,
                    2,
                    &first.value,
                    first.span,
                    &Cause::ShellMessage(About::UnknownCommand),
                );
            }
            let reached = state.reached_by_code(first.value.alternatives());
            self.event(Sink::syntax(Doubt::Evaluated), &reached, span, None);
            return finish(row::run_unknown(self, state, words, span));
        };
        let mut all = Vec::new();
        for name in names {
            // `${V:+cat FILE}` is several words in one alternative.
            if first.splits && name.contains([' ', '\t', '\n']) {
                let taint = first.value.taint();
                let word = |word| Argument::new(Value::tainted(word, taint.clone()), first.span);
                let mut own: Vec<Argument> = name.split_whitespace().map(word).collect();
                own.extend_from_slice(&words[1..]);
                all.extend(self.program(state.clone(), &own, span));
                continue;
            }
            let outcome = match self.shim(&state, &name) {
                Some((text, path)) => {
                    let mut arguments = vec![Argument::new(Value::known(path), first.span)];
                    arguments.extend_from_slice(&words[1..]);
                    let bash = text
                        .known_prefix()
                        .lines()
                        .next()
                        .is_some_and(|line| line.starts_with("#!") && line.contains("bash"));
                    let xtrace = text.known_prefix().lines().next().is_some_and(|line| {
                        line.starts_with("#!") && line.contains(" -") && line.contains('x')
                    });
                    let options = ShellOptions {
                        bash,
                        xtrace,
                        ..ShellOptions::default()
                    };
                    self.within(
                        |frame| frame.call(&name),
                        |machine| {
                            let state = state.clone();
                            machine.new_shell(state, &text, first.span, &arguments, options)
                        },
                    )
                }
                // These exist as programs and behave the same.
                None if ALSO_PROGRAMS.contains(&name.as_str()) => {
                    let words: Vec<Argument> =
                        std::iter::once(Argument::new(Value::known(&name), first.span))
                            .chain(words[1..].iter().cloned())
                            .collect();
                    match self.builtin(state.clone(), &name, &words, span) {
                        Ok(flows) => all.extend(flows),
                        Err(state) => all.push(Flow::new(*state, Status::Either)),
                    }
                    continue;
                }
                None => {
                    let words: Vec<Argument> =
                        std::iter::once(Argument::new(Value::known(&name), first.span))
                            .chain(words[1..].iter().cloned())
                            .collect();
                    let programs: &'m Programs = self.config.programs;
                    match programs.find(&name) {
                        Some(program) => self.sweep(&state, span, &name, |machine, state| {
                            row::run(machine, state, program, &words, span)
                        }),
                        None => row::run_unknown(self, state.clone(), &words, span),
                    }
                }
            };
            all.extend(finish(outcome));
        }
        self.merged(all)
    }

    /// Runs a program that may read a whole working directory. If that is only assumed to be the root, mounted secrets are excluded; if the
    /// result differs when it is the root, the difference is reported as `SecretInUnknownDirectory`.
    fn sweep(
        &mut self,
        state: &State,
        span: Span,
        name: &str,
        run: impl Fn(&mut Self, State) -> Outcome,
    ) -> Outcome {
        let outer = self.log.used_assumed_cwd.replace(false);
        let mark = self.births.mark();
        let outcome = run(self, state.clone());
        if !self.log.used_assumed_cwd.replace(outer) || self.frame.root_is_certain {
            return outcome;
        }
        let events = std::mem::take(&mut self.log.events);
        let end = self.births.mark();
        self.births.rewind(mark);
        let other = self.within(
            |frame| frame.root_is_certain = true,
            |machine| run(machine, state.clone()),
        );
        self.births.rewind(self.births.mark().max(end));
        self.log.used_assumed_cwd.set(outer);
        let seen = std::mem::replace(&mut self.log.events, events);
        let is_new = |event: &super::Event| {
            let same = |known: &super::Event| {
                known.sink.rule() == event.sink.rule()
                    && known.span == event.span
                    && known.taint == event.taint
            };
            !self.log.events.iter().any(same)
        };
        if seen.iter().any(is_new) || !outcome.state.files.same_contents(&other.state.files) {
            let taint = state.mounted_secrets();
            self.event(Sink::Directory(name.into()), &taint, span, None);
        }
        outcome
    }

    /// Returns the text of a script that the step itself wrote, if the name leads to it by its path or through PATH.
    fn shim(&self, state: &State, name: &str) -> Option<(Value, String)> {
        if self.frame.calls(name) > 1 {
            return None;
        }
        let cwd = &state.process.cwd;
        let paths: Vec<String> = if name.contains('/') {
            vec![name.to_owned()]
        } else if !state.files.may_have(name) {
            return None;
        } else {
            let path = state
                .process
                .variable("PATH")
                .and_then(|path| Some(path.value.literal()?.into_owned()));
            let path = path.unwrap_or_else(|| {
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()
            });
            path.split(':')
                .map(|directory| format!("{}/{name}", directory.trim_end_matches('/')))
                .collect()
        };
        for path in paths {
            for found in state.files.paths(&Value::known(&path), cwd) {
                let key = state.files.follow(&found.key);
                if state
                    .files
                    .entry(&key)
                    .is_some_and(|entry| matches!(entry.node, Node::File(_)))
                    && let Some(content) = state.files.read(&key)
                    && (content.has_commands() || content.taint().is_some())
                {
                    return Some((content, path));
                }
            }
        }
        None
    }
}

fn finish(outcome: Outcome) -> Vec<Flow> {
    let mut all = vec![Flow::new(outcome.state, outcome.status)];
    all.extend(
        outcome
            .failed
            .map(|state| Flow::new(state, Status::Failure)),
    );
    all
}
