//! The syntax tree of a Dockerfile, with spans. Plain data.
//!
//! Texts are as written, before variables are expanded. The documentation of a field says whether the instruction expands it.

use std::collections::BTreeMap;

use super::error::ReadError;
use super::flag::{Escape, Flag};
use super::{MountFlag, Note, SourceText};
use crate::Span;

/// A whole Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// `# syntax=`, `# escape=`, `# check=`, in order.
    pub directives: Vec<Directive>,
    /// The escape character.
    pub escape: Escape,
    /// Names of BuildKit's own checks that `# check=skip=..` turns off; `all` turns off every check.
    pub skipped_checks: Vec<String>,
    /// The `ARG` instructions before the first `FROM`.
    pub global_args: Vec<Instruction>,
    /// The stages in order; at least one.
    pub stages: Vec<Stage>,
    /// `# dockerfile-dsl:` comments that have no effect: misspelled, without a reason, or above no instruction.
    pub malformed_notes: Vec<ReadError>,
    /// `# dockerfile-dsl: builder-stages=warning`: findings in a stage that is not part of the image are warnings.
    pub builder_stages: Option<Note>,
    /// `# dockerfile-dsl: program=".."`: rows of programs, one comment per program.
    pub programs: Vec<Note>,
    /// `# dockerfile-dsl: only-to=ID hosts=".."`: the hosts that secrets may be sent to, one comment per secret.
    pub only_to: Vec<Note>,
    /// U+FFFD characters that replace bytes that are not UTF-8.
    pub replaced_bytes: Vec<Span>,
    /// The numbers of the stages of each name, in order.
    pub(super) stages_by_name: BTreeMap<String, Vec<usize>>,
}

impl File {
    /// Returns the stage before stage number `before` that `name` refers to (in a FROM, a COPY `--from` or a mount). Names are compared as
    /// in BuildKit: case-insensitively, and the last definition wins.
    #[must_use]
    pub fn stage_named(&self, name: &str, before: usize) -> Option<usize> {
        // They are in lower case.
        let named = self.stages_by_name.get(&name.to_ascii_lowercase())?;
        let earlier = named.partition_point(|stage| *stage < before);
        earlier.checked_sub(1).map(|last| named[last])
    }

    /// Returns all instructions in text order, each with the index of its stage (0 for global ARGs) and its index in the stage.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, Option<usize>, &Instruction)> {
        let global = self.global_args.iter();
        let global = global.map(|instruction| (0, None, instruction));
        let of_stages = self.stages.iter().enumerate().flat_map(|(stage, content)| {
            let own = content.instructions.iter().enumerate();
            let own = own.map(move |(index, instruction)| (stage, Some(index), instruction));
            std::iter::once((stage, None, &content.from)).chain(own)
        });
        global.chain(of_stages)
    }

    /// Returns the instruction whose text contains the offset, with the index of its stage and its index in the stage.
    #[must_use]
    pub fn instruction_at(&self, offset: usize) -> Option<(usize, Option<usize>, &Instruction)> {
        let begins = |span: Span| span.start <= offset;
        // The instructions are in text order.
        let last = |all: &[Instruction]| {
            let after = all.partition_point(|instruction| begins(instruction.span));
            after.checked_sub(1)
        };
        let stages = &self.stages;
        let after = stages.partition_point(|stage| begins(stage.from.span));
        let (stage, index, instruction) = match after.checked_sub(1) {
            None => (0, None, &self.global_args[last(&self.global_args)?]),
            Some(stage) => {
                let content = &stages[stage];
                match last(&content.instructions) {
                    Some(index) => (stage, Some(index), &content.instructions[index]),
                    None => (stage, None, &content.from),
                }
            }
        };
        (offset <= instruction.span.end).then_some((stage, index, instruction))
    }
}

/// A parser directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// `syntax`, `escape` or `check`, in lower case.
    pub name: String,
    /// The text after the `=`.
    pub value: SourceText,
    /// The whole line.
    pub span: Span,
}

