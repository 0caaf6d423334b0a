//! Checks one RUN: the state before it, its mounts, the run, and the files after it.

mod devices;
mod interpreter;
mod process;

use std::collections::BTreeSet;
use std::rc::Rc;

use devices::restore_devices;
use interpreter::{base, has_own_text, interpreter_of, is_shell, options};

use super::{Kept, StageState, Walk, mounts, transfer::copy_tree};
use crate::Span;
use crate::dockerfile::{Command, Danger, Instruction, Mount, Run, SourceText};
use crate::domain::{
    Allocator, Argument, Entry, FilePlace, Files, Flow, Jump, MountKind, Process, Rest, Site,
    State, Status, SymbolId, SymbolicPath, Taint, Value, Variable,
};
use crate::domain::{Keeper, Sink, Step};
use crate::interpreter::Machine;
use crate::report::Removes;
use crate::run::{self, RunInput, residue, residue_since};
use crate::shell::{self, Dialect, Place};

/// The entries that a mount hides, to be restored after the step.
struct HiddenEntries {
    path: SymbolicPath,
    tree: Vec<(Rest, Entry)>,
    cache: Option<String>,
    is_secret: bool,
}

impl Walk<'_> {
    pub(super) fn run(
        &mut self,
        stage: &mut StageState,
        index: usize,
        instruction: &Instruction,
        run: &Run,
    ) {
        let trusted: Vec<(String, bool)> = instruction
            .notes
            .iter()
            .filter_map(|note| match &note.kind {
                Danger::Trust { program, output } => Some((program.clone(), *output)),
                _ => None,
            })
            .collect();
        let step = Site {
            stage: index,
            span: instruction.span,
        };
        self.is_windows = stage.base.as_ref().is_some_and(|base| base.is_windows);
        let before = stage.files.clone();
        let context = before.context.clone();
        let mut process = self.process(stage, step);
        let hidden = self.mount(stage, index, run, &mut process);
        let state = State {
            process,
            files: stage.files.clone(),
            choice: Taint::NONE,
        };
        let script = run.command.shell_text().map_or("", |text| text.as_str());
        self.idle = mounts(stage, run)
            .into_iter()
            .filter_map(|(mount, _)| match mount {
                Mount::Secret(secret) => Some(secret),
                _ => None,
            })
            .filter(|secret| {
                let usual = format!("/run/secrets/{}", secret.id);
                let is_usual = secret.env.is_none()
                    && secret.target.as_ref().is_none_or(|target| *target == usual);
                is_usual && !script.contains("/run") && !script.contains(&secret.id)
            })
            .map(|secret| secret.id)
            .collect();
        let given = RunInput {
            trusted: &trusted,
            programs: self.programs,
            wants_uses: self.wants_uses,
            length: instruction.span.end - instruction.span.start,
            step,
            precision: (self.first)(instruction.span.end - instruction.span.start),
            whole: instruction.keyword,
        };
        let start = |_: &mut Machine<'_>| {
            let mut states = initial_states(state.clone(), stage, &run.command, step);
            states.extend(named_by_variables(&states[0], stage, run));
            states
        };
        let ran = run::run(given, start, |machine, state| {
            execute(machine, state, stage, &run.command)
        });
        self.steps += ran.steps;
        for event in &ran.events {
            self.tell_event(event);
        }
        for sent in &ran.sent {
            self.tell_sent(sent);
        }
        for note in &instruction.notes {
            if let Danger::Trust { program, .. } = &note.kind
                && ran.trust_used.contains(&program.as_str())
            {
                self.used.push(note.span);
            }
        }
        let options = shell::Options {
            dialect: dialect(stage, &run.command),
            ..shell::Options::default()
        };
        let removes = |command: &str, path: &SymbolicPath| {
            shell::parse(command, &options).is_ok_and(|script| ran.ends.remove(&script, path))
        };
        let removes = Removes::new(script, &removes);
        for files in ran.ends.files() {
            self.tell_files(files, stage.reported.as_ref(), removes);
        }
        let has_succeeded = ran.ends.files().next().is_some();
        let mut after = ran
            .ends
            .files()
            .cloned()
            .reduce(|all, files| {
                if all.same(&files) {
                    all
                } else {
                    all.join(&files)
                }
            })
            .unwrap_or(before);
        let hides_nothing = hidden.iter().all(|hidden| hidden.tree.is_empty());
        self.unmount(&mut after, hidden);
        after.context = context;
        // What a mount hid may not be reported yet.
        if has_succeeded {
            stage.reported = hides_nothing.then(|| after.clone());
        }
        stage.files = after;
    }

    /// Mounts over the files of the stage.
    fn mount(
        &mut self,
        stage: &mut StageState,
        index: usize,
        run: &Run,
        process: &mut Process,
    ) -> Vec<HiddenEntries> {
        let mut hidden = Vec::new();
        // A directory is mounted before its content, regardless of the order of the flags.
        let depth = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
        let mut mounts = mounts(stage, run);
        mounts.sort_by_key(|(mount, _)| {
            let target = mount.target();
            target.map_or(0, |path| depth(&stage.environment.absolute(path)))
        });
        for (mount, span) in mounts {
            let target = mount.target().map(|target| {
                let path = SymbolicPath::from(&stage.environment.absolute(target));
                stage.files.ask(&path);
                stage.files.follow(&path)
            });
            match &mount {
                Mount::Secret(secret) => {
                    let source = self.source(&secret.id);
                    if let Some(path) = &target {
                        let taint =
                            Taint::source(source, span, Step::Mounted { path: path.clone() });
                        let tree = stage.files.take_tree(path);
                        let births = Allocator::at(Site { stage: index, span });
                        let number = births.content();
                        stage
                            .files
                            .set_content(number, Value::unknown(births.symbol(), taint));
                        stage.files.file(path, number, Taint::NONE);
                        stage.files.mount(path, MountKind::Secret);
                        hidden.push(HiddenEntries {
                            path: path.clone(),
                            tree,
                            cache: None,
                            is_secret: true,
                        });
                    }
                    if let Some(name) = &secret.env {
                        let taint = Taint::source(
                            source,
                            span,
                            Step::Exported {
                                variable: name.as_str().into(),
                            },
                        );
                        let mut variable = Variable::new(Value::unknown(
                            Allocator::at(Site { stage: index, span }).symbol(),
                            taint.clone(),
                        ));
                        variable.exported = true;
                        process.set(name, variable);
                        let aside = Rc::make_mut(&mut process.aside);
                        aside.initial_environment = aside.initial_environment.join(&taint);
                    }
                }
                Mount::Tmpfs(_) | Mount::Bind(_) | Mount::Cache(_) => {
                    let Some(path) = target else { continue };
                    let tree = stage.files.take_tree(&path);
                    let mut cache = None;
                    match &mount {
                        Mount::Cache(own) => {
                            cache = Some(own.id.clone());
                            if let Some(kept) = self.caches.get(&own.id) {
                                stage.files.put_tree(&path, &kept.tree, &kept.files);
                            } else if let Some(from) = own.from.as_ref().and_then(|from| {
                                self.stages.get(self.file.stage_named(from, index)?)
                            }) {
                                copy_tree(
                                    &from.files,
                                    &mut stage.files,
                                    own.source.as_deref().unwrap_or("/"),
                                    &path,
                                    false,
                                    &[],
                                    &Allocator::at(Site { stage: index, span }),
                                );
                            }
                            let kind = MountKind::Cache(own.id.as_str().into());
                            stage.files.mount(&path, kind);
                        }
                        Mount::Bind(bind) => {
                            if let Some(from) = bind.from.as_ref().and_then(|from| {
                                self.stages.get(self.file.stage_named(from, index)?)
                            }) {
                                copy_tree(
                                    &from.files,
                                    &mut stage.files,
                                    &bind.source,
                                    &path,
                                    false,
                                    &[],
                                    &Allocator::at(Site { stage: index, span }),
                                );
                            }
                            let stage_of = |from: &String| self.file.stage_named(from, index);
                            // Out of the build context, or made by another stage.
                            if bind.from.as_ref().is_none_or(|it| stage_of(it).is_some()) {
                                Rc::make_mut(&mut stage.files.context).push(path.clone());
                            }
                            stage.files.mount(&path, MountKind::Discarded);
                        }
                        _ => stage.files.mount(&path, MountKind::Discarded),
                    }
                    hidden.push(HiddenEntries {
                        path: path.clone(),
                        tree,
                        cache,
                        is_secret: false,
                    });
                }
                Mount::Ssh(_) => {}
            }
        }
        hidden
    }

    /// Unmounts; the content of a cache is kept for the next step that mounts it.
    fn unmount(&mut self, files: &mut Files, hidden: Vec<HiddenEntries>) {
        files.mounts = Files::new().mounts;
        restore_devices(files);
        for hidden in hidden.into_iter().rev() {
            let tree = files.take_tree(&hidden.path);
            if let Some(id) = hidden.cache {
                let files = files.clone();
                self.caches.insert(id, Kept { tree, files });
            }
            if !hidden.is_secret || !hidden.tree.is_empty() {
                let from = files.clone();
                files.put_tree(&hidden.path, &hidden.tree, &from);
            }
        }
    }

    /// Reports the files that a successful step leaves. Those in `reported` were left by a step before it.
    fn tell_files(&mut self, files: &Files, reported: Option<&Files>, removes: Removes<'_>) {
        let mut all: Vec<_> = match reported {
            Some(reported) => residue_since(files, reported).collect(),
            None => residue(files).collect(),
        };
        // The first file names the finding. It is the same one whatever the base calls the home directory.
        all.sort_by_key(|(path, ..)| path.is_in_home());
        for (path, place, told) in all {
            let keeper = match place {
                FilePlace::Layer => Keeper::Layer,
                FilePlace::Cache(_) => Keeper::Cache,
                FilePlace::Discarded | FilePlace::Secret | FilePlace::Hole(_) => continue,
            };
            self.tell_left(&keeper, path, &told, Some(removes));
        }
    }
}

