//! `RUN --mount`: one variant per type, each with only its own options.
//!
//! In: the flag's value and the variables known at that point. Out: a [`Mount`] as BuildKit mounts it, with defaults.

use super::SourceText;
use super::flag::Flag;
use crate::Span;

mod device;
mod options;
mod resolve;

pub(super) use device::check_device;
pub(super) use options::boolean;
pub use options::clean;

/// A `--mount` flag as written. Its values are expanded when the RUN is reached: see [`resolve`](Self::resolve).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MountFlag {
    /// The flag.
    pub flag: Flag,
    /// The comma-separated fields in order, without their quotes.
    pub fields: Vec<MountField>,
}

impl MountFlag {
    /// Whether the id may be this one: it is, a variable is in it, or it is that of the last component of the target.
    #[must_use]
    pub fn may_have_id(&self, id: &str) -> bool {
        let value = |key: &str| {
            let fields = self.fields.iter().rev();
            let mut fields = fields.filter(|field| field.key == key);
            fields.find_map(|field| field.value.as_ref())
        };
        let is_it = |text: &SourceText| text.as_str() == id || text.contains('$');
        match value("id") {
            Some(text) => is_it(text),
            None => {
                let targets = ["target", "dst", "destination", "source", "src"];
                let mut targets = targets.into_iter().filter_map(value);
                targets.any(|path| path.contains('$') || path.rsplit('/').next() == Some(id))
            }
        }
    }
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
    /// Returns the path in the step's file system, as written: relative to WORKDIR unless it starts with `/`. `None` for a secret that is
    /// only a variable, and for an ssh socket at its default path.
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

/// `--mount=type=bind`: files of the build context, of a stage or of an image. Writes are discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bind {
    /// Target path; empty means WORKDIR.
    pub target: String,
    /// Path in `from`; `/` if not given.
    pub source: String,
    /// Stage or image; `None` is the build context.
    pub from: Option<String>,
    /// `rw`: writable; writes are discarded.
    pub writable: bool,
}

/// `--mount=type=cache`: a directory that is not in the image but outlives the build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cache {
    /// Target path; empty means WORKDIR.
    pub target: String,
    /// `id`, or the cleaned target as written. Mounts with the same id share one cache.
    pub id: String,
    /// How concurrent builds share it.
    pub sharing: Sharing,
    /// Image or stage with the initial content.
    pub from: Option<String>,
    /// Path in `from`.
    pub source: Option<String>,
    /// Mode of the directory when it is created.
    pub mode: Option<u32>,
    /// Owner of the directory when it is created.
    pub uid: Option<u32>,
    /// Group of the directory when it is created.
    pub gid: Option<u32>,
    /// `ro`
    pub read_only: bool,
}

/// `sharing=` of a cache mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// Concurrent builds share it.
    #[default]
    Shared,
    /// Each build has its own.
    Private,
    /// Builds use it one after the other.
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
    /// Whether a missing secret is an error. `false` by default: the file is then absent, and the variable empty.
    pub required: bool,
    /// Mode of the file; `0400` by default.
    pub mode: u32,
    /// Owner of the file; 0 by default.
    pub uid: u32,
    /// Group of the file; 0 by default.
    pub gid: u32,
}

impl Secret {
    /// Returns the variable without a known value that its id, target or variable depends on, as `${NAME}`.
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
    /// Path of the socket; `None` means `/run/buildkit/ssh_agent.N`, where N counts the ssh mounts of the RUN.
    pub target: Option<String>,
    /// Whether a missing agent is an error.
    pub required: bool,
    /// Mode of the socket; `0600` by default.
    pub mode: u32,
    /// Owner of the socket; 0 by default.
    pub uid: u32,
    /// Group of the socket; 0 by default.
    pub gid: u32,
}

impl Ssh {
    /// Returns the path of the socket for ssh mount number `index` of its RUN (from 0).
    #[must_use]
    pub fn socket(&self, index: usize) -> String {
        self.target
            .clone()
            .unwrap_or_else(|| format!("/run/buildkit/ssh_agent.{index}"))
    }
}

/// `--mount=type=tmpfs`: a file system in memory, discarded after the step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tmpfs {
    /// Target path.
    pub target: String,
    /// Max. size in bytes.
    pub size: Option<u64>,
}
