//! `type=secret`: a build secret, for one step.
//!
//! In: a secret, and its target or variable. Out: the fields of the flag; id, target or variable, and `required` are always
//! written. Invariant: the user of the step can read the file, unless its name or number is only known to the base image.

use super::{Fields, check_target, number, octal};
use crate::Secret;
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::secret;
use crate::text::Text;

/// A build secret, as a file or as an environment variable, for one step in exec form.
///
/// A script needs none of these: `sh!` mounts the secrets of its holes.
///
/// ```dockerfile
/// RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true ["npm", "ci"]
/// ```
///
/// See [`type=secret`](https://docs.docker.com/reference/dockerfile/#run---mounttypesecret).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Run, mounts::SecretMount};
/// const TOKEN: Secret = Secret::env("TOKEN");
/// let run = Run::exec(["make"]).mount(SecretMount::new(TOKEN).target("/root/.token"));
/// let image = Dockerfile::from_stage(&Stage::from_image("gcc:15").run(run).build())?;
/// assert!(image.as_str().contains("RUN --mount=type=secret,id=TOKEN,target=/root/.token,required=true "));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretMount {
    pub(crate) secret: Secret,
    pub(crate) target: Option<String>,
    pub(crate) env: Option<String>,
    pub(crate) reason: Option<String>,
}

masked_debug!(SecretMount {
    secret,
    target,
    env,
    reason
});

impl SecretMount {
    /// The file `/run/secrets/ID`.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self {
            secret,
            target: None,
            env: None,
            reason: None,
        }
    }

    /// `target=`: the file is at this absolute path.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// `env=`: sets this environment variable for *every* process of the step. Without a [`target`](Self::target) no file is
    /// mounted. The reason is listed by the audit.
    #[must_use]
    pub fn env(mut self, variable: impl Into<String>, reason: impl Into<String>) -> Self {
        self.env = Some(variable.into());
        self.reason = Some(reason.into());
        self
    }

    /// Returns the path of the file, if one is mounted.
    pub(crate) fn file(&self) -> Option<String> {
        match (&self.target, &self.env) {
            (Some(target), _) => Some(target.clone()),
            (None, None) => Some(format!("/run/secrets/{}", self.secret.id())),
            (None, Some(_)) => None,
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let id = self.secret.id();
        if let Some(target) = &self.target {
            check_target(&Text::literal(target), problems);
            if !target.starts_with('/') {
                problems.wrong(format!(
                    "the mount target of secret `{id}` is not absolute; a leading `~` is not \
                     expanded there"
                ));
            }
            if target.split('/').any(|name| matches!(name, "." | ".."))
                || target.contains("//")
                || target.ends_with('/')
            {
                problems.wrong(format!(
                    "the mount target of secret `{id}` contains `.`, `..` or an empty component: \
                     write the resolved path"
                ));
            }
        }
        let Some(variable) = &self.env else { return };
        if !secret::is_variable(variable) {
            problems.unwritable(format!(
                "secret `{id}` has an invalid variable name: write [A-Za-z_][A-Za-z0-9_]*"
            ));
        }
        if self
            .reason
            .as_deref()
            .is_some_and(|reason| reason.trim().is_empty())
        {
            problems.wrong(format!(
                "secret `{id}` is visible to every process of the step: give a reason"
            ));
        }
    }

    pub(super) fn fields(&self, pen: &Pen<'_>) -> Fields {
        let mut fields = vec![
            ("type", Text::literal("secret")),
            ("id", Text::literal(self.secret.id())),
        ];
        let file = self.file();
        let has_file = file.is_some();
        fields.extend(file.map(|file| ("target", Text::literal(file))));
        fields.extend(
            self.env
                .clone()
                .map(|variable| ("env", Text::literal(variable))),
        );
        fields.push((
            "required",
            Text::literal(if self.secret.is_optional() {
                "false"
            } else {
                "true"
            }),
        ));
        if has_file {
            let (uid, gid, mode) = self.owner(pen.user.as_ref());
            fields.extend(uid.map(|uid| ("uid", number(uid))));
            fields.extend(gid.map(|gid| ("gid", number(gid))));
            fields.extend(mode.map(|mode| ("mode", octal(mode))));
        }
        fields
    }

    /// Returns owner and mode of the file: from the secret, else the step's own user, if that is a number.
    fn owner(&self, user: Option<&Text>) -> (Option<u32>, Option<u32>, Option<u32>) {
        let (uid, gid, mode) = self.secret.owner();
        if uid.is_some() || mode.is_some() {
            return (uid, gid, mode);
        }
        let (uid, of_user) = user.map_or((None, None), numeric_user);
        (
            uid.filter(|uid| *uid != 0),
            gid.or(of_user.filter(|gid| *gid != 0)),
            mode,
        )
    }
}

/// Parses the numbers in `uid[:gid]`.
fn numeric_user(user: &Text) -> (Option<u32>, Option<u32>) {
    if user.expanded {
        return (None, None);
    }
    let (uid, gid) = user
        .content
        .split_once(':')
        .map_or((user.content.as_str(), None), |(uid, gid)| (uid, Some(gid)));
    (uid.parse().ok(), gid.and_then(|gid| gid.parse().ok()))
}
