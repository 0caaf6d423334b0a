//! English for [`Doubt`]: the words in brackets at the end of a message.

use std::fmt;

use crate::domain::Doubt;

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::LoadedCode(variable) = self {
            return write!(f, "`{variable}` names it");
        }
        if let Self::Setting(variable) = self {
            return write!(f, "`{variable}` is a setting, which messages quote");
        }
        f.write_str(match self {
            Self::SubCommand => "unknown sub-command",
            Self::Option => "unknown option",
            Self::Argument => "unknown argument",
            Self::Operand => "unknown operand",
            Self::Program => "unknown program",
            Self::OpaqueOption => "an option whose effects are arbitrary",
            Self::RequirementsFile => "a list of packages with unknown content",
            Self::SettingsFile => "settings with unknown names, which it may print",
            Self::InterpreterText => "a script for an interpreter",
            Self::Script => "an unknown script",
            Self::UnseenScript => "a script with unknown content",
            Self::ScriptOfContext => "a script that is not in the Dockerfile",
            Self::Unreadable => "a script that cannot be parsed",
            Self::PackageScript => "a script of package.json",
            Self::PackageScriptWithDotenv => {
                "a script of package.json may write what a `.env` file holds into the bundle"
            }
            Self::Package => "an unknown package",
            Self::Module => "a module that is not in the program database",
            Self::RunsProgram => "it runs another program",
            Self::RunsPrograms => "it runs other programs",
            Self::RunsLine => "a line that is run as a command",
            Self::CommandWithoutText => "`-c` without a script",
            Self::WithoutCommand => "without `-c`",
            Self::SplitText => "text that `env -S` splits",
            Self::RootDirectory => "another root directory",
            Self::Recipes => "its recipes are not analysed",
            Self::ProjectBuild => "a build runs code of the project",
            Self::LoadedCode(_) => "a variable names it",
            Self::Setting(_) => "a setting, which messages quote",
            Self::File => "an unknown file",
            Self::TooLong => "the script is too long to analyse",
            Self::NotModelled => "not modelled",
            Self::Evaluated => "text that is run as a script",
            Self::SourcedSecret => {
                "a secret is run as a script: error messages quote its lines in the build log"
            }
            Self::Syntax(message) => message,
        })
    }
}
