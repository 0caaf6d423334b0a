//! What a script is made of: lists of commands, down to every part of every word.
//!
//! Everything has its byte [`Span`] in the text that was given to [`super::parse`]. Text in the tree is decoded (quotes and escapes
//! removed), so nobody has to read the source again. What is inside a word (`$(..)`, `${x:-..}`, a here-document's body) is parsed
//! as deep as it nests. The tree's depth is bounded, chains (`&&`, `|`, `elif`, `;`) are flat: to walk it by recursion is safe.

use std::sync::Arc;

use crate::Span;

/// A whole script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What it runs.
    pub list: List,
}

/// Commands that run one after another: the whole script, or what stands between `{ }`, `( )`, `$( )`, `then` and `fi`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// From the first item to the last; empty at its place if there is none.
    pub span: Span,
    /// In the order in which they stand.
    pub items: Vec<Item>,
}

/// One element of a [`List`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Without the terminator.
    pub span: Span,
    /// What runs.
    pub and_or: AndOr,
    /// Whether the shell waits for it.
    pub terminator: Terminator,
}

/// What stands behind an element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terminator {
    /// `;`, a newline, or the end: the shell waits.
    Sequential,
    /// `&`: runs in a subshell, in the background.
    Background,
}

/// Pipelines joined by `&&` and `||`, which bind alike, from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AndOr {
    /// All of it.
    pub span: Span,
    /// Always runs.
    pub first: Pipeline,
    /// The others, each with what decides whether it runs.
    pub rest: Vec<(Connector, Pipeline)>,
}

/// What joins two pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// `! a | b |& c`; a single command is a pipeline of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// With its `!` and `time`.
    pub span: Span,
    /// An odd number of `!`.
    pub negated: bool,
    /// bash's keyword `time`.
    pub timed: bool,
    /// In order. Empty only for bash's lone `!` or `time`.
    pub commands: Vec<Command>,
    /// What is between command `i` and command `i + 1`.
    pub pipes: Vec<Pipe>,
}

/// What joins two commands of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pipe {
    /// `|`
    Output,
    /// `|&`: standard error too.
    OutputAndError,
}

/// A command of any kind, with its redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// With its redirects, without the bodies of its here-documents.
    pub span: Span,
    /// What it does.
    pub kind: CommandKind,
    /// In the order in which they stand, which is the order in which the shell performs them.
    pub redirects: Vec<Redirect>,
}

/// The kinds of command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandKind {
    /// `A=1 prog args`, or only assignments, or only redirects.
    Simple(Simple),
    /// `{ ..; }`
    Group(List),
    /// `( .. )`
    Subshell(List),
    /// `if`
    If(If),
    /// `while` and `until`
    Loop(Loop),
    /// `for x in ..`
    For(For),
    /// `for ((..; ..; ..))`
    ArithmeticFor(ArithmeticFor),
    /// `case`
    Case(Case),
    /// `[[ .. ]]`
    Conditional(Conditional),
    /// `(( .. ))`
    Arithmetic(Arithmetic),
    /// `f() ..`, `function f ..`
    Function(Function),
    /// Syntax that is read but whose meaning is not modelled.
    Opaque(Opaque),
}

/// Assignments and words; one of them can be empty, both if the command has only redirects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simple {
    /// Those before the first word.
    pub assignments: Vec<Assignment>,
    /// The command's name and its arguments.
    pub words: Vec<Word>,
}

/// `name=value`, `name+=value`, `name[subscript]=value`, `name=(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// All of it.
    pub span: Span,
    /// Which variable.
    pub name: Name,
    /// `[..]` behind the name.
    pub subscript: Option<Word>,
    /// `=` or `+=`.
    pub operator: AssignmentOperator,
    /// Empty for `x=`; a lone [`Part::Array`] for `x=(..)`.
    pub value: Word,
}

/// How an assignment treats the earlier value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssignmentOperator {
    /// `=`
    Set,
    /// `+=`
    Append,
}

/// A name as written: of a variable, a function, an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Where.
    pub span: Span,
    /// The name.
    pub text: Box<str>,
}

