//! Walks a whole Dockerfile and says where the values of its secrets end up.
//!
//! In: a file that was read. Out: findings, in the order of the text, with what the author decided above an instruction applied.
//! State that crosses steps is carried: files, ENV, SHELL, WORKDIR, cache mounts by id, and stages that are FROM or copied from.
//! A file that mounts no secret is not run at all: nothing in it is refused for what its scripts do.

mod reconcile;
mod step;
pub(crate) mod tell;
#[cfg(test)]
mod tests;
mod transfer;

use crate::bases::{Base, Bases, Guess};
use crate::dockerfile::{Danger, Environment, File, Instruction, Kind, Mount};
use crate::domain::SinkPlace;
use crate::domain::{Asked, Entry, Files, Rest, Source, source_of};
use crate::interpreter::on_its_own_stack;
use crate::programs::Programs;
use crate::rules::{self, Context, notes};
use crate::{Finding, LineIndex, Rule, Span, masked};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Runs what checks many files on one stack: else each file gets a thread of its own, which costs as much as a small script.
pub fn many<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    on_its_own_stack(run)
}

/// All findings in a file, its build context unknown.
#[must_use]
pub fn check_file(file: &File) -> Vec<Finding> {
    let setting = Setting {
        context: &Context::default(),
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    check_file_in(file, setting)
}

/// What a file is checked with, besides its text.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What is known of its build context.
    pub context: &'a Context,
    /// The programs of its author.
    pub programs: &'a Programs,
    /// What the author says of base images.
    pub bases: &'a Bases,
}

/// All findings in a file, in its setting.
#[must_use]
pub fn check_file_in(file: &File, setting: Setting<'_>) -> Vec<Finding> {
    let mut findings = rules::whole_file(file, setting.context, setting.bases);
    let mut used: Vec<Span> = Vec::new();
    if mounts_a_secret(file) {
        let programs = programs(file, setting.programs);
        let found = on_its_own_stack(|| {
            worlds(file, &programs, setting.bases, &mut used, Skip::WhereAlike)
        });
        for finding in found {
            match decided(file, &finding) {
                Some(note) => used.push(note),
                None => findings.push(finding),
            }
        }
    }
    let findings = notes::apply(file, findings, |note| used.contains(&note.span));
    let mut findings = rules::once(findings);
    rules::mark_builder_stages(file, &mut findings);
    findings.iter_mut().for_each(mask);
    findings
}

/// What is found in every world that the base images leave open. Where nothing was asked of them, one world is like the others.
fn worlds(
    file: &File,
    programs: &Programs,
    bases: &Bases,
    used: &mut Vec<Span>,
    skip: Skip,
) -> Vec<Finding> {
    let mut walk = |guess| walk(file, programs, (bases, guess), used);
    let elsewhere = walk(Guess::Other);
    if skip == Skip::WhereAlike && !is_open(&elsewhere) {
        return elsewhere.0;
    }
    let found = walk(Guess::Plain).0;
    let mut others = vec![elsewhere.0];
    if reconcile::names_a_tool_home(file) {
        others.push(walk(Guess::OtherHome).0);
    }
    reconcile::reconcile(file, bases, found, others)
}

/// Whether another world may have another verdict than this one.
fn is_open((found, asked): &(Vec<Finding>, Rc<Asked>)) -> bool {
    asked.is_open() || found.iter().any(reconcile::names_place)
}

/// Whether a world is walked that cannot differ from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    WhereAlike,
    #[cfg(test)]
    Never,
}

/// The programs that the file describes, and then those of its author.
fn programs<'a>(file: &File, of_author: &'a Programs) -> Cow<'a, Programs> {
    let mut all = Cow::Borrowed(of_author);
    if !file.programs.is_empty() {
        let mut own = Programs::default();
        for note in &file.programs {
            if let Danger::Program { rows } = &note.kind {
                // The reader keeps those that can be read.
                own.extend(Programs::parse_line(rows).unwrap_or_default());
            }
        }
        own.extend(of_author.clone());
        all = Cow::Owned(own);
    }
    all
}

