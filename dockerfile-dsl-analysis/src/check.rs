//! Checks a whole Dockerfile: where the values of its secrets end up.
//!
//! In: a parsed file. Out: findings in text order, after the author's notes were applied. State that crosses steps is carried along: files,
//! ENV, SHELL, WORKDIR, cache mounts by id, and stages that are a base or a copy source. A file that mounts no secret is not interpreted:
//! no script in it causes a finding.

mod reconcile;
mod stage;
mod step;
pub(crate) mod tell;
#[cfg(test)]
mod tests;
mod transfer;

pub(crate) use stage::StageState;

use crate::bases::{Base, Bases, Guess};
use crate::dockerfile::{Danger, Environment, File, Instruction, Kind, Mount};
use crate::domain::SinkPlace;
use crate::domain::map::PersistentMap;
use crate::domain::{Asked, Entry, Files, Rest, SourceId, SymbolicPath, source_of};
use crate::interpreter::{Precision, on_its_own_stack};
use crate::programs::Programs;
use crate::rules::{self, Context, notes};
use crate::uses::Use;
use crate::{Finding, LineIndex, Rule, Span, masked};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Runs a check of many files on one large stack. Otherwise each file gets a thread, which costs as much as a small script.
pub fn many<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    on_its_own_stack(run)
}

/// Returns all findings in a file with an unknown build context.
#[must_use]
pub fn check_file(file: &File) -> Vec<Finding> {
    let setting = Setting {
        context: &Context::default(),
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    check_file_in(file, setting)
}

/// The inputs of a check besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What is known of its build context.
    pub context: &'a Context,
    /// The author's programs.
    pub programs: &'a Programs,
    /// The author's descriptions of base images.
    pub bases: &'a Bases,
}

/// Returns all findings in a file with these inputs.
#[must_use]
pub fn check_file_in(file: &File, setting: Setting<'_>) -> Vec<Finding> {
    check_by(file, setting, Precision::first).0
}

/// Returns the findings if every script is executed widened, as a script is that takes too many steps: for tests.
#[doc(hidden)]
#[must_use]
pub fn check_file_widened(file: &File, setting: Setting<'_>) -> Vec<Finding> {
    check_by(file, setting, |_| Precision::Widened).0
}

/// Returns the findings and the number of executed commands. `first`: how a script of a length is executed first.
fn check_by(
    file: &File,
    setting: Setting<'_>,
    first: fn(usize) -> Precision,
) -> (Vec<Finding>, u64) {
    let mut steps = 0;
    let mut findings = rules::whole_file(file, setting.context, setting.bases);
    let mut used: Vec<Span> = Vec::new();
    let mut copied = BTreeSet::new();
    if mounts_a_secret(file) {
        let programs = programs(file, setting.programs);
        let record = Record {
            used: &mut used,
            copied: &mut copied,
            steps: &mut steps,
            first,
        };
        let found =
            on_its_own_stack(|| worlds(file, &programs, setting.bases, record, Skip::WhereAlike));
        for finding in found {
            match decided(file, &finding) {
                Some(note) => used.push(note),
                None => findings.push(finding),
            }
        }
    }
    let findings = notes::apply(file, findings, |note| used.contains(&note.span));
    let mut findings = rules::once(findings);
    rules::mark_builder_stages(file, &mut findings, &copied);
    findings.iter_mut().for_each(mask);
    (findings, steps)
}

/// The command that wrote a secret to a file, and the id of the secret.
pub(crate) type Copied = (Span, String);

/// What the walks of a file have in common.
struct Record<'a> {
    /// Notes without which there would be a finding.
    used: &'a mut Vec<Span>,
    /// What a stage of the image copies from other stages.
    copied: &'a mut BTreeSet<Copied>,
    /// Number of executed commands.
    steps: &'a mut u64,
    /// How a script of a length is executed first.
    first: fn(usize) -> Precision,
}

/// Returns the findings of every world that unknown base images leave open. If no world depends on them, one world represents all.
fn worlds(
    file: &File,
    programs: &Programs,
    bases: &Bases,
    mut record: Record<'_>,
    skip: Skip,
) -> Vec<Finding> {
    let mut walk = |guess| walk(file, programs, (bases, guess), &mut record);
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

/// Whether another world may have a different verdict.
fn is_open((found, asked): &(Vec<Finding>, Rc<Asked>)) -> bool {
    asked.is_open() || found.iter().any(reconcile::names_place)
}

/// Whether to skip worlds that cannot differ from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    WhereAlike,
    #[cfg(test)]
    Never,
}