/// `if`, with all its `elif`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct If {
    /// `if` and each `elif`: condition and body.
    pub arms: Vec<(List, List)>,
    /// Behind `else`.
    pub otherwise: Option<List>,
}

/// `while` and `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// Which of the two.
    pub kind: LoopKind,
    /// Runs before each round.
    pub condition: List,
    /// Between `do` and `done`.
    pub body: List,
}

/// Which status of the condition goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoopKind {
    /// Zero.
    While,
    /// Not zero.
    Until,
}

/// `for name in words; do ..; done`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct For {
    /// The variable.
    pub variable: Name,
    /// `None` without `in`: the positional parameters.
    pub words: Option<Vec<Word>>,
    /// Between `do` and `done`.
    pub body: List,
}

/// `for ((start; test; step)); do ..; done`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArithmeticFor {
    /// Start, test and step; each may be empty.
    pub header: [Arithmetic; 3],
    /// Between `do` and `done`, or `{` and `}`.
    pub body: List,
}

/// `case subject in ..`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What is matched.
    pub subject: Word,
    /// In order.
    pub arms: Vec<CaseArm>,
}

/// `pattern|pattern) list ;;`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseArm {
    /// All of it, without the end.
    pub span: Span,
    /// Joined by `|`.
    pub patterns: Vec<Word>,
    /// Runs if one of them matches.
    pub body: List,
    /// What comes behind the body.
    pub end: CaseEnd,
}

/// How an arm of `case` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseEnd {
    /// `;;`, or `esac`: done.
    Break,
    /// `;&`: goes on with the next body.
    FallThrough,
    /// `;;&`: goes on with the next patterns.
    TestNext,
}

/// The expression inside `[[ .. ]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditional {
    /// All of it; for the whole command with its brackets.
    pub span: Span,
    /// What is tested.
    pub kind: ConditionalKind,
}

/// The kinds of expression inside `[[ .. ]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionalKind {
    /// Joined by `&&`: at least two.
    And(Vec<Conditional>),
    /// Joined by `||`: at least two.
    Or(Vec<Conditional>),
    /// An odd number of `!`.
    Not(Box<Conditional>),
    /// `-f word`
    Unary(Name, Word),
    /// `word == word`
    Binary(Word, Name, Word),
    /// A lone word: whether it is not empty.
    Word(Word),
}

/// `name() command`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its body, with the redirects that are performed at each call. Shared, so that a call's state can keep it.
    pub body: Arc<Command>,
}

/// Syntax that is read but whose meaning is not modelled: assume that it does anything with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// Which: `coproc`, `select`.
    pub keyword: Name,
    /// What it assigns to: the variable of `select`, the array of `coproc NAME { ..; }`.
    pub variable: Option<Name>,
    /// The words of `select x in words`.
    pub words: Vec<Word>,
    /// What it runs.
    pub body: Box<Command>,
}

/// One redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// From the descriptor to the target, without a here-document's body.
    pub span: Span,
    /// What stands before the operator.
    pub descriptor: Descriptor,
    /// The operator.
    pub operator: RedirectOperator,
    /// Where from, where to.
    pub target: RedirectTarget,
}

/// The file descriptor that a redirect changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Descriptor {
    /// None written: 0 for the operators with `<`, 1 for those with `>`, 1 and 2 for `&>` and `&>>`.
    Default,
    /// `2>`
    Number(u32),
    /// `{name}>`: bash picks one from 10 on and stores its number.
    Variable(Name),
}

