//! A complete and checked Dockerfile: the only type that renders.
//!
//! In: stages ([`Dockerfile::from_stage`]) or an existing file with its secrets. Out: the text, and what the build command needs.
//! Invariant: one that exists has passed every check, on the very text that it renders.

use std::fmt;
use std::hash::{Hash, Hasher};

use dockerfile_dsl_analysis::check::{check_file_in, once_per_line};
use dockerfile_dsl_analysis::dockerfile::{self, Danger, File, Kind};
use dockerfile_dsl_analysis::policy::Policy;
use dockerfile_dsl_analysis::programs::Programs;
use dockerfile_dsl_analysis::rules::Context;
use dockerfile_dsl_analysis::{Finding, LineIndex, Rule, masked_dockerfile};

use crate::Error;
use crate::audit::Audit;
use crate::danger::{self, Decision};
use crate::facts::{self, BuildArgument, BuildSecret, Facts, StageFacts};
use crate::lower::{self, Lowered};
use crate::masked_debug::Masked;
use crate::mistaken;
use crate::problem::{Problems, mistake_in_rows};
use crate::refusal::{self, Author};
use crate::secret::SecretsById;
use crate::settings::Settings;
use crate::stage::{IntoStage, Stage};
use crate::syntax::{self, Requirement, Version};

/// A complete and checked Dockerfile. Displayed, it is its text.
///
/// Two are equal if they have the same text and the same secrets.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// assert!(image.render().starts_with("FROM debian\n"));
/// assert_eq!(image.secrets()[0].id(), "TOKEN");
/// assert_eq!(image.build_command().tag("app").shell()?, "docker build --secret id=TOKEN,env=TOKEN --tag app .");
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone)]
pub struct Dockerfile {
    text: String,
    facts: Facts,
    /// With the stage and the line.
    decisions: Vec<(usize, usize, Decision)>,
    requirement: Requirement,
    #[cfg(feature = "serde")]
    given: MadeWith,
}

/// What a file was made with, besides its text.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Default)]
pub(crate) struct MadeWith {
    /// By the id that the command line gives them; also those that no step gets.
    pub(crate) secrets: SecretsById,
    /// Program rows that are not in the text.
    pub(crate) programs: Vec<String>,
}

/// A text that can be read, and what is derived from it once.
struct FileText<'a> {
    text: String,
    lines: LineIndex,
    requirement: Requirement,
    origin: Author<'a>,
}

impl Settings {
    /// The file that builds this stage, checked.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: see [`Dockerfile::from_stage`].
    pub fn dockerfile(&self, stage: impl IntoStage) -> Result<Dockerfile, Error> {
        Dockerfile::of(&[stage.into_stage()], self)
    }

    /// The file that builds these stages, checked; the last stage of the file is what is built by default.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: see [`Dockerfile::from_stage`].
    pub fn dockerfile_from<'a>(
        &self,
        stages: impl IntoIterator<Item = &'a Stage>,
    ) -> Result<Dockerfile, Error> {
        let stages: Vec<Stage> = stages.into_iter().cloned().collect();
        Dockerfile::of(&stages, self)
    }
}

impl Dockerfile {
    /// The file that builds this stage, and the stages that it is made of.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let fetch = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// let image = Dockerfile::from_stage(&fetch)?;
    ///
    /// // The history of the image would have the value of this build argument.
    /// let wrong = Stage::from_image("debian").arg("API_TOKEN").build();
    /// assert!(Dockerfile::from_stage(&wrong).is_err());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns all problems at once: instructions that BuildKit would refuse or a Dockerfile cannot represent, and every flow of a
    /// secret's value into a layer, the image config or the build log.
    pub fn from_stage(stage: impl IntoStage) -> Result<Self, Error> {
        Settings::default().dockerfile(stage)
    }

