//! Common queries on words.

use std::borrow::Cow;

use super::tree::{Arithmetic, Array, AssignmentOperator, BraceKind, Part, Word};
use crate::Span;

impl Word {
    /// Returns the text after quote removal, if all of it is known: no expansion, no hole.
    /// A `~`, `*`, `?` or `[` outside quotes is in it as written: see [`Word::has_glob`].
    #[must_use]
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [part] => part.literal(),
            parts => {
                let mut text = String::new();
                for part in parts {
                    text.push_str(&part.literal()?);
                }
                Some(Cow::Owned(text))
            }
        }
    }

    /// Whether any part is quoted, if only by a backslash.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Quoted(_) | Part::Escaped(_)))
    }

    /// Whether it contains `*`, `?`, `[` or an extended glob outside quotes: an argument is then subject to pathname expansion.
    #[must_use]
    pub fn has_glob(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Literal(literal) => literal.text.contains(['*', '?', '[']),
            Part::ExtendedGlob(_) => true,
            Part::Brace(brace) => match &brace.kind {
                BraceKind::Alternatives(words) => words.iter().any(Self::has_glob),
                BraceKind::Sequence(_) => false,
            },
            _ => false,
        })
    }

    /// Parses `name=..` or `name+=..` as an argument of `export`, `local` and the like.
    #[must_use]
    pub fn as_assignment(&self) -> Option<AssignmentWord<'_>> {
        let (Part::Literal(head), tail) = self.parts.split_first()? else {
            return None;
        };
        let (name, first) = head.text.split_once('=')?;
        let (name, operator) = match name.strip_suffix('+') {
            Some(name) => (name, AssignmentOperator::Append),
            None => (name, AssignmentOperator::Set),
        };
        is_name(name).then_some(AssignmentWord {
            name,
            operator,
            first,
            tail,
        })
    }

    /// Returns the elements, if it is the value of `x=(..)`.
    #[must_use]
    pub fn as_array(&self) -> Option<&Array> {
        match self.parts.as_slice() {
            [Part::Array(array)] => Some(array),
            _ => None,
        }
    }
}

/// A word that reads as an assignment: its value is the text `first`, followed by the parts of `tail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssignmentWord<'a> {
    /// The variable.
    pub name: &'a str,
    /// `=` or `+=`.
    pub operator: AssignmentOperator,
    /// Unquoted text directly after the `=`; often empty.
    pub first: &'a str,
    /// The parts after that.
    pub tail: &'a [Part],
}

impl Part {
    /// Returns its span.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Literal(literal) | Self::Escaped(literal) => literal.span,
            Self::Quoted(quoted) => quoted.span,
            Self::Parameter(parameter) => parameter.span,
            Self::CommandSubstitution(substitution) => substitution.span,
            Self::Arithmetic(arithmetic) => arithmetic.span,
            Self::ProcessSubstitution(substitution) => substitution.span,
            Self::Brace(brace) => brace.span,
            Self::ExtendedGlob(glob) => glob.span,
            Self::Array(array) => array.span,
            Self::Hole(hole) => hole.span,
        }
    }

    /// Returns the text after quote removal, if all of it is known.
    #[must_use]
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Literal(literal) | Self::Escaped(literal) => Some(Cow::Borrowed(&literal.text)),
            Self::Quoted(quoted) => match quoted.parts.as_slice() {
                [] => Some(Cow::Borrowed("")),
                [part] => part.literal(),
                parts => {
                    let mut text = String::new();
                    for part in parts {
                        text.push_str(&part.literal()?);
                    }
                    Some(Cow::Owned(text))
                }
            },
            _ => None,
        }
    }
}

impl Arithmetic {
    /// Returns the names of variables in the expression that have no `$`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut names = Vec::new();
        for part in &self.parts {
            let Part::Literal(literal) = part else {
                continue;
            };
            for word in literal
                .text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            {
                if is_name(word) {
                    names.push(word);
                }
            }
        }
        names.into_iter()
    }
}

/// Whether it is a valid variable name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
