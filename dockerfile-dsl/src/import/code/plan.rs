//! A file as stages of the model, each instruction in the best form that is equal to it.
//!
//! In: a file with its findings. Out: a [`Plan`], from which the printers write code. Invariant: the text that the plan becomes has
//! the definition of the file. An instruction whose typed form differs, or is refused, becomes raw text.

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::dockerfile::{self, Danger, File, Instruction as Read, Kind};
use dockerfile_dsl_analysis::{Finding, LineIndex};

use super::comments::Comments;
use super::definition::{Definition, is_replaced};
use super::model::{self, Place};
use super::script;
use super::secrets::Constants;
use super::word;
use crate::danger::{Decision, raw_instruction};
use crate::instruction::{Arg, Instruction};
use crate::lower;
use crate::problem::Problems;
use crate::settings::{Escape, Settings};
use crate::stage::{Base, Stage};
use crate::syntax::{Syntax, Version};
use crate::text::Text;
use crate::{Error, Secret};

/// A file to write as code.
pub(super) struct Plan {
    pub(super) settings: Settings,
    /// Directives that have no typed form.
    pub(super) left_out: Vec<String>,
    pub(super) constants: Constants,
    pub(super) stages: Vec<StagePlan>,
    /// The model of each stage.
    pub(super) built: Vec<Stage>,
    /// Comments after the last instruction.
    pub(super) end: Vec<String>,
}

/// A stage to write as code.
pub(super) struct StagePlan {
    pub(super) base: BasePlan,
    pub(super) name: Option<String>,
    pub(super) platform: Option<Text>,
    pub(super) comments: Vec<String>,
    /// Of its FROM and of build arguments before it.
    pub(super) findings: Vec<Finding>,
    pub(super) steps: Vec<Step>,
}

/// What a stage starts from.
pub(super) enum BasePlan {
    Image(Text),
    /// The index of another stage.
    Stage(usize),
    Scratch,
}

/// An instruction to write as code.
pub(super) struct Step {
    pub(super) comments: Vec<String>,
    pub(super) decisions: Vec<Decision>,
    pub(super) findings: Vec<Finding>,
    pub(super) form: Form,
    pub(super) line: usize,
}

pub(super) enum Form {
    Typed(Vec<Instruction>),
    Script(Box<script::Step>),
    /// Text, and why it has no typed form.
    Raw(String, String),
    /// Replaced by a later one of its kind.
    LeftOut(&'static str),
}

impl Step {
    /// Whether rustc refuses it without help.
    pub(super) fn is_refused_by_macro(&self) -> bool {
        matches!(&self.form, Form::Script(step) if step.refusal.is_some())
    }
}

/// Instructions that are written as raw text, by stage and index, with the reasons.
type Raw = BTreeMap<(usize, usize), String>;

/// Plans a file. `findings` are those for which it would be refused.
pub(super) fn plan(
    file: &File,
    text: &str,
    findings: &[Finding],
    secrets: &[Secret],
) -> Result<Plan, Error> {
    for (index, stage) in file.stages.iter().enumerate() {
        let Some(name) = &stage.name else { continue };
        if file.stage_named(&name.name, index).is_some() {
            return Err(Error::new(format!(
                "two stages have the same name, `{}`, and BuildKit takes the last one: rename one",
                name.name.escape_debug()
            )));
        }
    }
    let wanted = Definition::of(file);
    let mut raw = Raw::new();
    // Each round writes more instructions as raw text; the file has finitely many.
    loop {
        let before = raw.len();
        let planner = Planner {
            file,
            text,
            findings,
        };
        let plan = planner.plan(secrets, &mut raw)?;
        let lowered = lower::lower(&plan.built, &plan.settings, &mut Problems::default());
        let read = dockerfile::read_syntax(&lowered.text).map_err(|_| {
            Error::new("the file cannot be written so that BuildKit reads the same instructions")
        })?;
        let made = Definition::of(&read);
        planner.compare(&wanted, &made, &mut raw)?;
        if raw.len() == before {
            return Ok(plan);
        }
    }
}

struct Planner<'a> {
    file: &'a File,
    text: &'a str,
    findings: &'a [Finding],
}

