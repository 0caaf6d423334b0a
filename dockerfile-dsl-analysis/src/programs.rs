//! What programs do with the arguments, files and variables that they are given, as data.
//!
//! In: the words of a command. Out: the [`Program`] with its [`Row`]s, each an argument shape and its effect.
//! Default deny holds per argument: an option, operand or sub-command that no row covers is opaque as soon as a secret is in it.
//! A row says what the program does with a *secret*; without one nothing here is ever a reason to refuse a script.
//!
//! How to add a program: a `const` [`Program`] in its family's file, with the rows in the order of its manual, and the name of the executed
//! case that backs it in a comment. What data cannot say goes into a function `fn(&mut Call)` in the same file ([`Row::by`]).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::flow::Call;

mod archives;
mod awk;
mod cloud;
mod common;
mod coreutils;
mod crypto;
mod file_tools;
mod filters;
mod find;
mod git;
mod idioms;
mod interpreters;
mod languages;
mod network;
mod node;
mod pythons;
mod sed;
mod shells;
mod system;
mod text;

/// A program, by the names it is called by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The last component of the command word: `&["python", "python3"]`. `python3.11` also finds `python3` (see [`find`]).
    pub(crate) names: &'static [&'static str],
    /// Options of every row; those before the sub-command belong here.
    pub(crate) options: &'static [Opt],
    /// The argument shapes. The row with the longest [`Row::command`] that fits is taken.
    pub(crate) rows: &'static [Row],
}

impl Program {
    /// A program with one row and no sub-command.
    pub(crate) const fn new(names: &'static [&'static str], rows: &'static [Row]) -> Self {
        Self {
            names,
            options: &[],
            rows,
        }
    }

    /// Options that every row has; for a program with sub-commands, also those that stand before it.
    pub(crate) const fn options(mut self, options: &'static [Opt]) -> Self {
        self.options = options;
        self
    }
}

/// One argument shape and what it does.
///
/// The secrets of a call are gathered in two heaps: *data* (what was read or is shown: it goes to the output) and *consumed* (credentials, keys,
/// patterns: it goes nowhere, unless an effect says that it is traced or stored).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The words of the sub-command, `&["config", "set"]`; empty for a program without.
    pub(crate) command: &'static [&'static str],
    /// Options of this row, besides the program's.
    pub(crate) options: &'static [Opt],
    /// What the operands are.
    pub(crate) operands: Operands,
    /// What standard input is.
    pub(crate) stdin: Stdin,
    /// What is written to standard output, or to the file of a [`Role::Write`].
    pub(crate) output: Output,
    /// What else happens.
    pub(crate) effects: &'static [Effect],
    /// How words with a dash are read.
    pub(crate) dashes: Dashes,
    /// Does everything instead of the fields above (options are still parsed by them).
    pub(crate) by: Option<fn(&mut Call<'_, '_>)>,
}

/// How words that begin with a dash are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dashes {
    /// As options; one that no row covers is not vouched for if any secret reaches the program.
    Listed,
    /// As options; one that no row covers changes nothing about the rest, and is not vouched for if a secret stands in it.
    Any,
    /// As operands (`[ -n X ]`, `expr`, `find`).
    Operands,
}

impl Row {
    /// A row of the sub-command `command` (`&[]`: none) that takes no operand, reads no standard input and prints nothing of a secret.
    pub(crate) const fn new(command: &'static [&'static str]) -> Self {
        Self {
            command,
            options: &[],
            operands: Operands::NONE,
            stdin: Stdin::Unused,
            output: Output::Clean,
            effects: &[],
            dashes: Dashes::Listed,
            by: None,
        }
    }

    pub(crate) const fn options(mut self, options: &'static [Opt]) -> Self {
        self.options = options;
        self
    }

    /// All operands have one role.
    pub(crate) const fn each(mut self, role: Role) -> Self {
        self.operands = Operands {
            first: &[],
            rest: Some(role),
            last: &[],
        };
        self
    }

    /// `first` operands, then any number of `rest`, then `last` ones.
    pub(crate) const fn operands(
        mut self,
        first: &'static [Role],
        rest: Option<Role>,
        last: &'static [Role],
    ) -> Self {
        self.operands = Operands { first, rest, last };
        self
    }

    pub(crate) const fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = stdin;
        self
    }

    pub(crate) const fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    pub(crate) const fn effects(mut self, effects: &'static [Effect]) -> Self {
        self.effects = effects;
        self
    }

    /// For programs with very many options, none of which shows or keeps what others are given.
    pub(crate) const fn any_option(mut self) -> Self {
        self.dashes = Dashes::Any;
        self
    }

    /// For programs without options as getopt_long knows them: all words are operands.
    pub(crate) const fn only_operands(mut self) -> Self {
        self.dashes = Dashes::Operands;
        self
    }

    pub(crate) const fn by(mut self, by: fn(&mut Call<'_, '_>)) -> Self {
        self.by = Some(by);
        self
    }
}