/// The operator of a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RedirectOperator {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`: target is a descriptor, `-`, or `N-`.
    DuplicateInput,
    /// `>&`: the same; with another target and no descriptor, bash's old form of `&>`.
    DuplicateOutput,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<` and `<<-`
    HereDocument,
    /// `<<<`
    HereString,
}

impl RedirectOperator {
    /// As it is written (`<<-` is told by [`HereDocument::strip_tabs`]).
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Read => "<",
            Self::Write => ">",
            Self::Clobber => ">|",
            Self::Append => ">>",
            Self::ReadWrite => "<>",
            Self::DuplicateInput => "<&",
            Self::DuplicateOutput => ">&",
            Self::WriteBoth => "&>",
            Self::AppendBoth => "&>>",
            Self::HereDocument => "<<",
            Self::HereString => "<<<",
        }
    }
}

/// What stands behind a redirect's operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// A file, a descriptor, a here-string's text.
    Word(Word),
    /// Only with [`RedirectOperator::HereDocument`].
    HereDocument(Box<HereDocument>),
}

/// `<<EOF`, with its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereDocument {
    /// The delimiter behind the operator, without its quotes.
    pub delimiter: Name,
    /// Whether any part of the delimiter was quoted: the body is then as it is.
    pub quoted: bool,
    /// `<<-`: leading tabs of each line are removed (in the parts' text they are gone).
    pub strip_tabs: bool,
    /// The lines up to the delimiter; parts as inside double quotes. Its span holds whole lines.
    pub body: Word,
    /// Whether the line with the delimiter is there. Without it the body goes up to the end, as shells read it.
    pub terminated: bool,
}

/// A word: its parts stand next to each other with nothing between. May be empty (`x=`, `${x:-}`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// All of it, with quotes.
    pub span: Span,
    /// In order.
    pub parts: Vec<Part>,
}

/// One part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text. Outside quotes its `*`, `?`, `[`, a leading `~` and, in a pattern, everything special still count.
    Literal(Literal),
    /// `\x` outside quotes: `x`, quoted. (Inside double quotes and here-documents it is in the [`Part::Literal`].)
    Escaped(Literal),
    /// `'..'`, `".."`, `$'..'`, `$".."`
    Quoted(Quoted),
    /// `$x`, `${x..}`
    Parameter(Box<Parameter>),
    /// `$(..)`, `` `..` ``
    CommandSubstitution(Box<CommandSubstitution>),
    /// `$((..))`, `$[..]`
    Arithmetic(Box<Arithmetic>),
    /// `<(..)`, `>(..)`
    ProcessSubstitution(Box<ProcessSubstitution>),
    /// `{a,b}`, `{1..3}`: makes several words.
    Brace(Box<Brace>),
    /// `@(a|b)`, where bash's `extglob` is on.
    ExtendedGlob(Box<ExtendedGlob>),
    /// `(a b)` behind `name=`: an array's elements.
    Array(Box<Array>),
    /// A place where a Rust value will stand.
    Hole(HolePart),
}

/// Text as it will be, quotes and escapes removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// As written.
    pub span: Span,
    /// As it will be: may be shorter than the span.
    pub text: Box<str>,
}

/// A quoted stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// With the quotes.
    pub span: Span,
    /// Which quotes.
    pub style: QuoteStyle,
    /// Inside [`QuoteStyle::Single`] and [`QuoteStyle::AnsiC`] only literals and holes.
    pub parts: Vec<Part>,
}

/// The kinds of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteStyle {
    /// `'..'`
    Single,
    /// `".."`
    Double,
    /// `$'..'`
    AnsiC,
    /// `$".."`: as double, translated (which without a catalogue changes nothing).
    Locale,
}

/// A hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolePart {
    /// With the braces.
    pub span: Span,
    /// In `Options::holes`.
    pub index: usize,
}

/// `$(..)` or `` `..` ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSubstitution {
    /// With what encloses it.
    pub span: Span,
    /// What runs; its output, without final newlines, is the value.
    pub list: List,
}

/// `<(..)` or `>(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessSubstitution {
    /// All of it.
    pub span: Span,
    /// Which of the two.
    pub direction: Direction,
    /// What runs, at the other end of a pipe that the word names.
    pub list: List,
}

/// Which way the data of a process substitution goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `<(..)`: the command reads what the list prints.
    In,
    /// `>(..)`: the list reads what the command writes.
    Out,
}

/// An arithmetic expression: the inside of `$((..))`, `((..))`, a part of a `for ((..))`, a slice's offset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// With what encloses it, if anything does.
    pub span: Span,
    /// As inside double quotes; names of variables stand in the literals: see [`Arithmetic::names`].
    pub parts: Vec<Part>,
}

/// A brace expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brace {
    /// With the braces.
    pub span: Span,
    /// What is inside.
    pub kind: BraceKind,
}