/// One stage: a `FROM` and the instructions after it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The `FROM` instruction; its kind is [`Kind::From`].
    pub from: Instruction,
    /// The base image, or the name of an earlier stage. Expanded with the global ARGs.
    pub base: SourceText,
    /// After `AS`.
    pub name: Option<StageName>,
    /// The instructions after `FROM`, in order.
    pub instructions: Vec<Instruction>,
}

/// The name of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageName {
    /// In lower case, as BuildKit stores it.
    pub name: String,
    /// As written.
    pub span: Span,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instruction {
    /// From the keyword to the end of the last line, including here-documents, without the final line end.
    pub span: Span,
    /// The keyword as written.
    pub keyword: Span,
    /// The `# dockerfile-dsl:` comments directly above.
    pub notes: Vec<Note>,
    /// All flags in order, as written. Those with a meaning are also in `kind`.
    pub flags: Vec<Flag>,
    /// What it does.
    pub kind: Kind,
    /// The blank lines inside a continuation (BuildKit's check `NoEmptyContinuation`).
    pub empty_continuations: Vec<Span>,
}

/// The kind of an instruction, with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `ADD`
    Add(Transfer),
    /// `ARG`
    Arg(Vec<Argument>),
    /// `CMD`
    Cmd(Command),
    /// `COPY`
    Copy(Transfer),
    /// `ENTRYPOINT`
    Entrypoint(Command),
    /// `ENV`: keys and values are expanded, all with the values from before the instruction.
    Env(Vec<Pair>),
    /// `EXPOSE`: each is expanded and then split into words again.
    Expose(Vec<SourceText>),
    /// `FROM`
    From(BaseImage),
    /// `HEALTHCHECK`
    Healthcheck(Healthcheck),
    /// `LABEL`: keys and values are expanded.
    Label(Vec<Pair>),
    /// `MAINTAINER`: literal.
    Maintainer(SourceText),
    /// `ONBUILD`
    Onbuild(Box<Instruction>),
    /// `RUN`
    Run(Box<Run>),
    /// `SHELL`: literal, never empty.
    Shell(Vec<SourceText>),
    /// `STOPSIGNAL`: expanded.
    Stopsignal(SourceText),
    /// An instruction that only `ONBUILD` can contain. BuildKit stores it unchanged, and rejects it for these reasons when it runs.
    Unread(Vec<ReadError>),
    /// `USER`: expanded; the whole rest of the line.
    User(SourceText),
    /// `VOLUME`: each expanded.
    Volume(Vec<SourceText>),
    /// `WORKDIR`: expanded; the whole rest of the line.
    Workdir(SourceText),
}

impl Kind {
    /// Returns the keyword in upper case.
    #[must_use]
    pub const fn keyword(&self) -> &'static str {
        match self {
            Self::Add(_) => "ADD",
            Self::Arg(_) => "ARG",
            Self::Cmd(_) => "CMD",
            Self::Copy(_) => "COPY",
            Self::Entrypoint(_) => "ENTRYPOINT",
            Self::Env(_) => "ENV",
            Self::Expose(_) => "EXPOSE",
            Self::From(_) => "FROM",
            Self::Healthcheck(_) => "HEALTHCHECK",
            Self::Label(_) => "LABEL",
            Self::Maintainer(_) => "MAINTAINER",
            Self::Onbuild(_) => "ONBUILD",
            Self::Run(_) => "RUN",
            Self::Shell(_) => "SHELL",
            Self::Stopsignal(_) => "STOPSIGNAL",
            Self::Unread(_) => "",
            Self::User(_) => "USER",
            Self::Volume(_) => "VOLUME",
            Self::Workdir(_) => "WORKDIR",
        }
    }
}

/// The arguments of a `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BaseImage {
    /// Image reference or stage name; expanded with the global ARGs.
    pub image: SourceText,
    /// `--platform`; expanded likewise.
    pub platform: Option<SourceText>,
    /// After `AS`.
    pub name: Option<StageName>,
}

