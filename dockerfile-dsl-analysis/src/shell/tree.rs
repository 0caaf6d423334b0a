//! The syntax tree of a script: lists of commands, down to every part of every word.
//!
//! Every node has its byte [`Span`] in the text that was passed to [`super::parse`]. Text in the tree is decoded (quotes and escapes
//! removed), so that no consumer parses the source again. The inside of a word (`$(..)`, `${x:-..}`, a here-document's body) is parsed at
//! any nesting. The tree's depth is bounded, and chains (`&&`, `|`, `elif`, `;`) are flat, so recursive walks are safe.

mod word;

pub use word::*;

use std::sync::Arc;

use crate::Span;

/// A whole script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The commands.
    pub list: List,
}

/// Commands in sequence: the whole script, or the commands between `{ }`, `( )`, `$( )`, `then` and `fi`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// From the first item to the last; an empty span if there is none.
    pub span: Span,
    /// In text order.
    pub items: Vec<Item>,
}

/// One element of a [`List`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Without the terminator.
    pub span: Span,
    /// The command.
    pub and_or: AndOr,
    /// The terminator.
    pub terminator: Terminator,
}

/// The terminator of an element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terminator {
    /// `;`, a newline, or the end: the shell waits.
    Sequential,
    /// `&`: runs in a subshell, in the background.
    Background,
}

/// Pipelines joined by `&&` and `||`, which have equal precedence and associate to the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AndOr {
    /// All of it.
    pub span: Span,
    /// Always runs.
    pub first: Pipeline,
    /// The other pipelines, each with its operator.
    pub rest: Vec<(Connector, Pipeline)>,
}

/// The operator between two pipelines.
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
    /// Whether it has an odd number of `!`.
    pub negated: bool,
    /// Whether it begins with bash's keyword `time`.
    pub timed: bool,
    /// In order. Empty only for bash's lone `!` or `time`.
    pub commands: Vec<Command>,
    /// The operator between command `i` and command `i + 1`.
    pub pipes: Vec<Pipe>,
}

/// The operator between two commands of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pipe {
    /// `|`
    Output,
    /// `|&`: standard error, too.
    OutputAndError,
}

/// A command of any kind, with its redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// With its redirects, without the bodies of its here-documents.
    pub span: Span,
    /// The kind of command.
    pub kind: CommandKind,
    /// In text order, in which the shell performs them.
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
    /// Syntax that is parsed but not modelled.
    Opaque(Opaque),
}

/// Assignments and words. One of them can be empty, and both if the command has only redirects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simple {
    /// The assignments before the first word.
    pub assignments: Vec<Assignment>,
    /// The command's name and its arguments.
    pub words: Vec<Word>,
}

/// `name=value`, `name+=value`, `name[subscript]=value`, `name=(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// All of it.
    pub span: Span,
    /// Name of the variable.
    pub name: Name,
    /// `[..]` after the name.
    pub subscript: Option<Word>,
    /// `=` or `+=`.
    pub operator: AssignmentOperator,
    /// Empty for `x=`; a lone [`Part::Array`] for `x=(..)`.
    pub value: Word,
}

/// The operator of an assignment.
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
    /// After `else`.
    pub otherwise: Option<List>,
}

/// `while` and `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// `while` or `until`.
    pub kind: LoopKind,
    /// Runs before each iteration.
    pub condition: List,
    /// Between `do` and `done`.
    pub body: List,
}

/// The exit status of the condition that continues the loop.
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
    /// The word that is matched.
    pub subject: Word,
    /// In order.
    pub arms: Vec<CaseArm>,
}

/// `pattern|pattern) list ;;`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseArm {
    /// The arm without its terminator.
    pub span: Span,
    /// The patterns, which `|` separates.
    pub patterns: Vec<Word>,
    /// The body, which runs if a pattern matches.
    pub body: List,
    /// The terminator of the body.
    pub end: CaseEnd,
}

/// The terminator of an arm of `case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseEnd {
    /// `;;`, or `esac`: ends the `case`.
    Break,
    /// `;&`: continues with the next body.
    FallThrough,
    /// `;;&`: continues with the next patterns.
    TestNext,
}

/// The expression inside `[[ .. ]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditional {
    /// The whole expression, including the brackets for the whole command.
    pub span: Span,
    /// The kind of expression.
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
    /// Its body, with the redirects of each call. Shared, so that the state of a call can keep it.
    pub body: Arc<Command>,
}

/// Syntax that is parsed but not modelled: the analysis assumes any effect on its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// `coproc` or `select`.
    pub keyword: Name,
    /// The variable that it assigns: that of `select`, or the array of `coproc NAME { ..; }`.
    pub variable: Option<Name>,
    /// The words of `select x in words`.
    pub words: Vec<Word>,
    /// The command that it runs.
    pub body: Box<Command>,
}

/// One redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// From the descriptor to the target, without a here-document's body.
    pub span: Span,
    /// The descriptor before the operator.
    pub descriptor: Descriptor,
    /// The operator.
    pub operator: RedirectOperator,
    /// The target after the operator.
    pub target: RedirectTarget,
}

/// The file descriptor that a redirect changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Descriptor {
    /// No descriptor: 0 for the operators with `<`, 1 for those with `>`, 1 and 2 for `&>` and `&>>`.
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
    /// `>&`: the same. With another target and no descriptor, bash's old form of `&>`.
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
    /// The operator as written. [`HereDocument::strip_tabs`] distinguishes `<<-`.
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

/// The target of a redirect.
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
    /// The delimiter after the operator, without its quotes.
    pub delimiter: Name,
    /// Whether any part of the delimiter is quoted: the body is then literal.
    pub quoted: bool,
    /// `<<-`: leading tabs of each line are removed, also in the text of the parts.
    pub strip_tabs: bool,
    /// The lines up to the delimiter, with parts as inside double quotes. Its span covers whole lines.
    pub body: Word,
    /// Whether the line with the delimiter exists. Without it the body extends to the end, as in shells.
    pub terminated: bool,
}