    /// The file that builds these stages; the last stage of the file is what is built by default.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let base = Stage::from_image("rust:1.95").named("base").workdir("/src").copy(".", "./").build();
    /// let test = Stage::from_stage(&base).named("test").run_exec(["cargo", "test"]).build();
    /// let app = Stage::from_stage(&base).named("app").run_exec(["cargo", "build"]).build();
    /// let image = Dockerfile::from_stages([&test, &app])?;
    /// assert_eq!(image.build_command().target("test").shell()?, "docker build --target test .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dockerfile::from_stage`].
    pub fn from_stages<'a>(stages: impl IntoIterator<Item = &'a Stage>) -> Result<Self, Error> {
        Settings::default().dockerfile_from(stages)
    }

    /// Parser directives, global build arguments and comments of the file: end with [`Settings::dockerfile`].
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, Syntax, Version};
    /// let stage = Stage::from_image("debian").build();
    /// let image = Dockerfile::settings()
    ///     .syntax(Syntax::Version(Version::new(1, 7)))
    ///     .comment("Generated by `cargo xtask image`.")
    ///     .dockerfile(&stage)?;
    /// assert!(image.as_str().starts_with("# syntax=docker/dockerfile:1.7\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn settings() -> Settings {
        Settings::default()
    }

    pub(crate) fn of(stages: &[Stage], settings: &Settings) -> Result<Self, Error> {
        let mut problems = Problems::default();
        let lowered = lower::lower(stages, settings, &mut problems);
        if problems.is_unwritable() {
            return Err(Error::refused(
                problems.into_list(),
                Vec::new(),
                String::new(),
            ));
        }
        let Lowered {
            text,
            secrets,
            decisions,
            keywords,
            places,
        } = lowered;
        // Where the model has said it already, its words are better than those of the reader.
        let file = if problems.is_empty() {
            read(&text)?
        } else {
            dockerfile::read_syntax(&text).map_err(|errors| unreadable(&errors, &text))?
        };
        mistaken::check(&text, &secrets, &mut problems);
        if let Some(why) = reads_otherwise(&file, &keywords) {
            problems.wrong(why);
        }
        let requirement = syntax::required(&file, &text);
        if let Some(Err(why)) = settings
            .syntax
            .as_ref()
            .map(|syntax| syntax.knows(&requirement))
        {
            problems.wrong(why);
        }
        let lines = LineIndex::new(&text);
        let placed = decisions
            .into_iter()
            .map(|(stage, at, decision)| (stage, line_of(&file, &lines, stage, at), decision))
            .collect();
        let origin = Author::Builder(&places);
        Self::checked(
            FileText {
                text,
                lines,
                requirement,
                origin,
            },
            &file,
            &Policy::default(),
            &secrets,
            placed,
            problems,
        )
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn given(&self) -> &MadeWith {
        &self.given
    }

    /// An existing file, checked. `secrets` has those that it may use, by the id that the command line gives them.
    /// `rows` are texts of program rows that can be read.
    pub(crate) fn from_text(
        text: String,
        secrets: &SecretsById,
        rows: &[String],
        policy: &Policy,
    ) -> Result<Self, Error> {
        let mut file = read(&text)?;
        let lines = LineIndex::new(&text);
        let decisions = danger::decisions(&policy.noted(&file, &text), &lines);
        policy.add_notes(&mut file);
        let mut problems = Problems::default();
        for (_, _, instruction) in file.instructions() {
            let mut names: Vec<&str> = Vec::new();
            match &instruction.kind {
                Kind::Arg(arguments) => {
                    for argument in arguments {
                        names.push(argument.name.as_str());
                    }
                }
                Kind::Env(pairs) => {
                    for pair in pairs {
                        names.push(pair.key.as_str());
                    }
                }
                _ => continue,
            }
            problems.place = format!("line {}", lines.line(instruction.span.start));
            for name in names {
                let is_allowed = instruction.notes.iter().any(|note| match &note.kind {
                    Danger::AllowName { name: allowed } => allowed == name,
                    Danger::Allow { rule, secret: None } => *rule == Rule::SecretsUsedInArgOrEnv,
                    _ => false,
                });
                if !is_allowed && !policy.allows_name(name) {
                    lower::check_fed(name, secrets, &mut problems);
                }
            }
        }
        let policy = with_rows(policy, rows)?;
        let written = FileText {
            requirement: syntax::required(&file, &text),
            text,
            lines,
            origin: Author::Text,
        };
        let dockerfile = Self::checked(written, &file, &policy, secrets, decisions, problems)?;
        #[cfg(feature = "serde")]
        let dockerfile = Self {
            given: MadeWith {
                programs: rows.to_vec(),
                ..dockerfile.given
            },
            ..dockerfile
        };
        Ok(dockerfile)
    }

    /// The one gate: no file gets past it unchecked.
    fn checked(
        written: FileText<'_>,
        file: &File,
        policy: &Policy,
        secrets: &SecretsById,
        decisions: Vec<(usize, usize, Decision)>,
        mut problems: Problems,
    ) -> Result<Self, Error> {
        let FileText {
            text,
            lines,
            requirement,
            origin,
        } = written;
        let facts = facts::collect(file, &lines, secrets, &mut problems);
        let mut findings = analyse(file, &text, policy);
        findings.retain(Finding::is_refused);
        if !problems.is_empty() || !findings.is_empty() {
            let report = refusal::report(&findings, file, &text, origin);
            return Err(Error::refused(problems.into_list(), findings, report));
        }
        Ok(Self {
            requirement,
            text,
            facts,
            decisions,
            #[cfg(feature = "serde")]
            given: MadeWith {
                secrets: secrets.clone(),
                programs: Vec::new(),
            },
        })
    }

    /// The text: the same input gives the same bytes.
    #[must_use]
    pub fn render(&self) -> String {
        self.text.clone()
    }

    /// The text, borrowed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The secrets that its instructions get, sorted by the id that they have on the command line: exactly those.
    #[must_use]
    pub fn secrets(&self) -> &[BuildSecret] {
        &self.facts.secrets
    }

    /// The ids of the SSH agents that its instructions mount, sorted; `default` is the one without an id.
    #[must_use]
    pub fn ssh(&self) -> &[String] {
        &self.facts.ssh
    }

    /// The build arguments that it declares, in the order of their first declaration.
    #[must_use]
    pub fn arguments(&self) -> &[BuildArgument] {
        &self.facts.arguments
    }

    /// Its stages, in the order of the file.
    #[must_use]
    pub fn stages(&self) -> &[StageFacts] {
        &self.facts.stages
    }

    /// The oldest Dockerfile frontend that knows everything in it.
    #[must_use]
    pub fn required_syntax(&self) -> Version {
        self.requirement.version
    }

    /// [`required_syntax`](Self::required_syntax), with the feature that asks for it.
    #[cfg(feature = "run")]
    pub(crate) fn requirement(&self) -> Requirement {
        self.requirement.clone()
    }

    /// Whether it names its frontend.
    #[cfg(feature = "run")]
    pub(crate) fn asks_for_syntax(&self) -> bool {
        let directives = dockerfile::read(&self.text).map(|file| file.directives);
        directives.is_ok_and(|directives| {
            directives
                .iter()
                .any(|directive| directive.name == "syntax")
        })
    }

    /// Which step reads which secret, and every decision of the author with its reason.
    #[must_use]
    pub fn audit(&self) -> Audit {
        let name = |index: usize| {
            let name = self.facts.stages.get(index).and_then(|stage| stage.name());
            name.map_or_else(
                || format!("stage {index}"),
                |name| format!("stage `{name}`"),
            )
        };
        Audit::new(&self.facts.secrets, &self.decisions, &name)
    }
}

