//! Fixes: what to write instead, as an enum and as a sentence.
//!
//! In: chosen by [`super::repair`] or by a rule. Out: one sentence with one fix, whose code is in backquotes and works when it is pasted
//! (`tests/it/fixes.rs` pastes them). `crate::edits` makes edits of a Dockerfile of the same value.

mod sentence;

/// The language in which the author writes settings outside of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenIn {
    /// In Rust: after the script of `sh!`.
    Sh,
    /// In a Dockerfile: above the RUN, and in its flags.
    Dockerfile,
}

/// A fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fix {
    /// Removes the written file, with this command at the end of the step.
    Remove {
        /// `rm -f PATH`
        command: String,
        /// The path, if it is wholly known and the path of one file.
        file: Option<String>,
        /// The language of the author.
        written_in: WrittenIn,
    },
    /// Mounts a tmpfs and writes there, to `path` instead of `word` if both are known.
    WriteInMemory {
        /// The word of the script, and the path that takes its place.
        paths: Option<(String, String)>,
        /// The language of the author.
        written_in: WrittenIn,
    },
    /// The same, where the name is unknown and may be `../x`.
    WriteInMemoryByName {
        /// The language of the author.
        written_in: WrittenIn,
    },
    /// Passes the value in a variable that the program reads, instead of a command that stores it.
    Environment {
        /// The command that stores it.
        old: String,
        /// The command that takes its place.
        new: String,
    },
    /// Leaves the value out of a file of the project, which a fix does not remove.
    ProjectFile {
        /// Its name.
        name: String,
    },
    /// Downloads to a name without the value.
    SaveAs {
        /// The URL, and the option with the URL that takes its place.
        words: Option<(String, String)>,
    },
    /// Uses a random name instead of this word.
    RandomName {
        /// The word of the script, if it is one.
        word: Option<String>,
    },
    /// Removes the user from a git URL and passes the value to this one command.
    CredentialHelper {
        /// The user in the URL, with the `@`.
        user: String,
        /// The file that has the URL, if its path is wholly known.
        file: Option<String>,
        /// Offset of the user in the script.
        user_at: usize,
        /// Offset of the word `git` in the script.
        git_at: usize,
        /// The user name that the helper prints, or an expansion.
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
    StopTracing {
        /// The command that ends it.
        command: &'static str,
        /// Whether the text is that of another shell, in quotes.
        is_quoted: bool,
    },
    /// Writes to `/dev/null` instead of this descriptor.
    NullDevice {
        /// The path in the script.
        written: String,
    },
    /// Removes the value from a message that the shell prints before any redirect.
    LeaveOut,
    /// Redirects the output of the command.
    Silence {
        /// The redirects.
        redirect: &'static str,
        /// The command, if it is one quoted text.
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
        /// Its name.
        program: String,
        /// The language of the author.
        written_in: WrittenIn,
    },
    /// Lets code of the project have the secret.
    ProjectCode {
        /// The id of the secret, or the name of its hole.
        secret: String,
        /// The language of the author.
        written_in: WrittenIn,
    },
    /// Declassifies the secret in this hole.
    DeclassifyHole {
        /// The name of the hole.
        name: String,
    },
    /// Declassifies the secrets that the program issues with the secret of this name.
    DeclassifyIssued {
        /// The name of the secret.
        name: String,
        /// The program that issues the other ones.
        program: String,
    },
    /// Declassifies the secret of this id, or those that a program issues with it: `ID/PROGRAM`.
    DeclassifyId {
        /// `ID`, or `ID/PROGRAM`.
        id: String,
    },
    /// Uses commands that can be analysed.
    PlainCommands,
    /// Makes a public value a checked word.
    CheckedWord {
        /// The name of the hole.
        name: String,
    },
    /// Writes the path into the script instead of a hole.
    LiteralPath {
        /// The name of the hole.
        name: String,
    },
    /// Writes the secret itself instead of its mount path.
    SecretItself {
        /// The name of the secret's hole.
        name: String,
    },
    /// Adds an option to the mount at the finding, or to each of several mounts.
    MountOption {
        /// `key=value`
        option: String,
        /// Whether the finding is about several mounts.
        is_list: bool,
    },
    /// Replaces the mount of this secret, which is a variable with a meaning or is at the path of another mount.
    OtherMount {
        /// The id of the secret.
        id: String,
        /// The new mount.
        mount: String,
        /// Whether the old one is a variable.
        is_variable: bool,
    },
    /// Mounts the secret in this RUN.
    MountHere {
        /// The id of the secret.
        id: String,
        /// The mount.
        mount: String,
    },
    /// Writes a text instead of the one at the finding.
    Instead {
        /// The text of the script.
        old: String,
        /// The text that takes its place.
        new: String,
        /// Whether it is the path of a mount.
        is_mount: bool,
    },
    /// Mounts the secret where the variable is used, instead of an ARG or ENV.
    MountVariable {
        /// The name of the variable.
        name: String,
        /// Who uses it.
        used_by: UsedBy,
    },
    /// Mounts a file of the build context as a secret instead of copying it.
    MountFile {
        /// The path in the build context.
        path: String,
        /// The id of the secret.
        id: String,
        /// The path that it was copied to.
        target: String,
    },
    /// Keeps the repository out of the build context, or mounts it.
    HideRepository {
        /// The path of `.git` in the build context.
        path: String,
    },
    /// Keeps files out of the build context.
    Ignore {
        /// Their paths in the build context.
        paths: Vec<String>,
    },
    /// Removes a comment without effect.
    RemoveComment {
        /// Whether it could hide a later mistake.
        may_hide: bool,
    },
}

