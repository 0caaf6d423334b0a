//! Runs a script once, each hole standing for every label at the same time, and tells the labels apart afterwards.
//!
//! A source of the machine is a secret mount, or a hole as the file of a secret, or a hole as the value of one. Where a source comes
//! to rest at a place that is a hole itself, the pair is refused; anywhere else, the label of the source's hole is.

use super::quote::Places;
use super::{Answer, FlowAnswer, Hole, HoleAnswer, Label, Question, Quote};
use crate::check::tell::{help, left, sentence, steps};
use crate::flow::{
    Event, FilePlace, Files, Kind, Machine, MountKind, Node, Piece, Process, ShellOptions, Source,
    State, Taint, Value, Variable, Way, on_its_own_stack, show,
};
use crate::shell::{self, Dialect, Script, SyntaxError};
use crate::{Finding, Rule, Span};
use std::rc::Rc;

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
    let mut machine = Machine::new(&trusted, question.text.len());
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
    answering.answer
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
                    unquotable(hole, "no quoting is known for this place"),
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
                help: Some("put the secret itself in the braces, `{SECRET}`: it is then mounted, and stands for its path".to_owned()),
                ..Finding::new(Rule::LiteralSecretPath, *span, format!("`{path}` spells out where a secret is mounted"))
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
        Source::try_from(number).unwrap_or(Source::MAX)
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
        let mut process = Process::new(Value::unknown(8, Taint::NONE));
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
            let content = Value::unknown(0x2000 + group as u64, file.join(&value));
            let number = 1 << 29 | u32::try_from(group).unwrap_or_default() << 1;
            files.set_content(number, Value::unknown(0x3000 + group as u64, file));
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
            files.set_content(number | 1, content);
            let mounted = Value::known("/run/secrets/")
                .concat(&Value::unknown(0x4000 + group as u64, Taint::NONE));
            for path in files.paths(&mounted, &process.cwd) {
                files.file(&path.key, number | 1, Taint::NONE);
                files.mount(&path.key, MountKind::Secret);
            }
        }
        for (index, (name, target)) in self.question.file_mounts.iter().enumerate() {
            let taint = Taint::source(
                self.source(Origin::Mount(index)),
                Span::default(),
                format!("`{name}` is mounted at `{target}`"),
            );
            let number = 1 << 28 | u32::try_from(index).unwrap_or_default();
            files.set_content(number, Value::unknown(0x5000 + index as u64, taint));
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
            let mut exported = Variable::new(Value::unknown(0x5000 + index as u64, taint.clone()));
            exported.exported = true;
            process.set(variable, exported);
            process.initial_environment = process.initial_environment.join(&taint);
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
        for (source, way) in event.taint.ways() {
            let secret = self.name(self.origin(*source));
            let message = sentence(event.rule, &secret, &event.sink, &event.how);
            let finding = self.finding(event.rule, event.span, &event.sink, message, &secret, way);
            match event.hole {
                Some(group) => {
                    let to = self.occurrence(group, event.span);
                    let name = self.question.holes[to].name;
                    let finding = Finding {
                        message: format!(
                            "`{name}` is a public value: in a command that receives `{secret}` it {}",
                            event.how
                        ),
                        help: Some(format!(
                            "put `--` before it where the program takes that, or make `{name}` a checked word or a path"
                        )),
                        ..finding
                    };
                    let labels: &[Label] = if event.rule == Rule::PublicValueAsOption {
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
            let taint = held.join(&entry.name);
            let place = files.place(key);
            for (source, way) in taint.ways() {
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
                        let sink = if key.contains("...") {
                            way.span.of(self.question.text).to_owned()
                        } else {
                            key.clone()
                        };
                        let message = left(Rule::SecretInLayer, &secret, &sink, way);
                        let mut finding = self.finding(
                            Rule::SecretInLayer,
                            way.span,
                            &sink,
                            message,
                            &secret,
                            way,
                        );
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
                        let finding = self.finding(
                            Rule::SecretInLayer,
                            way.span,
                            name,
                            message,
                            &secret,
                            way,
                        );
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

    /// The source may not come here at all.
    fn refuse(&mut self, source: Source, way: &Rc<Way>, finding: Finding) {
        match self.origin(source) {
            Origin::Hole(group, label) => {
                let hole = self.from(group, way);
                push(&mut self.answer.holes[hole].refused, label, finding.clone());
            }
            Origin::Mount(_) => {
                if !self.answer.findings.iter().any(|known| {
                    known.rule == finding.rule
                        && known.span == finding.span
                        && known.secret == finding.secret
                }) {
                    self.answer.findings.push(finding);
                }
            }
        }
    }

    /// The source may not come here while that hole has one of these labels.
    fn refuse_at(
        &mut self,
        source: Source,
        way: &Rc<Way>,
        to: usize,
        labels: &[Label],
        finding: Finding,
    ) {
        match self.origin(source) {
            Origin::Mount(_) => {
                for label in labels.iter().filter(|label| !label.is_secret()) {
                    push(&mut self.answer.holes[to].refused, *label, finding.clone());
                }
            }
            // A value that is a secret is no public one.
            Origin::Hole(group, _) if group == self.groups[to] => {}
            Origin::Hole(group, own) => {
                let from = self.from(group, way);
                let flows = &mut self.answer.flows;
                let index = match flows
                    .iter()
                    .position(|flow| flow.from == from && flow.to == to)
                {
                    Some(index) => index,
                    None => {
                        flows.push(FlowAnswer {
                            from,
                            to,
                            refused: Vec::new(),
                        });
                        flows.len() - 1
                    }
                };
                for label in labels {
                    let refused = &mut flows[index].refused;
                    if !refused.iter().any(|(a, b, _)| *a == own && b == label) {
                        refused.push((own, *label, finding.clone()));
                    }
                }
            }
        }
    }

    /// The hole that a way starts at: the one of its name that stands where it was first read.
    fn from(&self, group: usize, way: &Rc<Way>) -> usize {
        let mut spans = Vec::new();
        let mut at = Some(way);
        while let Some(step) = at {
            spans.push(step.span);
            at = step.previous.as_ref();
        }
        // The source itself is the first of its name, if it is a file.
        let is_value = spans.len() == 1;
        let told = if is_value {
            spans.as_slice()
        } else {
            &spans[..spans.len() - 1]
        };
        let found = told
            .iter()
            .rev()
            .find_map(|span| self.holding(group, *span));
        found
            .or_else(|| spans.last().and_then(|span| self.holding(group, *span)))
            .unwrap_or(group)
    }

    fn holding(&self, group: usize, span: Span) -> Option<usize> {
        let inside = |index: &usize| {
            let hole = self.question.holes[*index].span;
            self.groups[*index] == group && span.start <= hole.start && hole.end <= span.end
        };
        (0..self.groups.len()).find(inside)
    }

    /// The hole of a name that stands at a place.
    fn occurrence(&self, group: usize, span: Span) -> usize {
        self.holding(group, span).unwrap_or(group)
    }

    fn name(&self, origin: Origin) -> String {
        let files = self.question.file_mounts;
        match origin {
            Origin::Hole(group, _) => self.question.holes.get(group).map_or("", |hole| hole.name),
            Origin::Mount(index) => files
                .get(index)
                .or_else(|| self.question.env_mounts.get(index - files.len()))
                .map_or("", |(name, _)| name),
        }
        .to_owned()
    }

    fn finding(
        &self,
        rule: Rule,
        span: Span,
        sink: &str,
        message: String,
        secret: &str,
        way: &Rc<Way>,
    ) -> Finding {
        let mut finding = Finding {
            secret: Some(secret.to_owned()),
            sink: sink.to_owned(),
            way: steps(way),
            help: in_macro(rule, sink, secret).or_else(|| help(rule, sink, way)),
            ..Finding::new(rule, span, message)
        };
        finding.severity = crate::Severity::Error;
        finding
    }
}

/// The fix, as it is written in `sh!`.
fn in_macro(rule: Rule, sink: &str, secret: &str) -> Option<String> {
    match rule {
        Rule::SecretInLayer => Some(format!(
            "write it to a tmpfs: `tmp = TmpFs::at(path!(\"/tmp/creds\"))` and `{{tmp}}/...`, or read `{{{secret}}}` where it is mounted instead of copying it"
        )),
        Rule::SecretToUnknownProgram if !sink.is_empty() => Some(format!(
            "if `{sink}` neither stores nor prints it, say so: `sh!(\"...\", @trust(\"{sink}\", output, \"reason\"))`"
        )),
        _ => None,
    }
}

fn unquotable(hole: &Hole<'_>, why: &str) -> Finding {
    let name = hole.name;
    Finding {
        secret: Some(name.to_owned()),
        help: Some(format!("make `{name}` a checked word: `Word::parse(..)?`")),
        ..Finding::new(
            Rule::UnquotableValue,
            hole.span,
            format!("`{name}` cannot be any text here: {why}"),
        )
    }
}

fn push(refused: &mut Vec<(Label, Finding)>, label: Label, finding: Finding) {
    if !refused.iter().any(|(known, _)| *known == label) {
        refused.push((label, finding));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Hole, Label, Question};
    use super::answer;
    use crate::template::Template;

    /// What is refused, a line each: `hole: Labels` and `from -> to: Label/Label`.
    fn told(script: &str) -> String {
        let template = Template::parse(script);
        let holes: Vec<Hole<'_>> = template.holes();
        let question = Question {
            text: &template.text,
            holes: &holes,
            bash: false,
            file_mounts: &[("NPMRC", "/root/.npmrc")],
            env_mounts: &[],
            trust: &[],
            allow_cache: false,
        };
        let answer = answer(&question).unwrap_or_else(|error| panic!("{script}: {error}"));
        let mut lines: Vec<String> = answer
            .findings
            .iter()
            .map(|finding| format!("{}: {}", finding.rule, finding.span.of(&template.text)))
            .collect();
        for (hole, given) in holes.iter().zip(&answer.holes) {
            let mut labels: Vec<Label> = given.refused.iter().map(|(label, _)| *label).collect();
            labels.sort();
            if !labels.is_empty() {
                lines.push(format!("{}: {labels:?}", hole.name));
            }
        }
        for flow in &answer.flows {
            let pairs: Vec<String> = flow
                .refused
                .iter()
                .map(|(a, b, _)| format!("{a:?}/{b:?}"))
                .collect();
            lines.push(format!(
                "{} -> {}: {}",
                holes[flow.from].name,
                holes[flow.to].name,
                pairs.join(" ")
            ));
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(script: &str, expected: &str) {
        assert_eq!(told(script), expected, "{script}");
    }

    #[test]
    fn a_layer_path_in_the_text_refuses_secrets() {
        check("cat {t} > /root/.netrc", "t: [SecretFile, SecretValue]");
        check("cat {t} > /dev/null", "t: [SecretValue]");
        check("wc -c < {t}", "t: [SecretValue]");
        check("echo {t} > /root/.netrc", "t: [SecretValue]");
    }

    #[test]
    fn from_hole_to_hole_the_pair_decides() {
        let pairs = [
            "Public",
            "Word",
            "LayerPath",
            "SecretFile",
            "SecretValue",
            "CachePath",
        ]
        .map(|label| format!("SecretFile/{label}"));
        check(
            "cat {t} > {d} 2> /dev/null",
            &format!("d: [SecretValue]\nt -> d: {}", pairs.join(" ")),
        );
        check(
            "cat {t} > {d}/.netrc 2> /dev/null",
            &format!("d: [SecretValue]\nt -> d: {}", pairs.join(" ")),
        );
    }

    #[test]
    fn a_shell_of_git_takes_checked_words_only() {
        for script in [
            "git -c credential.helper='!f() { echo username={n}; }; f' fetch",
            "git -c \"alias.x=!echo {n}\" x",
            "git config --global credential.helper '!f() { echo {n}; }; f'",
        ] {
            let told = told(script);
            assert!(told.contains("n: [Public"), "{script}: {told}");
        }
        assert!(!told("find . ! -name {n}").contains("Public"));
        assert!(!told("git -c user.name='{n}' commit").contains("Public"));
    }

    #[test]
    fn labels_belong_to_words() {
        check(
            "cat {t} > {d}.netrc 2> /dev/null",
            "t: [SecretFile]\nd: [SecretValue]",
        );
        check(
            "cat {t} > {d}/../x 2> /dev/null",
            "t: [SecretFile]\nd: [SecretValue]",
        );
        check(
            "cat {t} > /scratch/{d} 2> /dev/null",
            "t: [SecretFile]\nd: [SecretValue]",
        );
    }

    #[test]
    fn the_right_one_of_two_holes_of_a_name_is_refused() {
        check(
            "wc -c < {t}; cp {t} /app/ 2> /dev/null",
            "t: [SecretValue]\nt: [SecretFile, SecretValue]",
        );
    }

    #[test]
    fn mounts_are_followed_too() {
        check("cp /root/.npmrc /app/x", "SecretInLayer: /app/x");
        check("wc -c /root/.npmrc", "");
        check("cp -r /root /app/", "SecretInLayer: /app/");
    }

    #[test]
    fn directories_that_hold_the_mounts_count() {
        check(
            "wc -c < {t} 2> /dev/null; cp -r /run /backup",
            "t: [SecretFile, SecretValue]",
        );
    }

    #[test]
    fn literal_paths_are_refused() {
        check(
            "cat /run/secrets/t | wc -c",
            "LiteralSecretPath: /run/secrets/t",
        );
    }

    #[test]
    fn what_receives_only_a_credential_takes_public_operands() {
        let helper = "-c credential.helper= -c credential.https://github.com.helper='!f() { echo username=x; echo \"password=$(cat {t})\"; }; f'";
        let told = told(&format!("git {helper} clone --depth=1 {{repo}} {{dest}}"));
        // The helper's text is a script of its own: there a public value is none, and the secret may stand.
        assert_eq!(told.lines().next(), Some("t: [Public]"), "{told}");
        assert!(!told.lines().any(|line| line.starts_with("t ->")), "{told}");
        let sorted = "opt: [SecretValue]\nt: [SecretValue]";
        check(
            "sort {opt} {t} > /dev/null",
            &format!(
                "{sorted}\nt -> opt: SecretFile/Public SecretValue/Public\nopt -> t: SecretFile/Public SecretValue/Public"
            ),
        );
        check("sort -- {opt} {t} > /dev/null", sorted);
    }

    #[test]
    fn a_file_that_a_variable_names_is_given_to_a_program() {
        check("FOO={t} frobnicate", "t: [SecretFile, SecretValue]");
        check("PIP_CONFIG_FILE={t} pip install x", "");
    }

    #[test]
    fn public_values_are_no_programs() {
        check("sh -c 'echo {x}'", "x: [Public, SecretValue]");
        check("echo $(({x} + 1))", "x: [Public, SecretValue]");
    }
}
