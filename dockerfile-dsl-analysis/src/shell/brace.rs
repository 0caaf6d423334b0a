//! Finds brace expansions among the parts of a word, as bash does before any other expansion.

use super::tree::{Brace, BraceKind, Literal, Part, Word};
use crate::Span;

/// A `{` that is not closed yet.
struct Open {
    /// Its index among the parts.
    at: usize,
    /// Indices of its commas.
    commas: Vec<usize>,
}

/// Replaces each brace expansion by a [`Part::Brace`]. The error is the span of a hole that may or may not be part of a range.
pub(super) fn expand(parts: Vec<Part>) -> Result<Vec<Part>, Span> {
    let mut done: Vec<Part> = Vec::with_capacity(parts.len());
    let mut open: Vec<Open> = Vec::new();
    for part in parts {
        let Part::Literal(literal) = part else {
            done.push(part);
            continue;
        };
        for piece in pieces(&literal) {
            match &*piece.text {
                "{" => open.push(Open {
                    at: done.len(),
                    commas: Vec::new(),
                }),
                "," => {
                    if let Some(innermost) = open.last_mut() {
                        innermost.commas.push(done.len());
                    }
                }
                "}" => {
                    if let Some(innermost) = open.pop() {
                        let end = piece.span;
                        done.push(Part::Literal(piece));
                        close(&mut done, &innermost, end)?;
                        continue;
                    }
                }
                _ => {}
            }
            done.push(Part::Literal(piece));
        }
    }
    Ok(joined(done))
}

/// Splits the text at braces and commas.
fn pieces(literal: &Literal) -> Vec<Literal> {
    let mut pieces = Vec::new();
    let is_exact = literal.span.end - literal.span.start == literal.text.len();
    let mut start = 0;
    let mut push = |from: usize, to: usize| {
        if from < to {
            let span = if is_exact {
                Span::new(literal.span.start + from, literal.span.start + to)
            } else {
                literal.span
            };
            pieces.push(Literal {
                span,
                text: literal.text[from..to].into(),
            });
        }
    };
    for (at, _) in literal.text.match_indices(['{', ',', '}']) {
        push(start, at);
        push(at, at + 1);
        start = at + 1;
    }
    push(start, literal.text.len());
    pieces
}

/// Closes `open` at the last of `done`: if that forms an expansion, it replaces its parts.
fn close(done: &mut Vec<Part>, open: &Open, end: Span) -> Result<(), Span> {
    let start = done[open.at].span();
    let kind = if open.commas.is_empty() {
        match sequence(&done[open.at + 1..done.len() - 1])? {
            Some(text) => BraceKind::Sequence(text.into()),
            None => return Ok(()),
        }
    } else {
        let mut rest = done.split_off(open.at + 1);
        rest.pop();
        let mut words = Vec::with_capacity(open.commas.len() + 1);
        let mut from = start.end;
        for &comma in open.commas.iter().rev() {
            let word = rest.split_off(comma - open.at);
            rest.pop();
            words.push(word);
        }
        words.push(rest);
        let words = words.into_iter().rev().map(|parts| {
            let place = Span::new(from, from);
            let span = parts
                .iter()
                .map(Part::span)
                .reduce(Span::to)
                .unwrap_or(place);
            from = span.end + 1;
            Word {
                span,
                parts: joined(parts),
            }
        });
        BraceKind::Alternatives(words.collect())
    };
    done.truncate(open.at);
    done.push(Part::Brace(Box::new(Brace {
        span: start.to(end),
        kind,
    })));
    Ok(())
}

/// `1..3`, `a..e..2`
fn sequence(parts: &[Part]) -> Result<Option<String>, Span> {
    let mut text = String::new();
    let mut hole = None;
    for part in parts {
        match part {
            Part::Literal(literal) => text.push_str(&literal.text),
            Part::Hole(found) => hole = Some(found.span),
            _ => return Ok(None),
        }
    }
    if let Some(span) = hole {
        return if text.contains('.') {
            Err(span)
        } else {
            Ok(None)
        };
    }
    let bounds: Vec<&str> = text.split("..").collect();
    let is_number = |bound: &str| bound.parse::<i64>().is_ok();
    let is_letter = |bound: &str| bound.len() == 1 && bound.as_bytes()[0].is_ascii_alphabetic();
    let ranges = match bounds.as_slice() {
        [first, last] => is_number(first) && is_number(last) || is_letter(first) && is_letter(last),
        [first, last, step] => {
            is_number(step)
                && (is_number(first) && is_number(last) || is_letter(first) && is_letter(last))
        }
        _ => false,
    };
    Ok(ranges.then_some(text))
}

/// Merges adjacent literals.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut done: Vec<Part> = Vec::with_capacity(parts.len());
    let mut run: Option<(Span, String)> = None;
    let flush = |run: &mut Option<(Span, String)>, done: &mut Vec<Part>| {
        if let Some((span, text)) = run.take() {
            done.push(Part::Literal(Literal {
                span,
                text: text.into(),
            }));
        }
    };
    for part in parts {
        if let Part::Literal(literal) = part {
            let (span, text) = run.get_or_insert_with(|| (literal.span, String::new()));
            *span = span.to(literal.span);
            text.push_str(&literal.text);
        } else {
            flush(&mut run, &mut done);
            done.push(part);
        }
    }
    flush(&mut run, &mut done);
    done
}
