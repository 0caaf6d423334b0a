//! English for [`Cause`]: the words in brackets after a path.

use std::fmt;

use crate::domain::{About, Cause};

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
            Self::Manifest => f.write_str("kept as the source of the package"),
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
            Self::Prompt(p) => write!(
                f,
                "`{p}` asks for the password of this user, unless a `:` follows it"
            ),
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
            Self::NotANumber => "an invalid number",
            Self::NotAnOperator => "an invalid operator",
            Self::NotAName => "an invalid name",
            Self::UnknownOption => "an unknown option",
            Self::MissingFile => "a missing file",
            Self::UnwritableFile => "a file that cannot be written",
            Self::ClosedDescriptor => "a descriptor that is not open",
            Self::UnknownCommand => "an unknown command",
            Self::UnknownAlias => "an unknown alias",
            Self::NotAnOption => "an invalid option",
            Self::NotASignal => "an invalid signal",
        })
    }
}
