//! The text of a path, piece by piece: conversion to a value, pattern matching, and comparison of paths with unknown parts.
//!
//! In: components. Out: values, texts, and whether two paths may alias.

use std::fmt::Write as _;

use crate::domain::pattern;
use crate::domain::symbol::{Component, PathPiece, SymbolId};
use crate::domain::value::{self, PieceKind, Taint, Value};

/// A piece of a path, including its slashes.
pub(crate) enum PieceOf<'a> {
    Known(&'a str),
    Symbol(&'a SymbolId),
    Hole(usize),
}

pub(crate) fn each_piece<'a>(components: &'a [Component], mut each: impl FnMut(PieceOf<'a>)) {
    let mut slash = false;
    for component in components {
        if slash {
            each(PieceOf::Known("/"));
        }
        slash = true;
        match component {
            Component::Root => {
                each(PieceOf::Known("/"));
                slash = false;
            }
            Component::Parent => each(PieceOf::Known("..")),
            Component::Known(name) => each(PieceOf::Known(name)),
            Component::Mixed(pieces) => {
                for piece in pieces.iter() {
                    each(match piece {
                        PathPiece::Known(known) => PieceOf::Known(known),
                        PathPiece::Symbol(symbol) | PathPiece::Secret(symbol) => {
                            PieceOf::Symbol(symbol)
                        }
                        PathPiece::Hole(index) => PieceOf::Hole(*index),
                    });
                }
            }
        }
    }
}

/// A unit of pattern matching: a character, or an unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit<'a> {
    Known(char),
    Symbol(&'a SymbolId),
    Hole(usize),
}

impl pattern::PatternUnit for Unit<'_> {
    fn known(self) -> Option<char> {
        match self {
            Self::Known(known) => Some(known),
            Self::Symbol(_) | Self::Hole(_) => None,
        }
    }

    fn is_one(self) -> bool {
        !matches!(self, Self::Symbol(symbol) if symbol.is_summary())
    }
}

/// Returns the units of components, including slashes.
pub(crate) fn units(components: &[Component]) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    each_piece(components, |piece| match piece {
        PieceOf::Known(known) => units.extend(known.chars().map(Unit::Known)),
        PieceOf::Symbol(symbol) => units.push(Unit::Symbol(symbol)),
        PieceOf::Hole(index) => units.push(Unit::Hole(index)),
    });
    units
}

/// Converts components to a value.
pub(crate) fn value_of(components: &[Component], name: &Taint) -> Value {
    let mut pieces = Vec::new();
    let mut known = String::new();
    let piece = |kind: PieceKind| value::Piece {
        kind,
        taint: name.clone(),
    };
    each_piece(components, |next| {
        let kind = match next {
            PieceOf::Known(text) => return known.push_str(text),
            PieceOf::Symbol(symbol) => PieceKind::Unknown(symbol.clone()),
            PieceOf::Hole(index) => PieceKind::Hole { index, lazy: false },
        };
        if !known.is_empty() {
            pieces.push(piece(PieceKind::Known(known.as_str().into())));
            known.clear();
        }
        pieces.push(piece(kind));
    });
    if pieces.is_empty() {
        return Value::tainted(known, name.clone());
    }
    if !known.is_empty() {
        pieces.push(piece(PieceKind::Known(known.into())));
    }
    Value::of_pieces(pieces)
}

/// Returns the text of components, if all of it is known.
pub(crate) fn text_of(components: &[Component]) -> Option<String> {
    if components.iter().any(Component::is_symbolic) {
        return None;
    }
    let mut text = String::new();
    each_piece(components, |piece| {
        if let PieceOf::Known(known) = piece {
            text.push_str(known);
        }
    });
    Some(text)
}

/// Returns the known texts before, between and after the unknown pieces.
pub(crate) fn runs(components: &[Component]) -> Vec<String> {
    let mut runs = vec![String::new()];
    each_piece(components, |piece| match piece {
        PieceOf::Known(known) => {
            let _ = runs.last_mut().map(|run| run.write_str(known));
        }
        PieceOf::Symbol(_) | PieceOf::Hole(_) => runs.push(String::new()),
    });
    runs
}

/// Whether the pattern may represent the path. An unknown piece matches any text, including slashes.
pub(crate) fn fits(pattern: &[Component], path: &[Component]) -> bool {
    let known = pattern
        .iter()
        .take_while(|component| !component.is_symbolic())
        .count();
    // Most paths differ before the first unknown piece.
    if !path.starts_with(&pattern[..known]) {
        return false;
    }
    if known == pattern.len() || known == path.len() {
        return false;
    }
    let (wanted, have) = (runs(&pattern[known..]), runs(&path[known..]));
    let [first, between @ .., last] = wanted.as_slice() else {
        return false;
    };
    if !have[0].starts_with(first.as_str()) {
        return false;
    }
    let (mut run, mut from) = (0, first.len());
    for wanted in between {
        let found = loop {
            match have[run][from..].find(wanted.as_str()) {
                Some(at) => break Some(at),
                None if run + 1 < have.len() => (run, from) = (run + 1, 0),
                None => break None,
            }
        };
        let Some(at) = found else {
            return false;
        };
        from += at + wanted.len();
    }
    let end = have.len() - 1;
    if run < end {
        from = 0;
    }
    have[end][from..].ends_with(last.as_str())
}