/// Returns the initial states of the step: with the defaults of the ARGs that it uses, if they have one, and with other values of them.
fn initial_states(state: State, stage: &StageState, command: &Command, step: Site) -> Vec<State> {
    let text = match command {
        Command::Exec(_) => return vec![state],
        Command::Executable { document, .. } => document.body.as_str(),
        command => command.shell_text().map_or("", |text| text.as_str()),
    };
    let mut states = vec![state];
    if stage.arguments.is_empty() {
        return states;
    }
    let is_in_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let names: BTreeSet<&str> = text.split(|char| !is_in_name(char)).collect();
    for name in names {
        if !stage.arguments.contains(name) {
            continue;
        }
        if states.len() == 1 {
            states.push(states[0].clone());
        }
        let mut variable =
            Variable::new(Value::unknown(SymbolId::initial(step, name), Taint::NONE));
        variable.exported = true;
        states[1].process.set(name, variable);
    }
    states
}

/// Returns the state in which each unknown variable of a mount has its own name as value: the script finds the file under the name that the
/// mount has here.
fn named_by_variables(state: &State, stage: &StageState, run: &Run) -> Option<State> {
    let mut named = None;
    for (mount, _) in mounts(stage, run) {
        let Mount::Secret(secret) = &mount else {
            continue;
        };
        let parts = [Some(&secret.id), secret.target.as_ref()];
        for part in parts.into_iter().flatten() {
            for piece in part.split("${").skip(1) {
                let Some((name, _)) = piece.split_once('}') else {
                    continue;
                };
                let state = named.get_or_insert_with(|| state.clone());
                let mut variable = Variable::new(Value::known(format!("${{{name}}}")));
                variable.exported = true;
                state.process.set(name, variable);
            }
        }
    }
    named
}

