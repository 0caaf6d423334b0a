//! Runs a script once, each hole standing for every label at the same time, and tells the labels apart afterwards.
//!
//! A source of the machine is a secret mount, or a hole as the file of a secret, or a hole as the value of one. Where a source comes
//! to rest at a place that is a hole itself, the pair is refused; anywhere else, the label of the source's hole is.

mod refuse;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::rc::Rc;

use refuse::unquotable;

use super::quote::Places;
use super::{Answer, Hole, HoleAnswer, Label, Question, Quote};
use crate::domain::{
    FilePlace, Files, Kind, MountKind, Piece, Process, ShellOptions, Site, Source, State,
    SymbolicPath, Taint, Told, Value, Variable, source_of,
};
use crate::interpreter::{Event, Machine, on_its_own_stack};
use crate::report::{Doubt, Keeper, Sink, SinkPlace, Step, secret_at};
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
    // More than any command of it.
    let step = Site {
        stage: 0,
        span: Span::new(0, question.text.len() + 1),
    };
    let mut machine = Machine::new(&trusted, question.programs, question.text.len(), step);
    let state = answering.start(&mut machine, step);
    let flows = machine.script(state, script);
    if machine.exhausted {
        let all = flows.iter().fold(Taint::NONE, |taint, flow| {
            taint.join(&flow.state.everything())
        });
        machine.event(Sink::syntax(Doubt::TooLong), &all, script.list.span, None);
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
        hole.refused
            .sort_by_key(|(label, finding)| (*label, finding.span.start));
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

/// A finding, and what distinguishes its sink from others of the same command.
struct Refusal {
    finding: Finding,
    place: SinkPlace,
}

/// What a finding refuses: a label of a hole, or a mount, whatever the labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refused {
    Hole(usize, Label),
    Mount(usize),
}

struct Answering<'q, 'a> {
    question: &'q Question<'a>,
    /// For each hole the first one of its name.
    groups: Vec<usize>,
    answer: Answer,
    /// What is refused already, and for which sink.
    reported: BTreeSet<(Refused, Rule, Span, SinkPlace)>,
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
        answer.holes = (places.quotes.iter())
            .map(|quote| HoleAnswer {
                quote: *quote,
                refused: Vec::new(),
            })
            .collect();
        for span in &places.literal_paths {
            let path = span.of(question.text);
            answer.findings.push(Finding {
                sink: path.to_owned(),
                help: Some(secret_at(path)),
                ..Finding::new(
                    Rule::LiteralSecretPath,
                    *span,
                    format!("`{path}` spells out where a secret is mounted"),
                )
            });
        }
        let mut answering = Self {
            question,
            groups: question.holes.iter().map(first).collect(),
            answer,
            reported: BTreeSet::new(),
        };
        for (index, hole) in question.holes.iter().enumerate() {
            if places.quotes.get(index) == Some(&Quote::Refused) {
                let refusal = unquotable(hole, "no quotes keep it one piece of text in this place");
                answering.refuse_label(index, Label::Public, &refusal);
            }
        }
        answering
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
    fn start(&mut self, machine: &mut Machine<'_>, step: Site) -> State {
        let mut process = Process::new(machine.unknown(Taint::NONE), step);
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
                Step::HoleValue { name: name.into() },
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
                Step::HoleFile { name: name.into() },
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
                Step::MountedHole {
                    name: (*name).into(),
                    path: (*target).into(),
                },
            );
            let number = machine.births.content();
            files.set_content(number, machine.unknown(taint));
            let target = SymbolicPath::from(*target);
            files.file(&target, number, Taint::NONE);
            files.mount(&target, MountKind::Secret);
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
            let sink = (&event.sink, event.span);
            let Some(group) = event.hole else {
                let refusal = self.refusal(sink, None, None, origin, way);
                self.refuse(*source, way, refusal);
                continue;
            };
            let to = self.occurrence(group, event.span);
            let name = self.question.holes[to].name;
            let refusal = self.refusal(sink, None, Some(name), origin, way);
            let labels: &[Label] = match event.sink {
                Sink::Choice { .. } => &[Label::Public],
                _ => &[Label::Public, Label::Word, Label::LayerPath],
            };
            self.refuse_at(*source, way, to, labels, &refusal);
        }
    }

    /// A public value in a text that is run is a program: only words that mean the same everywhere may stand there.
    fn evaluated(&mut self, group: usize, span: Span) {
        let hole = self.occurrence(group, span);
        let refusal = unquotable(
            &self.question.holes[hole],
            "it stands in a text that is run as a script of its own",
        );
        self.refuse_label(hole, Label::Public, &refusal);
    }

    /// What is left in files when the script has ended.
    fn files(&mut self, files: &Files) {
        for (key, taint) in files.tainted() {
            let place = files.place(key);
            for Told { source, way, .. } in taint.ways() {
                // The file of the secret itself.
                if way.previous.is_none() {
                    continue;
                }
                let origin = self.origin(*source);
                let path = key.clone();
                let step = way.step.clone();
                match place {
                    FilePlace::Discarded | FilePlace::Secret | FilePlace::Cache(_) => {}
                    FilePlace::Layer => {
                        // A path that is not known is shown as the author wrote it.
                        let written = way.span.of(self.question.text);
                        let is_word = !written.contains(char::is_whitespace);
                        let called = (path.is_symbolic() && is_word).then_some(written);
                        let keeper = Keeper::Layer;
                        let sink = Sink::File { keeper, path, step };
                        let refusal = self.refusal((&sink, way.span), called, None, origin, way);
                        self.refuse(*source, way, refusal);
                    }
                    FilePlace::Hole(group) => {
                        if matches!(origin, Origin::Hole(own, _) if own == group) {
                            continue;
                        }
                        let to = self.occurrence(group, way.span);
                        let keeper = Keeper::Hole(self.question.holes[to].name.into());
                        let sink = Sink::File { keeper, path, step };
                        let refusal = self.refusal((&sink, way.span), None, None, origin, way);
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
                        self.refuse_at(*source, way, to, &labels, &refusal);
                    }
                }
            }
        }
    }
}
