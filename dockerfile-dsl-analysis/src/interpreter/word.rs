//! Word expansion: parameter expansion, command substitution, arithmetic expansion, word splitting, pathname expansion, quote removal.
//!
//! In: a word of the tree, and the state (substitutions run in it). Out: the fields, each with its taint.
//! Quotes decide about word splitting and pathname expansion as in the shell. An unknown text that is subject to word splitting stays one
//! field, marked as any number of words.

mod brace;
mod field;
mod glob;

use brace::alternatives;
use field::Field;
pub(crate) use glob::LISTING;

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{State, Variable};
use crate::domain::value::{Piece, PieceKind, Taint, Value};
use crate::interpreter::Machine;
use crate::interpreter::builtins::directory;
use crate::shell::{Parameter, ParameterName, Part, QuoteStyle, Word};

/// The context of an expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// An argument: with word splitting and pathname expansion.
    Fields,
    /// The value of an assignment, the subject of `case`, a redirect target, a here-document: without both.
    Single,
}

impl Machine<'_> {
    /// Expands words to fields.
    pub(crate) fn fields(&mut self, state: &mut State, words: &[Word]) -> Vec<Argument> {
        let mut all = Vec::new();
        for word in words {
            self.field(state, word, &mut all);
        }
        all
    }

    fn field(&mut self, state: &mut State, word: &Word, all: &mut Vec<Argument>) {
        let first = all.len();
        // Most words are plain text.
        if let [Part::Literal(literal)] = word.parts.as_slice()
            && !literal.text.contains(['*', '?', '[', '~'])
        {
            all.push(Argument::new(Value::known(&literal.text), word.span));
            return;
        }
        for parts in alternatives(&word.parts) {
            let mut fields = vec![Field::new()];
            self.parts(state, &parts, false, Mode::Fields, &mut fields, true);
            for field in fields {
                if field.present {
                    self.push_field(state, field, word.span, all);
                }
            }
        }
        if state.process.is_often_repeated() && word.literal().is_none() {
            for argument in &mut all[first..] {
                argument.varies = true;
            }
        }
    }

    /// Expands a word without word splitting and pathname expansion.
    pub(crate) fn value(&mut self, state: &mut State, word: &Word) -> Value {
        if let [Part::Literal(literal)] = word.parts.as_slice()
            && !literal.text.starts_with('~')
        {
            return Value::known(&literal.text);
        }
        self.value_of_parts(state, &word.parts, false)
    }

    /// The same for parts. `quoted`: inside double quotes.
    pub(crate) fn value_of_parts(
        &mut self,
        state: &mut State,
        parts: &[Part],
        quoted: bool,
    ) -> Value {
        let mut fields = vec![Field::new()];
        self.parts(state, parts, quoted, Mode::Single, &mut fields, !quoted);
        join_fields(fields)
    }

    /// Expands a pattern of `case`, `${x#..}` and `[[ == ]]`: quoted special characters are escaped in it.
    pub(crate) fn pattern(&mut self, state: &mut State, word: &Word) -> (Option<String>, Taint) {
        let mut fields = vec![Field::new()];
        self.parts(state, &word.parts, false, Mode::Single, &mut fields, false);
        let taint = Taint::of_all(&fields);
        match fields.as_slice() {
            [field] if field.value.literal().is_some() => (Some(field.known_pattern()), taint),
            [] => (Some(String::new()), taint),
            _ => (None, taint),
        }
    }

    fn parts(
        &mut self,
        state: &mut State,
        parts: &[Part],
        quoted: bool,
        mode: Mode,
        fields: &mut Vec<Field>,
        tilde: bool,
    ) {
        for (index, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => {
                    let mut text = &*literal.text;
                    if index == 0
                        && tilde
                        && !quoted
                        && let Some(rest) = text.strip_prefix('~')
                    {
                        let end = rest.find(['/', ':']).unwrap_or(rest.len());
                        let user = &rest[..end];
                        let whole = end < rest.len() || parts.len() == 1;
                        if whole
                            && user.bytes().all(|b| {
                                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+')
                            })
                        {
                            let home = match user {
                                "" => state.process.variable("HOME").map_or_else(
                                    || Value::known("/root"),
                                    |home| home.value.clone(),
                                ),
                                "root" => Value::known("/root"),
                                "+" => directory(state),
                                "-" => state
                                    .process
                                    .variable("OLDPWD")
                                    .map_or_else(|| Value::known("~-"), |old| old.value.clone()),
                                user => Value::known(format!("/home/{user}")),
                            };
                            state.files.ask_value(&home);
                            push(fields, &home, true);
                            text = &rest[end..];
                        }
                    }
                    push(fields, &Value::known(text), quoted);
                }
                Part::Escaped(literal) => push(fields, &Value::known(&literal.text), true),
                Part::Quoted(inner) => {
                    push(fields, &Value::empty(), true);
                    if matches!(inner.style, QuoteStyle::Single | QuoteStyle::AnsiC) {
                        for part in &inner.parts {
                            match part {
                                Part::Hole(hole) => {
                                    push(fields, &self.hole(hole.index, hole.span, true), true)
                                }
                                part => push(
                                    fields,
                                    &Value::known(part.literal().unwrap_or_default()),
                                    true,
                                ),
                            }
                        }
                    } else {
                        let empty = self.parts_are_no_fields(state, &inner.parts);
                        self.parts(state, &inner.parts, true, mode, fields, false);
                        // `"$@"` without arguments yields no field.
                        if empty && let Some(field) = fields.last_mut() {
                            field.present =
                                field.present && (index > 0 || !field.value.is_empty_text());
                        }
                    }
                }
                Part::Parameter(parameter) => match self.all_fields(state, parameter, quoted) {
                    Some(several) if mode == Mode::Fields => {
                        for (index, value) in several.into_iter().enumerate() {
                            if index > 0 {
                                fields.push(Field::new());
                            }
                            if quoted {
                                push(fields, &value, true);
                                if let Some(field) = fields.last_mut() {
                                    field.splits |= has_unknown_keys(state, parameter);
                                }
                            } else {
                                split(state, fields, &value);
                            }
                        }
                    }
                    _ => {
                        let value = self.parameter(state, parameter, quoted);
                        if quoted || mode == Mode::Single {
                            push(fields, &value, quoted);
                        } else {
                            split(state, fields, &value);
                        }
                    }
                },
                Part::CommandSubstitution(substitution) => {
                    let value = self.substitute(state, substitution);
                    if quoted || mode == Mode::Single {
                        push(fields, &value, quoted);
                    } else {
                        split(state, fields, &value);
                    }
                }
                Part::Arithmetic(arithmetic) => {
                    let value = self.arithmetic(state, arithmetic);
                    push(fields, &value, true);
                }
                Part::ProcessSubstitution(substitution) => {
                    let value = self.process_substitution(state, substitution);
                    push(fields, &value, true);
                }
                Part::Brace(_) => {
                    // Only in a context without brace expansion: the brace is text.
                    let value = self.unknown(Taint::NONE);
                    push(fields, &value, true);
                }
                Part::ExtendedGlob(glob) => {
                    let words = glob.patterns.iter();
                    let taint: Taint = words.map(|word| self.value(state, word).taint()).collect();
                    if let Some(field) = fields.last_mut() {
                        field.value = field.value.concat(&self.unknown(taint));
                        field.known_end().push('*');
                        field.glob = true;
                        field.present = true;
                    }
                }
                Part::Array(array) => {
                    for element in &array.elements {
                        let value = self.value(state, &element.value);
                        push(fields, &value, true);
                        push(fields, &Value::known(" "), true);
                    }
                }
                Part::Hole(hole) => {
                    let value = self.hole(hole.index, hole.span, false);
                    push(fields, &value, quoted);
                }
            }
        }
    }

    /// Whether the parts are `"$@"` or `"${a[@]}"` with no elements.
    fn parts_are_no_fields(&mut self, state: &mut State, parts: &[Part]) -> bool {
        match parts {
            [Part::Parameter(parameter)] => self
                .all_fields(state, parameter, true)
                .is_some_and(|all| all.is_empty()),
            _ => false,
        }
    }

    /// Returns the value of a hole. `lazy`: inside single quotes or a quoted here-document.
    pub(crate) fn hole(&mut self, index: usize, _span: Span, lazy: bool) -> Value {
        let value = self
            .holes
            .values
            .get(self.frame.base + index)
            .cloned()
            .unwrap_or_else(Value::empty);
        match value.alternatives() {
            [text] if lazy => match text.as_ref() {
                [
                    Piece {
                        kind: PieceKind::Hole { index, .. },
                        ..
                    },
                ] => Value::piece(Piece {
                    kind: PieceKind::Hole {
                        index: *index,
                        lazy,
                    },
                    taint: Taint::NONE,
                }),
                _ => value,
            },
            _ => value,
        }
    }
}

