//! Fields of `--mount`: comma-separated, applied in order, with their meaning for the type of the mount.
//!
//! In: fields as written, then values that were expanded. Out: a [`Mount`], or the error that BuildKit reports.

use super::{Bind, Cache, Mount, MountField, Secret, Sharing, Ssh, Tmpfs};
use crate::dockerfile::spec::{MOUNT_TYPES, MountOption, Takes};
use crate::dockerfile::{SourceText, expand::ExpandError};
use crate::suggest::did_you_mean;

/// Splits one record of comma-separated values. Each field may be in double quotes as a whole.
pub(super) fn fields(value: &SourceText) -> Result<Vec<MountField>, ExpandError> {
    Ok(record(value)?.iter().map(field).collect())
}

pub(super) fn record(value: &SourceText) -> Result<Vec<SourceText>, ExpandError> {
    if value.is_empty() {
        return Err(ExpandError::new("the mount has no options"));
    }
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = &value[at..];
        let Some(quoted) = rest.strip_prefix('"') else {
            let length = rest.find(',').unwrap_or(rest.len());
            if rest[..length].contains('"') {
                return Err(ExpandError::new(
                    "unexpected quote inside an unquoted field",
                ));
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
pub(super) struct MountFields {
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

impl MountFields {
    pub(super) fn set_bare(&mut self, key: &str) -> Result<(), ExpandError> {
        match MountOption::of(key) {
            Some(option) if option.takes == Takes::Switch => self.set(key, "true".to_owned()),
            _ => Err(ExpandError::new(format!("`{key}` must be `{key}=value`"))),
        }
    }

    pub(super) fn set(&mut self, key: &str, value: String) -> Result<(), ExpandError> {
        let invalid = || ExpandError::new(format!("invalid value `{value}` for `{key}`"));
        let number = |radix| {
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            digits
                .then(|| u32::from_str_radix(&value, radix).ok())
                .flatten()
                .ok_or_else(invalid)
        };
        match MountOption::of(key).map_or(key, |option| option.name()) {
            "type" => {
                self.kind = match value.to_lowercase().as_str() {
                    "bind" => Type::Bind,
                    "cache" => Type::Cache,
                    "tmpfs" => Type::Tmpfs,
                    "secret" => Type::Secret,
                    "ssh" => Type::Ssh,
                    _ => {
                        let near = did_you_mean(&value, MOUNT_TYPES);
                        return Err(ExpandError::new(format!(
                            "unknown mount type `{value}`{near}"
                        )));
                    }
                };
            }
            "from" => self.from = value,
            "source" => self.source = value,
            "target" => self.target = value,
            "readonly" => self.read_only = Some(boolean(&value).ok_or_else(invalid)?),
            "readwrite" => self.read_only = Some(!boolean(&value).ok_or_else(invalid)?),
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
                    did_you_mean(key, &MountOption::all_names().collect::<Vec<_>>())
                )));
            }
        }
        Ok(())
    }

    /// Validates an option that depends on the type given *before* it.
    fn only_for(&self, key: &str, types: &[Type]) -> Result<(), ExpandError> {
        if types.contains(&self.kind) {
            return Ok(());
        }
        Err(ExpandError::new(format!(
            "`{key}` does not fit this type of mount: write `type=` first, then `{key}`"
        )))
    }

    pub(super) fn mount(self) -> Result<Mount, ExpandError> {
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

/// Parses a boolean as Go's `strconv.ParseBool`.
pub(in super::super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Parses a size in docker's notation, with powers of 1024: `64m`, `1.5GiB`.
fn bytes(text: &str) -> Option<u64> {
    let end = text.rfind(|char: char| char.is_ascii_digit() || char == '.' || char == ' ')?;
    let (number, unit) = (text[..=end].strip_suffix(' '), &text[end + 1..]);
    let number = number.unwrap_or(&text[..=end]);
    let unit = unit.to_ascii_lowercase();
    let power = match unit.as_str() {
        "" | "b" => 0,
        unit => {
            let prefix = unit.strip_suffix("ib").or(unit.strip_suffix('b'));
            let prefix = prefix.unwrap_or(unit);
            1 + ["k", "m", "g", "t", "p"]
                .iter()
                .position(|known| *known == prefix)?
        }
    };
    let value: f64 = number.parse().ok().or_else(|| hexadecimal(number))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked, a fraction of a byte is none, and no memory is larger"
    )]
    let size = (value * 1024_f64.powi(i32::try_from(power).ok()?)) as u64;
    (value.is_finite() && value >= 0.0).then_some(size)
}

/// Parses a hexadecimal number of Go, such as `0x1.8p2`.
fn hexadecimal(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    let (digits, exponent) = text
        .trim_start_matches('+')
        .strip_prefix("0x")?
        .split_once('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digit = |digit: char| digit.to_digit(16).map(f64::from);
    let mut value = 0.0;
    for next in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + digit(next)?;
    }
    let shift = 4 * i32::try_from(fraction.len()).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    (!digits.trim_matches('.').is_empty())
        .then(|| value * 2_f64.powi(exponent.saturating_sub(shift)))
}

/// Returns the last path component as Go's `path.Base`.
fn base(path: &str) -> &str {
    let path = match path.trim_end_matches('/') {
        "" if path.is_empty() => return ".",
        "" => return "/",
        path => path,
    };
    path.rsplit('/').next().unwrap_or(path)
}

/// Removes empty components, `.` and `..` from a path, as Go's `path.Clean`.
#[must_use]
pub fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut after_root = path.split('/').skip(usize::from(absolute));
    if path.len() > 1 && after_root.all(|part| !matches!(part, "" | "." | "..")) {
        return path.to_owned();
    }
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
