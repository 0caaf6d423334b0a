//! What the answers of a program tell in a loop that asks again and again: its status, a count, a digest.
//!
//! In: what the program was asked about. Out: an answer that tells nothing, or, where the loop runs often, one that tells about the
//! secret: it was asked about a piece of it, or something else each time. One answer to one question is never worth a secret.

use crate::domain::Argument;
use crate::domain::Step;
use crate::domain::value::{Share, Taint, Value};
use crate::interpreter::call::Call;
use crate::programs::Effect;

impl Call<'_, '_> {
    /// What is printed instead of data: a count, a digest, nothing. `least`: what is asked about tells only if it is that small.
    pub(crate) fn answer(&mut self, about: &Taint, least: Share) -> Value {
        let answer = self.fresh();
        if !self.is_asked(about, least) {
            return answer;
        }
        self.status_tells(about);
        answer.with(&about.of(Share::Found))
    }

    /// The status says something about this: in a loop, if it is a piece, or what it is compared with is another thing each time.
    pub(crate) fn status_answers(&mut self, about: &Taint) {
        if self.is_asked(about, Share::Piece) {
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
        if self.state.process.asks_often() {
            return about.share() >= least || self.varies();
        }
        // One call for many files: `md5sum *`.
        about.share() >= least && self.arguments.iter().any(Argument::stands_for_many)
    }

    /// What the size of a file tells, in a loop: how much was found.
    pub(crate) fn size(&self, file: &Argument) -> Taint {
        let taint = self.peek(file).taint();
        if taint.share() == Share::Found && self.state.process.asks_often() {
            taint
        } else {
            Taint::NONE
        }
    }

    /// The output of a program that was given other arguments each time is what it found for them.
    pub(super) fn found(&self, output: &Value) -> Value {
        if output.taint().is_none() {
            return output.clone();
        }
        let often = self.state.process.asks_often();
        let asks_anew = often && self.varies();
        // What bytes are cut by number are a piece: how long it is says nothing of what is in it.
        let is_piece = self.has_effect(Effect::CutsBytes)
            || asks_anew && self.has_effect(Effect::Cuts)
            || often && !asks_anew && self.has_effect(Effect::SelectsLines);
        if is_piece {
            output.of(Share::Piece)
        } else if asks_anew {
            output.of(Share::Found)
        } else {
            output.clone()
        }
    }

    /// A size, a date, a mode that is made of pieces, in a loop.
    pub(crate) fn small(&self, argument: &Argument) -> Taint {
        let taint = argument.value.taint();
        if taint.share() > Share::Whole && self.state.process.asks_often() {
            taint
        } else {
            Taint::NONE
        }
    }

    /// What is done to a file shows in the layer: that it was done tells about this, and about the choice that led here.
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

    /// Whether any argument is another one each time: not counted are the paths of files that hold secrets.
    fn varies(&self) -> bool {
        let is_secret_file = |word: &Argument| self.peek(word).taint().is_some();
        self.arguments
            .iter()
            .any(|word| word.varies && !is_secret_file(word))
    }
}
