//! Mounts of RUN: one type per kind of mount, each with its own options only.
//!
//! In: the author's options. Out: the fields of a `--mount` flag, `type` first, in a fixed order. See [`RUN
//! --mount`](https://docs.docker.com/reference/dockerfile/#run---mount).

mod bind;
mod cache;
mod secret;
mod ssh;
mod tmpfs;

pub use bind::BindMount;
pub use cache::{CacheMount, Sharing};
pub use secret::SecretMount;
pub use ssh::SshMount;
pub use tmpfs::TmpfsMount;

use crate::instruction::Origin;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::text::Text;

/// A mount of one RUN.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mount {
    /// `type=bind`
    Bind(BindMount),
    /// `type=cache`
    Cache(CacheMount),
    /// `type=secret`
    Secret(SecretMount),
    /// `type=ssh`
    Ssh(SshMount),
    /// `type=tmpfs`
    Tmpfs(TmpfsMount),
}

macro_rules! conversions {
    ($($variant:ident($type:ident)),*) => {$(
        impl From<$type> for Mount {
            fn from(mount: $type) -> Self {
                Self::$variant(mount)
            }
        }
        impl From<&$type> for Mount {
            fn from(mount: &$type) -> Self {
                Self::$variant(mount.clone())
            }
        }
    )*};
}
conversions!(
    Bind(BindMount),
    Cache(CacheMount),
    Secret(SecretMount),
    Ssh(SshMount),
    Tmpfs(TmpfsMount)
);

/// Fields of a flag, in order.
pub(crate) type Fields = Vec<(&'static str, Text)>;

impl Mount {
    pub(crate) fn check(&self, problems: &mut Problems) {
        match self {
            Self::Bind(mount) => mount.check(problems),
            Self::Cache(mount) => mount.check(problems),
            Self::Secret(mount) => mount.check(problems),
            Self::Ssh(mount) => mount.check(problems),
            Self::Tmpfs(mount) => mount.check(problems),
        }
    }

    pub(crate) fn fields(&self, pen: &Pen<'_>) -> Fields {
        match self {
            Self::Bind(mount) => mount.fields(pen),
            Self::Cache(mount) => mount.fields(pen),
            Self::Secret(mount) => mount.fields(pen),
            Self::Ssh(mount) => mount.fields(),
            Self::Tmpfs(mount) => mount.fields(),
        }
    }

    /// Returns the mount target, if the author set one.
    pub(crate) fn target(&self) -> Option<Text> {
        match self {
            Self::Bind(mount) => Some(mount.target.clone()),
            Self::Cache(mount) => Some(mount.target.clone()),
            Self::Secret(mount) => mount.file().map(Text::literal),
            Self::Ssh(mount) => mount.target.clone(),
            Self::Tmpfs(mount) => Some(mount.target.clone()),
        }
    }

    /// Returns the origin of its content.
    pub(crate) fn from(&self) -> Option<&Origin> {
        match self {
            Self::Bind(mount) => mount.from.as_ref(),
            Self::Cache(mount) => mount.from.as_ref(),
            Self::Secret(_) | Self::Ssh(_) | Self::Tmpfs(_) => None,
        }
    }
}

/// Checks a target: BuildKit refuses `/`, and cannot represent some characters.
fn check_target(target: &Text, problems: &mut Problems) {
    problems.flag_word("the target of a mount", target, |path| {
        if path.bytes().all(|byte| byte == b'/') {
            Err("the target of a mount cannot be `/`".to_owned())
        } else {
            Ok(())
        }
    });
    carriage_return("the target of a mount", target, problems);
}

/// Checks a source: BuildKit treats an empty value as a missing option.
fn check_source(field: &'static str, source: &Text, problems: &mut Problems) {
    problems.flag_word(field, source, |text| {
        if text.is_empty() {
            Err(format!("{field} is empty"))
        } else {
            Ok(())
        }
    });
    carriage_return(field, source, problems);
}

fn carriage_return(field: &str, text: &Text, problems: &mut Problems) {
    if text.content.contains('\r') {
        problems.unwritable(format!(
            "{field} contains a carriage return, which a mount cannot represent"
        ));
    }
}

fn check_from(from: Option<&Origin>, problems: &mut Problems) {
    if let Some(from) = from {
        from.check(problems);
    }
}

/// Writes octal digits without a prefix, as BuildKit parses them.
fn octal(mode: u32) -> Text {
    Text::literal(format!("{mode:04o}"))
}

fn number(number: u32) -> Text {
    Text::literal(number.to_string())
}

fn check_mode(mode: Option<u32>, problems: &mut Problems) {
    if mode.is_some_and(|mode| mode > 0o7777) {
        problems.wrong("the mode of a mount is at most 0o7777");
    }
}
