//! Scripts with holes, i.e. placeholders for Rust values.
//!
//! In: the script's text with the span and name of each hole. Out: for each hole, the [`Label`]s that it may have and the quoting of a
//! public value; and which hole's value may flow to which other hole.
//! `sh!` converts the answer to traits; `Script::parse` evaluates it with the labels of the values.

mod answer;
mod quote;

pub use crate::shell::Hole;
pub use answer::answer;
pub use quote::Quote;

use crate::Finding;
use crate::bases::Base;
use crate::programs::Programs;

/// The kind of value in a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Any text: it is quoted for its place.
    Public,
    /// A word of `[A-Za-z0-9_./:@%+=,-]` that does not start with `-`: it has the same meaning in every context.
    Word,
    /// A path that becomes part of an image layer.
    LayerPath,
    /// A path inside a tmpfs mount of this step.
    TmpPath,
    /// A path inside a cache mount of this step.
    CachePath,
    /// The path of a file that contains the secret.
    SecretFile,
    /// The secret's value itself, as `"$(cat /run/secrets/ID)"`.
    SecretValue,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 7] = [
        Self::Public,
        Self::Word,
        Self::LayerPath,
        Self::TmpPath,
        Self::CachePath,
        Self::SecretFile,
        Self::SecretValue,
    ];

    /// Whether a value with this label leads to a secret.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::SecretFile | Self::SecretValue)
    }
}

/// A script with its holes and settings.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The script. The bytes inside a hole's span are ignored.
    pub text: &'a str,
    /// The holes in text order.
    pub holes: &'a [Hole<'a>],
    /// `@shell(bash)`.
    pub bash: bool,
    /// `@mount(SECRET => "/path")`: name and absolute target.
    pub file_mounts: &'a [(&'a str, &'a str)],
    /// `@env(SECRET => "NAME", ..)`: name of the secret and of the variable.
    pub env_mounts: &'a [(&'a str, &'a str)],
    /// `@trust("prog", ..)`.
    pub trust: &'a [Trust<'a>],
    /// `@declassify(SECRET, "prog", ..)`.
    pub accepted: &'a [Accepted<'a>],
    /// Names of secrets with the only hosts that they may be sent to.
    pub only_to: &'a [(&'a str, Vec<String>)],
    /// `@allow_cache(..)`.
    pub allow_cache: bool,
    /// `@programs(..)`: the author's programs.
    pub programs: &'a Programs,
    /// `@base(..)`: the image on which the script runs, if that is described.
    pub base: Option<&'a Base>,
}

/// A program that the author trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust<'a> {
    /// Name of the program as the script calls it, without its directory.
    pub program: &'a str,
    /// Whether its output is trusted, too.
    pub output: bool,
}

/// A decision that the author takes about a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted<'a> {
    /// The secrets that the program opens, fetches or issues with it may be in the image.
    Issued {
        /// Name of the hole or of the mount.
        secret: &'a str,
        /// Name of the program, without its directory.
        program: &'a str,
    },
    /// Code of the project may have it: `@project_code(SECRET, ..)`.
    ProjectCode {
        /// The name of the hole or of the mount.
        secret: &'a str,
    },
}

/// The answer for a script.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Findings for any types of the holes.
    pub findings: Vec<Finding>,
    /// One answer for each hole, in order.
    pub holes: Vec<HoleAnswer>,
    /// The flows from one hole's value to another hole that are rejected for some pair of labels.
    pub flows: Vec<FlowAnswer>,
}

/// The answer for one hole.
#[derive(Debug, Clone)]
pub struct HoleAnswer {
    /// The quoting of a public value here.
    pub quote: Quote,
    /// The labels that are rejected here, regardless of the other holes, with each reason; sorted by label, then by position.
    pub refused: Vec<(Label, Finding)>,
}

/// The rejected pairs of labels of two holes.
#[derive(Debug, Clone)]
pub struct FlowAnswer {
    /// The hole whose value flows.
    pub from: usize,
    /// The hole that it reaches.
    pub to: usize,
    /// (label of `from`, label of `to`, reason).
    pub refused: Vec<(Label, Label, Finding)>,
}
