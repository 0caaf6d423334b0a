//! Runs a script once with every label for each hole at the same time, and separates the labels afterwards.
//!
//! A source is a secret mount, or a hole as the file of a secret, or a hole as the value of one. If a source reaches a sink that is itself
//! a hole, the pair of labels is rejected; at any other sink, the label of the source's hole is.
//!
//! A hole without a known text is not found in text that a program evaluates (`sed '1r FILE'`, `env -S`). So the script is run once more
//! for each hole that may still be the file of a secret, with the path of such a file as its text.

mod answering;
mod everywhere;
mod files;
mod refuse;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use answering::{Answering, Origin, unquotable};

use super::quote::Places;
use super::{Answer, Label, Question};
use crate::Span;
use crate::bases::{Base, Guess};
use crate::domain::{
    FilePlace, Files, MountKind, Piece, PieceKind, Process, ShellOptions, Site, State,
    SymbolicPath, Taint, Told, Value, Variable,
};
use crate::domain::{Keeper, Sink, SourceId, Step, Way};
use crate::interpreter::{Event, Machine, Precision, Sent, on_its_own_stack};
use crate::report::Removes;
use crate::run::{self, RunInput, residue};
use crate::shell::{self, Dialect, Hole, Script, SyntaxError};
use crate::uses::Host;

/// Returns the answer for the holes of a script.
///
/// # Errors
///
/// If the script has a syntax error.
pub fn answer(question: &Question<'_>) -> Result<Answer, SyntaxError> {
    let options = shell::Options {
        dialect: if question.bash {
            Dialect::Bash
        } else {
            Dialect::Sh
        },
        holes: question.holes,
        ..shell::Options::default()
    };
    let script = shell::parse(question.text, &options)?;
    Ok(on_its_own_stack(|| {
        let mut answer = on_every_base(question, &script, None);
        for (first, hole) in question.holes.iter().enumerate() {
            let same = |index: &usize| question.holes[*index].name == hole.name;
            let all: Vec<usize> = (0..question.holes.len()).filter(same).collect();
            if all[0] == first && !files::is_refused(&answer, &all) {
                let as_file = on_every_base(question, &script, Some(first));
                files::add_refused(&mut answer, as_file, &all);
            }
        }
        for hole in &mut answer.holes {
            hole.refused
                .sort_by_key(|(label, finding)| (*label, finding.span.start));
        }
        answer
    }))
}

/// A script does not know its base image. It is rejected for leaks on every base; the check of the file finds the others.
fn on_every_base(question: &Question<'_>, script: &Script, file: Option<usize>) -> Answer {
    let mut answer = answer_of(question, script, Guess::Plain, file);
    if question.base.is_some() {
        return answer;
    }
    let mut others = vec![Guess::Other];
    if Guess::tool_homes().any(|name| question.text.contains(name)) {
        others.push(Guess::OtherHome);
    }
    for guess in others {
        if everywhere::is_empty(&answer) {
            break;
        }
        let other = answer_of(question, script, guess, file);
        everywhere::keep_what_both_refuse(&mut answer, &other);
    }
    answer
}

/// `file`: the first of the holes with the path of a secret's file as their text.
fn answer_of(
    question: &Question<'_>,
    script: &Script,
    guess: Guess,
    file: Option<usize>,
) -> Answer {
    let places = Places::of(script, question.text, question.holes.len());
    let mut answering = Answering::new(question, &places);
    let trusted: Vec<(String, bool)> = question
        .trust
        .iter()
        .map(|trust| (trust.program.to_owned(), trust.output))
        .collect();
    // A span that is larger than that of any command.
    let step = Site {
        stage: 0,
        span: Span::new(0, question.text.len() + 1),
    };
    let given = RunInput {
        trusted: &trusted,
        programs: question.programs,
        wants_uses: !question.only_to.is_empty(),
        length: question.text.len(),
        step,
        precision: Precision::first(question.text.len()),
        whole: script.list.span,
    };
    let ran = run::run(
        given,
        |machine| vec![answering.start(machine, step, guess, file)],
        |machine, state| machine.script(state, script),
    );
    for event in &ran.events {
        answering.event(event);
    }
    for sent in &ran.sent {
        answering.sent(sent);
    }
    for (group, span) in ran.evaluated {
        answering.evaluated(group, span);
    }
    // Under the `set -e` of every `sh!`, the step usually ends after an ERR trap, and its layer is discarded. Writes of the trap are
    // rejected anyway: the author means to keep them.
    let removes = |command: &str, path: &SymbolicPath| {
        question
            .after_holes(command)
            .is_some_and(|script| ran.ends.remove(&script, path))
    };
    let removes = Removes::new(question.text, &removes);
    for files in ran.ends.files().chain(&ran.failed) {
        answering.files(files, removes);
    }
    answering.unread(script);
    answering.answer
}

