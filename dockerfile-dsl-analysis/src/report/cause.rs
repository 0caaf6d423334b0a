//! Causes: what writes or prints a value.
//!
//! In: built by the interpreter and the models of programs. Out: a [`CauseCode`] for machines, a few words for people.

use std::fmt;
use std::rc::Rc;

use super::code::codes;

codes! {
    /// What writes or prints a value.
    CauseCode {
        Program "program" "A program that writes its result.";
        InPlace "in-place" "A program that rewrites its input file.";
        Output "output" "Standard output of a command.";
        Messages "messages" "Standard error of a program.";
        ShellMessage "shell-message" "An error message of the shell that quotes the value.";
        ParameterMessage "parameter-message" "The message of `${x:?}`.";
        Xtrace "xtrace" "`set -x`, which prints each command.";
        Verbose "verbose" "`set -v`, which prints the script.";
        ShellState "shell-state" "A shell command that prints directories, functions or a file.";
        Redirect "redirect" "An output redirect of the shell.";
        Rename "rename" "A file that is renamed.";
        Archive "archive" "A file that comes out of an archive or goes into a package.";
        Configuration "configuration" "A program that writes its configuration.";
        Credentials "credentials" "A program that stores credentials.";
        Log "log" "A log or a trace that a program writes to a file.";
        History "history" "The history of the shell.";
        Cookies "cookies" "Cookies or headers that a program saves.";
        Backup "backup" "A program that keeps the old file.";
        GitObject "git-object" "Git, which stores objects or checks them out.";
        Build "build" "A compiler or bundler that puts the value into what it makes.";
    }
}

/// What writes or prints a value. A program is named with its sub-command where that matters: `poetry export`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The program itself writes a file.
    Program(Rc<str>),
    /// As `sed -i` does.
    InPlace(Rc<str>),
    /// A script of an interpreter writes a file.
    Written(Rc<str>),
    /// The purpose of the command is to store it: `docker login`.
    Stored(Rc<str>),
    /// The command keeps it besides what it does.
    Kept(Rc<str>),
    Configuration(Rc<str>),
    /// A file of settings that is written again without a line.
    Settings,
    UserSettings,
    Manifest,
    LogIn,
    CredentialHelper,
    Log(Rc<str>),
    BinaryLog(Rc<str>),
    ArgumentLog,
    Trace(Rc<str>),
    /// `history -s`
    History,
    CookieJar(Rc<str>),
    Cookies(Rc<str>),
    Headers(Rc<str>),
    Backup,
    BackupOf(Rc<str>),
    GitObject,
    CheckedOut(Rc<str>),
    Cloned(Rc<str>),
    Patched(Rc<str>),
    Unpacked(Rc<str>),
    /// `cpio -p`
    Copied(Rc<str>),
    Compressed,
    /// `npm pack`
    Package,
    PackageCache,
    Compiled(Rc<str>),
    Linked(Rc<str>),
    /// Its name says that the browser is to have it.
    Bundled,
    Output(Rc<str>),
    Messages(Rc<str>),
    /// A builtin quotes its arguments.
    Message(Rc<str>),
    MessageAbout(Rc<str>, About),
    /// The shell itself quotes a word.
    ShellMessage(About),
    ParameterMessage,
    Xtrace,
    Verbose,
    /// `$(< FILE)`
    FileContent,
    /// `pwd`
    WorkingDirectory,
    /// `dirs`
    DirectoryStack,
    /// `declare -f`
    FunctionText,
    Redirect,
    /// A file takes the name of another one.
    Renamed,
}

/// What an error message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    NotANumber,
    NotAnOperator,
    NotAName,
    UnknownOption,
    MissingFile,
    UnwritableFile,
    ClosedDescriptor,
    UnknownCommand,
    UnknownAlias,
    NotAnOption,
    NotASignal,
}

impl Cause {
    pub(crate) const fn code(&self) -> CauseCode {
        match self {
            Self::Program(_) | Self::Written(_) | Self::Patched(_) => CauseCode::Program,
            Self::InPlace(_) => CauseCode::InPlace,
            Self::Stored(_) | Self::LogIn | Self::CredentialHelper => CauseCode::Credentials,
            Self::Kept(_)
            | Self::Configuration(_)
            | Self::Settings
            | Self::UserSettings
            | Self::Manifest => CauseCode::Configuration,
            Self::Log(_) | Self::BinaryLog(_) | Self::ArgumentLog | Self::Trace(_) => {
                CauseCode::Log
            }
            Self::History => CauseCode::History,
            Self::CookieJar(_) | Self::Cookies(_) | Self::Headers(_) => CauseCode::Cookies,
            Self::Backup | Self::BackupOf(_) => CauseCode::Backup,
            Self::GitObject | Self::CheckedOut(_) | Self::Cloned(_) => CauseCode::GitObject,
            Self::Unpacked(_)
            | Self::Copied(_)
            | Self::Compressed
            | Self::Package
            | Self::PackageCache => CauseCode::Archive,
            Self::Compiled(_) | Self::Linked(_) | Self::Bundled => CauseCode::Build,
            Self::Output(_) => CauseCode::Output,
            Self::Messages(_) => CauseCode::Messages,
            Self::Message(_) | Self::MessageAbout(..) | Self::ShellMessage(_) => {
                CauseCode::ShellMessage
            }
            Self::ParameterMessage => CauseCode::ParameterMessage,
            Self::Xtrace => CauseCode::Xtrace,
            Self::Verbose => CauseCode::Verbose,
            Self::FileContent
            | Self::WorkingDirectory
            | Self::DirectoryStack
            | Self::FunctionText => CauseCode::ShellState,
            Self::Redirect => CauseCode::Redirect,
            Self::Renamed => CauseCode::Rename,
        }
    }

