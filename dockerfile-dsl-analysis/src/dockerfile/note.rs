//! The decisions that an author wrote above an instruction: `# dockerfile-dsl: allow=RULE reason=".."`.
//!
//! In: a comment line. Out: a [`Note`], or what is wrong with it. A note without a reason has no effect.

use crate::Span;

/// A decision of the author about the instruction below it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was decided.
    pub kind: NoteKind,
    /// Why; never empty.
    pub reason: String,
    /// The comment, from `#` to the end of the line.
    pub span: Span,
}

/// What an author can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// `allow=RULE`: findings of this rule are accepted here.
    Allow {
        /// The rule.
        rule: crate::Rule,
    },
    /// `trust=PROG`: the program writes the secret nowhere by itself.
    Trust {
        /// The program as the script calls it, without its directory.
        program: String,
        /// `trust=PROG output`: its output does not hold the secret either.
        output: bool,
    },
    /// `declassify=ID`: what this secret's value reaches here is accepted.
    Declassify {
        /// The id of the secret.
        id: String,
    },
    /// `allow-cache`: secrets may stay in the cache mounts of this step.
    AllowCache,
    /// `allow-name=NAME`: an ARG or ENV of this name is not a secret.
    AllowName {
        /// The name of the variable.
        name: String,
    },
    /// `raw`: the instruction was written as raw text by a program.
    Raw,
}