/// The roles of the operands, in their order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operands {
    /// The first ones.
    pub(crate) first: &'static [Role],
    /// Those between; `None`: there are none, and a secret in one is opaque.
    pub(crate) rest: Option<Role>,
    /// The last ones (`cp A B DEST`).
    pub(crate) last: &'static [Role],
}

impl Operands {
    pub(crate) const NONE: Self = Self {
        first: &[],
        rest: None,
        last: &[],
    };
}

/// What a program does with one operand, or with the value of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A number, a mode, a name: nobody vouches for a secret in it (opaque).
    Plain,
    /// Used to authenticate, as a key or as a pattern: a secret in it goes to *consumed*.
    Consumed,
    /// The path of a file that is used like that: its content goes to *consumed*.
    ConsumedFile,
    /// `@path` or `<path`: like `ConsumedFile`; anything else: like `Consumed` (`curl -H`, `curl -d`).
    ConsumedOrAtFile,
    /// The path of a file whose content goes to *data*; `-` is standard input. A secret in the path's text is quoted in an error message.
    Read,
    /// The same for a whole directory tree; a secret mounted beneath it counts.
    ReadTree,
    /// The path of a file or directory of which only names, sizes, dates or existence are used.
    Inspect,
    /// The text itself goes to *data*.
    Shown,
    /// The text is quoted in an error message or printed to standard error.
    Quoted,
    /// The path that the output is written to, instead of standard output; `-` is standard output.
    Write,
    /// The text is stored by the program: see [`Effect::Store`].
    Stored,
    /// The path of a file whose content is stored by the program: see [`Effect::Store`].
    StoredFile,
    /// A file or directory of this name is made: a secret in the name is in the layer.
    Create,
    /// Removed; a directory with everything in it where the row has [`Effect::Recursive`].
    Remove,
    /// The directory for the other paths (`git -C`, `tar -C`, `make -C`).
    Directory,
    /// Shell text that is run by `sh -c`.
    Script,
    /// A command: this operand and everything after it.
    Command,
    /// The path of a program or script that is run with the remaining operands as its arguments.
    ScriptFile,
}

/// What standard input is to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stdin {
    /// Not read.
    Unused,
    /// *Data*.
    Read,
    /// *Data*, if there is no operand that is read, or one is `-`.
    ReadWithoutOperand,
    /// *Consumed*.
    Consumed,
    /// Stored: see [`Effect::Store`].
    Stored,
}

/// What is written to standard output, or to the file of a [`Role::Write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Nothing at all.
    Nothing,
    /// Nothing that depends on a secret: a count, a digest, a status, a constant.
    Clean,
    /// *Data*, byte for byte, in the order of the operands (`cat`, `head`).
    Same,
    /// Text made from *data* (`base64`, `sort`, `sed`).
    Derived,
}

/// An option, as getopt_long reads it: `-x`, `-xVALUE`, `-x VALUE`, `--long VALUE`, `--long=VALUE`, short ones bundled, `--` ends them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opt {
    /// Names, dashes included, separated by blanks: `"-o --output -D --dump-header"`; a long one behind a short one is its other
    /// spelling. Go's and Java's `-output` is written so, too.
    pub(crate) names: &'static str,
    /// What follows it.
    pub(crate) argument: Argument,
    /// What the option itself changes.
    pub(crate) effect: Option<Effect>,
    /// The letters of the names with one letter.
    short: u128,
    /// The [`mark`]s of the others: what is not here is told apart without reading the names.
    long: u128,
}

/// What follows an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing.
    No,
    /// A value: the rest of the word or the next one.
    Value(Role),
    /// A value only in the same word: `--color=auto`, `-i.bak`.
    Attached(Role),
    /// As many values as there are roles, each a word of its own (`jq --arg NAME VALUE`).
    Several(&'static [Role]),
}

impl Opt {
    const fn new(names: &'static str, argument: Argument) -> Self {
        let (mut short, mut long) = (0, 0);
        let bytes = names.as_bytes();
        let (mut start, mut end) = (0, 0);
        while end <= bytes.len() {
            if end == bytes.len() || bytes[end] == b' ' {
                if end - start == 2 && bytes[start] == b'-' && bytes[start + 1].is_ascii() {
                    short |= 1 << bytes[start + 1];
                } else if end > start {
                    long |= 1 << mark(bytes, start, end);
                }
                start = end + 1;
            }
            end += 1;
        }
        Self {
            names,
            argument,
            effect: None,
            short,
            long,
        }
    }

