//! What an author vouches for: each with a reason, rendered as a comment beside the instruction, and listed by the audit.
//!
//! In: a decision and why. Out: the comment that [`check`](dockerfile_dsl_analysis) understands.
//! This is the one place for what is not checked: search for `danger::`.

use dockerfile_dsl_analysis::Rule;
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

/// What a rule finds at the next instruction is accepted: for [`StageBuilder::decide`](crate::StageBuilder::decide).
#[must_use]
pub fn allow(rule: Rule, reason: impl Into<String>) -> Allow {
    Allow {
        rule,
        secret: None,
        reason: reason.into(),
    }
}

/// An accepted rule: made by [`allow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    pub(crate) rule: Rule,
    pub(crate) secret: Option<String>,
    pub(crate) reason: String,
}

impl Allow {
    /// Only where it is about this secret.
    ///
    /// ```
    /// # use dockerfile_dsl::{danger, Rule, Secret};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// danger::allow(Rule::SecretInLayer, "an image for this machine only").secret(&TOKEN);
    /// ```
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Self {
        self.secret = Some(secret.id().to_owned());
        self
    }

    pub(crate) fn decision(self) -> Decision {
        Decision {
            kind: DecisionKind::Allow {
                rule: self.rule,
                secret: self.secret,
            },
            reason: self.reason,
            place: None,
        }
    }
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
        Decision {
            kind: DecisionKind::Raw,
            reason: self.reason.clone(),
            place: None,
        }
    }
}

/// Something that the author vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) kind: DecisionKind,
    pub(crate) reason: String,
    /// Where in the Rust source it was said, as far as that is known.
    pub(crate) place: Option<Place>,
}

/// A place in the Rust source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    /// The hole of the script.
    pub(crate) hole: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecisionKind {
    Allow {
        rule: Rule,
        secret: Option<String>,
    },
    AllowCache,
    AllowName {
        name: String,
    },
    BuilderStages,
    Declassify {
        id: String,
    },
    /// What a program does with its arguments, as rows on one line; about the whole file.
    Program {
        rows: String,
    },
    Raw,
    Trust {
        program: String,
        output: bool,
    },
    /// A secret in the environment of a whole step.
    Variable {
        id: String,
        variable: String,
    },
}

impl DecisionKind {
    /// As it stands in the comment.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Allow { rule, secret: None } => format!("allow={rule}"),
            Self::Allow {
                rule,
                secret: Some(id),
            } => format!("allow={rule} secret={id}"),
            Self::BuilderStages => "builder-stages=warning".to_owned(),
            Self::AllowCache => "allow-cache".to_owned(),
            Self::AllowName { name } => format!("allow-name={name}"),
            Self::Declassify { id } => format!("declassify={id}"),
            Self::Program { rows } => format!("program=\"{}\"", quoted(rows)),
            Self::Raw => "raw".to_owned(),
            Self::Trust {
                program,
                output: false,
            } => format!("trust={program}"),
            Self::Trust {
                program,
                output: true,
            } => format!("trust={program} output"),
            Self::Variable { id, variable } => format!("env={variable} of secret {id}"),
        }
    }
}

impl Decision {
    pub(crate) fn check(&self, problems: &mut Problems) {
        if matches!(self.kind, DecisionKind::Variable { .. }) {
            return; // The mount has said it.
        }
        let words = self.kind.words();
        if self.reason.trim().is_empty() {
            problems.unwritable(format!("`{}` needs a reason", words.escape_debug()));
        }
        if self.reason.chars().any(char::is_control) {
            problems.unwritable(format!(
                "the reason of `{}` is one line",
                words.escape_debug()
            ));
        }
        let subject = match &self.kind {
            DecisionKind::AllowName { name } => name,
            DecisionKind::Trust { program, .. } => program,
            DecisionKind::Program { rows } => {
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

    /// The comment line; a secret in a variable needs none, as the mount says it.
    pub(crate) fn comment(&self) -> Option<String> {
        if matches!(self.kind, DecisionKind::Variable { .. }) {
            return None;
        }
        Some(format!(
            "# dockerfile-dsl: {} reason=\"{}\"",
            self.kind.words(),
            quoted(&self.reason)
        ))
    }
}

/// A text as it stands between double quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
