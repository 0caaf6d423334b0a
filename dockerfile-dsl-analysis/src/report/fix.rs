//! Fixes: what to write instead, as an enum, a sentence and, if possible, an edit of the text.
//!
//! In: chosen by [`super::repair`]. Out: one sentence with one fix, whose code is in backquotes and works when it is pasted
//! (`tests/it/fixes.rs` pastes them), and the same as an [`Edit`].

use std::fmt;

use crate::Span;

/// A change of the checked text, at the span of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// Inserts a text directly before the finding's span.
    InsertBefore(String),
    /// Inserts a text directly after the finding's span.
    InsertAfter(String),
    /// Replaces the text of the finding's span.
    Replace(String),
}

impl Edit {
    /// Returns the text with the edit applied at the span of the finding.
    ///
    /// # Panics
    ///
    /// If the span is out of range.
    #[must_use]
    pub fn apply(&self, text: &str, span: Span) -> String {
        let (before, at, after) = (&text[..span.start], span.of(text), &text[span.end..]);
        match self {
            Self::InsertBefore(new) => format!("{before}{new}{at}{after}"),
            Self::InsertAfter(new) => format!("{before}{at}{new}{after}"),
            Self::Replace(new) => format!("{before}{new}{after}"),
        }
    }
}

/// The language in which the author writes settings outside of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenIn {
    /// In Rust: after the script of `sh!`.
    Sh,
    /// In a Dockerfile: above the RUN, and in its flags.
    Dockerfile,
}

/// A fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fix {
    /// Removes the written file, with this command at the end of the step.
    Remove {
        command: String,
        written_in: WrittenIn,
    },
    /// Mounts a tmpfs and writes there, to `path` instead of `word` if both are known.
    WriteInMemory {
        paths: Option<(String, String)>,
        written_in: WrittenIn,
    },
    /// Uses a random name instead of this word.
    RandomName { word: Option<String> },
    /// Removes the user from a git URL and passes the value to this one command.
    CredentialHelper {
        /// The user in the URL, with the `@`.
        user: String,
        /// The user name that the helper prints.
        name: String,
        /// The expansion that gives the value.
        value: String,
        /// Scheme and host.
        site: String,
        /// With a leading blank; empty if it is unknown.
        subcommand: String,
    },
    /// Removes the value from the prompt of `set -x`.
    PlainPs4,
    /// Ends `set -x` or `set -v` with this command.
    StopTracing { command: &'static str },
    /// Writes to `/dev/null` instead of this descriptor.
    NullDevice { written: String },
    /// Removes the value from a message that the shell prints before any redirect.
    LeaveOut,
    /// Redirects the output of the command. `quoted`: the command, if it is one quoted text.
    Silence {
        redirect: &'static str,
        quoted: Option<String>,
    },
    /// Allows the cache mount.
    AllowCache,
    /// Sets a shell that is analysed.
    SetShell,
    /// Sets the working directory.
    SetDirectory,
    /// Trusts the program.
    Trust {
        program: String,
        written_in: WrittenIn,
    },
    /// Lets code of the project have the secret.
    ProjectCode {
        secret: String,
        written_in: WrittenIn,
    },
    /// Declassifies the secret in this hole.
    DeclassifyHole { name: String },
    /// Declassifies the secrets that the program issues with the secret of this name.
    DeclassifyIssued { name: String, program: String },
    /// Declassifies the secret of this id, or those that a program issues with it: `ID/PROGRAM`.
    DeclassifyId { id: String },
    /// Uses commands that can be analysed.
    PlainCommands,
    /// Makes a public value a checked word.
    CheckedWord { name: String },
    /// Writes the path into the script instead of a hole.
    LiteralPath { name: String },
    /// Writes the secret itself instead of its mount path.
    SecretItself { name: String },
}

impl Fix {
    /// Returns the edit, if the fix is one at the span of the finding.
    pub(super) fn edit(&self) -> Option<Edit> {
        Some(match self {
            Self::StopTracing { command } => Edit::InsertBefore(format!("{command} ")),
            Self::NullDevice { .. } => Edit::Replace("/dev/null".to_owned()),
            Self::RandomName { word: Some(_) } => Edit::Replace(NAME.to_owned()),
            Self::Silence {
                redirect,
                quoted: None,
            } => Edit::InsertAfter(format!(" {redirect}")),
            Self::Silence {
                redirect,
                quoted: Some(text),
            } => Edit::Replace(format!("'{text} {redirect}'")),
            _ => return None,
        })
    }
}

