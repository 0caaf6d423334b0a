//! `test` and `[`: the taint of a comparison, quoting error messages, and the files after a failed existence test.

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
    /// `test`: the exit status of a comparison depends on its operands; that of a file test or an emptiness test does not.
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

    /// Walks the terms of an expression. Error messages quote an invalid operator or number.
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
                // Neither: the error calls one of the two an unexpected operator.
                _ => {
                    let how = &Cause::MessageAbout("test".into(), About::NotAnOperator);
                    self.quote(state, &rest[..2], span, how);
                    rest = &rest[1..];
                }
            }
        }
    }
}

/// The existence of a file depends on its name, and on the name that is tested.
fn is_named(state: &mut State, word: &Argument) {
    names_a_piece(state, &word.value);
    for path in state.files.paths(&word.value, &state.process.cwd) {
        let key = state.files.follow_parent(&path.key);
        let told = state.files.named(&key);
        state.process.status_taint = state.process.status_taint.join(&told);
    }
}

/// Whether a file is empty depends on whether something was found.
fn was_found(state: &mut State, word: &Argument) {
    for path in state.files.paths(&word.value, &state.process.cwd) {
        let content = state
            .read(&path.key)
            .map_or(Taint::NONE, |content| content.taint());
        if content.share() == Share::Probe {
            state.process.status_taint = state.process.status_taint.join(&content);
        }
    }
}

/// Returns 2 paths: the file exists, or it does not; then nothing more is known of it.
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
        // An empty file is equivalent to a missing one, as long as its name is untainted.
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

/// The exit status depends on the word.
fn compared(state: &mut State, word: &Argument) {
    let known = &state.process.status_taint;
    state.process.status_taint = known.join(&word.value.taint());
}