/// Runs the command of the RUN.
fn execute(
    machine: &mut Machine<'_>,
    mut state: State,
    stage: &StageState,
    command: &Command,
) -> Vec<Flow> {
    match command {
        Command::Exec(words) => {
            let words: Vec<Argument> = words
                .iter()
                .map(|word| Argument::new(Value::known(word.as_str()), word.whole()))
                .collect();
            let span = words
                .iter()
                .map(|word| word.span)
                .reduce(Span::to)
                .unwrap_or_default();
            machine.program(state, &words, span)
        }
        Command::Executable { document, path } => {
            let first = document.body.lines().next().unwrap_or_default().to_owned();
            let interpreter: Vec<String> = first
                .trim_start_matches("#!")
                .split_whitespace()
                .map(str::to_owned)
                .collect();
            state.process.name = Value::known(path);
            let shell = interpreter_of(&interpreter);
            if is_shell(shell) || machine.config.programs.find(base(shell)).is_none() {
                return script(machine, state, &interpreter, stage, &document.body);
            }
            // A script of another language: a file with that name, passed to its interpreter.
            let span = document.body.whole();
            let body = Value::known(document.body.as_str());
            let number = machine.births.content();
            state.files.set_content(number, body);
            state.files.file(&path.into(), number, Taint::NONE);
            let words = shell.iter().map(String::as_str).chain([&**path]);
            let words: Vec<Argument> = words
                .map(|word| Argument::new(Value::known(word), span))
                .collect();
            machine.program(state, &words, span)
        }
        command => match command.shell_text() {
            Some(text) => {
                let shell = stage.environment.shell().to_vec();
                script(machine, state, &shell, stage, text)
            }
            None => Vec::new(),
        },
    }
}

