//! Scripts that are known at run time only, with the verdicts and texts of [`sh!`](crate::sh).
//!
//! In: a text with holes, and a value for each. Out: a [`Script`], or all problems.

use std::panic::Location;

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::holes::{self, Accepted, Answer, Label, Question};
use dockerfile_dsl_analysis::names;
use dockerfile_dsl_analysis::programs::Programs;
use dockerfile_dsl_analysis::report::snippet::Source;
use dockerfile_dsl_analysis::template::{Template, TemplatePiece};

use super::{Dialect, Extra, Piece, Script};
use crate::danger::Decision;
use crate::error::Problem;
use crate::problem::mistake_in_rows;
use crate::value::{AnyValue, ScriptMount, Writer};
use crate::{Error, Secret};

/// A script with holes, and the values for them, returned by [`Script::template`].
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "holds values, which are written and never printed"
)]
pub struct ScriptTemplate<'a> {
    text: &'a str,
    values: Vec<(&'a str, &'a dyn AnyValue)>,
    extras: Vec<Extra<'a>>,
    decisions: Vec<Decision>,
    base: Option<&'a str>,
}

impl Script {
    /// Checks a script that is known at run time only. Its braces are parsed as in [`sh!`](crate::sh).
    ///
    /// ```
    /// use dockerfile_dsl::{Script, Secret};
    ///
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let text = "curl -fsS -H @{token} https://example.com/{name} -o /srv/bundle.tgz";
    /// let script = Script::parse(text, &[("token", &TOKEN), ("name", &"api")])?;
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error for every script that `sh!` would not compile.
    #[track_caller]
    pub fn parse(text: &str, values: &[(&str, &dyn AnyValue)]) -> Result<Self, Error> {
        ScriptTemplate {
            text,
            values: values.to_vec(),
            extras: Vec::new(),
            decisions: Vec::new(),
            base: None,
        }
        .parse()
    }

    /// Starts a script that is known at run time only, with mounts and decisions.
    ///
    /// ```
    /// # use dockerfile_dsl::{Script, Secret};
    /// const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
    /// let script = Script::template("npm ci && npm run {task}")
    ///     .bind("task", &"build")
    ///     .mount(&NPMRC, "/root/.npmrc")
    ///     .parse()?;
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub const fn template(text: &str) -> ScriptTemplate<'_> {
        ScriptTemplate {
            text,
            values: Vec::new(),
            extras: Vec::new(),
            decisions: Vec::new(),
            base: None,
        }
    }
}

impl<'a> ScriptTemplate<'a> {
    /// Sets the value for `{name}`.
    pub fn bind(&mut self, name: &'a str, value: &'a dyn AnyValue) -> &mut Self {
        self.values.push((name, value));
        self
    }

    /// Adds `@mount(SECRET => "/path")`: mounts the secret's file at a path that a program reads.
    pub fn mount(&mut self, secret: &'a Secret, target: &'a str) -> &mut Self {
        self.extras.push(Extra::Mount(secret, target));
        self
    }

    /// Adds `@env(SECRET => "NAME", "reason")`: the secret's value is visible to every process of the step.
    pub fn env(&mut self, secret: &'a Secret, variable: &'a str, reason: &'a str) -> &mut Self {
        self.extras.push(Extra::Env(secret, variable, reason));
        self
    }

    /// Adds a decision of trust: [`danger::trust`](crate::danger::trust) is `@trust("program", "reason")`, and
    /// [`danger::allow_cache`](crate::danger::allow_cache) is `@allow_cache("reason")`.
    pub fn decide(&mut self, decision: Decision) -> &mut Self {
        self.decisions.push(decision);
        self
    }

    /// Adds `@programs("programs.rows")`, given the text of the file: rows for unknown programs, in the [language of program
    /// rows](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md). The
    /// script carries them, so the file that runs it needs no more.
    ///
    /// ```
    /// use dockerfile_dsl::{Script, Secret};
    ///
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let rows = "program frobctl\n  option --token: credential\n  command get; operands plain...\n";
    /// let script = Script::template("frobctl --token \"$(cat {token})\" get x")
    ///     .bind("token", &TOKEN)
    ///     .programs(rows)
    ///     .parse()?;
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn programs(&mut self, rows: &'a str) -> &mut Self {
        self.extras
            .push(Extra::Programs(rows, "`ScriptTemplate::programs`"));
        self
    }

    /// Sets the shell: `@shell(bash)`.
    pub fn dialect(&mut self, dialect: Dialect) -> &mut Self {
        self.extras.retain(|extra| !matches!(extra, Extra::Bash));
        if dialect == Dialect::Bash {
            self.extras.push(Extra::Bash);
        }
        self
    }

