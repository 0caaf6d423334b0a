//! A build secret: its id, and the source of its value.
//!
//! In: an id, and the name of an environment variable, the path of a file, or a program with its arguments. Out: the data of a
//! mount and a `--secret`. Invariant: the id is a plain name, the source contains no character that could end an option, and the
//! *value* is never stored here. The validators are loops over bytes: iterators and `str` methods are not `const`, and an invalid
//! `const` has to fail at compile time.

pub(crate) mod only_to;

use std::collections::BTreeMap;
use std::fmt;

use dockerfile_dsl_analysis::masked;

use crate::Error;
use crate::kept::{keep, keep_list};

/// A secret that the build can read and no layer contains.
///
/// Using a secret mounts it: a hole of [`sh!`](crate::sh) mounts it in that RUN and in no other. It has no `Display`, does not
/// convert to `&str` and is not serialisable, so that it cannot get into a text by accident.
///
/// ```
/// use dockerfile_dsl::Secret;
///
/// /// Read-only token for the private repositories.
/// const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");
/// const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc").uid(1000);
/// ```
///
/// See [`RUN --mount=type=secret`](https://docs.docker.com/reference/dockerfile/#run---mounttypesecret).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret {
    id: &'static str,
    source: SecretSource,
    is_trimmed: bool,
    /// User name, if the value is passed as a basic authentication header; the source holds the password.
    user: Option<&'static str>,
    /// Key of the digest that reruns the steps when the value changes.
    salt: Option<&'static str>,
    /// The hosts that it may be sent to; `None` is any.
    hosts: Option<&'static [&'static str]>,
    optional: bool,
    uid: Option<u32>,
    gid: Option<u32>,
    mode: Option<u32>,
}

/// Secrets by their id on the command line.
pub(crate) type SecretsById = BTreeMap<String, Secret>;

/// Source that the value of a [`Secret`] is read from when the image is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SecretSource {
    /// The environment variable of that name.
    Env(&'static str),
    /// The file at that path; a leading `~/` is the home directory of the user who builds.
    File(&'static str),
    /// The standard output of a program: its name and its arguments, passed without a shell.
    Command(&'static [&'static str]),
}

const BAD_ID: &str = "secret ids may contain only [A-Za-z0-9_.-], at most 128 of them, and must \
                      not be `.` or `..` (a `,` or `=` would add options to --secret)";
const BAD_VARIABLE: &str = "the name of an environment variable is [A-Za-z_][A-Za-z0-9_]*";
const BAD_PATH: &str =
    "the path of a secret's file must not be empty or contain a line break or a NUL";
const BAD_COMMAND: &str = "the command of a secret is a program and its arguments, each a separate \
                           string: the program must not be empty, and none may contain a NUL";
const BAD_MODE: &str = "the mode of a secret mount is at most 0o777";

impl Secret {
    /// The value of an environment variable, under an id of the same name.
    ///
    /// ```
    /// # use dockerfile_dsl::Secret;
    /// const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
    /// assert_eq!(TOKEN.id(), "GITHUB_TOKEN");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if it is not a name of `[A-Za-z_][A-Za-z0-9_]*`: a compile error in a `const`.
    #[must_use]
    pub const fn env(variable: &'static str) -> Self {
        Self::env_as(variable, variable)
    }