/// Drops what is said twice of one line in the same words: by two commands of it, or of two values of one argument.
#[must_use]
pub fn once_per_line(findings: Vec<Finding>, lines: &LineIndex) -> Vec<Finding> {
    let mut said = BTreeSet::new();
    let is_new = |finding: &Finding| {
        let line = lines.line(finding.span.start);
        said.insert((finding.rule, line, finding.message.clone()))
    };
    let mut findings = findings;
    findings.retain(is_new);
    findings
}

/// What is said of a place shows no credential that is written out there.
fn mask(finding: &mut Finding) {
    let steps = finding.way.iter_mut().flat_map(|step| {
        [
            Some(&mut step.text),
            step.path.as_mut(),
            step.program.as_mut(),
        ]
        .into_iter()
        .flatten()
    });
    let texts = [&mut finding.message, &mut finding.sink];
    for text in texts.into_iter().chain(&mut finding.help).chain(steps) {
        if let Cow::Owned(masked) = masked(text) {
            *text = masked;
        }
    }
}

/// Whether any RUN mounts a secret: else there is nothing to follow.
fn mounts_a_secret(file: &File) -> bool {
    file.instructions().any(|(_, _, instruction)| {
        let kind = match &instruction.kind {
            Kind::Onbuild(inner) => &inner.kind,
            kind => kind,
        };
        {
            let Kind::Run(run) = kind else { return false };
            let is_secret =
                |value: &str| value.eq_ignore_ascii_case("secret") || value.contains('$');
            let fields = run.mounts.iter().flat_map(|mount| &mount.fields);
            fields
                .filter(|field| field.key == "type")
                .any(|field| field.value.as_deref().is_some_and(is_secret))
        }
    })
}

/// The note that accepts a finding of the flow analysis.
fn decided(file: &File, finding: &Finding) -> Option<Span> {
    let (_, _, instruction) = file.instructions().find(|(_, _, instruction)| {
        instruction.span.start <= finding.span.start && finding.span.start <= instruction.span.end
    })?;
    let note = instruction.notes.iter().find(|note| match &note.kind {
        Danger::Declassify { id } => finding.is_declassified_by(id),
        Danger::ProjectCode { id } => {
            finding.rule == Rule::SecretToProjectCode && finding.secret.as_deref() == Some(id)
        }
        Danger::AllowCache => finding.rule == Rule::SecretInCacheMount,
        _ => false,
    })?;
    Some(note.span)
}

/// What one walk knows.
pub(crate) struct Walk<'a> {
    pub(crate) file: &'a File,
    pub(crate) programs: &'a Programs,
    /// What is assumed of a base image that nobody describes, and what was asked of it.
    pub(crate) guess: Guess,
    pub(crate) asked: Rc<Asked>,
    /// The step runs on an image for Windows.
    pub(crate) is_windows: bool,
    /// The ids of the secrets: a source is an index into it.
    pub(crate) secrets: Vec<String>,
    /// What is in the cache mounts.
    pub(crate) caches: Vec<Kept>,
    pub(crate) findings: Vec<Finding>,
    /// Secrets that the step mounts at their usual place and does not name.
    pub(crate) idle: Vec<String>,
    /// (rule, place, secret, sink) of those.
    pub(crate) told: BTreeSet<(Rule, Span, String, SinkPlace)>,
    /// Notes without which there would be a finding.
    pub(crate) used: &'a mut Vec<Span>,
    /// The stages that were walked.
    pub(crate) stages: Vec<Stage>,
}

/// What a step left in a cache mount.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) tree: Vec<(Rest, Entry)>,
    /// What the entries lead to.
    pub(crate) files: Files,
}

/// A stage at some point.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) environment: Environment,
    pub(crate) files: Files,
    /// Variables that an ARG set last: a caller of the build may set another value.
    pub(crate) arguments: BTreeSet<String>,
    /// Its working directory is that of a base image, which is not known.
    pub(crate) workdir_is_assumed: bool,
    /// Its base image, if that is described; that of `scratch` sets nothing.
    pub(crate) base: Option<Rc<Base>>,
    /// ONBUILD instructions.
    pub(crate) triggers: Vec<Instruction>,
}