impl Question<'_> {
    /// Whether the script runs under a `sh` that is known to be dash or the ash of BusyBox.
    fn has_plain_sh(&self) -> bool {
        !self.bash && self.base.is_some_and(|base| base.has_plain_sh)
    }

    /// Parses one more command. A hole in it is the one of that name in the text, so those before it are given to `:`.
    fn after_holes(&self, command: &str) -> Option<Script> {
        let mut text = String::from(":");
        let mut holes = Vec::new();
        let at = self.holes.iter().enumerate().find_map(|(index, hole)| {
            let at = command.find(&format!("{{{}}}", hole.name))?;
            Some((index, hole.name, at))
        });
        if let Some((index, name, at)) = at {
            for hole in &self.holes[..index] {
                text.push(' ');
                let span = Span::new(text.len(), text.len() + "{}".len());
                text.push_str("{}");
                holes.push(Hole { span, ..*hole });
            }
            let start = text.len() + 1 + at;
            let span = Span::new(start, start + name.len() + "{}".len());
            holes.push(Hole::new(name, span));
        }
        text.push('\n');
        text.push_str(command);
        let options = shell::Options {
            dialect: if self.bash {
                Dialect::Bash
            } else {
                Dialect::Sh
            },
            holes: &holes,
            ..shell::Options::default()
        };
        shell::parse(&text, &options).ok()
    }
}

impl Answering<'_, '_> {
    /// Returns the state before the script: every hole is a file, and a text.
    fn start(
        &mut self,
        machine: &mut Machine<'_>,
        step: Site,
        guess: Guess,
        known_file: Option<usize>,
    ) -> State {
        let mut process = Process::new(machine.unknown(Taint::NONE), step);
        let mut set = |name: &str, value: &str| {
            let mut variable = Variable::new(Value::known(value));
            variable.exported = true;
            process.set(name, variable);
        };
        let base = self.question.base;
        let home = base.map(|base| base.home().unwrap_or("/root"));
        set("HOME", home.unwrap_or(&guess.home("/root")));
        for name in Guess::tool_homes() {
            if let (Some(place), None) = (guess.tool_home(name), base) {
                set(name, &place);
            }
        }
        for (name, value) in base.iter().flat_map(|base| &base.env) {
            if let Some(value) = value {
                set(name, value);
            }
        }
        for name in Guess::tool_homes() {
            let sets = |base: &Base| base.sets(name);
            if process.variable(name).is_none() && !base.is_some_and(sets) {
                process.take(name);
            }
        }
        let mut files = Files::new();
        for (index, hole) in self.question.holes.iter().enumerate() {
            let group = self.groups[index];
            let name = hole.name;
            if known_file == Some(group) {
                let path = format!("/run/secrets/{name}");
                machine.represent(Value::known(&path), Taint::NONE);
                if group == index {
                    let taint = Taint::source(
                        self.source(Origin::Hole(group, Label::SecretFile)),
                        hole.span,
                        Step::HoleFile { name: name.into() },
                    );
                    mount_file(machine, &mut files, &path, taint);
                }
                continue;
            }
            let value = Taint::source(
                self.source(Origin::Hole(group, Label::SecretValue)),
                hole.span,
                Step::HoleValue { name: name.into() },
            );
            let piece = Piece {
                kind: PieceKind::Hole {
                    index: group,
                    lazy: false,
                },
                taint: value.clone(),
            };
            machine.represent(Value::piece(piece), value.clone());
            if group != index {
                continue;
            }
            let file = Taint::source(
                self.source(Origin::Hole(group, Label::SecretFile)),
                hole.span,
                Step::HoleFile { name: name.into() },
            );
            let content = machine.unknown(file.join(&value));
            let number = machine.births.content();
            files.set_content(number, machine.unknown(file));
            let paths = files.paths(
                &Value::piece(Piece {
                    kind: PieceKind::Hole {
                        index: group,
                        lazy: false,
                    },
                    taint: Taint::NONE,
                }),
                &process.cwd,
            );
            for path in paths {
                files.file(&path.key, number, Taint::NONE);
            }
            // A secret is mounted here, regardless of its positions in the script.
            let number = machine.births.content();
            files.set_content(number, content);
            let mounted = Value::known("/run/secrets/").concat(&machine.unknown(Taint::NONE));
            for path in files.paths(&mounted, &process.cwd) {
                files.file(&path.key, number, Taint::NONE);
                files.mount(&path.key, MountKind::Secret);
            }
        }
        for (index, (name, target)) in self.question.file_mounts.iter().enumerate() {
            let taint = Taint::source(
                self.source(Origin::Mount(index)),
                Span::default(),
                Step::MountedHole {
                    name: (*name).into(),
                    path: (*target).into(),
                },
            );
            mount_file(machine, &mut files, target, taint);
        }
        for (index, (name, variable)) in self.question.env_mounts.iter().enumerate() {
            let index = index + self.question.file_mounts.len();
            let taint = Taint::source(
                self.source(Origin::Mount(index)),
                Span::default(),
                Step::ExportedHole {
                    name: (*name).into(),
                    variable: (*variable).into(),
                },
            );
            let mut exported = Variable::new(machine.unknown(taint.clone()));
            exported.exported = true;
            process.set(variable, exported);
            let aside = Rc::make_mut(&mut process.aside);
            aside.initial_environment = aside.initial_environment.join(&taint);
        }
        process.options = ShellOptions {
            errexit: true,
            bash: self.question.bash,
            plain: self.question.has_plain_sh(),
            ..ShellOptions::default()
        };
        State {
            process,
            files,
            choice: Taint::NONE,
        }
    }