    /// Adds `@base("rust:1.80")`: the script runs in a stage from this image, so what the image sets (HOME, the working directory, the
    /// directories of tools) is known. Without it, what leaks under some bases only is refused by the stage. An image that is not among the
    /// known bases is an error of [`parse`](Self::parse).
    ///
    /// ```
    /// use dockerfile_dsl::{Script, Secret};
    ///
    /// const TOKEN: Secret = Secret::env("CARGO_TOKEN");
    /// let text = "cargo login < {token} && cargo fetch && rm -f ~/.cargo/credentials.toml";
    /// let error = Script::template(text)
    ///     .bind("token", &TOKEN)
    ///     .base("rust:1.80")
    ///     .parse()
    ///     .unwrap_err();
    /// assert!(error.to_string().contains("/usr/local/cargo/credentials.toml"));
    /// ```
    pub const fn base(&mut self, image: &'a str) -> &mut Self {
        self.base = Some(image);
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error for every script that `sh!` would not compile.
    #[track_caller]
    pub fn parse(&self) -> Result<Script, Error> {
        let (script, refusal) = self.judged(Location::caller())?;
        refusal.map_or(Ok(script), Err)
    }

    /// Returns the script, and the leaks for which `sh!` would refuse it.
    ///
    /// # Errors
    ///
    /// Returns an error for every script that has no meaning: its syntax, or its values.
    pub(crate) fn judged(
        &self,
        location: &'static Location<'static>,
    ) -> Result<(Script, Option<Error>), Error> {
        let template = Template::parse(self.text);
        let source = Source::new("script", &template.text).with_lines(0, template.lines_before);
        if let Some((place, message)) = template.mistakes().first() {
            return Err(Error::new(format!(
                "{message}\n\n{}",
                source.snippet(*place)
            )));
        }
        let values = self.values_of(&template)?;
        let answer = self.ask(&template).map_err(|error| {
            let help = error
                .help
                .map(|help| format!("\nhelp: {help}"))
                .unwrap_or_default();
            Error::new(format!(
                "{}\n\n{}{help}",
                error.message,
                source.snippet(error.span)
            ))
        })?;
        for (index, (name, place)) in template.holes.iter().enumerate() {
            if answer
                .holes
                .get(index)
                .is_some_and(|hole| template.is_escaped(index, hole.quote))
            {
                return Err(Error::new(format!(
                    "the backslash before `{{{name}}}` would escape a part of the value; for the \
                     text write `{{{{{name}}}}}`\n\n{}",
                    source.snippet(*place)
                )));
            }
        }
        let findings = refusals(&answer, &values);
        let refusal = (!findings.is_empty()).then(|| {
            let reports: Vec<String> = findings
                .iter()
                .map(|finding| format!("{}\n\n{}", finding.message, source.explain(finding)))
                .collect();
            Error::refused(Vec::new(), findings, reports.join("\n\n"))
        });
        let piece = |piece| match piece {
            TemplatePiece::Text(text) => Piece::Text(text),
            TemplatePiece::Hole(hole) => Piece::Hole(
                &template.holes[hole].0,
                values[hole],
                answer.holes[hole].quote,
            ),
        };
        let pieces: Vec<Piece<'_>> = template.pieces().map(piece).collect();
        let script = Script::__assemble(
            &pieces,
            &self.all_extras(),
            location.file(),
            location.line(),
        );
        match script.problems() {
            [] => Ok((script, refusal)),
            [problem, ..] => Err(refusal.unwrap_or_else(|| Error::new(problem.clone()))),
        }
    }

    fn all_extras(&self) -> Vec<Extra<'_>> {
        let decisions = self.decisions.iter().map(Extra::Decision);
        self.extras.iter().copied().chain(decisions).collect()
    }