impl Planner<'_> {
    /// Adds the instructions that differ to `raw`; refuses a difference that raw text does not remove.
    fn compare(&self, wanted: &Definition, made: &Definition, raw: &mut Raw) -> Result<(), Error> {
        let lines = LineIndex::new(self.text);
        let refuse = |line: usize, wanted: &str, made: &str| {
            Err(Error::new(format!(
                "line {line} has no equal form: `{wanted}` would be `{made}`"
            )))
        };
        if wanted.globals != made.globals {
            return refuse(1, &wanted.globals.join(" "), &made.globals.join(" "));
        }
        if wanted.stages.len() != made.stages.len() {
            return Err(Error::new(
                "two of its stages are equal, and would be one: change one of them",
            ));
        }
        for (index, (wanted, made)) in wanted.stages.iter().zip(&made.stages).enumerate() {
            let stage = &self.file.stages[index];
            if wanted.from != made.from {
                let line = lines.line(stage.from.span.start);
                return refuse(line, &wanted.from, &made.from);
            }
            let made = made.lines.iter().map(|(_, line)| line.as_str());
            for ((at, wanted), made) in wanted.lines.iter().zip(made.chain(std::iter::repeat(""))) {
                if wanted == made {
                    continue;
                }
                let reason = "its typed form would differ".to_owned();
                if raw.insert((index, *at), reason).is_some() {
                    let line = lines.line(stage.instructions[*at].span.start);
                    return refuse(line, wanted, made);
                }
                // Those after it may only be moved.
                break;
            }
        }
        Ok(())
    }

    fn plan(&self, secrets: &[Secret], raw: &mut Raw) -> Result<Plan, Error> {
        let mut constants = Constants::new(secrets, self.variables(), self.text);
        let mut comments = Comments::new(self.text);
        let (mut settings, left_out) = self.settings()?;
        let mut stages: Vec<StagePlan> = Vec::new();
        let mut built: Vec<Stage> = Vec::new();
        let mut shells: Vec<Vec<String>> = Vec::new();
        let mut users: Vec<bool> = Vec::new();
        let mut head: Vec<String> = Vec::new();
        for arg in &self.file.global_args {
            head.extend(comments.before(arg.span));
        }
        for (index, stage) in self.file.stages.iter().enumerate() {
            head.extend(comments.before(stage.from.span));
            let place = |shell: &[String], has_numeric_user| Place {
                file: self.file,
                text: self.text,
                escape: self.file.escape,
                stage: index,
                built: &built,
                shell: shell.to_vec(),
                has_numeric_user,
            };
            let mut shell = vec!["/bin/sh".to_owned(), "-c".to_owned()];
            let mut has_numeric_user = false;
            let base = match place(&shell, false).stage_of(&stage.base, false) {
                Some(base) => {
                    (shell, has_numeric_user) = (shells[base].clone(), users[base]);
                    BasePlan::Stage(base)
                }
                None if stage.base.as_str() == "scratch" => BasePlan::Scratch,
                None => BasePlan::Image(self.word(&stage.base)?),
            };
            let platform = match &stage.from.kind {
                Kind::From(from) => from.platform.as_ref().map(|it| self.word(it)).transpose()?,
                _ => None,
            };
            let mut plan = StagePlan {
                base,
                name: stage.name.as_ref().map(|name| name.name.clone()),
                platform,
                comments: std::mem::take(&mut head),
                findings: self.findings_at(index, None),
                steps: Vec::new(),
            };
            for (at, instruction) in stage.instructions.iter().enumerate() {
                let form = if is_replaced(&stage.instructions, at) {
                    Form::LeftOut(instruction.kind.keyword())
                } else {
                    let place = place(&shell, has_numeric_user);
                    self.form(instruction, (index, at), &place, raw, &mut constants)
                };
                match &instruction.kind {
                    Kind::Shell(words) => {
                        shell = words.iter().map(ToString::to_string).collect();
                    }
                    Kind::User(user) => {
                        let number = user.split(':').next().and_then(|user| user.parse().ok());
                        has_numeric_user = number.is_some_and(|user: u32| user != 0);
                    }
                    _ => {}
                }
                plan.steps.push(Step {
                    comments: comments.before(instruction.span),
                    decisions: decisions(instruction),
                    findings: self.findings_at(index, Some(at)),
                    form,
                    line: LineIndex::new(self.text).line(instruction.span.start),
                });
            }
            built.push(plan.stage(&built));
            shells.push(shell);
            users.push(has_numeric_user);
            stages.push(plan);
        }
        for instruction in raw
            .keys()
            .filter_map(|(stage, at)| self.file.stages.get(*stage)?.instructions.get(*at))
        {
            self.declare(instruction, &mut constants, &mut settings)?;
        }
        Ok(Plan {
            settings,
            left_out,
            constants,
            stages,
            built,
            end: comments.rest(),
        })
    }

    /// Returns the best form of an instruction; raw text is added to `raw`.
    fn form(
        &self,
        instruction: &Read,
        at: (usize, usize),
        place: &Place<'_>,
        raw: &mut Raw,
        constants: &mut Constants,
    ) -> Form {
        let reason = match raw.get(&at) {
            Some(reason) => reason.clone(),
            None => match self.typed(instruction, at, place, constants) {
                Ok(form) => return form,
                Err(reason) => reason,
            },
        };
        raw.insert(at, reason.clone());
        Form::Raw(instruction.span.of(self.text).to_owned(), reason)
    }

    fn typed(
        &self,
        instruction: &Read,
        (stage, at): (usize, usize),
        place: &Place<'_>,
        constants: &mut Constants,
    ) -> Result<Form, String> {
        let checked = |instructions: &[Instruction]| {
            let mut problems = Problems::default();
            for instruction in instructions {
                instruction.check(&mut problems);
            }
            match problems.into_list().first() {
                Some(problem) => Err(problem.message().to_owned()),
                None => Ok(()),
            }
        };
        if let Kind::Run(run) = &instruction.kind {
            let mut made = constants.clone();
            let step = script::step(instruction, run, place, &mut made)?;
            if let Some(refusal) = &step.refusal
                && self.findings_at(stage, Some(at)).is_empty()
            {
                return Err(format!("`sh!` does not see the whole file: {refusal}"));
            }
            checked(&[step.run.clone().into()])?;
            *constants = made;
            return Ok(Form::Script(Box::new(step)));
        }
        let instructions = model::instructions(instruction, place)
            .ok_or_else(|| format!("this {} has no typed form", instruction.kind.keyword()))?;
        checked(&instructions)?;
        Ok(Form::Typed(instructions))
    }

    /// Declares the secrets that raw text mounts.
    fn declare(
        &self,
        instruction: &Read,
        constants: &mut Constants,
        settings: &mut Settings,
    ) -> Result<(), Error> {
        let Kind::Run(run) = &instruction.kind else {
            return Ok(());
        };
        for flag in &run.mounts {
            let mount = flag.resolve(self.file.escape, &|_| None);
            if let Ok(dockerfile::Mount::Secret(mount)) = mount {
                let (_, secret) = constants.of_mount(&mount, false)?;
                if !settings.secrets.contains(&secret) {
                    settings.declare(secret);
                }
            }
        }
        Ok(())
    }

    fn settings(&self) -> Result<(Settings, Vec<String>), Error> {
        let mut settings = Settings::default();
        let mut left_out = Vec::new();
        for directive in &self.file.directives {
            match directive.name.as_str() {
                "syntax" => match syntax(&directive.value) {
                    Some(syntax) => {
                        settings.syntax(syntax);
                    }
                    None => left_out.push(directive.span.of(self.text).to_owned()),
                },
                "check" => {
                    settings.check_options(directive.value.as_str());
                }
                _ => {}
            }
        }
        if self.file.escape == dockerfile::Escape::Backtick {
            settings.escape(Escape::Backtick);
        }
        if let Some(note) = &self.file.builder_stages {
            settings.decide(Decision::of_text(Danger::BuilderStages, &note.reason));
        }
        for note in &self.file.programs {
            if let Danger::Program { rows } = &note.kind {
                settings.programs(format!("program {}\n", rows.replace("; ", "\n  ")));
            }
        }
        for instruction in &self.file.global_args {
            let Kind::Arg(arguments) = &instruction.kind else {
                continue;
            };
            for argument in arguments {
                settings.global_arg(Arg {
                    name: argument.name.to_string(),
                    default: argument
                        .default
                        .as_ref()
                        .map(|default| self.word(default))
                        .transpose()?,
                });
            }
        }
        Ok((settings, left_out))
    }

    fn word(&self, word: &str) -> Result<Text, Error> {
        word::text(word, self.file.escape.char()).ok_or_else(|| {
            Error::new(format!(
                "`{}` has no typed form: a quote or an escape inside `${{..}}`",
                word.escape_debug()
            ))
        })
    }

    /// Returns the names of the variables and build arguments of the file.
    fn variables(&self) -> Vec<String> {
        let names = self.file.instructions().flat_map(|(.., instruction)| {
            let names: Vec<String> = match &instruction.kind {
                Kind::Arg(all) => all.iter().map(|one| one.name.to_string()).collect(),
                Kind::Env(all) => all.iter().map(|one| one.key.to_string()).collect(),
                _ => Vec::new(),
            };
            names
        });
        names.collect()
    }

    fn findings_at(&self, stage: usize, instruction: Option<usize>) -> Vec<Finding> {
        let found = self.findings.iter();
        found
            .filter(|finding| (finding.stage, finding.instruction) == (stage, instruction))
            .cloned()
            .collect()
    }
}