    fn event(&mut self, event: &Event) {
        for Told { source, way, .. } in event.taint.ways() {
            let sink = (&event.sink, event.span);
            let Some(group) = event.hole else {
                let refusal = self.refusal(sink, None, None, *source, way);
                self.refuse(*source, way, refusal);
                continue;
            };
            let to = self.occurrence(group, event.span);
            let name = self.question.holes[to].name;
            let refusal = self.refusal(sink, None, Some(name), *source, way);
            let labels: &[Label] = match event.sink {
                Sink::Choice { .. } => &[Label::Public],
                _ => &[Label::Public, Label::Word, Label::LayerPath],
            };
            self.refuse_at(*source, way, to, labels, &refusal);
        }
    }

    /// Rejects a host that is not permitted. A host that the text does not say may be a hole: the check of the file sees its value.
    fn sent(&mut self, sent: &Sent) {
        for Told { source, way, .. } in sent.taint.ways() {
            let name = self.name(self.origin(*source));
            let lists = self.question.only_to;
            let Some((_, permitted)) = lists.iter().find(|(secret, _)| *secret == name) else {
                continue;
            };
            let hosts = sent.hosts.iter();
            let others = hosts.filter(|host| **host != Host::Unknown && !host.is_among(permitted));
            for host in others {
                let sink = Sink::Host {
                    program: sent.program.clone(),
                    host: host.clone(),
                };
                let refusal = self.refusal((&sink, sent.span), None, None, *source, way);
                self.refuse(*source, way, refusal);
            }
        }
    }

    /// Rejects a public value in evaluated text, which acts as a program: only words with the same meaning everywhere are allowed.
    fn evaluated(&mut self, group: usize, span: Span) {
        let hole = self.occurrence(group, span);
        let refusal = unquotable(
            &self.question.holes[hole],
            "it is in text that is run as another script",
        );
        self.refuse_label(hole, Label::Public, &refusal);
    }

    /// Reports the files that the script leaves.
    fn files(&mut self, files: &Files, removes: Removes<'_>) {
        for (path, place, Told { source, way, .. }) in residue(files) {
            // The file of the secret itself.
            if way.previous.is_none() {
                continue;
            }
            match place {
                FilePlace::Discarded | FilePlace::Secret | FilePlace::Cache(_) => {}
                FilePlace::Layer => self.left_in_layer(path, source, &way, removes),
                FilePlace::Hole(group) => {
                    self.left_in_hole(path, group, source, &way, removes);
                }
            }
        }
    }

    fn left_in_layer(
        &mut self,
        path: &SymbolicPath,
        source: SourceId,
        way: &Rc<Way>,
        removes: Removes<'_>,
    ) {
        // An unknown path is shown as the author wrote it.
        let written = way.span.of(self.question.text);
        let is_word = !written.contains(char::is_whitespace);
        let called = (path.is_symbolic() && is_word).then_some(written);
        let sink = Sink::File {
            keeper: Keeper::Layer,
            path: path.clone(),
            step: way.step.clone(),
        };
        let refusal = self.left((&sink, way.span), called, source, way, removes);
        self.refuse(source, way, refusal);
    }

    /// Reports a secret in the file whose path is the author's value for a hole.
    fn left_in_hole(
        &mut self,
        path: &SymbolicPath,
        group: usize,
        source: SourceId,
        way: &Rc<Way>,
        removes: Removes<'_>,
    ) {
        let origin = self.origin(source);
        if matches!(origin, Origin::Hole(own, _) if own == group) {
            return;
        }
        let to = self.occurrence(group, way.span);
        let sink = Sink::File {
            keeper: Keeper::Hole(self.question.holes[to].name.into()),
            path: path.clone(),
            step: way.step.clone(),
        };
        let refusal = self.left((&sink, way.span), None, source, way, removes);
        let mut labels = vec![
            Label::Public,
            Label::Word,
            Label::LayerPath,
            Label::SecretFile,
            Label::SecretValue,
        ];
        if !self.question.allow_cache {
            labels.push(Label::CachePath);
        }
        self.refuse_at(source, way, to, &labels, &refusal);
    }
}

/// Mounts the file of a secret.
fn mount_file(machine: &mut Machine<'_>, files: &mut Files, target: &str, taint: Taint) {
    let number = machine.births.content();
    files.set_content(number, machine.unknown(taint));
    let target = SymbolicPath::from(target);
    files.file(&target, number, Taint::NONE);
    files.mount(&target, MountKind::Secret);
}
