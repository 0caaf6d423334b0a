//! The sentence of a fix.
//!
//! In: a [`Fix`]. Out: one sentence, with the code of the fix in backquotes.

use std::fmt;

use super::{Fix, NAME, UsedBy, WrittenIn, file_mount, variable_mount};

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remove {
                command,
                written_in,
                ..
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
            Self::WriteInMemoryByName { written_in } => write!(
                f,
                "write it under a name that the script knows, beneath `{}`, which is in memory \
                 only: put {}; an unknown name may be `../x`",
                written_in.directory(),
                written_in.tmpfs(),
            ),
            Self::WriteInMemory { paths, written_in } => {
                let mount = written_in.tmpfs();
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
            Self::Environment { old, new } => write!(
                f,
                "if only this step needs it, write `{new}` instead of `{old}`: nothing is stored"
            ),
            Self::ProjectFile { name } => write!(
                f,
                "leave the value out of `{name}`, which is a file of the project: pass it in a \
                 variable that the program reads, or in a file of the user"
            ),
            Self::SaveAs {
                words: Some((old, new)),
            } => write!(
                f,
                "save it under a name without the value: write `{new}` instead of `{old}`"
            ),
            Self::SaveAs { words: None } => {
                f.write_str("save it under a name without the value, by an option of the program")
            }
            Self::RandomName { word: Some(word) } => write!(
                f,
                "use a name without the value: write `{NAME}` instead of `{word}`"
            ),
            Self::RandomName { word: None } => {
                write!(f, "use a name without the value, such as `{NAME}`")
            }
            Self::CredentialHelper {
                user, subcommand, ..
            } => write!(
                f,
                "take `{user}` out of the URL, and write `{}{subcommand}` instead of \
                 `git{subcommand}`",
                self.helper().unwrap_or_default()
            ),
            Self::PlainPs4 => {
                f.write_str("leave the value out of PS4, which is printed before each command")
            }
            Self::StopTracing { command, is_quoted } => {
                let place = if *is_quoted {
                    "after the opening quote"
                } else {
                    "before the command"
                };
                write!(f, "put this directly {place}: `{command}`")
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
            Self::AllowCache => write!(f, "to accept it, add this above the RUN: {}", self.note()),
            Self::SetShell => write!(f, "put this line before the RUN: {}", self.line()),
            Self::SetDirectory => write!(
                f,
                "put this line before the RUN: {}, or another directory than `/`",
                self.line()
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
                "if `{program}` neither stores nor prints it, add this above the RUN: {}",
                self.note()
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
                written_in: WrittenIn::Dockerfile,
                ..
            } => write!(
                f,
                "if that code neither stores nor prints it, add this above the RUN: {}",
                self.note()
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
            Self::DeclassifyId { .. } => write!(
                f,
                "if this does not leak it, add this above the RUN: {}",
                self.note()
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
            rule => rule.of_rule(f),
        }
    }
}

impl Fix {
    /// Writes the fix of a rule that follows no value.
    fn of_rule(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MountOption {
                option,
                is_list: false,
            } => write!(f, "add this to the mount: `,{option}`"),
            Self::MountOption {
                option,
                is_list: true,
            } => write!(f, "add this to each of these mounts: `,{option}`"),
            Self::OtherMount {
                mount,
                is_variable: true,
                ..
            } => write!(f, "use another variable: `{mount}`"),
            Self::OtherMount {
                mount,
                is_variable: false,
                ..
            } => write!(
                f,
                "mount the secret at another path, and read it there: `{mount}`"
            ),
            Self::MountHere { mount, .. } => write!(f, "put this after RUN: `{mount}`"),
            // Text with backquotes cannot be quoted in them.
            Self::Instead { old, new, .. } if old.contains('`') => {
                write!(f, "write `{new}` there")
            }
            Self::Instead { old, new, is_mount } => {
                let why = if *is_mount {
                    ": that is where the secret is mounted"
                } else {
                    ""
                };
                write!(f, "write `{new}` instead of `{old}`{why}")
            }
            Self::MountVariable { name, used_by } => {
                let (mount, run) = (variable_mount(name), format!("docker run --env {name}"));
                let step = "right after the word RUN of the step that needs it";
                match used_by {
                    UsedBy::Argument => write!(f, "remove it, and put this {step}: `{mount}`"),
                    UsedBy::Step => write!(
                        f,
                        "remove it, and put this {step}: `{mount}`; if the container needs it as \
                         well, pass it when it starts: `{run}`"
                    ),
                    UsedBy::Container => write!(
                        f,
                        "remove it, and pass it when the container starts: `{run}`; a step that \
                         needs it gets it from `{mount}` right after the word RUN"
                    ),
                }
            }
            Self::MountFile { path, id, target } => write!(
                f,
                "remove it here, add `{path}` to .dockerignore, and put this right after the word \
                 RUN of the step that needs it: `{}`",
                file_mount(id, target)
            ),
            Self::HideRepository { path } => write!(
                f,
                "add `{path}` to .dockerignore, or mount it in the RUN that needs it: \
                 `--mount=type=bind,source={path},target={path}` right after the word RUN"
            ),
            Self::Ignore { paths } => write!(
                f,
                "leave it out of the build context: write a line for each into `.dockerignore`, \
                 as in `{}`",
                paths.first().map_or("", String::as_str)
            ),
            Self::RemoveComment { may_hide: true } => {
                f.write_str("remove it, so that it does not hide a later mistake")
            }
            _ => f.write_str("remove it"),
        }
    }

    /// Returns the comment in backquotes.
    fn note(&self) -> String {
        format!("`{}`", self.comment().unwrap_or_default())
    }

    /// Returns the instruction before the RUN in backquotes.
    fn line(&self) -> String {
        format!("`{}`", self.instruction_before().unwrap_or_default())
    }
}
