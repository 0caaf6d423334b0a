//! From stages to the text of a Dockerfile.
//!
//! In: the target stages and the settings of the file. Out: the text and the secrets by id, or all that is wrong.
//! The stages are written in post-order, each once: what a stage is made of stands before it.

use std::collections::BTreeMap;

use crate::danger::{Decision, DecisionKind};
use crate::instruction::{Arg, Instruction, Origin};
use crate::problem::Problems;
use crate::render::{self, Pen, lines, script, word};
use crate::settings::Settings;
use crate::stage::{Above, Base, Stage, Step};
use crate::text::Text;
use crate::{Secret, SecretSource, valid};

/// The text of a file, and what stands behind it.
pub(crate) struct Lowered {
    pub(crate) text: String,
    /// By the id that the command line gives them.
    pub(crate) secrets: BTreeMap<String, Secret>,
    /// With the stage and the instruction, `None` for FROM.
    pub(crate) decisions: Vec<(usize, Option<usize>, Decision)>,
    /// The keywords of each stage, to be compared with what is read back.
    pub(crate) keywords: Vec<Vec<String>>,
}

/// Writes the stages, and says what is wrong with them.
pub(crate) fn lower(targets: &[Stage], settings: &Settings, problems: &mut Problems) -> Lowered {
    let order = walk(targets);
    if order.is_empty() {
        problems.unwritable("there is no stage: name at least one target");
    }
    let stages = named(&order, problems);
    check_names(&stages, problems);
    let secrets = secrets(&stages, settings, problems);
    let mut ends: Vec<End> = Vec::new();
    let mut paragraphs = vec![header(settings, &secrets, problems)];
    let mut decisions = Vec::new();
    let mut keywords = Vec::new();
    for (index, (stage, name)) in stages.iter().enumerate() {
        let start = match &stage.content().base {
            Base::Stage(base) => stages
                .iter()
                .position(|(known, _)| known == base)
                .and_then(|at| ends.get(at))
                .cloned()
                .unwrap_or_default(),
            Base::Image(_) | Base::Scratch => End::default(),
        };
        let mut pen = Pen {
            escape: settings.escape.char(),
            stages: &stages,
            here_documents: settings.here_documents,
            shell: start.shell,
            user: start.user,
        };
        let mut writer = StageWriter {
            pen: &mut pen,
            problems,
            place: place(index, name.as_deref()),
            secrets: &secrets,
            globals: &settings.arguments,
            lines: Vec::new(),
        };
        writer.from(stage, name.as_deref());
        for step in &stage.content().steps {
            writer.step(step);
        }
        paragraphs.push(writer.lines.join("\n"));
        decisions.extend(decided(index, stage));
        keywords.push(
            stage
                .content()
                .steps
                .iter()
                .map(|step| step.instruction.keyword().to_ascii_uppercase())
                .collect(),
        );
        ends.push(End {
            shell: pen.shell,
            user: pen.user,
        });
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut text = paragraphs.join("\n\n");
    // A comment on the first line would be taken for a parser directive if it looks like one: a blank line ends those.
    if text.starts_with('#') && !settings.has_directives() {
        text.insert(0, '\n');
    }
    text.push('\n');
    Lowered {
        text,
        secrets,
        decisions,
        keywords,
    }
}

/// What a stage leaves to those that start from it.
#[derive(Clone, Default)]
struct End {
    shell: script::Shell,
    user: Option<Text>,
}

/// All stages that the targets are made of: parts first, each once.
pub(crate) fn walk(targets: &[Stage]) -> Vec<Stage> {
    let mut order: Vec<Stage> = Vec::new();
    // The stages that are open, each with its parts that are still to be visited, last first.
    let mut open: Vec<(Stage, Vec<Stage>)> = Vec::new();
    for target in targets {
        visit(target, &order, &mut open);
        while let Some((stage, parts)) = open.last_mut() {
            if let Some(part) = parts.pop() {
                visit(&part, &order, &mut open);
            } else {
                order.push(stage.clone());
                open.pop();
            }
        }
    }
    order
}

fn visit(stage: &Stage, order: &[Stage], open: &mut Vec<(Stage, Vec<Stage>)>) {
    if !order.contains(stage) {
        open.push((
            stage.clone(),
            stage.parts().into_iter().rev().cloned().collect(),
        ));
    }
}

/// Each stage with the name that it has in the file: one that is referred to needs one.
fn named(order: &[Stage], problems: &mut Problems) -> Vec<(Stage, Option<String>)> {
    let taken: Vec<&str> = order
        .iter()
        .flat_map(|stage| stage.name().into_iter().chain(images(stage)))
        .collect();
    let referred: Vec<&Stage> = order.iter().flat_map(Stage::parts).collect();
    let mut named: Vec<(Stage, Option<String>)> = Vec::new();
    for (index, stage) in order.iter().enumerate() {
        let name = match stage.name() {
            Some(name) => Some(name.to_owned()),
            None if referred.contains(&stage) => {
                let mut name = format!("stage-{index}");
                while taken.contains(&name.as_str()) {
                    name.push('_');
                }
                Some(name)
            }
            None => None,
        };
        let first = named
            .iter()
            .position(|(_, other)| name.is_some() && *other == name);
        if let (Some(first), Some(name)) = (first, &name) {
            problems.place = place(index, Some(name));
            problems.wrong(format!("stage {first} has the same name, and is another stage: give one of them another name"));
        }
        named.push((stage.clone(), name));
    }
    named
}

/// The images that a stage names, where the name of a stage would be taken for it.
fn images(stage: &Stage) -> impl Iterator<Item = &str> {
    let base = if let Base::Image(image) = &stage.content().base {
        Some(image.content.as_str())
    } else {
        None
    };
    let origins = stage
        .content()
        .steps
        .iter()
        .flat_map(|step| step.instruction.origins());
    base.into_iter().chain(origins.filter_map(|origin| {
        if let Origin::Image(image) = origin {
            Some(image.as_str())
        } else {
            None
        }
    }))
}

/// BuildKit looks for a stage before it looks for an image.
fn check_names(stages: &[(Stage, Option<String>)], problems: &mut Problems) {
    for (index, (stage, name)) in stages.iter().enumerate() {
        for image in images(stage) {
            let clash = stages[..index].iter().any(|(_, other)| {
                other
                    .as_deref()
                    .is_some_and(|other| other.eq_ignore_ascii_case(image))
            });
            if clash {
                problems.place = place(index, name.as_deref());
                problems.wrong(format!("`{image}` is the name of a stage here, not an image: pass the `Stage`, or give the image its registry"));
            }
        }
    }
}

/// The secrets by the id that they have on the command line.
fn secrets(
    stages: &[(Stage, Option<String>)],
    settings: &Settings,
    problems: &mut Problems,
) -> BTreeMap<String, Secret> {
    let mut secrets: BTreeMap<String, Secret> = BTreeMap::new();
    for (index, (stage, name)) in stages.iter().enumerate() {
        for step in &stage.content().steps {
            let used = match &step.instruction {
                Instruction::Run(run) => run
                    .secrets()
                    .map(|mount| (mount.secret.id().to_owned(), mount.secret))
                    .collect(),
                Instruction::Add(add) => add.implicit_secrets(),
                _ => Vec::new(),
            };
            for (id, secret) in used {
                let known = *secrets.entry(id.clone()).or_insert(secret);
                if known.source() != secret.source() {
                    problems.place = place(index, name.as_deref());
                    problems.wrong(format!("secret id `{id}` has two sources in this file, and the command line can give it one: declare it once"));
                }
            }
        }
    }
    for secret in &settings.secrets {
        secrets.entry(secret.id().to_owned()).or_insert(*secret);
    }
    secrets
}

fn decided(index: usize, stage: &Stage) -> Vec<(usize, Option<usize>, Decision)> {
    let content = stage.content();
    let of_from = content
        .above
        .decisions
        .iter()
        .map(|decision| (index, None, decision.clone()));
    let of_steps = content.steps.iter().enumerate().flat_map(|(at, step)| {
        all_decisions(step)
            .into_iter()
            .map(move |decision| (index, Some(at), decision))
    });
    of_from.chain(of_steps).collect()
}

fn all_decisions(step: &Step) -> Vec<Decision> {
    let own = match &step.instruction {
        Instruction::Run(run) => run.decisions(),
        Instruction::Raw(raw) => vec![raw.decision()],
        _ => Vec::new(),
    };
    step.above.decisions.iter().cloned().chain(own).collect()
}

/// Parser directives, comments of the file, and global build arguments.
fn header(
    settings: &Settings,
    secrets: &BTreeMap<String, Secret>,
    problems: &mut Problems,
) -> String {
    problems.place = String::new();
    settings.check(problems);
    let directives = settings.directives().join("\n");
    let mut lines = Vec::new();
    for comment in &settings.comments {
        lines.extend(comment_lines(comment, problems));
    }
    let pen = Pen {
        escape: settings.escape.char(),
        stages: &[],
        here_documents: true,
        shell: script::Shell::default(),
        user: None,
    };
    for arg in &settings.arguments {
        problems.place = "global ARG".to_owned();
        arg.check(problems);
        check_fed(arg.name(), secrets, problems);
        lines.push(folded(&arg.write(&pen), settings.escape.char(), problems));
    }
    let parts = [directives, lines.join("\n")];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// ``stage `build` `` or `stage 2`.
fn place(index: usize, name: Option<&str>) -> String {
    name.map_or_else(
        || format!("stage {index}"),
        |name| format!("stage `{}`", name.escape_debug()),
    )
}

/// Writes one stage.
struct StageWriter<'a, 'b> {
    pen: &'a mut Pen<'b>,
    problems: &'a mut Problems,
    place: String,
    secrets: &'a BTreeMap<String, Secret>,
    globals: &'a [Arg],
    lines: Vec<String>,
}

impl StageWriter<'_, '_> {
    fn from(&mut self, stage: &Stage, name: Option<&str>) {
        let content = stage.content();
        self.problems.place = format!("{}, FROM", self.place);
        self.above(&content.above, &[]);
        let mut flags = Vec::new();
        if let Some(platform) = &content.platform {
            self.problems
                .flag_word("--platform", platform, valid::platform);
            self.check_global(platform);
            flags.push(self.pen.flag_word("platform", platform));
        }
        let mut rest = match &content.base {
            Base::Scratch => "scratch".to_owned(),
            Base::Stage(base) => self.pen.name_of(base).to_owned(),
            Base::Image(image) => {
                self.problems.word("the image", image, valid::image);
                self.check_global(image);
                self.pen.word(image)
            }
        };
        if let Some(name) = name {
            self.problems.check(valid::stage_name(name));
            rest.push_str(&format!(" AS {name}"));
        }
        let line = render::instruction("FROM", &flags, &rest);
        self.push(&line);
        self.check_once(stage);
        if !content.loose.is_empty() {
            self.problems.place.clone_from(&self.place);
            self.problems
                .wrong("something was said about the next instruction, and there is none");
        }
    }

    /// FROM knows global build arguments only; any other variable is empty there.
    fn check_global(&mut self, text: &Text) {
        const PLATFORM: &[&str] = &["OS", "OSVERSION", "ARCH", "VARIANT", "PLATFORM"];
        let predefined = |name: &str| {
            let part = name
                .strip_prefix("BUILD")
                .or_else(|| name.strip_prefix("TARGET"));
            name == "TARGETSTAGE" || part.is_some_and(|part| PLATFORM.contains(&part))
        };
        for name in word::variables(text) {
            if !predefined(name) && !self.globals.iter().any(|global| global.name() == name) {
                self.problems.wrong(format!(
                    "`${name}` is empty in FROM: declare it with `Dockerfile::settings().global_arg(Arg::new(\"{name}\"))`"
                ));
            }
        }
    }

    /// Of these, the last one wins silently.
    fn check_once(&mut self, stage: &Stage) {
        for keyword in ["CMD", "ENTRYPOINT", "HEALTHCHECK"] {
            let times = stage
                .content()
                .steps
                .iter()
                .filter(|step| step.instruction.keyword() == keyword)
                .count();
            if times > 1 {
                self.problems.place.clone_from(&self.place);
                self.problems.wrong(format!(
                    "{keyword} is there {times} times, and only the last one counts: write it once"
                ));
            }
        }
    }

    fn step(&mut self, step: &Step) {
        self.problems.place = format!("{}, {}", self.place, described(&step.instruction));
        step.instruction.check(self.problems);
        self.check_place(step);
        let decisions = all_decisions(step);
        self.above(&step.above, &decisions);
        let written = step.instruction.write(self.pen);
        let head = folded(&written.head, self.pen.escape, self.problems);
        self.lines.push(format!("{head}{}", written.bodies));
        match &step.instruction {
            Instruction::Shell(shell) => self.pen.shell = script::Shell::new(shell.arguments()),
            Instruction::User(user) => self.pen.user = Some(user.user().clone()),
            _ => {}
        }
    }

    /// What depends on the rest of the file.
    fn check_place(&mut self, step: &Step) {
        let names: Vec<&str> = match &step.instruction {
            Instruction::Run(run) => {
                run.check_place(self.pen, self.problems);
                return;
            }
            Instruction::Arg(arg) => vec![arg.name()],
            Instruction::Env(env) => env.names().collect(),
            Instruction::Onbuild(_) if self.pen.escape != '\\' => {
                self.problems.wrong("ONBUILD is read again in another build, where the escape character is `\\`: leave the directive out");
                return;
            }
            _ => return,
        };
        for name in names {
            let allowed = step.above.decisions.iter().any(|decision| matches!(&decision.kind, DecisionKind::AllowName { name: allowed } if allowed == name));
            if !allowed {
                check_fed(name, self.secrets, self.problems);
            }
        }
    }

    fn above(&mut self, above: &Above, decisions: &[Decision]) {
        for comment in &above.comments {
            self.lines.extend(comment_lines(comment, self.problems));
        }
        for check in &above.checks {
            check_options(check, self.problems);
            self.lines.push(format!("# check={check}"));
        }
        for decision in decisions {
            decision.check(self.problems);
            self.lines.extend(decision.comment());
        }
    }

    fn push(&mut self, line: &str) {
        let line = folded(line, self.pen.escape, self.problems);
        self.lines.push(line);
    }
}

/// `RUN` and what tells it from the other RUNs of the stage.
fn described(instruction: &Instruction) -> String {
    match instruction {
        Instruction::Run(run) => match run.first_line() {
            Some(line) => format!("RUN `{line}`"),
            None => "RUN".to_owned(),
        },
        other => other.keyword().to_owned(),
    }
}

/// The command line would fill a build argument of that name with the secret's value, and so might a template an ENV.
pub(crate) fn check_fed(name: &str, secrets: &BTreeMap<String, Secret>, problems: &mut Problems) {
    let fed = secrets
        .values()
        .find(|secret| matches!(secret.source(), SecretSource::Env(variable) if variable == name));
    if let Some(secret) = fed {
        problems.wrong(format!(
            "`{name}` is the variable that holds secret `{}`: as a build argument or environment variable its value stays in the image; use the secret in `sh!`, or write `.allow_name(\"{name}\", \"reason\")`",
            secret.id()
        ));
    }
}

/// The comment's lines. A comment that BuildKit or the check would obey is refused: there are methods for those.
fn comment_lines(comment: &str, problems: &mut Problems) -> Vec<String> {
    let obeyed = |line: &str| {
        let line = line.trim_start_matches(|c: char| c == '#' || c.is_whitespace());
        let name: String = line
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let directive = line[name.len()..].trim_start().starts_with('=');
        line.starts_with("dockerfile-dsl:")
            || (directive
                && ["syntax", "escape", "check"].contains(&name.to_ascii_lowercase().as_str()))
    };
    if comment.contains('\0') || comment.contains('\r') {
        problems.unwritable("a comment holds a NUL or a carriage return");
    }
    comment
        .split('\n')
        .map(|line| {
            if obeyed(line) {
                problems.unwritable("a comment reads as a directive: there are methods for those (`.check(..)`, `.allow_name(..)`, `Settings`)");
            }
            if !lines::fit(line) {
                problems.unwritable("a comment has more than 65534 bytes in one line");
            }
            if line.trim().is_empty() { "#".to_owned() } else { format!("# {}", line.trim_end()) }
        })
        .collect()
}

/// `skip=Rule[,Rule]`, `error=true`, `experimental=..`, with `;` between them and no blanks.
pub(crate) fn check_options(options: &str, problems: &mut Problems) {
    let value = |text: &str| {
        !text.is_empty()
            && text.split(',').all(|name| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    };
    let option = |text: &str| match text.split_once('=') {
        Some(("skip" | "experimental", names)) => value(names),
        Some(("error", state)) => matches!(state, "true" | "false"),
        _ => false,
    };
    let options: Vec<&str> = options.split(';').collect();
    if options.len() > 3 || !options.into_iter().all(option) {
        problems.unwritable("the options of `# check=` are `skip=Rule,Rule`, `error=true` and `experimental=Rule`, with `;` between them and no blanks");
    }
}

fn folded(line: &str, escape: char, problems: &mut Problems) -> String {
    lines::fold(line, escape).unwrap_or_else(|| {
        problems.unwritable("the instruction is longer than a line can be, and there is no place where it can be cut");
        String::new()
    })
}
