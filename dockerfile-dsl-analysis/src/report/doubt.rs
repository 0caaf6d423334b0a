//! Doubts in a few words, as they stand in brackets at the end of a message.

use std::fmt;

use crate::domain::Doubt;

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SubCommand => "a sub-command that is not known here",
            Self::Option => "an option that is not known here",
            Self::Argument => "an argument that is not known here",
            Self::Operand => "an operand that is not known here",
            Self::Program => "a program that is not known here",
            Self::OpaqueOption => "an option that nobody vouches for",
            Self::RequirementsFile => "a list of packages that nobody has seen",
            Self::InterpreterText => "a text for an interpreter",
            Self::Script => "a script that is not known",
            Self::UnseenScript => "a script that nobody has seen",
            Self::ScriptOfContext => "a script that the Dockerfile does not show",
            Self::Unreadable => "a script that is not understood",
            Self::PackageScript => "a script of package.json",
            Self::PackageScriptWithDotenv => {
                "a script of package.json may write what a `.env` file holds into the bundle"
            }
            Self::Package => "a package that is not known",
            Self::Module => "a module that has no row",
            Self::RunsProgram => "it runs another program",
            Self::RunsPrograms => "it runs other programs",
            Self::RunsLine => "a line that is run as a command",
            Self::CommandWithoutText => "`-c` without a text",
            Self::WithoutCommand => "without `-c`",
            Self::SplitText => "a text that is split",
            Self::RootDirectory => "another root directory",
            Self::Recipes => "its recipes are not looked at",
            Self::ProjectBuild => "a build runs code of the project",
            Self::File => "a file that is not known",
            Self::TooLong => "too much of it",
            Self::NotModelled => "not modelled",
            Self::Evaluated => "a text that is run as a script",
            Self::SourcedSecret => {
                "a secret is run as a script: a line of it that is no assignment is quoted in the \
                 log"
            }
            Self::Syntax(message) => message,
        })
    }
}
