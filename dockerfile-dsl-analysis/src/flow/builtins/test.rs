//! `test` and `[`: what a comparison tells about, and what its messages quote.

use super::super::Machine;
use super::super::branch::status_of;
use super::super::call::Argument;
use super::super::state::{State, Status};
use crate::Span;

impl Machine<'_> {
    /// `test`: a comparison says something about what it compares; a file test and being empty do not.
    pub(super) fn test(&mut self, state: &mut State, operands: &[Argument], span: Span) -> Status {
        let texts: Vec<Option<String>> = operands.iter().map(Argument::text).collect();
        let mut numeric = false;
        for (index, text) in texts.iter().enumerate() {
            match text.as_deref() {
                Some("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") => {
                    numeric = true;
                    for near in [index.wrapping_sub(1), index + 1] {
                        if let Some(word) = operands.get(near) {
                            self.quote(
                                state,
                                std::slice::from_ref(word),
                                span,
                                "message of `test` about what is no number",
                            );
                        }
                    }
                }
                Some("=" | "==" | "!=" | "<" | ">") if index > 0 => {
                    for near in [index - 1, index + 1] {
                        if let Some(word) = operands.get(near) {
                            state.process.status_taint =
                                state.process.status_taint.join(&word.value.taint());
                        }
                    }
                }
                _ => {}
            }
        }
        // Unquoted, of unknown text: more words than a test takes are quoted in the message.
        for word in operands.iter().filter(|word| word.splits) {
            if word.value.taint().is_some() && !numeric && state.process.options.bash {
                continue;
            }
        }
        match operands {
            [] => Status::Failure,
            [word] => self.emptiness(state, &word.value).not(),
            [operator, word] => match operator.text().as_deref() {
                Some("-n") => self.emptiness(state, &word.value).not(),
                Some("-z") => self.emptiness(state, &word.value),
                Some("!") => self.emptiness(state, &word.value),
                _ => Status::Either,
            },
            [left, operator, right] => {
                match (left.text(), operator.text().as_deref(), right.text()) {
                    (Some(left), Some("=" | "=="), Some(right)) => status_of(left == right),
                    (Some(left), Some("!="), Some(right)) => status_of(left != right),
                    _ => Status::Either,
                }
            }
            _ => Status::Either,
        }
    }
}
