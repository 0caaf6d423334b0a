//! `RUN --mount`: one variant per type, each with only its own options.
//!
//! In: the flag's value and the variables known at that point. Out: a [`Mount`] as BuildKit mounts it, defaults filled in.

use super::SourceText;
use super::flag::Flag;
use crate::Span;

mod options;
mod resolve;

pub(super) use options::boolean;
pub use options::clean;

/// A `--mount` flag as written. Its values are expanded when the RUN is reached: see [`resolve`](Self::resolve).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MountFlag {
    /// The flag.
    pub flag: Flag,
    /// The comma-separated fields in order, quotes of that layer taken away.
    pub fields: Vec<MountField>,
}

/// One `key=value` or `key` of a `--mount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountField {
    /// In lower case.
    pub key: String,
    /// After the `=`; expanded when the RUN is reached.
    pub value: Option<SourceText>,
    /// The whole field.
    pub span: Span,
}

/// A mount of one RUN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mount {
    /// `type=bind` (the default)
    Bind(Bind),
    /// `type=cache`
    Cache(Cache),
    /// `type=secret`
    Secret(Secret),
    /// `type=ssh`
    Ssh(Ssh),
    /// `type=tmpfs`
    Tmpfs(Tmpfs),
}

impl Mount {
    /// Where in the step's file system, as written: relative to WORKDIR if it does not start with `/`.
    /// `None` for a secret that is only a variable, and for an ssh socket at its default place.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Bind(bind) => Some(&bind.target),
            Self::Cache(cache) => Some(&cache.target),
            Self::Secret(secret) => secret.target.as_deref(),
            Self::Ssh(ssh) => ssh.target.as_deref(),
            Self::Tmpfs(tmpfs) => Some(&tmpfs.target),
        }
    }
}

/// `--mount=type=bind`: files of the build context, of a stage or of an image. What is written to it is discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bind {
    /// Where; empty means WORKDIR.
    pub target: String,
    /// Path in `from`; `/` if not given.
    pub source: String,
    /// Stage or image; `None` is the build context.
    pub from: Option<String>,
    /// `rw`: may be written to, and what is written is discarded.
    pub writable: bool,
}

/// `--mount=type=cache`: a directory that is not in the image but outlives the build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cache {
    /// Where; empty means WORKDIR.
    pub target: String,
    /// `id`, or the cleaned target as written: caches of one id are one cache.
    pub id: String,
    /// Who else may use it at the same time.
    pub sharing: Sharing,
    /// What it is filled with at first.
    pub from: Option<String>,
    /// Path in `from`.
    pub source: Option<String>,
    /// Of the directory when it is made.
    pub mode: Option<u32>,
    /// Owner of the directory when it is made.
    pub uid: Option<u32>,
    /// Group of the directory when it is made.
    pub gid: Option<u32>,
    /// `ro`
    pub read_only: bool,
}

/// `sharing=` of a cache mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// Everyone at once.
    #[default]
    Shared,
    /// Everyone has an own one.
    Private,
    /// One after the other.
    Locked,
}

/// `--mount=type=secret`: a build secret as a file, a variable, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Secret {
    /// `source`, else `id`, else the last part of the target.
    pub id: String,
    /// The file, `/run/secrets/ID` by default; `None` if only a variable was asked for.
    pub target: Option<String>,
    /// The variable.
    pub env: Option<String>,
    /// Whether a missing secret ends the build: `false` by default, and the file is then absent, the variable empty.
    pub required: bool,
    /// Of the file; `0400` by default.
    pub mode: u32,
    /// Owner of the file; 0 by default.
    pub uid: u32,
    /// Group of the file; 0 by default.
    pub gid: u32,
}

impl Secret {
    /// The variable without a known value that its id, its target or its variable depends on, as `${NAME}`.
    #[must_use]
    pub fn unknown(&self) -> Option<&str> {
        let parts = [Some(&self.id), self.target.as_ref(), self.env.as_ref()];
        parts.into_iter().flatten().find_map(|part| {
            let start = part.find("${")?;
            let length = part[start..].find('}')?;
            Some(&part[start..=start + length])
        })
    }
}

/// `--mount=type=ssh`: the socket of an ssh agent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ssh {
    /// `default` if not given.
    pub id: String,
    /// The socket; `None` means `/run/buildkit/ssh_agent.N`, N counting the ssh mounts of the RUN.
    pub target: Option<String>,
    /// Whether a missing agent ends the build.
    pub required: bool,
    /// Of the socket; `0600` by default.
    pub mode: u32,
    /// Owner of the socket; 0 by default.
    pub uid: u32,
    /// Group of the socket; 0 by default.
    pub gid: u32,
}

impl Ssh {
    /// Where the socket is, if this is ssh mount number `index` of its RUN (from 0).
    #[must_use]
    pub fn socket(&self, index: usize) -> String {
        self.target
            .clone()
            .unwrap_or_else(|| format!("/run/buildkit/ssh_agent.{index}"))
    }
}

/// `--mount=type=tmpfs`: a file system in memory that is gone after the step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tmpfs {
    /// Where.
    pub target: String,
    /// At most so many bytes.
    pub size: Option<u64>,
}
