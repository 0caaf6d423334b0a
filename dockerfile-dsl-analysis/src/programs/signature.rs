//! Types of the program database: what a program does with its options, operands, standard input and output.
//!
//! A [`Program`] is data, parsed from text by [`super::rows`]. It never contains a secret. A model does what data cannot express: a
//! function that a row names.

use super::sends::Sends;
use crate::interpreter::Call;

/// A function for effects that data cannot express.
pub(crate) type Model = fn(&mut Call<'_, '_>);

/// A program, by its names.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// The last component of the command word. `python3.11` also matches `python3`.
    pub(crate) names: Vec<String>,
    /// Executed cases that back the rows.
    pub(crate) cases: Vec<String>,
    /// Options of every row, including those before the sub-command.
    pub(crate) options: Vec<Opt>,
    /// The locations from which the program reads credentials, for rows without the clause; see [`super::rows::locations`].
    pub(crate) credentials: String,
    /// Variables that name code which the program loads or runs.
    pub(crate) loads: Vec<String>,
    /// Where the program sends what it is given, for rows without the clause.
    pub(crate) sends: Option<Sends>,
    /// Argument shapes. The row with the longest matching [`Row::command`] is used.
    pub(crate) rows: Vec<Row>,
}

/// One argument shape and its effects.
///
/// The secrets of a call are collected in two sets: *data* (read or shown, goes to the output) and *credentials* (keys and patterns, go
/// nowhere unless an effect prints or stores them).
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The words of the sub-command, each a list of alternatives; empty for any other sub-command, or none.
    pub(crate) command: Vec<Vec<String>>,
    /// Options of this row, in addition to the program's.
    pub(crate) options: Vec<Opt>,
    pub(crate) operands: Operands,
    pub(crate) stdin: Stdin,
    pub(crate) output: Output,
    pub(crate) effects: Vec<Effect>,
    /// The locations where the program stores data, as written in the clause; see [`super::rows::locations`].
    pub(crate) stores: String,
    /// The locations from which the program reads credentials, as written in the clause.
    pub(crate) credentials: String,
    /// Where the program sends what it is given; without the clause its credentials go to a host that is not known.
    pub(crate) sends: Option<Sends>,
    pub(crate) dashes: Dashes,
    /// The model, which runs instead of the fields above; it still uses the parsed options.
    pub(crate) model: Option<Model>,
}

impl Stdin {
    /// Whether the program reads it as data. `reads_operand`: it has read a file that an operand names.
    pub(crate) const fn is_read(self, reads_operand: bool) -> bool {
        match self {
            Self::Read => true,
            Self::ReadWithoutOperand => !reads_operand,
            Self::Credential | Self::Stored | Self::Unused => false,
        }
    }
}

impl Row {
    /// Creates a row without operands, standard input and output.
    pub(crate) const fn new() -> Self {
        Self {
            command: Vec::new(),
            options: Vec::new(),
            operands: Operands {
                first: Vec::new(),
                rest: None,
                last: Vec::new(),
            },
            stdin: Stdin::Unused,
            output: Output::Clean,
            effects: Vec::new(),
            stores: String::new(),
            credentials: String::new(),
            sends: None,
            dashes: Dashes::Listed,
            model: None,
        }
    }
}

/// The roles of the operands, in order.
#[derive(Debug, Clone)]
pub(crate) struct Operands {
    pub(crate) first: Vec<Role>,
    /// The role of the operands in between; `None`: no further operands, and a secret in one is opaque.
    pub(crate) rest: Option<Role>,
    /// The roles of the last operands (`cp A B DEST`).
    pub(crate) last: Vec<Role>,
}

/// An option as getopt_long parses it: `-x`, `-xVALUE`, `-x VALUE`, `--long VALUE`, `--long=VALUE`, bundled short ones; `--` ends them.
#[derive(Debug, Clone)]
pub(crate) struct Opt {
    /// Names with their dashes. A long name after a short one is its other spelling.
    pub(crate) names: Vec<String>,
    pub(crate) argument: Argument,
    /// The effect of the option itself.
    pub(crate) effect: Option<Effect>,
}

impl Opt {
    /// Whether this is one of the names.
    pub(crate) fn has_name(&self, option: &str) -> bool {
        self.names.iter().any(|name| name == option)
    }
}

/// The argument of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    /// No argument.
    None,
    /// A value: the rest of the word or the next word.
    Value(Role),
    /// A value in the same word only: `--color=auto`, `-i.bak`.
    Attached(Role),
    /// One word for each role (`jq --arg NAME VALUE`).
    Several(Vec<Role>),
}

/// A location where a program stores something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location<'a> {
    /// The value of the option with that name, if it is given, with an optional path in it.
    Option(&'a str, Option<&'a str>),
    /// The value of the variable, if it is exported, with an optional path in it.
    Variable(&'a str, Option<&'a str>),
    /// A path; `~/` is the home directory, a relative path is in the working directory.
    Path(&'a str),
}

/// Declares an enum whose variants have a word in the row language, with one line of documentation each. The grammar page and the error
/// messages list these words.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[doc = $text:literal])+ $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[doc = $text])+ $variant,)+
        }

        impl $name {
            /// Every word with its meaning, in the order of the page.
            pub(crate) const WORDS: &[(&str, Self, &str)] =
                &[$(($word, Self::$variant, concat!($($text),+)),)+];

            pub(crate) fn from_word(word: &str) -> Option<Self> {
                let row = Self::WORDS.iter().find(|(known, ..)| *known == word);
                row.map(|(_, value, _)| *value)
            }
        }
    };
}