/// Returns the programs that the file describes, followed by those of its author.
fn programs<'a>(file: &File, of_author: &'a Programs) -> Cow<'a, Programs> {
    let mut all = Cow::Borrowed(of_author);
    if !file.programs.is_empty() {
        let mut own = Programs::default();
        for note in &file.programs {
            if let Danger::Program { rows } = &note.kind {
                // The parser keeps valid rows only.
                own.extend(Programs::parse_line(rows).unwrap_or_default());
            }
        }
        own.extend(of_author.clone());
        all = Cow::Owned(own);
    }
    all
}

/// Removes duplicate findings of one line: from two of its commands, or from two values of one argument.
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

/// Masks credentials in the texts of a finding.
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
    // An edit with a masked text would change more than it says.
    if matches!(finding.help.as_deref().map(masked), Some(Cow::Owned(_))) {
        finding.fix = None;
    }
    let texts = [&mut finding.message, &mut finding.sink];
    for text in texts.into_iter().chain(&mut finding.help).chain(steps) {
        if let Cow::Owned(masked) = masked(text) {
            *text = masked;
        }
    }
}

/// Whether any RUN mounts a secret: else nothing is interpreted.
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

/// Returns the note that accepts a finding of the flow analysis.
fn decided(file: &File, finding: &Finding) -> Option<Span> {
    let (_, _, instruction) = file.instruction_at(finding.span.start)?;
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

/// The state of one walk over the file.
pub(crate) struct Walk<'a> {
    pub(crate) file: &'a File,
    pub(crate) programs: &'a Programs,
    /// The assumption about base images without a description, and the record of lookups that depend on it.
    pub(crate) guess: Guess,
    pub(crate) asked: Rc<Asked>,
    /// Whether the current step runs on a Windows image.
    pub(crate) is_windows: bool,
    /// The ids of the secrets; a source is an index into it.
    pub(crate) secrets: Vec<String>,
    /// The index of each id.
    numbers: BTreeMap<String, usize>,
    /// The files in cache mounts.
    pub(crate) caches: BTreeMap<String, Kept>,
    pub(crate) findings: Vec<Finding>,
    /// Whether the image contains each stage.
    pub(crate) in_image: Vec<bool>,
    /// What a stage of the image copies from other stages.
    pub(crate) copied: BTreeSet<Copied>,
    /// Secrets that the step mounts at their default path and does not name.
    pub(crate) idle: Vec<String>,
    /// (rule, span, secret, sink) of the reported findings.
    pub(crate) told: BTreeSet<(Rule, Span, String, SinkPlace)>,
    /// (file, source, span, whether in a cache) of the reported secrets in files.
    pub(crate) told_files: BTreeSet<(SymbolicPath, SourceId, Span, bool)>,
    /// Notes without which there would be a finding.
    pub(crate) used: &'a mut Vec<Span>,
    /// Number of executed commands.
    pub(crate) steps: u64,
    /// How a script of a length is executed first.
    pub(crate) first: fn(usize) -> Precision,
    /// What programs get of secrets; recorded only if that is wanted.
    pub(crate) uses: Vec<Use>,
    pub(crate) wants_uses: bool,
    /// The hosts that secrets may be sent to, by the notes `only-to`.
    pub(crate) permitted: Vec<Permitted<'a>>,
    /// The stages so far.
    pub(crate) stages: Vec<StageState>,
}

/// The hosts that a secret may be sent to.
pub(crate) struct Permitted<'a> {
    pub(crate) secret: &'a str,
    pub(crate) hosts: &'a [String],
}

/// The files that a step left in a cache mount.
pub(crate) struct Kept {
    pub(crate) tree: Vec<(Rest, Entry)>,
    /// The contents of the entries.
    pub(crate) files: Files,
}

/// Returns what programs get of the secrets of a file, in the order of the text.
#[must_use]
pub fn uses(file: &File, setting: Setting<'_>) -> Vec<Use> {
    if !mounts_a_secret(file) {
        return Vec::new();
    }
    let programs = programs(file, setting.programs);
    on_its_own_stack(|| {
        let mut used = Vec::new();
        let mut walk = Walk::new(file, &programs, Guess::Plain, &mut used, Precision::first);
        walk.wants_uses = true;
        walk.file(setting.bases);
        let mut uses = walk.uses;
        uses.sort_by(|one, other| (one.span.start, one).cmp(&(other.span.start, other)));
        uses.dedup();
        uses
    })
}

/// Returns the findings under an assumption, and the record of lookups that depend on it.
fn walk(
    file: &File,
    programs: &Programs,
    (bases, guess): (&Bases, Guess),
    record: &mut Record<'_>,
) -> (Vec<Finding>, Rc<Asked>) {
    let mut walk = Walk::new(file, programs, guess, record.used, record.first);
    walk.file(bases);
    *record.steps += walk.steps;
    record.copied.append(&mut walk.copied);
    (walk.findings, walk.asked)
}