/// The findings under a guess, and what was asked of the places that it names.
fn walk(
    file: &File,
    programs: &Programs,
    (bases, guess): (&Bases, Guess),
    used: &mut Vec<Span>,
) -> (Vec<Finding>, Rc<Asked>) {
    let global = Environment::new(file, Vec::new());
    let mut walk = Walk {
        file,
        programs,
        guess,
        asked: Rc::default(),
        is_windows: false,
        secrets: Vec::new(),
        caches: Vec::new(),
        findings: Vec::new(),
        told: BTreeSet::new(),
        idle: Vec::new(),
        used,
        stages: Vec::new(),
    };
    for (index, content) in file.stages.iter().enumerate() {
        let image = global
            .expand(&content.base)
            .unwrap_or_else(|_| content.base.to_string());
        let base = file
            .stage_named(&image, index)
            .and_then(|base| walk.stages.get(base))
            .cloned();
        let mut stage = Stage {
            environment: Environment::stage(&global, base.as_ref().map(|base| &base.environment)),
            files: base
                .as_ref()
                .map_or_else(Files::new, |base| base.files.clone()),
            arguments: base
                .as_ref()
                .map(|base| base.arguments.clone())
                .unwrap_or_default(),
            workdir_is_assumed: base.as_ref().is_some_and(|base| base.workdir_is_assumed),
            base: base.as_ref().and_then(|base| base.base.clone()),
            triggers: Vec::new(),
        };
        stage.files.asked = Some(walk.asked.clone());
        if base.is_none() {
            let platform = match &content.from.kind {
                Kind::From(image) => image.platform.as_ref(),
                _ => None,
            };
            let platform = platform.and_then(|platform| global.expand(platform).ok());
            let is_windows = platform.is_some_and(|platform| platform.starts_with("windows"));
            walk.begin(&mut stage, &image, bases, is_windows);
        }
        for trigger in base.map(|base| base.triggers).unwrap_or_default() {
            walk.instruction(&mut stage, index, &trigger);
        }
        for instruction in &content.instructions {
            walk.instruction(&mut stage, index, instruction);
        }
        walk.stages.push(stage);
    }
    (walk.findings, walk.asked)
}

impl Walk<'_> {
    /// What a stage has of an image.
    fn begin(&self, stage: &mut Stage, image: &str, bases: &Bases, is_windows: bool) {
        stage.base = match image {
            "scratch" => Some(Rc::default()),
            image => bases.find(image).cloned().map(Rc::new),
        };
        if is_windows && !stage.base.as_ref().is_some_and(|base| base.is_windows) {
            stage.base = Some(Rc::new(Base::windows()));
        }
        match (&stage.base, self.guess.workdir()) {
            (Some(base), _) => stage.environment.based_on(base),
            (None, Some(directory)) => stage.environment.begin_in(directory),
            (None, None) => stage.workdir_is_assumed = true,
        }
    }

    fn instruction(&mut self, stage: &mut Stage, index: usize, instruction: &Instruction) {
        match &instruction.kind {
            Kind::Run(run) => self.run(stage, index, instruction, run),
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                self.transfer(stage, index, instruction.span, transfer);
            }
            Kind::Onbuild(inner) => stage.triggers.push((**inner).clone()),
            Kind::Arg(arguments) => {
                for argument in arguments {
                    stage.arguments.insert(argument.name.to_string());
                }
            }
            Kind::Env(pairs) => {
                for pair in pairs {
                    if let Ok(key) = stage.environment.expand(&pair.key) {
                        stage.arguments.remove(&key);
                    }
                }
            }
            Kind::Workdir(path) => {
                let path = stage.environment.expand(path).unwrap_or_default();
                stage.workdir_is_assumed &= !path.starts_with('/');
            }
            _ => {}
        }
        // What cannot be expanded ends the build: the reader says so.
        let _ = stage.environment.apply(instruction);
    }

    /// The source that stands for a secret.
    pub(crate) fn source(&mut self, id: &str) -> Source {
        let index = self
            .secrets
            .iter()
            .position(|known| known == id)
            .unwrap_or_else(|| {
                self.secrets.push(id.to_owned());
                self.secrets.len() - 1
            });
        source_of(index)
    }
}

/// The mounts of a RUN as they are there.
pub(crate) fn mounts(stage: &Stage, run: &crate::dockerfile::Run) -> Vec<(Mount, Span)> {
    let resolve = |flag: &crate::dockerfile::MountFlag| {
        Some((stage.environment.mount(flag).ok()?, flag.flag.span))
    };
    run.mounts.iter().filter_map(resolve).collect()
}
