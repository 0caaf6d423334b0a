//! `RUN --mount`: one variant per type, each with only its own options.
//!
//! In: the flag's value and the variables known at that point. Out: a [`Mount`] as BuildKit mounts it, defaults filled in.

use super::{
    Escape, Flag, SourceText,
    expand::{ExpandError, expand},
    suggest::did_you_mean,
};
use crate::Span;

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

impl MountFlag {
    pub(super) fn read(flag: Flag) -> Result<Self, ExpandError> {
        let fields = match &flag.value {
            Some(value) => fields(value)?.iter().map(field).collect(),
            None => Vec::new(),
        };
        let mount = Self { flag, fields };
        let from = mount
            .fields
            .iter()
            .filter(|field| field.key == "from")
            .filter_map(|field| field.value.as_ref());
        if from
            .clone()
            .any(|from| from.find('$').is_some_and(|at| at + 1 < from.len()))
        {
            return Err(ExpandError::new(
                "`from` does not support variables: give the image a stage with a name",
            ));
        }
        Ok(mount)
    }

    /// Whether a value holds a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.fields
            .iter()
            .filter_map(|field| field.value.as_ref())
            .any(|value| value.contains('$'))
    }

    /// The mount, with variables replaced by what `lookup` knows of them (`None` is unset), as BuildKit does when it reaches the RUN.
    ///
    /// # Errors
    ///
    /// What BuildKit would refuse: an unknown key, a value that does not parse, keys that exclude each other.
    pub fn resolve(
        &self,
        escape: Escape,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mount, ExpandError> {
        let mut options = Options::default();
        for field in &self.fields {
            match &field.value {
                Some(value) => options.set(&field.key, expand(value, escape, lookup)?)?,
                None => options.set_bare(&field.key)?,
            }
        }
        options.mount()
    }
}

/// One record of comma-separated values: a field may stand in double quotes as a whole.
fn fields(value: &SourceText) -> Result<Vec<SourceText>, ExpandError> {
    if value.is_empty() {
        return Err(ExpandError::new("the mount says nothing"));
    }
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = &value[at..];
        let Some(quoted) = rest.strip_prefix('"') else {
            let length = rest.find(',').unwrap_or(rest.len());
            if rest[..length].contains('"') {
                return Err(ExpandError::new("a quote stands inside an unquoted field"));
            }
            fields.push(value.slice(at, at + length));
            if length == rest.len() {
                return Ok(fields);
            }
            at += length + 1;
            continue;
        };
        at = value.len() - quoted.len();
        let mut field = SourceText::empty_at(value.offset(at));
        loop {
            let Some(length) = value[at..].find('"') else {
                return Err(ExpandError::new("the closing quote of a field is missing"));
            };
            field.push_slice(value, at, at + length);
            at += length + 1;
            match value.as_bytes().get(at) {
                Some(b'"') => {
                    field.push_slice(value, at, at + 1);
                    at += 1;
                }
                Some(b',') => {
                    at += 1;
                    break;
                }
                None => {
                    fields.push(field);
                    return Ok(fields);
                }
                Some(_) => {
                    return Err(ExpandError::new(
                        "a quoted field goes on after its closing quote",
                    ));
                }
            }
        }
        fields.push(field);
    }
}

fn field(text: &SourceText) -> MountField {
    let (key, value) = match text.find('=') {
        Some(equals) => (&text[..equals], Some(text.slice(equals + 1, text.len()))),
        None => (text.as_str(), None),
    };
    MountField {
        key: key.to_lowercase(),
        value,
        span: text.whole(),
    }
}

