//! A build secret: its id, and where its value comes from.
//!
//! In: an id, and the name of an environment variable, the path of a file, or a program with its arguments. Out: what a mount and a
//! `--secret` are made of.
//! Invariant: the id is a plain name and the source has no character that could end an option; the *value* is never in here.
//! The validators are loops over bytes: iterators and `str` methods are not `const`, and a `const` is to fail where it is compiled.

use std::collections::BTreeMap;
use std::fmt;

use crate::Error;
use crate::kept::{keep, keep_list};

/// A secret that is given to the build, and to no layer of it.
///
/// A secret is mounted by using it: standing in a hole of [`sh!`](crate::sh) it is mounted in that RUN and in no other. It has
/// no `Display`, is no `&str` and is not serialisable, so that it cannot get into a text by accident.
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
    /// The value is the header of basic authentication, in which what the source holds is the password of this user.
    user: Option<&'static str>,
    /// A change of the value runs its steps again; the key of the digest that tells.
    salt: Option<&'static str>,
    optional: bool,
    uid: Option<u32>,
    gid: Option<u32>,
    mode: Option<u32>,
}

/// Secrets by the id that the command line gives them.
pub(crate) type SecretsById = BTreeMap<String, Secret>;

/// Where the value of a [`Secret`] is read from when the image is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SecretSource {
    /// The environment variable of that name.
    Env(&'static str),
    /// The file at that path; a leading `~/` is the home directory of who builds.
    File(&'static str),
    /// What a program prints on its standard output: its name and its arguments, which no shell reads.
    Command(&'static [&'static str]),
}

const BAD_ID: &str = "secret ids may contain only [A-Za-z0-9_.-], at most 128 of them, and not be \
                      `.` or `..` (a `,` or `=` would add options to --secret)";
const BAD_VARIABLE: &str = "the name of an environment variable is [A-Za-z_][A-Za-z0-9_]*";
const BAD_PATH: &str =
    "the path of a secret's file may not be empty, nor hold a line break or a NUL";
const BAD_COMMAND: &str = "the command of a secret is a program and its arguments, each a text by \
                           itself: the program may not be empty, and none may hold a NUL";
const BAD_MODE: &str = "the mode of a secret mount is at most 0o777";

impl Secret {
    /// The value of an environment variable, under an id of the same name.
    ///
    /// # Panics
    ///
    /// If it is not a name of `[A-Za-z_][A-Za-z0-9_]*`: in a `const` that is a compile error.
    #[must_use]
    pub const fn env(variable: &'static str) -> Self {
        Self::env_as(variable, variable)
    }