/// The kinds of brace expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BraceKind {
    /// `{a,b}`: each in turn takes the brace's place.
    Alternatives(Vec<Word>),
    /// `{1..3}`, `{a..e..2}`: as written, without the braces.
    Sequence(Box<str>),
}

/// `?(..)`, `*(..)`, `+(..)`, `@(..)`, `!(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedGlob {
    /// All of it.
    pub span: Span,
    /// The character before the parenthesis.
    pub operator: char,
    /// Separated by `|`.
    pub patterns: Vec<Word>,
}

/// The elements of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// With the parentheses.
    pub span: Span,
    /// In order.
    pub elements: Vec<Element>,
}

/// `word`, `[subscript]=word`, `[subscript]+=word`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// All of it.
    pub span: Span,
    /// What stands in brackets.
    pub subscript: Option<Word>,
    /// `=` if there is no subscript.
    pub operator: AssignmentOperator,
    /// The value.
    pub value: Word,
}

/// `$x`, `${x}`, `${x:-word}`, `${#x}`, `${!x}`, `${x[0]}`...
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// From the `$` on.
    pub span: Span,
    /// Which.
    pub name: ParameterName,
    /// Where the name stands.
    pub name_span: Span,
    /// `[..]` behind the name.
    pub subscript: Option<Subscript>,
    /// What is done with the name before the operation.
    pub form: ParameterForm,
    /// The operator and its operands.
    pub operation: Option<Operation>,
}

/// What a `$` can stand before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterName {
    /// `$HOME`
    Variable(Box<str>),
    /// `$1`, `${10}`; 0 is the shell's name.
    Positional(u32),
    /// One of `@ * # ? - $ !`
    Special(char),
}

/// What is taken of the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterForm {
    /// Its value.
    Value,
    /// `${#x}`: the length of its value, or how many elements.
    Length,
    /// `${!x}`: the value of the parameter that it names. With a subscript [`Subscript::All`] or [`Subscript::Joined`]: the keys.
    Indirect,
    /// `${!prefix*}`, `${!prefix@}`: the names of the variables that begin like this.
    NamesWithPrefix,
}

/// What stands in `[..]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscript {
    /// `[@]`
    All,
    /// `[*]`
    Joined,
    /// `[expression]`
    Index(Word),
}

/// What `${x..}` does with the value. Operand words are parsed with the quoting that is in force at their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `:-` `-` `:=` `=` `:?` `?` `:+` `+`
    Fallback(Fallback, FallbackTest, Word),
    /// `#` `##` `%` `%%`
    Remove(Side, Extent, Word),
    /// `/` `//` `/#` `/%`: pattern, and what takes its place.
    Replace(ReplaceScope, Word, Option<Word>),
    /// `:offset:length`
    Slice(Arithmetic, Option<Arithmetic>),
    /// `^` `^^` `,` `,,` `~` `~~`, each with an optional pattern.
    ChangeCase(CaseChange, Extent, Option<Word>),
    /// `@Q`, `@E`, `@P`, ...
    Transform(char),
}

/// What `${x:-word}` and its like do with the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// `-`: the word instead.
    Default,
    /// `=`: the word instead, and it is assigned.
    Assign,
    /// `?`: the word is printed on standard error, and the shell ends.
    Error,
    /// `+`: the word if there is a value, else nothing.
    Alternative,
}

/// When the word of a [`Fallback`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FallbackTest {
    /// Without a colon: if the parameter is not set.
    Unset,
    /// With a colon: also if it is empty.
    UnsetOrEmpty,
}

/// At which end a pattern is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// `#`
    Prefix,
    /// `%`
    Suffix,
}

/// A single or a doubled operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// `#` `%`: the shortest match. `^` `,` `~`: the first character.
    Least,
    /// `##` `%%`: the longest match. `^^` `,,` `~~`: all of it.
    Most,
}

/// Which matches are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplaceScope {
    /// `/`
    First,
    /// `//`
    All,
    /// `/#`
    Prefix,
    /// `/%`
    Suffix,
}

/// How letters change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseChange {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}
