//! What an author vouches for: each with a reason, rendered as a comment beside the instruction, and listed by the audit.
//!
//! In: a decision and why. Out: a [`Decision`], which `decide` of [`Settings`](crate::Settings), of
//! [`StageBuilder`](crate::StageBuilder), of [`Run`](crate::instructions::Run) and of [`ScriptTemplate`](crate::ScriptTemplate)
//! takes; it becomes the comment that [`check`](dockerfile_dsl_analysis) understands. This is the one place for what is not checked:
//! search for `danger::`.

use std::panic::Location;

use dockerfile_dsl_analysis::Rule;
use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::programs::Programs;

use crate::Secret;
use crate::problem::Problems;
use crate::render::{Written, lines};

/// An instruction as text: whatever BuildKit makes of it.
///
/// The text is still read and analysed with the rest of the file; what the types would have refused, they do not see.
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

/// What a rule finds at this instruction is accepted.
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

/// [`allow`], only where it is about this secret.
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

/// The build argument or environment variable of this instruction is no secret, although its name says so.
#[track_caller]
pub fn allow_name(name: impl Into<String>, reason: impl Into<String>) -> Decision {
    Decision::new(Danger::AllowName { name: name.into() }, reason)
}

/// Secrets may stay in the cache mounts of this step, which outlive the build.
#[track_caller]
pub fn allow_cache(reason: impl Into<String>) -> Decision {
    Decision::new(Danger::AllowCache, reason)
}

/// This program may get the step's secrets, and writes them nowhere by itself. Its output counts as secret.
///
/// A script says it in `sh!("..", @trust("program", "reason"))`.
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

/// [`trust`], for a program whose output holds no secret either.
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

/// What this program opens, fetches or issues with the secret is none itself: a public certificate out of a vault.
///
/// A script says it in `sh!("..", @declassify(TOKEN, "vault", "reason"))`.
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

/// What is found in a build stage that is no part of the final image is no error: it is in the build cache, and in what
/// `--cache-to mode=max` or `--target` gives away. About a whole file, so for [`Settings::decide`](crate::Settings::decide).
#[track_caller]
pub fn builder_stages_are_warnings(reason: impl Into<String>) -> Decision {
    Decision::new(Danger::BuilderStages, reason)
}

/// An instruction as text: made by [`raw_instruction`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawInstruction {
    pub(crate) text: String,
    pub(crate) reason: String,
}

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
                "the raw instruction holds a decision: say it with `danger::allow`, where the \
                 audit sees it",
            );
        }
        if !lines::fit(&self.text) {
            problems.unwritable("the raw instruction has a line of more than 65534 bytes");
        }
        if self.text.trim().is_empty() || self.text.trim_start().starts_with('#') {
            problems.unwritable("the raw instruction is none");
        }
    }

    pub(crate) fn write(&self) -> Written {
        Written::line(self.text.trim_matches('\n').to_owned())
    }

    pub(crate) fn decision(&self) -> Decision {
        Decision::of_text(Danger::Raw, &self.reason)
    }
}

/// Something that the author vouches for, and why: made by the functions of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it has no effect without `decide`"]
pub struct Decision {
    pub(crate) danger: Danger,
    pub(crate) reason: String,
    /// Where in the Rust source it was said, as far as that is known.
    pub(crate) place: Option<Place>,
}

/// A place in the Rust source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    /// The hole of the script.
    pub(crate) hole: Option<String>,
}

impl Decision {
    /// Said where the caller is.
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

    /// Said in no place of the Rust source.
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
                "the reason of `{}` is one line",
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
                        "`{}`: program rows hold no control character",
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
            problems.unwritable(format!("`{}` is no name", subject.escape_debug()));
        }
    }

    /// Whether it is about a whole file, not about one instruction.
    pub(crate) const fn is_of_file(&self) -> bool {
        matches!(self.danger, Danger::BuilderStages | Danger::Program { .. })
    }

    /// The comment line; a secret in a variable needs none, as the mount says it.
    pub(crate) fn comment(&self) -> Option<String> {
        self.danger.comment(&self.reason)
    }
}
