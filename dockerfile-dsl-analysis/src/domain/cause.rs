//! Causes: what writes or prints a value.
//!
//! In: built by the interpreter and the models of programs. Out: a [`CauseCode`] for machines, a few words for people.

use std::rc::Rc;

use crate::code::CauseCode;

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
    /// The command stores it as a side effect.
    Kept(Rc<str>),
    Configuration(Rc<str>),
    /// A settings file that is rewritten without a line.
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
    /// Its name marks it as intended for the browser.
    Bundled,
    Output(Rc<str>),
    Messages(Rc<str>),
    /// A builtin quotes its arguments.
    Message(Rc<str>),
    MessageAbout(Rc<str>, About),
    /// The program asks for a password, and names the user.
    Prompt(Rc<str>),
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

/// The subject of an error message.
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
            Self::Messages(_) | Self::Prompt(_) => CauseCode::Messages,
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
            | Self::Prompt(program)
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

    /// Returns the subject of the message, if it has one.
    pub(crate) const fn about(&self) -> Option<About> {
        match self {
            Self::MessageAbout(_, about) | Self::ShellMessage(about) => Some(*about),
            _ => None,
        }
    }
}
