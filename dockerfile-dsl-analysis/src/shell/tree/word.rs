//! The inside of words: quotes, expansions, substitutions, down to the operand of `${x:-..}`.

use super::{AssignmentOperator, List};
use crate::Span;

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