/// What uses the variable of an ARG or ENV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedBy {
    /// A step, from an ARG.
    Argument,
    /// A step, from an ENV.
    Step,
    /// No step: the container, from an ENV.
    Container,
}

/// Returns the options of the mount that gives a step the secret as a variable.
pub(crate) fn variable_mount(name: &str) -> String {
    format!("--mount=type=secret,id={name},env={name},required=true")
}

/// Returns the mount of a file of the build context as a secret.
pub(crate) fn file_mount(id: &str, target: &str) -> String {
    format!("--mount=type=secret,id={id},target={target},required=true")
}

impl Fix {
    /// Returns the text at the span of the finding after the fix, if the fix is in that place alone. `at` is the text there now.
    #[must_use]
    pub fn in_place(&self, at: &str) -> Option<String> {
        Some(match self {
            Self::StopTracing {
                command,
                is_quoted: false,
            } => format!("{command} {at}"),
            Self::StopTracing { command, .. } => {
                let (quote, text) = at.split_at_checked(1)?;
                format!("{quote}{command} {text}")
            }
            Self::NullDevice { written } if written == at => "/dev/null".to_owned(),
            Self::RandomName { word: Some(word) } if word == at => NAME.to_owned(),
            Self::Environment { old, new }
            | Self::SaveAs {
                words: Some((old, new)),
            } if old == at => new.clone(),
            Self::Silence {
                redirect,
                quoted: None,
            } => format!("{at} {redirect}"),
            Self::Silence {
                redirect,
                quoted: Some(text),
            } => format!("'{text} {redirect}'"),
            Self::Instead { old, new, .. } if old == at => new.clone(),
            _ => return None,
        })
    }

    /// Returns the comment for the line above the instruction that accepts the finding, if the fix is a decision.
    #[must_use]
    pub fn comment(&self) -> Option<String> {
        let decision = match self {
            Self::AllowCache => "allow-cache".to_owned(),
            Self::Trust { program, .. } => format!("trust={program} output"),
            Self::ProjectCode { secret, .. } => format!("project-code={secret}"),
            Self::DeclassifyId { id } => format!("declassify={id}"),
            _ => return None,
        };
        Some(format!("# dockerfile-dsl: {decision} reason=\"...\""))
    }

    /// Returns `git` with the credential helper.
    pub(crate) fn helper(&self) -> Option<String> {
        let Self::CredentialHelper {
            name, value, site, ..
        } = self
        else {
            return None;
        };
        let user = if name.contains(['$', '{']) {
            format!("\"username={name}\"")
        } else {
            format!("username={name}")
        };
        Some(format!(
            "git -c credential.helper= -c credential.{site}.helper='!f() {{ echo {user}; echo \
             \"password={value}\"; }}; f'"
        ))
    }

    /// Returns the instruction that the fix puts before the RUN.
    #[must_use]
    pub const fn instruction_before(&self) -> Option<&'static str> {
        match self {
            Self::SetShell => Some("SHELL [\"/bin/sh\", \"-c\"]"),
            Self::SetDirectory => Some("WORKDIR /src"),
            _ => None,
        }
    }

    /// Returns the texts with paths, which depend on what the base image sets.
    pub(crate) fn paths_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Remove { command, file, .. } => file.iter_mut().chain([command]).collect(),
            Self::CredentialHelper { file, .. } => file.iter_mut().collect(),
            Self::WriteInMemory {
                paths: Some((word, path)),
                ..
            } => vec![word, path],
            Self::Instead { old, new, .. } | Self::Environment { old, new } => vec![old, new],
            _ => Vec::new(),
        }
    }
}

/// A name that does not contain the value.
pub(super) const NAME: &str = "\"$(mktemp -u)\"";

impl WrittenIn {
    /// Returns what mounts the tmpfs, and where it stands.
    pub(super) const fn tmpfs(self) -> &'static str {
        match self {
            Self::Sh => "`tmp = TmpFs::at(path!(\"/tmp/secret\"))` after the script",
            Self::Dockerfile => "`--mount=type=tmpfs,target=/tmp/secret` after RUN",
        }
    }

    /// Returns the author's name of the tmpfs.
    pub(super) const fn directory(self) -> &'static str {
        match self {
            Self::Sh => "{tmp}",
            Self::Dockerfile => "/tmp/secret",
        }
    }
}