    /// The value of an environment variable, under another id.
    ///
    /// # Panics
    ///
    /// Panics if the id or the name is not a plain name: a compile error in a `const`.
    #[must_use]
    pub const fn env_as(id: &'static str, variable: &'static str) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_variable(variable), "{}", BAD_VARIABLE);
        Self::new(id, SecretSource::Env(variable))
    }

    /// The content of a file. A leading `~/` is the home directory of the user who builds.
    ///
    /// ```
    /// # use dockerfile_dsl::Secret;
    /// const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the id is not a plain name, or the path is invalid: a compile error in a `const`.
    #[must_use]
    pub const fn file(id: &'static str, path: &'static str) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_source_path(path), "{}", BAD_PATH);
        Self::new(id, SecretSource::File(path))
    }

    /// The standard output of a program when the build starts: its name and its arguments, passed without a shell.
    ///
    /// ```
    /// use dockerfile_dsl::Secret;
    ///
    /// const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);
    /// ```
    ///
    /// `BuildCommand::run` runs it once, with empty standard input, and passes the value on without writing it to a disk. The
    /// program runs on the build machine, and [`Dockerfile::audit`](crate::Dockerfile::audit) lists it. Trailing line breaks of
    /// its output are removed, as `"$(..)"` does in a shell, unless it is [`untrimmed`](Self::untrimmed).
    ///
    /// # Panics
    ///
    /// Panics if the id is not a plain name, or the command is empty: a compile error in a `const`.
    #[must_use]
    pub const fn command(id: &'static str, command: &'static [&'static str]) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_command(command), "{}", BAD_COMMAND);
        Self::new(id, SecretSource::Command(command)).trimmed()
    }

    /// [`Secret::env_as`] for names that are known at run time. Each distinct name is kept in memory until the process exits.
    ///
    /// ```
    /// # use dockerfile_dsl::Secret;
    /// // From a configuration that is read at run time:
    /// let secret = Secret::try_env("registry", "REGISTRY_TOKEN")?;
    /// assert!(Secret::try_env("registry", "REGISTRY-TOKEN").is_err());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the id or the name is not a plain name.
    pub fn try_env(id: &str, variable: &str) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_variable(variable), variable, BAD_VARIABLE)?;
        Ok(Self::new(keep(id), SecretSource::Env(keep(variable))))
    }

    /// [`Secret::file`] for an id and a path that are known at run time. Each distinct text is kept in memory until the process
    /// exits.
    ///
    /// # Errors
    ///
    /// Returns an error if the id is not a plain name, or the path is invalid.
    pub fn try_file(id: &str, path: &str) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_source_path(path), path, BAD_PATH)?;
        Ok(Self::new(keep(id), SecretSource::File(keep(path))))
    }

    /// [`Secret::command`] for an id and a command that are known at run time. Each distinct text is kept in memory until the
    /// process exits.
    ///
    /// # Errors
    ///
    /// Returns an error if the id is not a plain name, or the command is empty.
    pub fn try_command(id: &str, command: &[&str]) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_command(command), &command.join(" "), BAD_COMMAND)?;
        Ok(Self::new(keep(id), SecretSource::Command(keep_list(command))).trimmed())
    }

    /// Removes the line breaks at the end of the source, which most editors and programs add. This is the default for a
    /// [`command`](Self::command); the bytes of a variable or a file are otherwise passed unchanged, as every builder does.
    #[must_use]
    pub const fn trimmed(mut self) -> Self {
        self.is_trimmed = true;
        self
    }

    /// Keeps the line breaks at the end of the source: an SSH key that a [`command`](Self::command) prints needs its last one.
    #[must_use]
    pub const fn untrimmed(mut self) -> Self {
        self.is_trimmed = false;
        self
    }

    /// Reruns the steps that mount it when its value changes, which no builder detects. An `ARG` before them gets 8 digits of an
    /// HMAC of the value under this salt. Use a random salt for one project only. The digits stay in the image history: anyone
    /// who knows the salt can use them to test guesses of the value, so use it for tokens, not for passwords. It works for builds
    /// started by this library (`run`, `to_command`, `build_and_verify`), not for a shell line. Feature `rerun`.
    ///
    /// # Panics
    ///
    /// Panics if the salt has fewer than 16 bytes: a compile error in a `const`.
    #[cfg(feature = "rerun")]
    #[must_use]
    pub const fn rerun_on_change(mut self, salt: &'static str) -> Self {
        assert!(salt.len() >= 16, "a salt needs at least 16 bytes");
        self.salt = Some(salt);
        self
    }

    /// Lets the step run without it: `required=false`. Every other secret is required; in BuildKit's default, a missing one is
    /// silently absent.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// User that owns the mounted file: needed if the step's `USER` is a name instead of a number.
    #[must_use]
    pub const fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// Group that owns the mounted file; it needs a [`mode`](Self::mode) that lets the group read.
    #[must_use]
    pub const fn gid(mut self, gid: u32) -> Self {
        self.gid = Some(gid);
        self
    }

    /// Permissions of the mounted file, by default `0o400`.
    ///
    /// # Panics
    ///
    /// Panics if it is more than `0o777`: a compile error in a `const`.
    #[must_use]
    pub const fn mode(mut self, mode: u32) -> Self {
        assert!(mode <= 0o777, "{}", BAD_MODE);
        self.mode = Some(mode);
        self
    }

    /// Returns the id, as in `--mount=type=secret,id=..` and `--secret id=..`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the source of the value.
    #[must_use]
    pub const fn source(&self) -> SecretSource {
        self.source
    }

    /// Whether the step runs without it.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether trailing line breaks of the source are removed.
    pub(crate) const fn is_trimmed(&self) -> bool {
        self.is_trimmed
    }

    /// Returns the user name, if the value is passed as a basic authentication header.
    pub(crate) const fn user(&self) -> Option<&'static str> {
        self.user
    }

    /// Returns the basic authentication header with this user and the value as password.
    #[must_use]
    pub(crate) fn for_user(mut self, user: &str) -> Self {
        self.user = Some(keep(user));
        self
    }

    /// Returns the key of the change digest, and the build argument that gets it.
    pub(crate) fn rerun(&self) -> Option<(&'static str, String)> {
        // The name is a hash: BuildKit warns about an argument with `TOKEN` in its name.
        let hash = self.id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        Some((self.salt?, format!("DOCKERFILE_DSL_RERUN_{hash:08x}")))
    }

    /// Sets a salt that is known at run time, or none.
    #[cfg(feature = "serde")]
    pub(crate) fn with_salt(mut self, salt: Option<&str>) -> Self {
        self.salt = salt.map(keep);
        self
    }

    /// Whether this library reads and passes the value, because an engine that reads the source itself would get another one.
    pub(crate) const fn is_handed_over(&self) -> bool {
        self.is_trimmed || self.user.is_some() || matches!(self.source, SecretSource::Command(_))
    }

    /// Whether both have one value: the same form of the same source.
    pub(crate) fn is_same_value(&self, other: &Self) -> bool {
        let parts = |secret: &Self| (secret.source, secret.is_trimmed, secret.user);
        parts(self) == parts(other)
    }

    pub(crate) const fn owner(&self) -> (Option<u32>, Option<u32>, Option<u32>) {
        (self.uid, self.gid, self.mode)
    }

    const fn new(id: &'static str, source: SecretSource) -> Self {
        Self {
            id,
            source,
            is_trimmed: false,
            user: None,
            salt: None,
            hosts: None,
            optional: false,
            uid: None,
            gid: None,
            mode: None,
        }
    }

    fn check(holds: bool, input: &str, rule: &str) -> Result<(), Error> {
        if holds {
            Ok(())
        } else {
            Err(Error::new(format!("`{}`: {rule}", input.escape_debug())))
        }
    }
}