/// One `NAME` or `NAME=default` of an `ARG`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Literal: neither unquoted nor expanded.
    pub name: SourceText,
    /// Expanded where it is used, with the items before it.
    pub default: Option<SourceText>,
}

/// One `KEY=VALUE` of `ENV` or `LABEL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Before expansion.
    pub key: SourceText,
    /// Before expansion: quotes and escapes are still there.
    pub value: SourceText,
}

/// The arguments of a `COPY` or `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// The sources; at least one.
    pub sources: Vec<Source>,
    /// The destination; expanded, also in the JSON form.
    pub destination: SourceText,
    /// `--from`: stage name, stage index, image or named context; never contains a variable.
    pub from: Option<SourceText>,
    /// `--chown`; expanded.
    pub chown: Option<SourceText>,
    /// `--chmod`; expanded.
    pub chmod: Option<SourceText>,
    /// `--checksum`; expanded.
    pub checksum: Option<SourceText>,
    /// `--exclude`; not expanded.
    pub excludes: Vec<SourceText>,
    /// `--link`
    pub link: bool,
    /// `--parents`
    pub parents: bool,
    /// `--unpack`
    pub unpack: Option<bool>,
    /// `--keep-git-dir`
    pub keep_git_dir: bool,
}

/// One source of a `COPY` or `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A path, glob, URL or git reference; expanded, also in the JSON form.
    Path(SourceText),
    /// A file with this name and content.
    HereDocument(HereDocument),
}

/// A here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HereDocument {
    /// The delimiter, without quotes.
    pub name: String,
    /// The digits before `<<`, if any.
    pub descriptor: String,
    /// `<<-`: leading tabs of each line are removed.
    pub strip_tabs: bool,
    /// Whether a part of the delimiter is quoted. COPY and ADD then do not expand the content; RUN never does.
    pub quoted: bool,
    /// The `<<NAME` word.
    pub word: Span,
    /// The content, without leading tabs if `strip_tabs`. Ends with a line end unless it is empty.
    pub body: SourceText,
    /// From the first line of the content to the end of the delimiter's line.
    pub span: Span,
}

/// The command of a `RUN`, `CMD`, `ENTRYPOINT` or `HEALTHCHECK CMD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Shell form: this text is the last argument of the SHELL.
    Shell(SourceText),
    /// Shell form with here-documents that the shell reads itself: `text`, including bodies and delimiters, is the last argument of the
    /// SHELL.
    ShellWithHereDocuments {
        /// The line, followed for each here-document by a line end, its content with all tabs, and its name.
        text: SourceText,
        /// The here-documents in order.
        documents: Vec<HereDocument>,
    },
    /// `RUN <<EOF`: the body is the last argument of the SHELL.
    HereDocument(HereDocument),
    /// `RUN <<EOF` with a body that starts with `#!`: the body is an executable file that the SHELL runs.
    Executable {
        /// The here-document.
        document: HereDocument,
        /// Path of the file: `/dev/pipes/NAME`.
        path: String,
    },
    /// Exec form: arguments without a shell.
    Exec(Vec<SourceText>),
}

impl Command {
    /// Returns the last argument of the SHELL, if the command is a script that the SHELL runs.
    #[must_use]
    pub const fn shell_text(&self) -> Option<&SourceText> {
        match self {
            Self::Shell(text) | Self::ShellWithHereDocuments { text, .. } => Some(text),
            Self::HereDocument(document) => Some(&document.body),
            Self::Executable { .. } | Self::Exec(_) => None,
        }
    }
}

/// The arguments of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// `--mount`, in order.
    pub mounts: Vec<MountFlag>,
    /// `--network`
    pub network: Option<SourceText>,
    /// `--security`
    pub security: Option<SourceText>,
    /// `--device`
    pub devices: Vec<SourceText>,
    /// The command.
    pub command: Command,
}

/// The arguments of a `HEALTHCHECK`. Its flags are in the instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Healthcheck {
    /// `NONE`
    None,
    /// `CMD`
    Command(Command),
}