    /// The value of an environment variable, under another id.
    ///
    /// # Panics
    ///
    /// If the id or the name is not a plain name: in a `const` that is a compile error.
    #[must_use]
    pub const fn env_as(id: &'static str, variable: &'static str) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_variable(variable), "{}", BAD_VARIABLE);
        Self::new(id, SecretSource::Env(variable))
    }

    /// The content of a file. A leading `~/` is the home directory of who builds.
    ///
    /// # Panics
    ///
    /// If the id is not a plain name, or the path cannot be one: in a `const` that is a compile error.
    #[must_use]
    pub const fn file(id: &'static str, path: &'static str) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_source_path(path), "{}", BAD_PATH);
        Self::new(id, SecretSource::File(path))
    }

    /// What a program prints on its standard output when the build starts: its name and its arguments, which no shell reads.
    ///
    /// ```
    /// use dockerfile_dsl::Secret;
    ///
    /// const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);
    /// ```
    ///
    /// `BuildCommand::run` runs it once, with nothing on its standard input, and hands the value over without writing it to a
    /// disk. It is code that runs on the machine of who builds: [`Dockerfile::audit`](crate::Dockerfile::audit) lists it. The
    /// line breaks at the end of what it prints are left out, as `"$(..)"` does in a shell, unless it is [`untrimmed`](Self::untrimmed).
    ///
    /// # Panics
    ///
    /// If the id is not a plain name, or there is no program: in a `const` that is a compile error.
    #[must_use]
    pub const fn command(id: &'static str, command: &'static [&'static str]) -> Self {
        assert!(is_id(id), "{}", BAD_ID);
        assert!(is_command(command), "{}", BAD_COMMAND);
        Self::new(id, SecretSource::Command(command)).trimmed()
    }

    /// [`Secret::env_as`] for names that are known at run time. They are kept for the life of the process, each once.
    ///
    /// # Errors
    ///
    /// If the id or the name is not a plain name.
    pub fn try_env(id: &str, variable: &str) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_variable(variable), variable, BAD_VARIABLE)?;
        Ok(Self::new(keep(id), SecretSource::Env(keep(variable))))
    }

    /// [`Secret::file`] for an id and a path that are known at run time. They are kept for the life of the process, each once.
    ///
    /// # Errors
    ///
    /// If the id is not a plain name, or the path cannot be one.
    pub fn try_file(id: &str, path: &str) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_source_path(path), path, BAD_PATH)?;
        Ok(Self::new(keep(id), SecretSource::File(keep(path))))
    }

    /// [`Secret::command`] for an id and a command that are known at run time. They are kept for the life of the process, each once.
    ///
    /// # Errors
    ///
    /// If the id is not a plain name, or there is no program.
    pub fn try_command(id: &str, command: &[&str]) -> Result<Self, Error> {
        Self::check(is_id(id), id, BAD_ID)?;
        Self::check(is_command(command), &command.join(" "), BAD_COMMAND)?;
        Ok(Self::new(keep(id), SecretSource::Command(keep_list(command))).trimmed())
    }

    /// The value ends before the line breaks at the end of its source, which most editors and programs put there. For a
    /// [`command`](Self::command) that is so already; the bytes of a variable or a file are otherwise passed as they are, as every
    /// builder does.
    #[must_use]
    pub const fn trimmed(mut self) -> Self {
        self.is_trimmed = true;
        self
    }

    /// The value is all that its source holds, final line breaks included: an SSH key that a [`command`](Self::command) prints
    /// needs its last one.
    #[must_use]
    pub const fn untrimmed(mut self) -> Self {
        self.is_trimmed = false;
        self
    }

    /// Steps that mount it run again when its value changes, which no builder looks at: an `ARG` in front of them gets 8 digits of
    /// an HMAC of the value, under this salt. It should be random and of the project alone. The digits stay in the image's history:
    /// whoever knows the salt can use them to test guesses of the value, so use it for tokens, not for passwords. It works for
    /// what this program starts (`run`, `to_command`, `build_and_verify`), not for a shell line. Feature `rerun`.
    ///
    /// # Panics
    ///
    /// If the salt has fewer than 16 bytes: in a `const` that is a compile error.
    #[cfg(feature = "rerun")]
    #[must_use]
    pub const fn rerun_on_change(mut self, salt: &'static str) -> Self {
        assert!(salt.len() >= 16, "a salt has at least 16 bytes");
        self.salt = Some(salt);
        self
    }

    /// The step also runs without it: `required=false`. Every other secret is required, unlike in BuildKit, where a missing one
    /// is silently absent.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The user that owns the mounted file: needed where the step's `USER` has a name instead of a number.
    #[must_use]
    pub const fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// The group that owns the mounted file; it may read it only with a [`mode`](Self::mode) that says so.
    #[must_use]
    pub const fn gid(mut self, gid: u32) -> Self {
        self.gid = Some(gid);
        self
    }

    /// The permissions of the mounted file, by default `0o400`.
    ///
    /// # Panics
    ///
    /// If it is more than `0o777`: in a `const` that is a compile error.
    #[must_use]
    pub const fn mode(mut self, mode: u32) -> Self {
        assert!(mode <= 0o777, "{}", BAD_MODE);
        self.mode = Some(mode);
        self
    }

    /// The id, as in `--mount=type=secret,id=..` and `--secret id=..`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Where the value comes from.
    #[must_use]
    pub const fn source(&self) -> SecretSource {
        self.source
    }

    /// Whether the step runs without it.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether the line breaks at the end of the source are left out.
    pub(crate) const fn is_trimmed(&self) -> bool {
        self.is_trimmed
    }

    /// Whose password the value is, where it is passed as the header of basic authentication.
    pub(crate) const fn user(&self) -> Option<&'static str> {
        self.user
    }

    /// The header of basic authentication, with this user and the value as password.
    #[must_use]
    pub(crate) fn for_user(mut self, user: &str) -> Self {
        self.user = Some(keep(user));
        self
    }

    /// The key of the digest that tells of a change, and the build argument that gets it.
    pub(crate) fn rerun(&self) -> Option<(&'static str, String)> {
        // By a hash: BuildKit complains of an argument with `TOKEN` in its name.
        let hash = self.id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        Some((self.salt?, format!("DOCKERFILE_DSL_RERUN_{hash:08x}")))
    }

    /// The same with a salt that is known at run time, or none.
    #[cfg(feature = "serde")]
    pub(crate) fn with_salt(mut self, salt: Option<&str>) -> Self {
        self.salt = salt.map(keep);
        self
    }

    /// Whether the value is read here and handed over, as an engine that reads the source does not get it.
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

/// Only the id: a path may be personal, and a log is read by others.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(id={})", self.id)
    }
}

/// Whether it can be an id for every build tool, and one file name.
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

/// Whether a shell can have a variable of that name.
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
