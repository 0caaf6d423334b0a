//! Decisions of trust: findings that an author accepts, and programs that an author trusts.
//!
//! One enum for all of them: comments of a file, methods of the builder, arguments of the macros and the tool's configuration are converted
//! to it. Its text is that of a comment, `# dockerfile-dsl: DANGER reason=".."`.

use std::fmt;

use crate::Rule;

/// A decision of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Danger {
    /// `allow=RULE`: findings of this rule are accepted here.
    Allow {
        /// The rule.
        rule: Rule,
        /// `secret=ID`: only findings about this secret.
        secret: Option<String>,
    },
    /// `trust=PROG`: the program itself does not store the secret.
    Trust {
        /// The program as the script calls it, without its directory.
        program: String,
        /// `trust=PROG output`: its output does not contain the secret either.
        output: bool,
    },
    /// `declassify=ID`: every finding about this secret is accepted here. `declassify=ID/PROGRAM`: every finding about the secrets that
    /// the program opens, fetches or issues with it.
    Declassify {
        /// The id of the secret, or `ID/PROGRAM`.
        id: String,
    },
    /// `project-code=ID`: code of the project may have this secret.
    ProjectCode {
        /// The id of the secret.
        id: String,
    },
    /// `only-to=ID hosts="HOST, .."`: the secret may be sent to these hosts only. Above any instruction, for the whole file.
    OnlyTo {
        /// The id of the secret.
        id: String,
        /// Names of hosts; `*.example.com` is every host beneath `example.com`.
        hosts: Vec<String>,
    },
    /// `allow-cache`: secrets may stay in the cache mounts of this step.
    AllowCache,
    /// `allow-name=NAME`: an ARG or ENV of this name is not a secret.
    AllowName {
        /// The name of the variable.
        name: String,
    },
    /// `builder-stages=warning`: above any instruction, for the whole file.
    BuilderStages,
    /// `program="NAME; CLAUSE; .."`: what a program does with its arguments, in the language of program rows. Above any instruction, for
    /// the whole file.
    Program {
        /// The rows on one line: see [`Programs::parse_line`](crate::programs::Programs::parse_line).
        rows: String,
    },
    /// `raw`: the instruction is raw text that a program generated.
    Raw,
    /// A secret in the environment of a whole step. The mount itself declares it; it has no comment.
    Variable {
        /// The id of the secret.
        id: String,
        /// The name of the variable.
        variable: String,
    },
}

impl Danger {
    /// Returns the comment with a reason; `None` if the instruction itself declares the decision.
    #[must_use]
    pub fn comment(&self, reason: &str) -> Option<String> {
        let is_said = matches!(self, Self::Variable { .. });
        (!is_said).then(|| format!("# dockerfile-dsl: {self} reason=\"{}\"", quoted(reason)))
    }
}

/// The text of the comment, without the reason.
impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow { rule, secret: None } => write!(f, "allow={rule}"),
            Self::Allow {
                rule,
                secret: Some(id),
            } => write!(f, "allow={rule} secret={id}"),
            Self::BuilderStages => f.write_str("builder-stages=warning"),
            Self::AllowCache => f.write_str("allow-cache"),
            Self::AllowName { name } => write!(f, "allow-name={name}"),
            Self::Declassify { id } => write!(f, "declassify={id}"),
            Self::ProjectCode { id } => write!(f, "project-code={id}"),
            Self::OnlyTo { id, hosts } => {
                write!(f, "only-to={id} hosts=\"{}\"", quoted(&hosts.join(", ")))
            }
            Self::Program { rows } => write!(f, "program=\"{}\"", quoted(rows)),
            Self::Raw => f.write_str("raw"),
            Self::Trust {
                program,
                output: false,
            } => write!(f, "trust={program}"),
            Self::Trust {
                program,
                output: true,
            } => write!(f, "trust={program} output"),
            Self::Variable { id, variable } => write!(f, "env={variable} of secret {id}"),
        }
    }
}

/// Escapes a text for double quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
