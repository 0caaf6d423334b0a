//! How each secret reaches the builder: by its source, or, if no builder can read that, by a variable or a file created here.
//!
//! In: the secrets that a build needs. Out: for each, the fields of its `--secret`, and for a shell the assignments of the
//! variables. Invariant: no argument contains a value: a shell assigns it to a variable of the builder's process.

use super::BuildCommand;
use super::argument::{Argument, quote_command};
use crate::{Error, SecretSource, facts::BuildSecret};

/// The place from which a builder reads a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried<'a> {
    /// An environment variable of that name.
    Env(&'a str),
    /// The file at that path; a leading `~/` is the home directory of the user who builds.
    File(&'a str),
    /// The file whose path is in that environment variable.
    FileOf(&'a str),
}

/// The place where this library puts a value for the builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HandOver {
    Variable(String),
    #[cfg(feature = "run")]
    File(String),
    FileOf(String),
}

/// The shell assignment that sets the variable of one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShellValue {
    pub(crate) variable: String,
    /// Text inside `"$(..)"`.
    output: String,
    /// Description for a message of the script.
    source: String,
    is_trimmed: bool,
    user: Option<&'static str>,
}

/// Prefixes of variables that a shell, a builder or the C library reads.
const RESERVED: &[&str] = &[
    "BASH",
    "BUILDAH",
    "BUILDKIT",
    "BUILDX",
    "COMPOSE",
    "CONTAINER",
    "DOCKER_",
    "ENV",
    "GIT_CONFIG",
    "GODEBUG",
    "GOMAXPROCS",
    "HOME",
    "HOST",
    "IFS",
    "LANG",
    "LC_",
    "LD_",
    "OLDPWD",
    "OTEL_",
    "PATH",
    "PPID",
    "PS",
    "PWD",
    "SHELL",
    "SSH_",
    "SSL_",
    "TERM",
    "TMPDIR",
    "UID",
    "USER",
    "XDG_",
];

impl BuildCommand {
    /// Returns the place that its `--secret` names.
    pub(crate) fn carried<'a>(&'a self, secret: &'a BuildSecret) -> Result<Carried<'a>, Error> {
        let handed_over = self.handed_over.iter().find(|(id, _)| id == secret.id());
        match (handed_over, secret.source()) {
            (Some((_, HandOver::Variable(name))), _) => return Ok(Carried::Env(name)),
            #[cfg(feature = "run")]
            (Some((_, HandOver::File(path))), _) => return Ok(Carried::File(path)),
            (Some((_, HandOver::FileOf(name))), _) => return Ok(Carried::FileOf(name)),
            (None, _) if secret.secret().is_handed_over() => {}
            (None, SecretSource::Env(name)) => return Ok(Carried::Env(name)),
            (None, SecretSource::File(path)) => return Ok(Carried::File(path)),
            // Those are passed by this library.
            (None, SecretSource::Command(_)) => {}
        }
        let why = match (secret.secret().user(), secret.source()) {
            (Some(user), _) => format!(
                "is passed as the header of basic authentication of the user `{user}`, which is \
                 made when the build starts"
            ),
            (None, SecretSource::Command(command)) => {
                format!("is what `{}` prints", quote_command(command))
            }
            (None, _) => "is its source without the final line break".to_owned(),
        };
        Err(Error::new(format!(
            "secret `{}` {why}; `.shell()` and, with the feature `run`, `.run()` do that. For \
             anything else put the value itself into a variable, and declare `Secret::env(..)`, or \
             `env=NAME` for the tool",
            secret.id()
        )))
    }

