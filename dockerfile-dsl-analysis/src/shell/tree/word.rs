//! The inside of words: quotes, expansions, substitutions, down to the operand of `${x:-..}`.

use super::{AssignmentOperator, List};
use crate::Span;

/// A word: adjacent parts without separators. May be empty (`x=`, `${x:-}`).
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
    /// Text. Outside quotes its `*`, `?`, `[`, a leading `~` and, in a pattern, all special characters keep their meaning.
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
    /// `{a,b}`, `{1..3}`: expands to several words.
    Brace(Box<Brace>),
    /// `@(a|b)`, where bash's `extglob` is on.
    ExtendedGlob(Box<ExtendedGlob>),
    /// `(a b)` after `name=`: an array's elements.
    Array(Box<Array>),
    /// A placeholder for a Rust value.
    Hole(HolePart),
}

/// Literal text after quote removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// As written.
    pub span: Span,
    /// The text after quote removal, which may be shorter than the span.
    pub text: Box<str>,
}

/// A quoted part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// With the quotes.
    pub span: Span,
    /// The kind of quotes.
    pub style: QuoteStyle,
    /// The parts; inside [`QuoteStyle::Single`] and [`QuoteStyle::AnsiC`] only literals and holes.
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
    /// `$".."`: as double quotes, translated (without a catalogue the same text).
    Locale,
}

/// A hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolePart {
    /// With the braces.
    pub span: Span,
    /// Its index in `Options::holes`.
    pub index: usize,
}

/// `$(..)` or `` `..` ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSubstitution {
    /// With what encloses it.
    pub span: Span,
    /// The commands. The value is their output, without trailing newlines.
    pub list: List,
}

/// `<(..)` or `>(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessSubstitution {
    /// All of it.
    pub span: Span,
    /// Direction of the data.
    pub direction: Direction,
    /// The commands, at the other end of a pipe that the word names.
    pub list: List,
}

/// Direction of the data of a process substitution.
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
    /// The expression, including the characters that enclose it.
    pub span: Span,
    /// Parts as inside double quotes. Names of variables are in the literals: see [`Arithmetic::names`].
    pub parts: Vec<Part>,
}

/// A brace expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brace {
    /// With the braces.
    pub span: Span,
    /// The kind of brace expansion.
    pub kind: BraceKind,
}

/// The kinds of brace expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BraceKind {
    /// `{a,b}`: each alternative in turn replaces the braces.
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
    /// The text in brackets.
    pub subscript: Option<Word>,
    /// `=` without a subscript.
    pub operator: AssignmentOperator,
    /// The value.
    pub value: Word,
}

/// `$x`, `${x}`, `${x:-word}`, `${#x}`, `${!x}`, `${x[0]}`...
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// From the `$` on.
    pub span: Span,
    /// The parameter.
    pub name: ParameterName,
    /// Span of the name.
    pub name_span: Span,
    /// `[..]` after the name.
    pub subscript: Option<Subscript>,
    /// The form of the expansion.
    pub form: ParameterForm,
    /// The operator and its operands.
    pub operation: Option<Operation>,
}

/// The name of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterName {
    /// `$HOME`
    Variable(Box<str>),
    /// `$1`, `${10}`; 0 is the shell's name.
    Positional(u32),
    /// One of `@ * # ? - $ !`
    Special(char),
}

/// The form of a parameter expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterForm {
    /// Its value.
    Value,
    /// `${#x}`: the length of its value, or its number of elements.
    Length,
    /// `${!x}`: the value of the parameter that it names. With a subscript [`Subscript::All`] or [`Subscript::Joined`]: the keys.
    Indirect,
    /// `${!prefix*}`, `${!prefix@}`: the names of the variables that begin with `prefix`.
    NamesWithPrefix,
}

/// The text in `[..]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscript {
    /// `[@]`
    All,
    /// `[*]`
    Joined,
    /// `[expression]`
    Index(Word),
}

/// The operation of `${x..}` on the value. Operand words are parsed with the quoting at their position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `:-` `-` `:=` `=` `:?` `?` `:+` `+`
    Fallback(Fallback, FallbackTest, Word),
    /// `#` `##` `%` `%%`
    Remove(Side, Extent, Word),
    /// `/` `//` `/#` `/%`: the pattern and its replacement.
    Replace(ReplaceScope, Word, Option<Word>),
    /// `:offset:length`
    Slice(Arithmetic, Option<Arithmetic>),
    /// `^` `^^` `,` `,,` `~` `~~`, each with an optional pattern.
    ChangeCase(CaseChange, Extent, Option<Word>),
    /// `@Q`, `@E`, `@P`, ...
    Transform(char),
}

/// The effect of `${x:-word}` and similar operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// `-`: expands to the word.
    Default,
    /// `=`: expands to the word, and assigns it.
    Assign,
    /// `?`: prints the word to standard error, and ends the shell.
    Error,
    /// `+`: expands to the word if there is a value, else to nothing.
    Alternative,
}

/// The condition for the word of a [`Fallback`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FallbackTest {
    /// Without a colon: the parameter is unset.
    Unset,
    /// With a colon: the parameter is unset or empty.
    UnsetOrEmpty,
}

/// The end at which a pattern is removed.
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

/// The matches that are replaced.
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

/// The change of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseChange {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}