words! {
    /// What a program does with one operand, or with the value of an option.
    Role {
        /// A number, a mode, a name: a secret in it is opaque.
        Plain = "plain",
        /// Used to authenticate, as a key or as a pattern.
        Credential = "credential",
        /// The path of a file that is used like that.
        CredentialFile = "credential-file",
        /// `@PATH` or `<PATH` like `credential-file`, anything else like `credential` (`curl -H`).
        CredentialOrFile = "credential-or-file",
        /// The path of a file whose content goes to the output; `-` is standard input. A secret in the path is quoted in a message.
        Read = "read",
        /// The same for a directory tree; a secret mounted beneath it counts.
        ReadTree = "read-tree",
        /// The path of a file of which only the name, size, date or existence is used.
        Inspect = "inspect",
        /// Text that goes to the output.
        Shown = "shown",
        /// Text that is quoted in messages on standard error.
        Quoted = "quoted",
        /// The path that the output is written to instead of standard output; `-` is standard output.
        Write = "write",
        /// Text that the program stores: see `stores`.
        Stored = "stored",
        /// The path of a file whose content the program stores: see `stores`.
        StoredFile = "stored-file",
        /// A file or directory of this name is made.
        Create = "create",
        /// Removed; a directory with everything in it where the row has the effect `recursive`.
        Remove = "remove",
        /// The directory for the other paths (`git -C`, `tar -C`).
        Directory = "directory",
        /// Shell text that is run by `sh -c`.
        Script = "script",
        /// A command: this operand and everything after it.
        Command = "command",
        /// The path of a program that is run with the remaining operands as its arguments.
        ScriptFile = "script-file",
    }
}

words! {
    /// What standard input is to the program.
    Stdin {
        /// It is not read.
        Unused = "unused",
        /// It goes to the output.
        Read = "read",
        /// It goes to the output if no operand is read, or one is `-`.
        ReadWithoutOperand = "read-without-operand",
        /// It is used to authenticate, as a key or as a pattern.
        Credential = "credential",
        /// The program stores it: see `stores`.
        Stored = "stored",
    }
}

words! {
    /// What is written to standard output, or to the file of a `write`.
    Output {
        /// Nothing that depends on a secret: a digest, a status, a constant. The default.
        Clean = "clean",
        /// Nothing at all.
        Nothing = "nothing",
        /// How much there is: bytes, lines, words.
        Count = "count",
        /// What was read or shown, byte for byte, in the order of the operands (`cat`).
        Same = "same",
        /// Text made from what was read or shown (`base64`, `sed`).
        Derived = "derived",
        /// Another secret, which the program opens, fetches or issues with its credentials (`vault read`); and text made from what was read.
        Issued = "issued",
    }
}

words! {
    /// How words that begin with a dash are read.
    Dashes {
        /// As options; one that no row lists is opaque if any secret reaches the program. The default.
        Listed = "listed",
        /// As options; one that no row lists changes nothing about the rest, and is opaque if a secret is in it.
        Any = "any",
        /// As operands (`[ -n X ]`, `expr`).
        Operands = "operands",
    }
}

words! {
    /// What a row or an option brings about besides the roles.
    Effect {
        /// Stores what is `stored` only if this option is given.
        Store = "store",
        /// Removes the files of `stores` (`logout`).
        Forgets = "forgets",
        /// Prints all arguments to standard error (`xargs -t`).
        PrintArguments = "print-arguments",
        /// Prints the credentials to standard error (`curl -v`).
        PrintCredentials = "print-credentials",
        /// Writes the exported environment to standard output (`env`).
        PrintEnvironment = "print-environment",
        /// Writes nothing of what was read to standard output (`-q`).
        CleanOutput = "clean-output",
        /// Prints what was read to standard error, too.
        PrintData = "print-data",
        /// Writes the names of the operands to standard output (`md5sum`).
        PrintsNames = "prints-names",
        /// The same if there is more than one operand (`head`).
        PrintsNamesOfSeveral = "prints-names-of-several",
        /// Writes no names of operands (`head -q`).
        HidesNames = "hides-names",
        /// Writes the output back to each `read` operand (`sed -i`); a symbolic link becomes a file.
        InPlace = "in-place",
        /// Takes operands with everything beneath them.
        Recursive = "recursive",
        /// Follows symbolic links (`cp -L`).
        FollowLinks = "follow-links",
        /// Takes symbolic links as links (`cp -P`).
        KeepLinks = "keep-links",
        /// Is opaque if any secret reaches the program.
        Opaque = "opaque",
        /// Cuts out bytes, not lines or fields: what is left may be a small piece of a secret.
        CutsBytes = "cuts-bytes",
        /// Cuts out a part: how long the rest is depends on numbers, not on the secret.
        Cuts = "cuts",
        /// Selects lines.
        SelectsLines = "selects-lines",
        /// Replaces the files that it reads where an option asks for it (`-i`).
        EditsInPlace = "edits-in-place",
        /// Makes the output `issued` (`age -d`).
        Issues = "issues",
        /// Runs code of the project, which receives the secrets in the environment that are not among the `credentials`.
        RunsProject = "runs-project",
        /// Never fails in a way that a script can detect.
        NeverFails = "never-fails",
        /// Reads the options of a shell (`-e`, `-x`, `-o pipefail`), which are those of the text that it runs.
        ShellOptions = "shell-options",
        /// Runs the text of a script under bash.
        RunsBash = "runs-bash",
        /// Runs the text of a script under POSIX sh; without either, under the shell of the step.
        RunsPosix = "runs-posix",
        /// Takes the last operand for the target itself, even if it is a directory (`cp -T`).
        TargetIsFile = "target-is-file",
        /// Takes a last operand that is a symbolic link to a directory for the target itself (`ln -n`).
        TargetIsLink = "target-is-link",
    }
}
