//! Everything that is said of a leak, in one place: the only English that the interpreter's findings have.
//!
//! In: a `Sink`, the steps to it, the script around it. Out: a [`Finding`] with its message, its steps and its fix, and with codes for
//! machines. Meaning is an enum up to here; code outside this folder never reads a sentence.

mod cause;
mod code;
mod doubt;
mod fix;
mod git_url;
mod message;
mod repair;
mod sink;
mod step;

pub mod snippet;
#[cfg(test)]
mod tests;

pub use cause::CauseCode;
pub(crate) use cause::{About, Cause};
pub(crate) use doubt::Doubt;
pub use fix::Edit;
pub(crate) use repair::{Author, secret_at, word};
pub use sink::SinkCode;
pub(crate) use sink::{Choice, Keeper, Sink, SinkPlace};
pub(crate) use step::Step;
pub use step::StepCode;

use std::borrow::Cow;
use std::rc::Rc;

use crate::domain::{SymbolicPath, Way};
use crate::{Finding, Span, WayStep};

/// A value at a sink, and what a finding says besides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leak<'a> {
    pub(crate) sink: &'a Sink,
    /// What the author calls the sink, if that is not its name: a path that is not known is shown as it is written.
    pub(crate) called: Option<&'a str>,
    /// The path of the value, newest step first.
    pub(crate) way: &'a Rc<Way>,
    /// The id of the secret, or the name of its hole.
    pub(crate) secret: &'a str,
    /// The name of the hole whose public value makes it a leak.
    pub(crate) hole: Option<&'a str>,
    /// The place of the sink, in the text that was given to the check.
    pub(crate) span: Span,
    /// The script that it happens in.
    pub(crate) script: &'a str,
    /// Where in that script.
    pub(crate) place: Option<Span>,
    pub(crate) author: Author<'a>,
}

impl<'a> Leak<'a> {
    /// What the author calls the sink.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        self.called.map_or_else(|| self.sink.name(), Cow::Borrowed)
    }

    /// The finding, without the stage and the instruction that it is in.
    pub(crate) fn finding(&self) -> Finding {
        let fix = repair::fix(self);
        Finding {
            sink: self.name().into_owned(),
            sink_code: Some(self.sink.code()),
            secret: Some(self.secret.to_owned()),
            way: self.steps(),
            edit: fix.as_ref().and_then(fix::Fix::edit),
            help: fix.map(|fix| fix.to_string()),
            ..Finding::new(self.sink.rule(), self.span, message::message(self))
        }
    }

    /// The steps, oldest first.
    fn steps(&self) -> Vec<WayStep> {
        let newest = std::iter::successors(Some(&**self.way), |way| way.previous.as_deref());
        let mut steps: Vec<WayStep> = newest.map(|way| self.step(way)).collect();
        steps.reverse();
        steps
    }

    fn step(&self, way: &Way) -> WayStep {
        let step = &way.step;
        let path = step.path().map(|path| {
            let written = self.as_written(way, path);
            written.map_or_else(|| path.show(), str::to_owned)
        });
        let owned = |text: Option<&str>| text.map(str::to_owned);
        WayStep {
            span: way.span,
            text: step.sentence(path.as_deref().unwrap_or_default()),
            code: step.code(),
            cause: step.cause().map(Cause::code),
            program: owned(step.program()),
            path,
            variable: owned(step.variable()),
        }
    }

    /// The path of a step as the author calls it: that of a hole has no other name.
    fn as_written(&self, way: &Way, path: &SymbolicPath) -> Option<&'a str> {
        if matches!(self.author, Author::File(_)) {
            return None;
        }
        let written = way.span.of(self.script);
        if path.is_nothing_known() && !written.is_empty() && !written.contains(char::is_whitespace)
        {
            return Some(written);
        }
        match self.sink {
            Sink::File { path: at, .. } if at == path => self.called,
            _ => None,
        }
    }
}