/// Formats the id only: a path may be personal, and others may read a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(id={})", masked(self.id))
    }
}

/// Whether it is a valid id for every build tool, and one file name.
pub(crate) const fn is_id(id: &str) -> bool {
    let bytes = id.as_bytes();
    if bytes.is_empty() || bytes.len() > 128 || matches!(bytes, b"." | b"..") {
        return false;
    }
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric() || matches!(bytes[i], b'_' | b'.' | b'-')) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether it is a valid variable name of a shell.
pub(crate) const fn is_variable(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes[0].is_ascii_digit() {
        return false;
    }
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric() || bytes[i] == b'_') {
            return false;
        }
        i += 1;
    }
    true
}

const fn is_source_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if matches!(bytes[i], b'\n' | b'\r' | 0) {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

const fn is_command(command: &[&str]) -> bool {
    let mut i = 0;
    while i < command.len() {
        let argument = command[i].as_bytes();
        let mut j = 0;
        while j < argument.len() {
            if argument[j] == 0 {
                return false;
            }
            j += 1;
        }
        i += 1;
    }
    !command.is_empty() && !command[0].is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Secret = Secret::env("GITHUB_TOKEN");
    const OWNED: Secret = Secret::file("npmrc", "~/.npmrc")
        .optional()
        .uid(1000)
        .mode(0o440);

    #[test]
    fn a_constant_keeps_what_it_was_given() {
        assert_eq!(
            (PLAIN.id(), PLAIN.source()),
            ("GITHUB_TOKEN", SecretSource::Env("GITHUB_TOKEN"))
        );
        assert!(!PLAIN.is_optional());
        assert!(OWNED.is_optional());
        assert_eq!(OWNED.owner(), (Some(1000), None, Some(0o440)));
    }

    #[test]
    fn debug_shows_the_id_only() {
        assert_eq!(format!("{OWNED:?}"), "Secret(id=npmrc)");
    }

    #[track_caller]
    fn check_id(id: &str, expected: bool) {
        assert_eq!(Secret::try_env(id, "X").is_ok(), expected, "{id:?}");
    }

    #[test]
    fn ids_are_plain_names() {
        for id in ["a", "A.b-c_9", ".npmrc", "-x", "..."] {
            check_id(id, true);
        }
        for id in [
            "",
            ".",
            "..",
            "a,b",
            "a=b",
            "a b",
            "a/b",
            "é",
            "a\n",
            "$A",
            "\"",
            &"a".repeat(129),
        ] {
            check_id(id, false);
        }
    }

    #[test]
    fn variables_and_paths_are_checked_too() {
        assert!(Secret::try_env("a", "1A").is_err());
        assert!(Secret::try_env("a", "A-B").is_err());
        assert!(Secret::try_file("a", "").is_err());
        assert!(Secret::try_file("a", "x\ny").is_err());
        assert!(Secret::try_file("a", "x,y \"z\"").is_ok());
    }

    const COMMAND: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);

    #[test]
    fn a_command_is_a_program_with_arguments() {
        assert_eq!(
            COMMAND.source(),
            SecretSource::Command(&["gh", "auth", "token"])
        );
        assert!(COMMAND.is_trimmed() && !COMMAND.untrimmed().is_trimmed());
        assert!(!PLAIN.is_handed_over() && PLAIN.trimmed().is_handed_over());
        for command in [&[][..], &[""], &["a\0"], &["a", "b\0"]] {
            assert!(Secret::try_command("a", command).is_err(), "{command:?}");
        }
        assert!(Secret::try_command("a b", &["gh"]).is_err());
        let made = Secret::try_command("gh_token", &["gh", "auth", "token"]).unwrap();
        assert_eq!(made, COMMAND);
        let again = Secret::try_command("gh_token", &["gh", "auth", "token"]).unwrap();
        let (SecretSource::Command(one), SecretSource::Command(two)) =
            (made.source(), again.source())
        else {
            panic!("both are commands");
        };
        assert!(std::ptr::eq(one, two));
    }

    #[test]
    fn a_name_is_kept_once() {
        let one = Secret::try_env("kept-once", "KEPT").unwrap();
        let two = Secret::try_env("kept-once", "KEPT").unwrap();
        assert!(std::ptr::eq(one.id(), two.id()));
    }
}