impl PartialEq for Dockerfile {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.facts.secrets == other.facts.secrets
    }
}

impl Eq for Dockerfile {}

impl Hash for Dockerfile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Credentials in the text are masked: it is for logs, and [`render`](Dockerfile::render) for files.
impl fmt::Debug for Dockerfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dockerfile")
            .field("text", &masked_dockerfile(&self.text))
            .field("facts", &Masked(&self.facts))
            .field("decisions", &Masked(&self.decisions))
            .field("requirement", &self.requirement)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Dockerfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Dockerfile {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

pub(crate) fn read(text: &str) -> Result<File, Error> {
    dockerfile::read(text).map_err(|errors| unreadable(&errors, text))
}

pub(crate) fn read_bytes(bytes: &[u8]) -> Result<(String, File), Error> {
    let (text, file) = dockerfile::read_bytes(bytes);
    match file {
        Ok(file) => Ok((text, file)),
        Err(errors) => Err(unreadable(&errors, &text)),
    }
}

fn unreadable(errors: &[dockerfile::ReadError], text: &str) -> Error {
    let lines = LineIndex::new(text);
    let messages: Vec<String> = errors
        .iter()
        .map(|error| format!("line {}: {error}", lines.line(error.span.start)))
        .collect();
    Error::new(messages.join("\n"))
}

/// What flows where it must not.
pub(crate) fn analyse(file: &File, text: &str, policy: &Policy) -> Vec<Finding> {
    let found = check_file_in(file, policy.setting(&Context::default()));
    if found.is_empty() {
        return found;
    }
    let found = once_per_line(found, &LineIndex::new(text)).into_iter();
    found.filter_map(|finding| policy.judge(finding)).collect()
}

/// A policy with the programs of texts of rows.
pub(crate) fn with_rows(policy: &Policy, rows: &[String]) -> Result<Policy, Error> {
    let mut policy = policy.clone();
    policy.describe_programs(read_rows(rows)?);
    Ok(policy)
}

/// The programs of texts of rows.
pub(crate) fn read_rows(rows: &[String]) -> Result<Programs, Error> {
    let mut programs = Programs::default();
    for text in rows {
        programs.extend(Programs::parse(text).map_err(|errors| {
            let mistakes = errors
                .iter()
                .map(|error| mistake_in_rows("the file", error));
            Error::new(mistakes.collect::<Vec<_>>().join("\n"))
        })?);
    }
    Ok(programs)
}

/// What was written, and is read as something else: a value found a way out of its place.
fn reads_otherwise(file: &File, keywords: &[Vec<String>]) -> Option<String> {
    let keywords_of = |stage: &dockerfile::Stage| -> Vec<String> {
        let instructions = stage.instructions.iter();
        instructions
            .map(|instruction| instruction.kind.keyword().to_owned())
            .collect()
    };
    let read: Vec<Vec<String>> = file.stages.iter().map(keywords_of).collect();
    (read != keywords).then(|| {
        format!(
            "the file cannot be written so that BuildKit reads the same instructions: {keywords:?} \
             would be {read:?}"
        )
    })
}

fn line_of(file: &File, lines: &LineIndex, stage: usize, instruction: Option<usize>) -> usize {
    let stage = file.stages.get(stage);
    let instruction = match instruction {
        None => stage.map(|stage| &stage.from),
        Some(at) => stage.and_then(|stage| stage.instructions.get(at)),
    };
    instruction.map_or(0, |instruction| lines.line(instruction.span.start))
}