/// A name that does not contain the value.
const NAME: &str = "\"$(mktemp -u)\"";

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remove {
                command,
                written_in,
            } => {
                let step = match written_in {
                    WrittenIn::Sh => "the last line of the script",
                    WrittenIn::Dockerfile => "the last command of the same RUN",
                };
                write!(
                    f,
                    "if only this step needs it, make this {step}: `{command}`"
                )
            }
            Self::WriteInMemory { paths, written_in } => {
                let mount = match written_in {
                    WrittenIn::Sh => "`tmp = TmpFs::at(path!(\"/tmp/secret\"))` after the script",
                    WrittenIn::Dockerfile => "`--mount=type=tmpfs,target=/tmp/secret` after RUN",
                };
                match paths {
                    Some((word, path)) => write!(
                        f,
                        "write `{path}` instead of `{word}`, which is in memory only: put {mount}"
                    ),
                    None => write!(
                        f,
                        "write it beneath `{}`, which is in memory only: put {mount}",
                        written_in.directory()
                    ),
                }
            }
            Self::RandomName { word: Some(word) } => write!(
                f,
                "use a name without the value: write `{NAME}` instead of `{word}`"
            ),
            Self::RandomName { word: None } => {
                write!(f, "use a name without the value, such as `{NAME}`")
            }
            Self::CredentialHelper {
                user,
                name,
                value,
                site,
                subcommand,
            } => write!(
                f,
                "take `{user}` out of the URL, and write `git -c credential.helper= -c \
                 credential.{site}.helper='!f() {{ echo username={name}; echo \
                 \"password={value}\"; }}; f'{subcommand}` instead of `git{subcommand}`"
            ),
            Self::PlainPs4 => {
                f.write_str("leave the value out of PS4, which is printed before each command")
            }
            Self::StopTracing { command } => {
                write!(f, "put this directly before the command: `{command}`")
            }
            Self::NullDevice { written } => write!(f, "write `/dev/null` instead of `{written}`"),
            Self::LeaveOut => {
                f.write_str("leave the value out here: the shell quotes it in its message")
            }
            Self::Silence {
                redirect,
                quoted: Some(text),
            } => write!(f, "write `'{text} {redirect}'` instead of `'{text}'`"),
            Self::Silence {
                redirect,
                quoted: None,
            } => write!(f, "put this directly after the command: `{redirect}`"),
            Self::AllowCache => f.write_str(
                "to accept it, add this above the RUN: `# dockerfile-dsl: allow-cache \
                 reason=\"...\"`",
            ),
            Self::SetShell => {
                f.write_str("put this line before the RUN: `SHELL [\"/bin/sh\", \"-c\"]`")
            }
            Self::SetDirectory => f.write_str(
                "put this line before the RUN: `WORKDIR /src`, or another directory than `/`",
            ),
            Self::Trust {
                program,
                written_in: WrittenIn::Sh,
            } => write!(
                f,
                "if `{program}` neither stores nor prints it, add this after the script: \
                 `@trust(\"{program}\", output, \"reason\")`"
            ),
            Self::Trust {
                program,
                written_in: WrittenIn::Dockerfile,
            } => write!(
                f,
                "if `{program}` neither stores nor prints it, add this above the RUN: `# \
                 dockerfile-dsl: trust={program} output reason=\"...\"`"
            ),
            Self::ProjectCode {
                secret,
                written_in: WrittenIn::Sh,
            } => write!(
                f,
                "if that code neither stores nor prints it, add this after the script: \
                 `@project_code({secret}, \"reason\")`"
            ),
            Self::ProjectCode {
                secret,
                written_in: WrittenIn::Dockerfile,
            } => write!(
                f,
                "if that code neither stores nor prints it, add this above the RUN: `# \
                 dockerfile-dsl: project-code={secret} reason=\"...\"`"
            ),
            Self::DeclassifyHole { name } => write!(
                f,
                "if this does not leak it, add this after the script: `{name} = \
                 {name}.declassify(\"reason\")`"
            ),
            Self::DeclassifyIssued { name, program } => write!(
                f,
                "if this is not a secret, add this after the script: `@declassify({name}, \
                 \"{program}\", \"reason\")`"
            ),
            Self::DeclassifyId { id } => write!(
                f,
                "if this does not leak it, add this above the RUN: `# dockerfile-dsl: \
                 declassify={id} reason=\"...\"`"
            ),
            Self::PlainCommands => f.write_str("use plain commands here, which can be analysed"),
            Self::CheckedWord { name } => write!(
                f,
                "make it a checked word, which cannot be an option or shell syntax: `{name} = \
                 Word::parse({name})?`"
            ),
            Self::LiteralPath { name } => write!(
                f,
                "write the path into the script instead of `{{{name}}}`, or read it in a separate \
                 step"
            ),
            Self::SecretItself { name } => write!(
                f,
                "write the secret itself instead, `{{{name}}}`: it is mounted, and its path is \
                 written here"
            ),
        }
    }
}

impl WrittenIn {
    /// Returns the author's name of the tmpfs.
    pub(super) const fn directory(self) -> &'static str {
        match self {
            Self::Sh => "{tmp}",
            Self::Dockerfile => "/tmp/secret",
        }
    }
}
