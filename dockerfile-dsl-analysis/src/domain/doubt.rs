//! Doubts: why the analysis does not know what a command does with a value.
//!
//! In: built by the interpreter and the models of programs. Out: a few words, in brackets at the end of a message.

use std::rc::Rc;

/// Why the analysis does not know what a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    SubCommand,
    Option,
    Argument,
    Operand,
    Program,
    /// The row declares arbitrary effects.
    OpaqueOption,
    RequirementsFile,
    /// `npm config list --userconfig FILE`
    SettingsFile,
    /// `python -c TEXT`
    InterpreterText,
    Script,
    UnseenScript,
    ScriptOfContext,
    /// The parser rejects it.
    Unreadable,
    PackageScript,
    PackageScriptWithDotenv,
    Package,
    /// `python -m MODULE`
    Module,
    RunsProgram,
    RunsPrograms,
    RunsLine,
    CommandWithoutText,
    WithoutCommand,
    SplitText,
    /// `chroot`
    RootDirectory,
    /// `make`
    Recipes,
    /// `cargo build`, `./gradlew`: code of the project runs in a build.
    ProjectBuild,
    /// A variable of the environment names code that the program loads.
    LoadedCode(Rc<str>),
    /// A variable of the environment is a setting and no credential.
    Setting(Rc<str>),
    File,
    /// The step budget is exhausted.
    TooLong,
    /// A bash construct that the parser accepts and the interpreter does not run.
    NotModelled,
    Evaluated,
    SourcedSecret,
    /// A syntax error of the script, with the parser's message.
    Syntax(String),
}

impl Doubt {
    /// Whether nothing is known of the program, rather than of one of its arguments.
    pub(crate) const fn is_of_whole_program(&self) -> bool {
        self.is_project_code()
            || matches!(
                self,
                Self::SubCommand
                    | Self::Program
                    | Self::InterpreterText
                    | Self::Script
                    | Self::UnseenScript
                    | Self::Package
                    | Self::Module
            )
    }

    /// Whether what is not known is code of the project, which its author can read.
    pub(crate) const fn is_project_code(&self) -> bool {
        matches!(
            self,
            Self::ScriptOfContext
                | Self::PackageScript
                | Self::PackageScriptWithDotenv
                | Self::Recipes
                | Self::ProjectBuild
                | Self::LoadedCode(_)
        )
    }
}
