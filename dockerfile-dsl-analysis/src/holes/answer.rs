//! Runs a script once, each hole standing for every label at the same time, and tells the labels apart afterwards.
//!
//! A source of the machine is a secret mount, or a hole as the file of a secret, or a hole as the value of one. Where a source comes
//! to rest at a place that is a hole itself, the pair is refused; anywhere else, the label of the source's hole is.

mod refuse;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use refuse::{End, of_literal_path, push, unquotable, word};

use super::quote::Places;
use super::{Answer, Hole, HoleAnswer, Label, Question, Quote};
use crate::check::tell::{left, sentence};
use crate::flow::{
    Event, FilePlace, Files, Kind, Machine, MountKind, Node, Piece, Process, ShellOptions, Source,
    State, Taint, Told, Value, Variable, on_its_own_stack, show, source_of,
};
use crate::shell::{self, Dialect, Script, SyntaxError};
use crate::{Finding, Rule, Span};

/// What may stand in the holes of a script.
///
/// # Errors
///
/// If the script cannot be read.
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
    Ok(on_its_own_stack(|| run(question, &script)))
}

fn run(question: &Question<'_>, script: &Script) -> Answer {
    let places = Places::of(script, question.text, question.holes.len());
    let mut answering = Answering::new(question, &places);
    let trusted: Vec<(String, bool)> = question
        .trust
        .iter()
        .map(|trust| (trust.program.to_owned(), trust.output))
        .collect();
    let mut machine = Machine::new(
        &trusted,
        question.text.len(),
        // More than any command of it.
        Span::new(0, question.text.len() + 1),
    );
    let state = answering.start(&mut machine);
    let flows = machine.script(state, script);
    if machine.exhausted {
        let all = flows.iter().fold(Taint::NONE, |taint, flow| {
            taint.join(&flow.state.everything())
        });
        machine.event(
            Rule::SecretInOpaqueSyntax,
            &all,
            script.list.span,
            "",
            "too much of it",
            None,
        );
    }
    for event in std::mem::take(&mut machine.events) {
        answering.event(&event);
    }
    for (group, span) in std::mem::take(&mut machine.evaluated) {
        answering.evaluated(group, span);
    }
    for flow in flows.iter().filter(|flow| flow.status.may_succeed()) {
        answering.files(&flow.state.files);
    }
    // Under the `set -e` of every `sh!` the step mostly ends where a trap of ERR has run, and its layer is not kept. What the trap
    // writes is refused all the same: it is what the author meant to keep.
    for files in &machine.failed {
        answering.files(files);
    }
    let mut answer = answering.answer;
    for hole in &mut answer.holes {
        let place = |(label, finding): &(Label, Finding)| (*label, finding.span.start);
        let mut sorted: Vec<(Label, Finding)> = Vec::new();
        for refused in std::mem::take(&mut hole.refused) {
            let at = sorted.partition_point(|other| place(other) <= place(&refused));
            sorted.insert(at, refused);
        }
        hole.refused = sorted;
    }
    answer
}

/// What a source of the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A hole of this name, with that label.
    Hole(usize, Label),
    /// A mount, by its place among the file mounts and then the variable mounts.
    Mount(usize),
}

struct Answering<'q, 'a> {
    question: &'q Question<'a>,
    /// For each hole the first one of its name.
    groups: Vec<usize>,
    answer: Answer,
}

