//! Reports of leaks: the only English text of the interpreter's findings.
//!
//! In: a `Sink`, the steps to it, the script around it. Out: a [`Finding`] with its message, its flow and its fix, and with codes for
//! machines. Meaning is an enum up to here; code outside this folder never parses a sentence.

mod cause;
mod command_words;
mod doubt;
mod environment;
mod file_name;
mod fix;
mod git_url;
mod guess;
mod leak;
mod message;
mod project_file;
mod repair;
mod settings_place;
mod step;
mod url_user;

pub mod snippet;
#[cfg(test)]
mod tests;

pub use crate::code::{CauseCode, SinkCode, StepCode};
pub use fix::{Fix, UsedBy, WrittenIn};
pub(crate) use fix::{file_mount, variable_mount};
pub(crate) use guess::under_a_guess;
pub(crate) use leak::{Author, Leak, Removes};
pub(crate) use repair::{secret_at, word};

use crate::domain::{Cause, Sink, SymbolicPath, Way};
use crate::{Finding, WayStep};

impl<'a> Leak<'a> {
    /// Returns the finding, without its stage and instruction.
    pub(crate) fn finding(&self) -> Finding {
        let fix = repair::fix(self);
        Finding {
            sink: self.name().into_owned(),
            sink_code: Some(self.sink.code()),
            secret: Some(self.secret.to_owned()),
            way: self.steps(),
            ..Finding::new(self.rule(), self.span, message::message(self)).with_fix(fix)
        }
    }

    /// Returns the steps, oldest first.
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

    /// Returns the author's spelling of a step's path: the path of a hole has no other name.
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