    /// The program that writes or prints, if it is named.
    pub(crate) fn program(&self) -> Option<&str> {
        match self {
            Self::Program(program)
            | Self::InPlace(program)
            | Self::Written(program)
            | Self::Stored(program)
            | Self::Kept(program)
            | Self::Configuration(program)
            | Self::Log(program)
            | Self::BinaryLog(program)
            | Self::Trace(program)
            | Self::CookieJar(program)
            | Self::Cookies(program)
            | Self::Headers(program)
            | Self::BackupOf(program)
            | Self::CheckedOut(program)
            | Self::Cloned(program)
            | Self::Patched(program)
            | Self::Unpacked(program)
            | Self::Copied(program)
            | Self::Compiled(program)
            | Self::Linked(program)
            | Self::Output(program)
            | Self::Messages(program)
            | Self::Message(program)
            | Self::MessageAbout(program, _) => Some(program),
            Self::ArgumentLog | Self::PackageCache => Some("npm"),
            Self::CredentialHelper | Self::GitObject => Some("git"),
            _ => None,
        }
    }

    /// Whether a message quotes the value, on standard error.
    pub(crate) const fn is_message(&self) -> bool {
        matches!(
            self.code(),
            CauseCode::Messages | CauseCode::ShellMessage | CauseCode::ParameterMessage
        )
    }

    /// What the message is about, if it says so.
    pub(crate) const fn about(&self) -> Option<About> {
        match self {
            Self::MessageAbout(_, about) | Self::ShellMessage(about) => Some(*about),
            _ => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(p) => write!(f, "`{p}`"),
            Self::InPlace(p) => write!(f, "`{p}` in place"),
            Self::Written(p) => write!(f, "written by `{p}`"),
            Self::Stored(p) => write!(f, "stored by `{p}`"),
            Self::Kept(p) => write!(f, "kept by `{p}`"),
            Self::Configuration(p) => write!(f, "configuration of `{p}`"),
            Self::Settings => f.write_str("settings"),
            Self::UserSettings => f.write_str("kept in the settings"),
            Self::Manifest => f.write_str("kept in package.json"),
            Self::LogIn => f.write_str("stored by the log-in"),
            Self::CredentialHelper => f.write_str("stored by git's credential helper"),
            Self::Log(p) => write!(f, "log of `{p}`"),
            Self::BinaryLog(p) => write!(f, "the binary log of `{p}`"),
            Self::ArgumentLog => f.write_str("npm's log of its arguments"),
            Self::Trace(p) => write!(f, "trace of `{p}`"),
            Self::History => f.write_str("the history of bash"),
            Self::CookieJar(p) => write!(f, "cookie jar of `{p}`"),
            Self::Cookies(p) => write!(f, "cookies of `{p}`"),
            Self::Headers(p) => write!(f, "headers of `{p}`"),
            Self::Backup => f.write_str("backup"),
            Self::BackupOf(p) => write!(f, "backup of `{p}`"),
            Self::GitObject => f.write_str("kept in git's objects"),
            Self::CheckedOut(p) => write!(f, "checked out by `{p}`"),
            Self::Cloned(p) => write!(f, "cloned by `{p}`"),
            Self::Patched(p) => write!(f, "patched by `{p}`"),
            Self::Unpacked(p) => write!(f, "unpacked by `{p}`"),
            Self::Copied(p) => write!(f, "copied by `{p}`"),
            Self::Compressed => f.write_str("compressed"),
            Self::Package => f.write_str("the package"),
            Self::PackageCache => f.write_str("npm's copy of the package"),
            Self::Compiled(p) => write!(f, "compiled by `{p}`"),
            Self::Linked(p) => write!(f, "linked by `{p}`"),
            Self::Bundled => f.write_str("put into the bundle by its name"),
            Self::Output(p) => write!(f, "output of `{p}`"),
            Self::Messages(p) => write!(f, "messages of `{p}`"),
            Self::Message(p) => write!(f, "message of `{p}`"),
            Self::MessageAbout(p, about) => write!(f, "message of `{p}` about {about}"),
            Self::ShellMessage(about) => write!(f, "message about {about}"),
            Self::ParameterMessage => write!(f, "message of `${{..:?}}`"),
            Self::Xtrace => f.write_str("set -x"),
            Self::Verbose => f.write_str("set -v"),
            Self::FileContent => f.write_str("content of a file"),
            Self::WorkingDirectory => f.write_str("name of the working directory"),
            Self::DirectoryStack => f.write_str("stack of directories"),
            Self::FunctionText => f.write_str("text of a function"),
            Self::Redirect => f.write_str("output redirect"),
            Self::Renamed => f.write_str("renamed"),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "what is no number",
            Self::NotAnOperator => "what is no operator",
            Self::NotAName => "what is no name",
            Self::UnknownOption => "an unknown option",
            Self::MissingFile => "a file that is not there",
            Self::UnwritableFile => "a file that cannot be written",
            Self::ClosedDescriptor => "a descriptor that is not open",
            Self::UnknownCommand => "a command that is not found",
            Self::UnknownAlias => "an alias that is not there",
            Self::NotAnOption => "what is no option",
            Self::NotASignal => "what is no signal",
        })
    }
}