impl StagePlan {
    /// Returns the stage of the model.
    fn stage(&self, built: &[Stage]) -> Stage {
        let base = match &self.base {
            BasePlan::Image(image) => Base::Image(image.clone()),
            BasePlan::Stage(index) => Base::Stage(built[*index].clone()),
            BasePlan::Scratch => Base::Scratch,
        };
        let mut stage = Stage::from_base(base, self.platform.clone());
        if let Some(name) = &self.name {
            stage.named(name);
        }
        for step in &self.steps {
            if !matches!(step.form, Form::Script(_) | Form::LeftOut(_)) {
                for decision in &step.decisions {
                    stage.decide(decision.clone());
                }
            }
            match &step.form {
                Form::Typed(instructions) => {
                    for instruction in instructions {
                        stage.instruction(instruction.clone());
                    }
                }
                Form::Script(step) => {
                    stage.instruction(step.run.clone());
                }
                Form::Raw(text, reason) => {
                    stage.instruction(raw_instruction(text, reason));
                }
                Form::LeftOut(_) => {}
            }
        }
        stage.build()
    }
}

fn decisions(instruction: &Read) -> Vec<Decision> {
    let notes = instruction.notes.iter();
    notes
        .map(|note| Decision::of_text(note.kind.clone(), &note.reason))
        .collect()
}

/// Returns the typed form of `# syntax=`.
fn syntax(image: &str) -> Option<Syntax> {
    match image {
        "docker/dockerfile:1" | "docker/dockerfile" => Some(Syntax::Latest),
        "docker/dockerfile:1-labs" => Some(Syntax::Labs),
        _ if image.contains("@sha256:") => Some(Syntax::Digest(image.to_owned())),
        _ => {
            let (major, minor) = image.strip_prefix("docker/dockerfile:")?.split_once('.')?;
            let version = Version::new(major.parse().ok()?, minor.parse().ok()?);
            Some(Syntax::Version(version))
        }
    }
}
