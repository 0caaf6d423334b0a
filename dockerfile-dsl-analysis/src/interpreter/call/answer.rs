//! Programs as oracles: exit status, counts and digests reveal a secret bit by bit when a loop queries them.
//!
//! In: the operands of the query. Out: an answer without taint, or, in a loop with many iterations, one that depends on the secret: the
//! query was about a fragment of it, or differs in each iteration. A single query is not reported.

use crate::domain::Argument;
use crate::domain::Step;
use crate::domain::value::{Share, Taint, Value};
use crate::interpreter::call::Call;
use crate::programs::Effect;

impl Call<'_, '_> {
    /// Prints an answer instead of data: a count, a digest, nothing. `least`: it has taint only if the operand's share is at most this.
    pub(crate) fn answer(&mut self, about: &Taint, least: Share) -> Value {
        let answer = self.machine.unknown_name(Taint::NONE);
        if !self.is_asked(about, least) {
            return answer;
        }
        self.status_tells(about);
        answer.with(&about.of(Share::Probe))
    }

    /// Adds taint to the exit status: in a loop, if the operand is a fragment, or the comparison differs in each iteration.
    pub(crate) fn status_answers(&mut self, about: &Taint) {
        if self.is_asked(about, Share::Fragment) {
            self.status_tells(about);
        }
    }

    fn status_tells(&mut self, about: &Taint) {
        let told = &self.state.process.status_taint;
        let step = about.step(
            self.span,
            Step::Asked {
                program: self.name.clone(),
            },
        );
        self.state.process.status_taint = told.join(&step);
    }

    fn is_asked(&self, about: &Taint, least: Share) -> bool {
        if about.is_none() {
            return false;
        }
        if self.state.process.is_often_repeated() {
            return about.share() >= least || self.varies();
        }
        // One call for many files: `md5sum *`.
        about.share() >= least && self.arguments.iter().any(Argument::is_many)
    }

    /// Returns the taint of a file's size, in a loop: how much was found.
    pub(crate) fn size(&self, file: &Argument) -> Taint {
        let taint = self.peek(file).taint();
        if taint.share() == Share::Probe && self.state.process.is_often_repeated() {
            taint
        } else {
            Taint::NONE
        }
    }

    /// The output of a program whose arguments differ in each iteration is a probe of its input.
    pub(super) fn found(&self, output: &Value) -> Value {
        if output.taint().is_none() {
            return output.clone();
        }
        let often = self.state.process.is_often_repeated();
        let asks_anew = often && self.varies();
        // Bytes that are cut by position are a fragment: their length is independent of the content.
        let is_piece = self.has_effect(Effect::CutsBytes)
            || asks_anew && self.has_effect(Effect::Cuts)
            || often && !asks_anew && self.has_effect(Effect::SelectsLines);
        if is_piece {
            output.of(Share::Fragment)
        } else if asks_anew {
            output.of(Share::Probe)
        } else {
            output.clone()
        }
    }

    /// Returns the taint of a size, a date or a mode that is computed from fragments, in a loop.
    pub(crate) fn small(&self, argument: &Argument) -> Taint {
        let taint = argument.value.taint();
        if taint.share() > Share::Whole && self.state.process.is_often_repeated() {
            taint
        } else {
            Taint::NONE
        }
    }

    /// A change of a file shows in the layer: it depends on `taint` and on the control dependence.
    pub(crate) fn shows_in(&mut self, path: &Argument, taint: &Taint) {
        let told = taint.join(&self.state.choice);
        if told.is_none() {
            return;
        }
        for path in self.paths(path) {
            self.state
                .shows_in(self.machine, &path.key, &told, self.span, &self.name);
        }
    }

    /// Whether any argument differs in each iteration. Paths of files with secrets do not count.
    fn varies(&self) -> bool {
        let is_secret_file = |word: &Argument| self.peek(word).taint().is_some();
        self.arguments
            .iter()
            .any(|word| word.varies && !is_secret_file(word))
    }
}