/// Returns the dialect of one more command of a step.
fn dialect(stage: &StageState, command: &Command) -> Dialect {
    let first_line = match command {
        Command::Executable { document, .. } => document.body.lines().next().unwrap_or_default(),
        _ => "",
    };
    let named: Vec<String> = first_line
        .trim_start_matches("#!")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let shell = if named.is_empty() {
        stage.environment.shell()
    } else {
        &named
    };
    let interpreter = interpreter_of(shell);
    match options(base(interpreter), &[]) {
        Some(options) if options.bash => Dialect::Bash,
        _ => Dialect::Sh,
    }
}

/// Runs a script under a shell: an analysed shell is interpreted, another one is a program that receives the script.
fn script(
    machine: &mut Machine<'_>,
    mut state: State,
    shell: &[String],
    stage: &StageState,
    text: &SourceText,
) -> Vec<Flow> {
    let interpreter = interpreter_of(shell);
    let path = interpreter.first().map_or("", String::as_str);
    let name = base(interpreter);
    let is_made_here = (state.files)
        .entry(&state.files.follow(&path.into()))
        .is_some();
    let is_program = if is_shell(interpreter) {
        has_own_text(&interpreter[1..])
    } else {
        machine.config.programs.find(name).is_some()
    };
    if is_made_here || is_program {
        let span = text.whole();
        let mut words: Vec<Argument> = shell
            .iter()
            .map(|word| Argument::new(Value::known(word), span))
            .collect();
        words.push(Argument::new(Value::known(text.as_str()), span));
        return machine.program(state, &words, span);
    }
    let Some(mut options) = options(name, &interpreter[1.min(interpreter.len())..]) else {
        let taint = state.everything();
        machine.event(Sink::Shell(path.into()), &taint, text.whole(), None);
        return vec![Flow::new(state, Status::Either)];
    };
    let pieces = text.pieces();
    let parsing = shell::Options {
        dialect: if options.bash {
            Dialect::Bash
        } else {
            Dialect::Sh
        },
        place: Place::Pieces(&pieces),
        ..shell::Options::default()
    };
    let is_of_base = state.files.entry(&path.into()).is_none();
    options.plain = is_of_base && stage.environment.is_plain(name);
    state.process.options = options;
    match shell::Stream::new(text, &parsing) {
        Ok(mut script) => {
            let started = machine.startup(state, text.whole()).into_iter();
            let run = |flow: Flow| match flow.jump {
                Jump::None => machine.stream(flow.state, &mut script),
                _ => vec![flow],
            };
            started.flat_map(run).collect()
        }
        Err(error) => {
            machine.syntax_error(error, &state.everything());
            vec![Flow {
                state,
                status: Status::Either,
                jump: Jump::None,
            }]
        }
    }
}
