//! A script with holes: places where a Rust value will stand.
//!
//! In: the script's text with the span and name of each hole. Out: for each hole, which [`Label`]s it may carry and how a
//! public value is quoted there; and which hole's value may flow into which other hole's place.
//! `sh!` turns the answer into traits, `Script::parse` asks it with the labels that the values have.

mod answer;
mod quote;

pub use crate::shell::Hole;
pub use answer::answer;
pub use quote::Quote;

use crate::Finding;
use crate::bases::Base;
use crate::programs::Programs;

/// What kind of value stands in a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Any text: it is quoted for its place.
    Public,
    /// A word of `[A-Za-z0-9_./:@%+=,-]` that does not start with `-`: means the same in every context.
    Word,
    /// A path that becomes part of an image layer.
    LayerPath,
    /// A path inside a tmpfs mount of this step.
    TmpPath,
    /// A path inside a cache mount of this step.
    CachePath,
    /// The path of a file that holds the secret.
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

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The script. The bytes inside a hole's span are not looked at.
    pub text: &'a str,
    /// In the order of their spans.
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
    /// `@allow_cache(..)`.
    pub allow_cache: bool,
    /// `@programs(..)`: the programs of the author.
    pub programs: &'a Programs,
    /// `@base(..)`: the image that the script runs on, if that is described.
    pub base: Option<&'a Base>,
}

/// A program that the author vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust<'a> {
    /// The name of the program, as the script calls it, without its directory.
    pub program: &'a str,
    /// Whether its output is trusted not to hold the secret.
    pub output: bool,
}

/// What the author accepts of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted<'a> {
    /// What the program opens, fetches or issues with it is no secret.
    Issued {
        /// The name of the hole or of the mount.
        secret: &'a str,
        /// The name of the program, without its directory.
        program: &'a str,
    },
    /// Code of the project may have it: `@project_code(SECRET, ..)`.
    ProjectCode {
        /// The name of the hole or of the mount.
        secret: &'a str,
    },
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What is wrong whatever the types of the holes are.
    pub findings: Vec<Finding>,
    /// One for each hole, in order.
    pub holes: Vec<HoleAnswer>,
    /// The flows from one hole's value into another hole's place that some pair of labels refuses.
    pub flows: Vec<FlowAnswer>,
}

/// What one hole may carry.
#[derive(Debug, Clone)]
pub struct HoleAnswer {
    /// How a public value is written here.
    pub quote: Quote,
    /// The labels that are refused here, whatever the other holes are, with each reason; sorted by label, and then by place.
    pub refused: Vec<(Label, Finding)>,
}

/// Refused pairs of labels of two holes.
#[derive(Debug, Clone)]
pub struct FlowAnswer {
    /// The hole whose value flows.
    pub from: usize,
    /// The hole at whose place it arrives.
    pub to: usize,
    /// (label of `from`, label of `to`, reason).
    pub refused: Vec<(Label, Label, Finding)>,
}
