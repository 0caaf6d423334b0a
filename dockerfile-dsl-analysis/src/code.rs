//! Stable codes for machine-readable output, each with a sentence for people.
//!
//! Each set of codes is an enum without data, so that a test can compare it with its page, `codes.md`.

/// Defines an enum of codes: for each variant the code in kebab-case and its meaning in one line.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:literal $meaning:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $meaning] $variant,)*
        }

        impl $name {
            /// All codes, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the code in machine-readable output. It does not change between releases.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns the meaning of the code, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes! {
    /// The kind of a step in the flow of a value.
    StepCode {
        Source "source" "The secret: a mount or a hole.";
        Read "read" "A program reads it.";
        Open "open" "The shell opens its file.";
        Assign "assign" "It is stored in a variable.";
        Write "write" "It is written to a file.";
        Name "name" "It becomes part of a file name.";
        Link "link" "It becomes the target of a symbolic link.";
        Rename "rename" "Its file gets another name.";
        Show "show" "A file is created, changed or removed depending on it.";
        Copy "copy" "Its file is copied with a directory or through a link.";
        Give "give" "It is passed to a program as an argument.";
        Change "change" "A program transforms it.";
        Ask "ask" "A loop compares it in each iteration.";
        Issue "issue" "A program opens, fetches or issues another secret with it.";
        List "list" "A program prints file names that contain it.";
        Pack "pack" "Its file is packed with its directory.";
        Publish "publish" "It is in a variable that a bundler publishes because of its name.";
    }
}

codes! {
    /// The kind of command that writes or prints a value.
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
        Build "build" "A compiler or bundler that puts the value into its output.";
    }
}

codes! {
    /// The kind of a sink: a place where a value stays, or where the analysis loses it.
    SinkCode {
        LayerFile "layer-file" "A file in an image layer.";
        FileName "file-name" "The name of a file in an image layer.";
        LinkTarget "link-target" "The target of a symbolic link in an image layer.";
        GitObject "git-object" "A git repository in an image layer.";
        ToolConfiguration "tool-configuration" "The configuration or the credential store of a \
                                                program, in an image layer.";
        ToolLog "tool-log" "A log, a trace or a history that a program writes to an image layer.";
        CacheMount "cache-mount" "A cache mount, which outlives the build.";
        BuildLogOutput "build-log-output" "The build log, through the output of a command.";
        BuildLogMessage "build-log-message" "The build log, through an error message that quotes \
                                             the value.";
        BuildLogXtrace "build-log-xtrace" "The build log, through `set -x`.";
        BuildLogVerbose "build-log-verbose" "The build log, through `set -v`.";
        UnknownProgram "unknown-program" "A program, or an argument of one, that is not in the \
                                          program database.";
        ProjectCode "project-code" "Code of the project: a script, a build.";
        UnknownShell "unknown-shell" "A shell whose scripts are not analysed.";
        UnknownDirectory "unknown-directory" "A command that reads a whole working directory that \
                                              the Dockerfile does not set.";
        OpaqueSyntax "opaque-syntax" "A part of the script that the analysis does not understand.";
        PublicValue "public-value" "A command that a public value of the author can change.";
        OtherHost "other-host" "A host that the author does not permit for the secret.";
        ImageConfig "image-config" "The image config or its history.";
        BuildContext "build-context" "A file of the build context.";
    }
}
