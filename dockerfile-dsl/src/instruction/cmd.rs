//! CMD, and the two command forms that ENTRYPOINT and HEALTHCHECK share with it.
//!
//! In: a list of arguments, or one line for the SHELL. Out: a JSON array in exec form, text in shell form.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::json;
use crate::text::LayerText;

/// A command that the container runs: in exec form, or through the SHELL.
#[derive(Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// Exec form: program and arguments, no shell.
    Exec(Vec<String>),
    /// Shell form: one line for the SHELL.
    Shell(String),
}

masked_debug!(CommandLine => Exec | Shell);

/// A command in shell form, returned by [`shell_form`].
#[derive(Clone, PartialEq, Eq)]
pub struct ShellForm(pub(crate) String);

masked_debug!(ShellForm(0));

/// Returns a command in [shell form](https://docs.docker.com/reference/dockerfile/#shell-form): the SHELL parses it when the
/// container starts.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage, shell_form};
/// let stage = Stage::from_image("debian").cmd(shell_form("exec /server --port $PORT")).build();
/// assert!(Dockerfile::from_stage(&stage)?.as_str().ends_with("CMD exec /server --port $PORT\n"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[must_use]
pub fn shell_form(line: impl LayerText) -> ShellForm {
    ShellForm(line.into_string())
}

mod sealed {
    use super::{LayerText, ShellForm};

    #[expect(unnameable_types, reason = "sealed: other crates cannot name it")]
    pub trait SealedCommand {}
    impl<I: IntoIterator<Item: LayerText>> SealedCommand for I {}
    impl SealedCommand for ShellForm {}
}

/// The command of a container: a list of arguments, or [`shell_form`]. The list is an array, a `&[String]`, or any iterator of
/// words.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command that an image can keep",
    label = "expected `[\"program\", \"argument\"]` or `shell_form(\"..\")`",
    note = "a `Secret` exists only inside one RUN step: interpolate it into `sh!(\"... {{SECRET}} \
            ...\")` instead"
)]
pub trait IntoCommand: sealed::SealedCommand {
    #[doc(hidden)]
    fn into_command(self) -> CommandLine;
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item: LayerText>> IntoCommand for I {
    fn into_command(self) -> CommandLine {
        CommandLine::Exec(self.into_iter().map(LayerText::into_string).collect())
    }
}

#[diagnostic::do_not_recommend]
impl IntoCommand for ShellForm {
    fn into_command(self) -> CommandLine {
        CommandLine::Shell(self.0)
    }
}

impl CommandLine {
    pub(super) fn check(&self, problems: &mut Problems) {
        match self {
            Self::Exec(arguments) => {
                if arguments.iter().any(|argument| argument.contains('\0')) {
                    problems.unwritable("an argument contains a NUL, which no program can receive");
                }
            }
            Self::Shell(line) => check_line(line, problems),
        }
    }

    /// Writes the text after the keyword.
    pub(super) fn write(&self) -> String {
        match self {
            Self::Exec(arguments) => json::array(arguments.iter().map(String::as_str)),
            Self::Shell(line) => line.trim().to_owned(),
        }
    }

    /// Writes the text after a keyword that takes flags: `--` ends them, so that the line may start with two dashes.
    pub(super) fn write_after_flags(&self) -> String {
        let text = self.write();
        if text.starts_with("--") {
            format!("-- {text}")
        } else {
            text
        }
    }
}

fn check_line(line: &str, problems: &mut Problems) {
    problems.line("the command", line);
    let trimmed = line.trim();
    if trimmed.is_empty() {
        problems.unwritable("the command is empty");
    }
    if trimmed.ends_with(['\\', '`']) {
        problems.unwritable(
            "the command ends with an escape character, which would continue it on the next line: \
             use the exec form",
        );
    }
    if trimmed.starts_with('[') && trimmed.ends_with(']') {
        problems.unwritable(
            "a command in `[..]` is read as a JSON array: write `test` instead of `[`, or the exec \
             form",
        );
    }
}

/// The default command of the container; `docker run` can override it.
///
/// ```dockerfile
/// CMD ["/server", "--port", "8080"]
/// ```
///
/// See [CMD](https://docs.docker.com/reference/dockerfile/#cmd).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Cmd};
/// let cmd = Cmd::new(["/server"]);
/// assert_eq!(Instruction::from(cmd).to_string(), "CMD [\"/server\"]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmd {
    pub(crate) command: CommandLine,
}

impl Cmd {
    pub(super) const KEYWORD: &str = "CMD";

    /// The command, or the default arguments of the ENTRYPOINT.
    #[must_use]
    pub fn new(command: impl IntoCommand) -> Self {
        Self {
            command: command.into_command(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        self.command.check(problems);
    }

    pub(super) fn write(&self, _: &Pen<'_>) -> String {
        format!("CMD {}", self.command.write_after_flags())
    }
}