impl<'a> Walk<'a> {
    fn new(
        file: &'a File,
        programs: &'a Programs,
        guess: Guess,
        used: &'a mut Vec<Span>,
        first: fn(usize) -> Precision,
    ) -> Self {
        let permitted = permitted(file);
        Self {
            wants_uses: !permitted.is_empty(),
            permitted,
            uses: Vec::new(),
            file,
            programs,
            guess,
            asked: Rc::default(),
            is_windows: false,
            secrets: Vec::new(),
            numbers: BTreeMap::new(),
            caches: BTreeMap::new(),
            findings: Vec::new(),
            in_image: rules::in_image(file),
            copied: BTreeSet::new(),
            told: BTreeSet::new(),
            told_files: BTreeSet::new(),
            idle: Vec::new(),
            used,
            steps: 0,
            first,
            stages: Vec::new(),
        }
    }

    /// Walks over the whole file.
    fn file(&mut self, bases: &Bases) {
        let file = self.file;
        let global = Environment::new(file, Vec::new());
        for (index, content) in file.stages.iter().enumerate() {
            let image = global
                .expand(&content.base)
                .unwrap_or_else(|_| content.base.to_string());
            let base = file
                .stage_named(&image, index)
                .and_then(|base| self.stages.get(base))
                .cloned();
            let mut stage = StageState {
                environment: Environment::stage(
                    &global,
                    base.as_ref().map(|base| &base.environment),
                ),
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
                variables: PersistentMap::default(),
                reported: base.as_ref().and_then(|base| base.reported.clone()),
            };
            stage.files.asked = Some(self.asked.clone());
            if base.is_none() {
                let platform = match &content.from.kind {
                    Kind::From(image) => image.platform.as_ref(),
                    _ => None,
                };
                let platform = platform.and_then(|platform| global.expand(platform).ok());
                let is_windows = platform.is_some_and(|platform| platform.starts_with("windows"));
                self.begin(&mut stage, &image, bases, is_windows);
            }
            match &base {
                Some(base) => stage.variables = base.variables.clone(),
                None => {
                    let environment = stage.environment.clone();
                    stage.export(environment.variables().map(|(name, _)| name));
                }
            }
            for trigger in base.map(|base| base.triggers).unwrap_or_default() {
                self.instruction(&mut stage, index, &trigger);
            }
            for instruction in &content.instructions {
                self.instruction(&mut stage, index, instruction);
            }
            self.stages.push(stage);
        }
    }
}

/// Returns the hosts that the notes of a file permit.
fn permitted(file: &File) -> Vec<Permitted<'_>> {
    let permitted = file.only_to.iter().filter_map(|note| match &note.kind {
        Danger::OnlyTo { id, hosts } => Some(Permitted { secret: id, hosts }),
        _ => None,
    });
    permitted.collect()
}

impl Walk<'_> {
    /// Initializes a stage from its base image.
    fn begin(&self, stage: &mut StageState, image: &str, bases: &Bases, is_windows: bool) {
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

    fn instruction(&mut self, stage: &mut StageState, index: usize, instruction: &Instruction) {
        let mut names = Vec::new();
        match &instruction.kind {
            Kind::Run(run) => self.run(stage, index, instruction, run),
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                self.transfer(stage, index, instruction.span, transfer);
            }
            Kind::Onbuild(inner) => stage.triggers.push((**inner).clone()),
            Kind::Arg(arguments) => {
                for argument in arguments {
                    stage.arguments.insert(argument.name.to_string());
                    names.push(argument.name.to_string());
                }
            }
            Kind::Env(pairs) => {
                for pair in pairs {
                    if let Ok(key) = stage.environment.expand(&pair.key) {
                        stage.arguments.remove(&key);
                        names.push(key);
                    }
                }
            }
            Kind::Workdir(path) => {
                let path = stage.environment.expand(path).unwrap_or_default();
                stage.workdir_is_assumed &= !path.starts_with('/');
            }
            _ => {}
        }
        // The parser reports words that cannot be expanded.
        let _ = stage.environment.apply(instruction);
        stage.export(names.iter().map(String::as_str));
    }

    /// Returns the source of a secret.
    pub(crate) fn source(&mut self, id: &str) -> SourceId {
        let next = self.secrets.len();
        let number = *self.numbers.entry(id.to_owned()).or_insert(next);
        if number == next {
            self.secrets.push(id.to_owned());
        }
        source_of(number)
    }
}

/// Resolves the mounts of a RUN.
pub(crate) fn mounts(stage: &StageState, run: &crate::dockerfile::Run) -> Vec<(Mount, Span)> {
    let resolve = |flag: &crate::dockerfile::MountFlag| {
        Some((stage.environment.mount(flag).ok()?, flag.flag.span))
    };
    run.mounts.iter().filter_map(resolve).collect()
}