    /// Returns the value of each hole.
    fn values_of(&self, template: &Template) -> Result<Vec<&'a dyn AnyValue>, Error> {
        let mut problems = Vec::new();
        let mut problem = |message: String| {
            problems.push(Problem {
                place: String::new(),
                message,
                source: None,
            })
        };
        for (index, (name, _)) in self.values.iter().enumerate() {
            if self.values[..index]
                .iter()
                .any(|(earlier, _)| earlier == name)
            {
                problem(format!("`{name}` is given twice"));
            } else if !template.holes.iter().any(|(hole, _)| hole == name) {
                problem(format!(
                    "`{name}` is not used in the script: write `{{{name}}}` in it"
                ));
            }
        }
        let mut values = Vec::new();
        for (hole, _) in &template.holes {
            match self.values.iter().find(|(name, _)| name == hole) {
                Some((_, value)) => values.push(*value),
                None => problem(format!(
                    "missing value for `{{{hole}}}`; for the text `{{{hole}}}` write \
                     `{{{{{hole}}}}}`"
                )),
            }
        }
        if let Some(image) = self.base
            && Bases::NONE.find(image).is_none()
        {
            problem(names::unknown_base(image));
        }
        for extra in &self.all_extras() {
            match extra {
                Extra::Mount(_, target) if !names::is_mount_target(target) => {
                    problem(format!("`{target}`: {}", names::MOUNT_TARGET))
                }
                Extra::Env(_, variable, _) if !names::is_assignable(variable) => {
                    problem(names::not_for_a_secret(variable));
                }
                Extra::Programs(rows, from) => {
                    for error in Programs::parse(rows).err().into_iter().flatten() {
                        problem(mistake_in_rows(from, &error));
                    }
                }
                _ => {}
            }
            let reason = match extra {
                Extra::Env(_, _, reason)
                | Extra::Trust(_, _, reason)
                | Extra::Declassify(_, _, reason)
                | Extra::ProjectCode(_, reason)
                | Extra::AllowCache(reason) => Some(*reason),
                Extra::Decision(decision) => Some(decision.reason.as_str()),
                _ => None,
            };
            if reason.is_some_and(|reason| !names::is_reason(reason)) {
                problem(names::REASON.to_owned());
            }
        }
        let target = |extra: &Extra<'a>| match extra {
            Extra::Mount(_, target) => Some(*target),
            _ => None,
        };
        let targets: Vec<&str> = self.extras.iter().filter_map(target).collect();
        if let Some((first, second)) = names::overlapping(&targets) {
            problem(names::overlap(targets[first], targets[second]));
        }
        if problems.is_empty() {
            Ok(values)
        } else {
            Err(Error::refused(problems, Vec::new(), String::new()))
        }
    }

    /// The names that the secret has in the script: its id, and that of each hole that it is bound to.
    fn names_of<'b>(&'b self, id: &'b str) -> impl Iterator<Item = &'b str> {
        let is_it = move |(_, value): &&(&str, &dyn AnyValue)| id_of(*value).as_deref() == Some(id);
        let holes = self.values.iter().filter(is_it).map(|(name, _)| *name);
        std::iter::once(id).chain(holes)
    }

    fn ask(
        &self,
        template: &Template,
    ) -> Result<Answer, dockerfile_dsl_analysis::shell::SyntaxError> {
        let mut question = Question {
            text: &template.text,
            holes: &template.holes(),
            bash: false,
            file_mounts: &[],
            env_mounts: &[],
            trust: &[],
            accepted: &[],
            only_to: &[],
            allow_cache: false,
            programs: Programs::NONE,
            base: self.base.and_then(|image| Bases::NONE.find(image)),
        };
        let (mut files, mut envs, mut trust) = (Vec::new(), Vec::new(), Vec::new());
        let mut programs = Programs::default();
        let mut accepted = Vec::new();
        for extra in self.all_extras() {
            match extra {
                Extra::Bash => question.bash = true,
                Extra::Mount(secret, target) => files.push((secret.id(), target)),
                Extra::Env(secret, variable, _) => envs.push((secret.id(), variable)),
                Extra::Trust(program, output, _) => trust.push(holes::Trust { program, output }),
                Extra::Declassify(secret, program, _) => {
                    let names = self.names_of(secret.id());
                    accepted.extend(names.map(|secret| Accepted::Issued { secret, program }));
                }
                Extra::ProjectCode(secret, _) => {
                    let names = self.names_of(secret.id());
                    accepted.extend(names.map(|secret| Accepted::ProjectCode { secret }));
                }
                Extra::AllowCache(_) => question.allow_cache = true,
                Extra::Decision(decision) => match &decision.danger {
                    Danger::Trust { program, output } => trust.push(holes::Trust {
                        program,
                        output: *output,
                    }),
                    Danger::AllowCache => question.allow_cache = true,
                    Danger::Declassify { id } => {
                        if let Some((id, program)) = id.rsplit_once('/') {
                            let names = self.names_of(id);
                            accepted
                                .extend(names.map(|secret| Accepted::Issued { secret, program }));
                        }
                    }
                    Danger::ProjectCode { id } => {
                        let names = self.names_of(id);
                        accepted.extend(names.map(|secret| Accepted::ProjectCode { secret }));
                    }
                    _ => {}
                },
                // They were parsed earlier.
                Extra::Programs(rows, _) => {
                    programs.extend(Programs::parse(rows).unwrap_or_default());
                }
            }
        }
        holes::answer(&Question {
            file_mounts: &files,
            env_mounts: &envs,
            trust: &trust,
            accepted: &accepted,
            programs: &programs,
            ..question
        })
    }
}

/// Returns the id of the secret that a value mounts as a file, if any.
fn id_of(value: &dyn AnyValue) -> Option<String> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.mounts.iter().find_map(|mount| match mount {
        ScriptMount::SecretFile { secret, .. } => Some(secret.id().to_owned()),
        _ => None,
    })
}

/// Returns what these values may not do in this script, each reason once.
fn refusals(answer: &Answer, values: &[&dyn AnyValue]) -> Vec<Finding> {
    let has_label =
        |hole: usize, refused: Label| values.get(hole).map(|value| value.label()) == Some(refused);
    let mut findings: Vec<Finding> = Vec::new();
    let mut refuse = |finding: &Finding| {
        if !findings.contains(finding) {
            findings.push(finding.clone());
        }
    };
    for finding in &answer.findings {
        refuse(finding);
    }
    for (hole, answer) in answer.holes.iter().enumerate() {
        for (label, finding) in &answer.refused {
            if has_label(hole, *label) {
                refuse(finding);
            }
        }
    }
    for flow in &answer.flows {
        for (from, to, finding) in &flow.refused {
            if has_label(flow.from, *from) && has_label(flow.to, *to) {
                refuse(finding);
            }
        }
    }
    findings
}
