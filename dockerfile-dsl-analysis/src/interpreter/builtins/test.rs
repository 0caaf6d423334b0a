//! `test` and `[`: what a comparison tells about, what its messages quote, and what is known once a file is not there.

use crate::Span;
use crate::domain::Argument;
use crate::domain::files::Node;
use crate::domain::state::{State, Status};
use crate::domain::value::{Share, Taint};
use crate::domain::ways::Flow;
use crate::domain::{About, Cause};
use crate::interpreter::Machine;
use crate::interpreter::branch::status_of;
use crate::interpreter::builtins::names_a_piece;

impl Machine<'_> {
    /// `test`: a comparison says something about what it compares; a file test and being empty do not.
    pub(super) fn test(
        &mut self,
        mut state: State,
        operands: &[Argument],
        span: Span,
    ) -> Vec<Flow> {
        self.terms(&mut state, operands, span);
        let status = match operands {
            [] => Status::Failure,
            [word] => self.emptiness(&mut state, &word.value).not(),
            [operator, word] => match operator.text().as_deref() {
                Some("-n") => self.emptiness(&mut state, &word.value).not(),
                Some("-z" | "!") => self.emptiness(&mut state, &word.value),
                Some("-e" | "-f" | "-s" | "-r" | "-h" | "-L") => {
                    if operator.text().as_deref() == Some("-s") {
                        was_found(&mut state, word);
                    }
                    is_named(&mut state, word);
                    return without(state, operator, word, false);
                }
                _ => {
                    is_named(&mut state, word);
                    Status::Either
                }
            },
            [not, operator, word] if not.text().as_deref() == Some("!") => {
                return match operator.text().as_deref() {
                    Some("-e" | "-f" | "-s" | "-r" | "-h" | "-L") => {
                        is_named(&mut state, word);
                        without(state, operator, word, true)
                    }
                    _ => vec![Flow::new(state, Status::Either)],
                };
            }
            [left, operator, right] => {
                match (left.text(), operator.text().as_deref(), right.text()) {
                    (Some(left), Some("=" | "=="), Some(right)) => status_of(left == right),
                    (Some(left), Some("!="), Some(right)) => status_of(left != right),
                    _ => Status::Either,
                }
            }
            _ => Status::Either,
        };
        vec![Flow::new(state, status)]
    }

    /// Goes through the terms of an expression: what stands where an operator should be is quoted, and so is what should be a number.
    fn terms(&mut self, state: &mut State, operands: &[Argument], span: Span) {
        let mut rest = operands;
        while let Some(first) = rest.first() {
            let text = first.text();
            if matches!(text.as_deref(), Some("!" | "(" | ")" | "-a" | "-o")) && rest.len() > 1 {
                rest = &rest[1..];
                continue;
            }
            match rest.get(1).and_then(Argument::text).as_deref() {
                Some("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") => {
                    let how = &Cause::MessageAbout("test".into(), About::NotANumber);
                    self.quote(state, &rest[..1], span, how);
                    let right = rest.get(2..).unwrap_or_default();
                    self.quote(state, &right[..right.len().min(1)], span, how);
                    compared(state, first);
                    if let Some(right) = right.first() {
                        compared(state, right);
                    }
                    rest = rest.get(3..).unwrap_or_default();
                }
                Some("=" | "==" | "!=" | "<" | ">" | "-nt" | "-ot" | "-ef") => {
                    compared(state, first);
                    if let Some(right) = rest.get(2) {
                        compared(state, right);
                    }
                    rest = rest.get(3..).unwrap_or_default();
                }
                _ if rest.len() == 1 => break,
                Some("-a" | "-o" | ")") => rest = &rest[1..],
                _ if text.as_ref().is_some_and(|text| text.starts_with('-')) => {
                    rest = rest.get(2..).unwrap_or_default()
                }
                // Neither: one of the two is called an unexpected operator.
                _ => {
                    let how = &Cause::MessageAbout("test".into(), About::NotAnOperator);
                    self.quote(state, &rest[..2], span, how);
                    rest = &rest[1..];
                }
            }
        }
    }
}

/// Whether there is a file of that name tells about the name, be it of the file or of what is asked for.
fn is_named(state: &mut State, word: &Argument) {
    names_a_piece(state, &word.value);
    for path in state.files.paths(&word.value, &state.process.cwd) {
        let key = state.files.follow_parent(&path.key);
        let told = state.files.named(&key);
        state.process.status_taint = state.process.status_taint.join(&told);
    }
}

/// Whether a file is empty tells if something was found.
fn was_found(state: &mut State, word: &Argument) {
    for path in state.files.paths(&word.value, &state.process.cwd) {
        let content = state
            .read(&path.key)
            .map_or(Taint::NONE, |content| content.taint());
        if content.share() == Share::Found {
            state.process.status_taint = state.process.status_taint.join(&content);
        }
    }
}

/// Two ways on: the file is there, or it is not; then nothing is known of it any more.
fn without(state: State, operator: &Argument, word: &Argument, negated: bool) -> Vec<Flow> {
    let paths = state.files.paths(&word.value, &state.process.cwd);
    let [path] = paths.as_slice() else {
        return vec![Flow::new(state, Status::Either)];
    };
    let is_link = matches!(operator.text().as_deref(), Some("-h" | "-L"));
    let key = if is_link {
        state.files.follow_parent(&path.key)
    } else {
        state.files.follow(&path.key)
    };
    match state.files.entry(&key) {
        // Empty is as good as not there, as long as the name itself tells nothing.
        Some(entry)
            if matches!(entry.node, Node::Link(_)) == is_link
                && entry.node != Node::Directory
                && entry.name.is_none() => {}
        _ => return vec![Flow::new(state, Status::Either)],
    }
    let mut gone = state.clone();
    gone.remove(&key, false);
    let status = status_of(!negated);
    vec![Flow::new(state, status), Flow::new(gone, status.not())]
}

/// How the command ends tells about the word.
fn compared(state: &mut State, word: &Argument) {
    let known = &state.process.status_taint;
    state.process.status_taint = known.join(&word.value.taint());
}