impl<'q, 'a> Answering<'q, 'a> {
    fn new(question: &'q Question<'a>, places: &Places) -> Self {
        let first = |hole: &Hole<'_>| {
            question
                .holes
                .iter()
                .position(|other| other.name == hole.name)
                .unwrap_or_default()
        };
        let mut answer = Answer {
            findings: Vec::new(),
            holes: Vec::new(),
            flows: Vec::new(),
        };
        for (hole, quote) in question.holes.iter().zip(&places.quotes) {
            let mut refused = Vec::new();
            if *quote == Quote::Refused {
                refused.push((
                    Label::Public,
                    unquotable(hole, "no quotes keep it one piece of text in this place"),
                ));
            }
            answer.holes.push(HoleAnswer {
                quote: *quote,
                refused,
            });
        }
        for span in &places.literal_paths {
            let path = span.of(question.text);
            answer.findings.push(Finding {
                sink: path.to_owned(),
                help: Some(of_literal_path(path)),
                ..Finding::new(
                    Rule::LiteralSecretPath,
                    *span,
                    format!("`{path}` spells out where a secret is mounted"),
                )
            });
        }
        Self {
            question,
            groups: question.holes.iter().map(first).collect(),
            answer,
        }
    }

    fn source(&self, origin: Origin) -> Source {
        let number = match origin {
            Origin::Hole(group, Label::SecretFile) => 2 * group,
            Origin::Hole(group, _) => 2 * group + 1,
            Origin::Mount(index) => 2 * self.question.holes.len() + index,
        };
        source_of(number)
    }

    fn origin(&self, source: Source) -> Origin {
        let number = usize::from(source);
        let holes = self.question.holes.len();
        match (number < 2 * holes, number % 2) {
            (true, 0) => Origin::Hole(number / 2, Label::SecretFile),
            (true, _) => Origin::Hole(number / 2, Label::SecretValue),
            (false, _) => Origin::Mount(number - 2 * holes),
        }
    }

    /// The state before the script: every hole is a file, and a text.
    fn start(&mut self, machine: &mut Machine<'_>) -> State {
        let mut process = Process::new(machine.unknown(Taint::NONE));
        let mut home = Variable::new(Value::known("/root"));
        home.exported = true;
        process.set("HOME", home);
        let mut files = Files::new();
        for (index, hole) in self.question.holes.iter().enumerate() {
            let group = self.groups[index];
            let name = hole.name;
            let value = Taint::source(
                self.source(Origin::Hole(group, Label::SecretValue)),
                hole.span,
                format!("`{name}` is the secret's value"),
            );
            let piece = Piece {
                kind: Kind::Hole {
                    index: group,
                    lazy: false,
                },
                taint: value.clone(),
            };
            machine.stand_in(Value::piece(piece), value.clone());
            if group != index {
                continue;
            }
            let file = Taint::source(
                self.source(Origin::Hole(group, Label::SecretFile)),
                hole.span,
                format!("`{name}` is the secret's file"),
            );
            let content = machine.unknown(file.join(&value));
            let number = machine.births.content();
            files.set_content(number, machine.unknown(file));
            let paths = files.paths(
                &Value::piece(Piece {
                    kind: Kind::Hole {
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
            // Wherever it stands in the script, as a secret it is mounted here.
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
                format!("`{name}` is mounted at `{target}`"),
            );
            let number = machine.births.content();
            files.set_content(number, machine.unknown(taint));
            files.file(target, number, Taint::NONE);
            files.mount(target, MountKind::Secret);
        }
        for (index, (name, variable)) in self.question.env_mounts.iter().enumerate() {
            let index = index + self.question.file_mounts.len();
            let taint = Taint::source(
                self.source(Origin::Mount(index)),
                Span::default(),
                format!("`{name}` is in the variable `{variable}` of every process"),
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
            let origin = self.origin(*source);
            let secret = self.name(origin);
            let message = sentence(event.rule, &secret, &event.sink, &event.how);
            let end = End {
                rule: event.rule,
                span: event.span,
                sink: &event.sink,
                path: &event.sink,
                how: &event.how,
            };
            let finding = self.finding(&end, origin, message, way);
            match event.hole {
                Some(group) => {
                    let to = self.occurrence(group, event.span);
                    let name = self.question.holes[to].name;
                    let is_option = event.rule == Rule::PublicValueAsOption;
                    let (message, help) = if is_option {
                        (
                            format!(
                                "`{name}` is a public value: in a command that receives `{secret}` it {}",
                                event.how
                            ),
                            word(name),
                        )
                    } else {
                        (
                            format!(
                                "`{name}` could be the path of the file that `{secret}` was written to, which `{}` reads",
                                event.sink
                            ),
                            format!(
                                "write the path into the script instead of `{{{name}}}`, or read it in a step of its own"
                            ),
                        )
                    };
                    let finding = Finding {
                        message,
                        help: Some(help),
                        ..finding
                    };
                    let labels: &[Label] = if is_option {
                        &[Label::Public]
                    } else {
                        &[Label::Public, Label::Word, Label::LayerPath]
                    };
                    self.refuse_at(*source, way, to, labels, finding);
                }
                None => self.refuse(*source, way, finding),
            }
        }
    }

    /// A public value in a text that is run is a program: only words that mean the same everywhere may stand there.
    fn evaluated(&mut self, group: usize, span: Span) {
        let hole = self.occurrence(group, span);
        let finding = unquotable(
            &self.question.holes[hole],
            "it stands in a text that is run as a script of its own",
        );
        push(&mut self.answer.holes[hole].refused, Label::Public, finding);
    }

    /// What is left in files when the script has ended.
    fn files(&mut self, files: &Files) {
        for (key, entry) in files.entries() {
            let held = match &entry.node {
                Node::File(number) => files.content(*number).map_or(Taint::NONE, Value::taint),
                Node::Link(target) => target.taint(),
                Node::Directory => Taint::NONE,
            };
            let taint = held.join(&entry.name).told();
            let place = files.place(key);
            for Told { source, way, .. } in taint.ways() {
                // The file of the secret itself.
                if way.previous.is_none() {
                    continue;
                }
                let origin = self.origin(*source);
                let secret = self.name(origin);
                match place {
                    FilePlace::Discarded | FilePlace::Secret | FilePlace::Cache(_) => {}
                    FilePlace::Layer => {
                        // A path that is not known is shown as the author wrote it.
                        let key = show(key);
                        let written = way.span.of(self.question.text);
                        let is_word = !written.contains(char::is_whitespace);
                        let sink = if key.contains("...") && is_word {
                            written.to_owned()
                        } else {
                            key.clone()
                        };
                        let message = left(Rule::SecretInLayer, &secret, &sink, way);
                        let end = End {
                            rule: Rule::SecretInLayer,
                            span: way.span,
                            sink: &sink,
                            path: &key,
                            how: "",
                        };
                        let mut finding = self.finding(&end, origin, message, way);
                        for step in &mut finding.way {
                            step.text =
                                step.text.replace(&format!("`{key}`"), &format!("`{sink}`"));
                        }
                        self.refuse(*source, way, finding);
                    }
                    FilePlace::Hole(group) => {
                        if matches!(origin, Origin::Hole(own, _) if own == group) {
                            continue;
                        }
                        let to = self.occurrence(group, way.span);
                        let name = self.question.holes[to].name;
                        let message = format!(
                            "`{secret}` would leak: its value is written to `{name}`, which is not a tmpfs"
                        );
                        let end = End {
                            rule: Rule::SecretInLayer,
                            span: way.span,
                            sink: name,
                            path: &show(key),
                            how: "",
                        };
                        let finding = self.finding(&end, origin, message, way);
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
                        self.refuse_at(*source, way, to, &labels, finding);
                    }
                }
            }
        }
    }
}