/// All options of all types, as BuildKit collects them.
#[derive(Default)]
struct Options {
    kind: Type,
    from: String,
    source: String,
    target: String,
    id: String,
    read_only: Option<bool>,
    size: Option<u64>,
    sharing: Option<Sharing>,
    required: bool,
    env: Option<String>,
    mode: Option<u32>,
    uid: Option<u32>,
    gid: Option<u32>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Type {
    #[default]
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

impl Options {
    fn set_bare(&mut self, key: &str) -> Result<(), ExpandError> {
        match key {
            "readonly" | "ro" => self.read_only = Some(true),
            "readwrite" | "rw" => self.read_only = Some(false),
            "required" => {
                self.only_for(key, &[Type::Secret, Type::Ssh])?;
                self.required = true;
            }
            _ => return Err(ExpandError::new(format!("`{key}` must be `{key}=value`"))),
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), ExpandError> {
        let invalid = || ExpandError::new(format!("invalid value `{value}` for `{key}`"));
        let number = |radix| {
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            digits
                .then(|| u32::from_str_radix(&value, radix).ok())
                .flatten()
                .ok_or_else(invalid)
        };
        match key {
            "type" => {
                self.kind = match value.to_lowercase().as_str() {
                    "bind" => Type::Bind,
                    "cache" => Type::Cache,
                    "tmpfs" => Type::Tmpfs,
                    "secret" => Type::Secret,
                    "ssh" => Type::Ssh,
                    _ => {
                        let near =
                            did_you_mean(&value, &["bind", "cache", "tmpfs", "secret", "ssh"]);
                        return Err(ExpandError::new(format!(
                            "unknown mount type `{value}`{near}"
                        )));
                    }
                };
            }
            "from" => self.from = value,
            "source" | "src" => self.source = value,
            "target" | "dst" | "destination" => self.target = value,
            "readonly" | "ro" => self.read_only = Some(boolean(&value).ok_or_else(invalid)?),
            "readwrite" | "rw" => self.read_only = Some(!boolean(&value).ok_or_else(invalid)?),
            "required" => {
                self.only_for(key, &[Type::Secret, Type::Ssh])?;
                self.required = boolean(&value).ok_or_else(invalid)?;
            }
            "size" => {
                self.only_for(key, &[Type::Tmpfs])?;
                self.size = Some(bytes(&value).ok_or_else(invalid)?);
            }
            "id" => self.id = value,
            "sharing" => {
                self.sharing = Some(match value.to_lowercase().as_str() {
                    "shared" => Sharing::Shared,
                    "private" => Sharing::Private,
                    "locked" => Sharing::Locked,
                    _ => return Err(invalid()),
                });
            }
            "mode" => self.mode = Some(number(8)?),
            "uid" => self.uid = Some(number(10)?),
            "gid" => self.gid = Some(number(10)?),
            "env" => self.env = Some(value),
            _ => {
                return Err(ExpandError::new(format!(
                    "unknown mount option `{key}`{}",
                    did_you_mean(key, &KEYS)
                )));
            }
        }
        Ok(())
    }

    /// These options look at the type that was given *before* them.
    fn only_for(&self, key: &str, types: &[Type]) -> Result<(), ExpandError> {
        if types.contains(&self.kind) {
            return Ok(());
        }
        Err(ExpandError::new(format!(
            "`{key}` does not fit this type of mount: write `type=` first, then `{key}`"
        )))
    }

    fn mount(self) -> Result<Mount, ExpandError> {
        if matches!(self.kind, Type::Bind | Type::Tmpfs) {
            for (key, given) in [("mode", self.mode), ("uid", self.uid), ("gid", self.gid)] {
                if given.is_some() {
                    return Err(ExpandError::new(format!(
                        "`{key}` does not fit this type of mount"
                    )));
                }
            }
        }
        if self.sharing.is_some() && self.kind != Type::Cache {
            return Err(ExpandError::new("`sharing` is only for cache mounts"));
        }
        let given = |text: String| (!text.is_empty()).then_some(text);
        Ok(match self.kind {
            Type::Bind => Mount::Bind(Bind {
                target: self.target,
                source: given(self.source).unwrap_or_else(|| "/".to_owned()),
                from: given(self.from),
                writable: self.read_only == Some(false),
            }),
            Type::Cache => Mount::Cache(Cache {
                id: given(self.id).unwrap_or_else(|| clean(&self.target)),
                target: self.target,
                sharing: self.sharing.unwrap_or_default(),
                from: given(self.from),
                source: given(self.source),
                mode: self.mode,
                uid: self.uid,
                gid: self.gid,
                read_only: self.read_only == Some(true),
            }),
            Type::Tmpfs => Mount::Tmpfs(Tmpfs {
                target: self.target,
                size: self.size,
            }),
            Type::Secret => Mount::Secret(self.secret()?),
            Type::Ssh if !self.source.is_empty() => {
                return Err(ExpandError::new("an ssh mount has no `source`"));
            }
            Type::Ssh => Mount::Ssh(Ssh {
                id: given(self.id).unwrap_or_else(|| "default".to_owned()),
                target: given(self.target),
                required: self.required,
                mode: self.mode.unwrap_or(0o600),
                uid: self.uid.unwrap_or(0),
                gid: self.gid.unwrap_or(0),
            }),
        })
    }

    fn secret(self) -> Result<Secret, ExpandError> {
        if !self.from.is_empty() {
            return Err(ExpandError::new("a secret mount has no `from`"));
        }
        if !self.source.is_empty() && !self.id.is_empty() {
            return Err(ExpandError::new(
                "a secret mount has either `source` or `id`, not both",
            ));
        }
        let id = match [self.source, self.id].into_iter().find(|id| !id.is_empty()) {
            Some(id) => id,
            None if self.target.is_empty() => {
                return Err(ExpandError::new("a secret mount needs an `id`: `id=..`"));
            }
            None => base(&self.target).to_owned(),
        };
        let target = match (self.target.is_empty(), &self.env) {
            (false, _) => Some(self.target),
            (true, Some(_)) => None,
            (true, None) => Some(format!("/run/secrets/{}", base(&id))),
        };
        Ok(Secret {
            id,
            target,
            env: self.env,
            required: self.required,
            mode: self.mode.unwrap_or(0o400) & 0o777,
            uid: self.uid.unwrap_or(0),
            gid: self.gid.unwrap_or(0),
        })
    }
}

/// Go's `strconv.ParseBool`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `64m`, `1.5GiB`: docker's sizes, powers of 1024.
fn bytes(text: &str) -> Option<u64> {
    let number = text.trim_end_matches(|char: char| char.is_ascii_alphabetic() || char == ' ');
    let unit = text[number.len()..]
        .trim_start_matches(' ')
        .to_ascii_lowercase();
    let power = match unit
        .strip_suffix("ib")
        .or(unit.strip_suffix('b'))
        .unwrap_or(&unit)
    {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    let value: f64 = number.parse().ok()?;
    let size = value * 1024_f64.powi(power);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked, and a fraction of a byte is none"
    )]
    (0.0..1e18).contains(&size).then_some(size as u64)
}

/// Go's `path.Base`.
fn base(path: &str) -> &str {
    let path = match path.trim_end_matches('/') {
        "" if path.is_empty() => return ".",
        "" => return "/",
        path => path,
    };
    path.rsplit('/').next().unwrap_or(path)
}

/// Go's `path.Clean`.
pub(crate) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
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