/// Whether the number of elements is unknown (`mapfile`): one element represents them all.
fn has_unknown_keys(state: &State, parameter: &Parameter) -> bool {
    let ParameterName::Variable(name) = &parameter.name else {
        return false;
    };
    let elements = state
        .process
        .variable(name)
        .and_then(|variable| variable.elements.as_ref());
    elements.is_some_and(|elements| elements.contains_key("?"))
}

fn push(fields: &mut Vec<Field>, value: &Value, quoted: bool) {
    if fields.is_empty() {
        fields.push(Field::new());
    }
    if let Some(field) = fields.last_mut() {
        let was = field.present;
        field.push(value, quoted);
        field.present = was || quoted || !value.is_empty_text();
    }
}

/// Appends an unquoted expansion: known text is split at IFS characters (word splitting).
fn split(state: &State, fields: &mut Vec<Field>, value: &Value) {
    if value.is_empty_text() && value.taint().is_none() {
        return;
    }
    let separators = match state.process.variable("IFS") {
        None => Some(" \t\n".to_owned()),
        Some(Variable { value, .. }) => value.literal().map(|text| text.into_owned()),
    };
    let (Some(separators), Some(text)) = (separators, value.literal()) else {
        push(fields, value, false);
        if let Some(field) = fields.last_mut() {
            field.splits = true;
        }
        return;
    };
    let is_separator = |c: char| separators.contains(c);
    if !text.contains(is_separator) {
        return push(fields, value, false);
    }
    let taint = value.taint();
    if text.starts_with(is_separator) && fields.last().is_some_and(|field| field.present) {
        fields.push(Field::new());
    }
    let mut first = true;
    for piece in text.split(is_separator) {
        if piece.is_empty() {
            continue;
        }
        if !first {
            fields.push(Field::new());
        }
        first = false;
        push(fields, &Value::tainted(piece, taint.clone()), false);
    }
    if text.ends_with(is_separator) && !first {
        fields.push(Field::new());
    }
}

fn join_fields(fields: Vec<Field>) -> Value {
    let mut all = Value::empty();
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            all = all.concat(&Value::known(" "));
        }
        all = all.concat(&field.value);
    }
    all
}
