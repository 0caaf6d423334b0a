//! The abstract machine: runs a script on what is known of its texts and files, and says where the value of a secret comes to rest.
//!
//! In: a script's tree, the state before it. Out: the states after it, and [`Event`]s: a value reached the log, or a program that
//! nobody vouches for. What it left in files is in the state; whether those are part of a layer is asked at the end of the step.
//! One run answers for all secrets: taint is a set of sources. Both branches are taken, loops run until nothing new is learned.

mod call;
mod effects;
mod exec;
mod files;
mod row;
mod state;
mod value;

pub(crate) use call::{Argument, Call};
pub(crate) use state::Status;
pub(crate) use value::{Taint, Value};

use std::rc::Rc;

use crate::{Rule, Span};

/// Something that happened to a secret, other than being left in a file.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) rule: Rule,
    /// Whose, and the way.
    pub(crate) taint: Taint,
    /// The place of the sink.
    pub(crate) span: Span,
    /// As in [`crate::Finding::sink`].
    pub(crate) sink: Rc<str>,
    /// How it got there: `output of cat`, `xtrace`.
    pub(crate) how: Rc<str>,
    /// The hole whose public value makes it so, if one does.
    pub(crate) hole: Option<usize>,
}

/// What a run is given besides the script and the state.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) events: Vec<Event>,
    /// Programs that the author vouches for, and whether for their output too.
    pub(crate) trusted: &'a [(String, bool)],
    /// How many steps may still be taken: what is longer is not understood.
    pub(crate) budget: u64,
    /// How deep functions and texts that are evaluated are nested.
    pub(crate) depth: u32,
    /// In the how-manieth round of a loop it is: texts that nobody knows differ from round to round.
    pub(crate) round: u64,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(trusted: &'a [(String, bool)]) -> Self {
        Self {
            events: Vec::new(),
            trusted,
            budget: 2_000_000,
            depth: 0,
            round: 0,
        }
    }

    /// Keeps what happened, once.
    pub(crate) fn event(
        &mut self,
        rule: Rule,
        taint: &Taint,
        span: Span,
        sink: &str,
        how: &str,
        hole: Option<usize>,
    ) {
        if taint.is_none() {
            return;
        }
        let same = |event: &&mut Event| {
            event.rule == rule && event.span == span && event.hole == hole && &*event.sink == sink
        };
        if let Some(event) = self.events.iter_mut().rev().take(64).find(same) {
            event.taint = event.taint.join(taint);
            return;
        }
        self.events.push(Event {
            rule,
            taint: taint.clone(),
            span,
            sink: sink.into(),
            how: how.into(),
            hole,
        });
    }

    /// A text that nobody knows, the same as often as this place is reached in the same round.
    pub(crate) fn unknown(&self, span: Span, taint: Taint) -> Value {
        Value::unknown((span.start as u64) << 8 | self.round.min(3) << 4 | 1, taint)
    }
}
