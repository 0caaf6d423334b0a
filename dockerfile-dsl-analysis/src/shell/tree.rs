//! What a script is made of: lists of commands, down to every part of every word.
//!
//! Everything has its byte [`Span`] in the text that was given to [`super::parse`]. Text in the tree is decoded (quotes and escapes
//! removed), so nobody has to read the source again. What is inside a word (`$(..)`, `${x:-..}`, a here-document's body) is parsed
//! as deep as it nests. The tree's depth is bounded, chains (`&&`, `|`, `elif`, `;`) are flat: to walk it by recursion is safe.

mod word;

pub use word::*;

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
