//! Decisions of trust: each has a reason, is rendered as a comment above its instruction, and is listed by the audit.
//!
//! In: a decision and its reason. Out: a [`Decision`], passed to `decide` of [`Settings`](crate::Settings),
//! [`StageBuilder`](crate::StageBuilder), [`Run`](crate::instructions::Run) or [`ScriptTemplate`](crate::ScriptTemplate). It
//! becomes the comment that [`check`](dockerfile_dsl_analysis) understands. Every exemption from the check is in this module:
//! search for `danger::`.

use std::panic::Location;

use dockerfile_dsl_analysis::dockerfile::{Danger, File, Note};
use dockerfile_dsl_analysis::programs::Programs;
use dockerfile_dsl_analysis::{LineIndex, Rule};

use crate::Secret;
use crate::masked_debug::masked_debug;
use crate::problem::Problems;
use crate::render::{Written, lines};

/// Adds an instruction as text, passed to BuildKit as it is.
///
/// The text is still read and analysed with the rest of the file; only the checks of the types are skipped.
///
/// ```
/// # use dockerfile_dsl::{danger, Stage};
/// Stage::from_image("debian").instruction(danger::raw_instruction("EXPOSE 127.0.0.1:80:80", "kept as it was in the old file"));
/// ```
#[must_use]
pub fn raw_instruction(text: impl Into<String>, reason: impl Into<String>) -> RawInstruction {
    RawInstruction {
        text: text.into(),
        reason: reason.into(),
    }
}

/// Accepts the findings of one rule at this instruction.
///
/// ```
/// # use dockerfile_dsl::{danger, Rule, Stage};
/// # let mut stage = Stage::from_image("debian");
/// stage.decide(danger::allow(Rule::SecretInLayer, "an image for this machine only"));
/// ```
#[track_caller]
pub fn allow(rule: Rule, reason: impl Into<String>) -> Decision {
    Decision::new(Danger::Allow { rule, secret: None }, reason)
}

/// Accepts the findings of one rule at this instruction that concern this secret.
///
/// ```
/// # use dockerfile_dsl::{danger, Rule, Secret, Stage};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let mut stage = Stage::from_image("debian");
/// stage.decide(danger::allow_for(&TOKEN, Rule::SecretInLayer, "an image for this machine only"));
/// ```
#[track_caller]
pub fn allow_for(secret: &Secret, rule: Rule, reason: impl Into<String>) -> Decision {
    let secret = Some(secret.id().to_owned());
    Decision::new(Danger::Allow { rule, secret }, reason)
}

/// Declares that the build argument or environment variable of this instruction is public, although its name suggests a secret.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage, danger};
/// let stage = Stage::from_image("debian")
///     .decide(danger::allow_name("PUBLIC_KEY_TOKEN", "the id of a public key"))
///     .env("PUBLIC_KEY_TOKEN", "b77a5c561934e089")
///     .build();
/// let image = Dockerfile::from_stage(&stage)?;
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[track_caller]
pub fn allow_name(name: impl Into<String>, reason: impl Into<String>) -> Decision {
    Decision::new(Danger::AllowName { name: name.into() }, reason)
}

/// Accepts secrets in the cache mounts of this step, which outlive the build.
#[track_caller]
pub fn allow_cache(reason: impl Into<String>) -> Decision {
    Decision::new(Danger::AllowCache, reason)
}

/// Declares that this program may receive the step's secrets and writes them nowhere. Its output still counts as secret.
///
/// In a script, write `sh!("..", @trust("program", "reason"))`.
#[track_caller]
pub fn trust(program: impl Into<String>, reason: impl Into<String>) -> Decision {
    let program = program.into();
    Decision::new(
        Danger::Trust {
            program,
            output: false,
        },
        reason,
    )
}

/// Like [`trust`], and declares that the program's output is public.
#[track_caller]
pub fn trust_with_output(program: impl Into<String>, reason: impl Into<String>) -> Decision {
    let program = program.into();
    Decision::new(
        Danger::Trust {
            program,
            output: true,
        },
        reason,
    )
}

/// Declares that the output that this program decrypts, fetches or issues with the secret is public: a public certificate from a vault.
///
/// In a script, write `sh!("..", @declassify(TOKEN, "vault", "reason"))`.
///
/// ```
/// # use dockerfile_dsl::{danger, Secret, Stage};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let mut stage = Stage::from_image("debian");
/// stage.decide(danger::declassify_issued(&TOKEN, "vault", "the certificate that it fetches is public"));
/// ```
#[track_caller]
pub fn declassify_issued(
    secret: &Secret,
    program: impl AsRef<str>,
    reason: impl Into<String>,
) -> Decision {
    let id = format!("{}/{}", secret.id(), program.as_ref());
    Decision::new(Danger::Declassify { id }, reason)
}

/// Code of the project may have the secret: it keeps it nowhere, and does not print it.
///
/// A script says it in `sh!("..", @project_code(TOKEN, "reason"))`.
#[track_caller]
pub fn project_code(secret: &Secret, reason: impl Into<String>) -> Decision {
    let id = secret.id().to_owned();
    Decision::new(Danger::ProjectCode { id }, reason)
}