    /// Whether this is one of the names.
    pub(crate) fn has_name(&self, option: &str) -> bool {
        match option.as_bytes() {
            [] => false,
            [b'-', letter @ 0..128] => self.short >> letter & 1 == 1,
            bytes => {
                self.long >> mark(bytes, 0, bytes.len()) & 1 == 1
                    && self.names.split(' ').any(|name| name == option)
            }
        }
    }
}

/// A number below 128 that is another one for most names.
const fn mark(bytes: &[u8], start: usize, end: usize) -> u32 {
    let inner = (start + end) / 2;
    (bytes[inner] as u32 * 7 + bytes[end - 1] as u32 * 3 + (end - start) as u32) % 128
}

/// Options without a value and without an effect on secrets, by their spellings: `flags("-f --force -v")`.
pub(crate) const fn flags(names: &'static str) -> Opt {
    Opt::new(names, Argument::No)
}

/// An option without a value that changes what the row does.
pub(crate) const fn flag(names: &'static str, effect: Effect) -> Opt {
    let mut option = Opt::new(names, Argument::No);
    option.effect = Some(effect);
    option
}

/// Options with a value: `value("-o --output", Role::Write)`.
pub(crate) const fn value(names: &'static str, role: Role) -> Opt {
    Opt::new(names, Argument::Value(role))
}

/// Options whose value can only be attached.
pub(crate) const fn attached(names: &'static str, role: Role) -> Opt {
    Opt::new(names, Argument::Attached(role))
}

/// Options with several values.
pub(crate) const fn several(names: &'static str, roles: &'static [Role]) -> Opt {
    Opt::new(names, Argument::Several(roles))
}

/// What a row, an option or a variable brings about besides the operands' roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Everything [`Role::Stored`] (and a [`Stdin::Stored`]) is written to the first of the places that is known here.
    Store(&'static [Place]),
    /// All arguments are printed to standard error (`xargs -t`, `npm --loglevel verbose`).
    PrintArguments,
    /// *Consumed* is printed to standard error (`curl -v`).
    PrintConsumed,
    /// The exported environment is written to standard output (`env`, `printenv`, `export -p`).
    PrintEnvironment,
    /// Nothing of *data* is written to standard output (`-q`, `-c`, `--quiet`, `-o /dev/null` needs no such thing).
    CleanOutput,
    /// *Data* is also printed on standard error (`dd status=...`, `diff`, `tee /dev/stderr` needs no such thing).
    PrintData,
    /// The output is written back to each [`Role::Read`] operand instead of standard output (`sed -i`, `perl -i`); a symlink becomes a file.
    InPlace,
    /// Operands are taken with everything beneath them.
    Recursive,
    /// Symbolic links are followed: what they point to is read (`cp -L`, `tar -h`).
    Follow,
    /// Symbolic links are taken as links (`cp -P`, `cp -a`).
    NoFollow,
    /// What follows is not vouched for if any secret reaches the program at all.
    Opaque,
}

/// Where a program keeps something. The first that is known at the call is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The value of the option of that name, if it was given: a path.
    Option(&'static str),
    /// The value of the option of that name, if it was given: a directory, and the path in it.
    OptionDir(&'static str, &'static str),
    /// The value of the variable, if it is set and exported: a path.
    Env(&'static str),
    /// The value of the variable, if it is set and exported: a directory, and the path in it.
    EnvDir(&'static str, &'static str),
    /// A path; `~/` is the home directory, a relative one is in the working directory.
    Path(&'static str),
}

/// All programs.
static FAMILIES: &[&[Program]] = &[
    filters::PROGRAMS,
    file_tools::PROGRAMS,
    coreutils::PROGRAMS,
    shells::PROGRAMS,
    text::PROGRAMS,
    interpreters::PROGRAMS,
    git::PROGRAMS,
    find::PROGRAMS,
    archives::PROGRAMS,
    network::PROGRAMS,
    node::PROGRAMS,
    pythons::PROGRAMS,
    languages::PROGRAMS,
    crypto::PROGRAMS,
    cloud::PROGRAMS,
    system::PROGRAMS,
];

/// All programs by their names; where two have one, the first.
static BY_NAME: LazyLock<BTreeMap<&str, &Program>> = LazyLock::new(|| {
    let programs = FAMILIES.iter().flat_map(|family| family.iter());
    let names = programs.flat_map(|program| program.names.iter().map(move |name| (*name, program)));
    // Of two entries with one key a map keeps the last that it is given.
    names.rev().collect()
});

/// The program that a command word names: by its last component, and without a version behind it (`python3.11`, `gcc-12`).
pub(crate) fn find(word: &str) -> Option<&'static Program> {
    let name = word.rsplit('/').next().unwrap_or(word);
    let unversioned = name
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
        .trim_end_matches('-');
    BY_NAME
        .get(name)
        .or_else(|| BY_NAME.get(unversioned))
        .copied()
}