    /// Returns the build as a shell starts it: the assignments that it needs, and the command that reads their variables.
    pub(crate) fn for_shell(&self) -> Result<(Self, Vec<ShellValue>), Error> {
        let mut command = self.clone();
        let mut values: Vec<ShellValue> = Vec::new();
        let secrets = self.needed_secrets()?;
        for secret in &secrets {
            let is_known = self.handed_over.iter().any(|(id, _)| id == secret.id());
            if !secret.secret().is_handed_over() || is_known || self.is_left_out(secret.id()) {
                continue;
            }
            let is_taken = |name: &str| {
                let others = secrets.iter().filter(|other| other.id() != secret.id());
                let mut sources = others.map(|other| other.source());
                let is_reserved = RESERVED.iter().any(|start| name.starts_with(start));
                is_reserved
                    || name.ends_with("_PROXY")
                    || sources
                        .any(|source| matches!(source, SecretSource::Env(known) if known == name))
                    || self.build_args.iter().any(|(argument, _)| argument == name)
                    || values.iter().any(|value| value.variable == name)
            };
            let mut variable = variable_name(secret.id());
            if is_taken(&variable) {
                variable = format!("SECRET_{variable}");
            }
            while is_taken(&variable) {
                variable.push('_');
            }
            values.push(ShellValue::new(secret, variable.clone()));
            let hand_over = HandOver::Variable(variable);
            command
                .handed_over
                .push((secret.id().to_owned(), hand_over));
        }
        Ok((command, values))
    }
}

impl ShellValue {
    fn new(secret: &BuildSecret, variable: String) -> Self {
        let (output, source) = match secret.source() {
            SecretSource::Env(name) => (format!("printf %s \"${name}\""), format!("${name}")),
            SecretSource::File(path) => {
                let quoted = Argument::path(path).quote();
                let dashes = if path.starts_with('-') { "-- " } else { "" };
                (format!("cat {dashes}{quoted}"), path.to_owned())
            }
            SecretSource::Command(command) => {
                let command = quote_command(command);
                (command.clone(), command)
            }
        };
        let secret = secret.secret();
        Self {
            variable,
            output,
            source,
            is_trimmed: secret.is_trimmed(),
            user: secret.user(),
        }
    }

    /// Returns the text before the command on the same line: statements, then assignments for its process alone.
    pub(super) fn prefix(values: &[Self]) -> String {
        let mut statements = String::new();
        let mut assignments = String::new();
        for value in values {
            let Self {
                variable, output, ..
            } = value;
            if let Some(user) = value.user {
                let header = basic(user, &format!("\"$({output})\""));
                assignments.push_str(&format!("{variable}={header} "));
            } else if value.is_trimmed {
                assignments.push_str(&format!("{variable}=\"$({output})\" "));
            } else {
                // A substitution drops trailing line breaks: a dot after them keeps them.
                statements.push_str(&format!("{variable}=\"$({output} && printf .)\" && "));
                assignments.push_str(&format!("{variable}=\"${{{variable}%.}}\" "));
            }
        }
        statements + &assignments
    }

    /// Returns the same as lines of a script, which exits if a command fails or prints nothing.
    pub(crate) fn lines(&self) -> String {
        let Self {
            variable,
            output,
            source,
            ..
        } = self;
        let dot = if self.is_trimmed || self.user.is_some() {
            ""
        } else {
            " && printf ."
        };
        let mut lines = format!("{variable}=\"$({output}{dot})\"\n");
        if !dot.is_empty() {
            lines.push_str(&format!("{variable}=\"${{{variable}%.}}\"\n"));
        }
        let complaint = Argument::text(format!("{source} returns no value")).quote();
        lines.push_str(&format!(
            "[ -n \"${variable}\" ] || {{ echo {complaint} >&2; exit 1; }}\n"
        ));
        if let Some(user) = self.user {
            let header = basic(user, &format!("\"${variable}\""));
            lines.push_str(&format!("{variable}={header}\n"));
        }
        lines + &format!("export {variable}\n")
    }
}

/// Returns the basic authentication header of a user and a word that a shell expands to the password.
fn basic(user: &str, password: &str) -> String {
    let user = Argument::text(user).quote();
    format!("\"Basic $(printf %s:%s {user} {password} | base64 | tr -d '\\n')\"")
}

/// Converts `gh_token` to `GH_TOKEN`.
fn variable_name(id: &str) -> String {
    let mut name: String = id
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_ascii_uppercase(),
            _ => '_',
        })
        .collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}