/// Reports findings in build stages outside the final image as warnings. Such a stage is in the build cache, and is published by
/// `--cache-to mode=max` or `--target`. Applies to the whole file: pass it to [`Settings::decide`](crate::Settings::decide).
#[track_caller]
pub fn builder_stages_are_warnings(reason: impl Into<String>) -> Decision {
    Decision::new(Danger::BuilderStages, reason)
}

/// An instruction as text, returned by [`raw_instruction`].
#[derive(Clone, PartialEq, Eq)]
pub struct RawInstruction {
    pub(crate) text: String,
    pub(crate) reason: String,
}

masked_debug!(RawInstruction { text, reason });

impl RawInstruction {
    pub(crate) fn keyword(&self) -> &str {
        self.text.split_whitespace().next().unwrap_or_default()
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if self.text.contains('\0') {
            problems.unwritable("the raw instruction holds a NUL");
        }
        if self.text.contains("dockerfile-dsl:") {
            problems.unwritable(
                "the raw instruction contains a decision comment: use `danger::allow`, so that the \
                 audit lists it",
            );
        }
        if !lines::fit(&self.text) {
            problems.unwritable("the raw instruction has a line of more than 65534 bytes");
        }
        if self.text.trim().is_empty() || self.text.trim_start().starts_with('#') {
            problems.unwritable("the raw instruction is empty");
        }
    }

    pub(crate) fn write(&self) -> Written {
        Written::line(self.text.trim_matches('\n').to_owned())
    }

    pub(crate) fn decision(&self) -> Decision {
        Decision::of_text(Danger::Raw, &self.reason)
    }
}

/// A decision of trust and its reason, returned by the functions of this module.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "it has no effect without `decide`"]
pub struct Decision {
    pub(crate) danger: Danger,
    pub(crate) reason: String,
    /// Place of the decision in the Rust source, if it is known.
    pub(crate) place: Option<Place>,
}

masked_debug!(Decision {
    danger,
    reason,
    place
});

/// A place in the Rust source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    /// Name of the script's hole.
    pub(crate) hole: Option<String>,
}

impl Decision {
    /// Records the caller's place.
    #[track_caller]
    fn new(danger: Danger, reason: impl Into<String>) -> Self {
        let place = Location::caller();
        Self {
            danger,
            reason: reason.into(),
            place: Some(Place {
                file: place.file(),
                line: place.line(),
                hole: None,
            }),
        }
    }

    /// Records no place in the Rust source.
    pub(crate) fn of_text(danger: Danger, reason: impl Into<String>) -> Self {
        Self {
            danger,
            reason: reason.into(),
            place: None,
        }
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if self.comment().is_none() {
            return; // The mount has said it.
        }
        let words = self.danger.to_string();
        if self.reason.trim().is_empty() {
            problems.unwritable(format!("`{}` needs a reason", words.escape_debug()));
        }
        if self.reason.chars().any(char::is_control) {
            problems.unwritable(format!(
                "the reason of `{}` must be one line",
                words.escape_debug()
            ));
        }
        let subject = match &self.danger {
            Danger::AllowName { name } => name,
            Danger::Trust { program, .. } => program,
            Danger::Declassify { id } => id,
            Danger::Program { rows } => {
                if let Err(why) = Programs::parse_line(rows) {
                    problems.unwritable(format!("`{}`: {why}", words.escape_debug()));
                }
                if rows.chars().any(char::is_control) {
                    problems.unwritable(format!(
                        "`{}`: program rows must not contain control characters",
                        words.escape_debug()
                    ));
                }
                return;
            }
            _ => return,
        };
        if subject.is_empty()
            || !subject
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'='))
        {
            problems.unwritable(format!("invalid name `{}`", subject.escape_debug()));
        }
    }

    /// Whether the decision applies to the whole file, not to one instruction.
    pub(crate) const fn is_of_file(&self) -> bool {
        matches!(
            self.danger,
            Danger::BuilderStages | Danger::Program { .. } | Danger::OnlyTo { .. }
        )
    }

    /// Returns the comment line. A secret in a variable needs none, as its mount states it.
    pub(crate) fn comment(&self) -> Option<String> {
        self.danger.comment(&self.reason)
    }
}

/// Returns the decisions in a file, each with its stage and its line.
pub(crate) fn decisions(file: &File, lines: &LineIndex) -> Vec<(usize, usize, Decision)> {
    let decision = |stage: usize, note: &Note, line: usize| {
        (
            stage,
            line,
            Decision::of_text(note.kind.clone(), &note.reason),
        )
    };
    let of_file = file
        .builder_stages
        .iter()
        .chain(&file.programs)
        .chain(&file.only_to);
    let of_file = of_file.map(|note| decision(0, note, lines.line(note.span.start)));
    let of_instructions = file.instructions().flat_map(|(stage, _, instruction)| {
        let line = lines.line(instruction.span.start);
        let notes = instruction.notes.iter();
        notes.map(move |note| decision(stage, note, line))
    });
    of_file.chain(of_instructions).collect()
}
