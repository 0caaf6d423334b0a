//! What a program prints besides the data that its row or model speaks of: versions, help, reports, messages.
//!
//! In: a call that was run. Out: an unknown text on the streams that another command reads, so that nothing is taken for empty.

use std::rc::Rc;

use crate::Span;
use crate::domain::Cause;
use crate::domain::state::{OpenDescriptor, State};
use crate::domain::value::{Taint, Value};
use crate::interpreter::Machine;
use crate::interpreter::call::Call;
use crate::programs::Output;

/// Options by which also a silent program prints.
const TELLING: [&str; 5] = ["--debug", "--help", "--verbose", "--version", "-v"];

impl Call<'_, '_> {
    /// Prints an unknown text, unless the program printed already or is silent, and a message.
    pub(super) fn prints_anything(&mut self) {
        let mut words = self.arguments.iter().filter_map(|word| word.text());
        let is_silent = self.row.output == Output::Nothing
            && !words.any(|word| TELLING.contains(&word.as_str()));
        if !self.has_printed && !is_silent {
            let output = self.fresh_part();
            self.print_read(&output);
        }
        self.prints_messages();
    }

    /// Prints a text that says nothing of secrets, if it is read. In the log it would be an answer about what the command depends on.
    pub(in crate::interpreter) fn print_read(&mut self, text: &Value) {
        self.has_printed = true;
        let how = Cause::Output(self.name.clone());
        self.state
            .output_read(self.machine, 1, text, self.span, &how);
    }

    /// Prints a message, if it is read and may be there.
    pub(super) fn prints_messages(&mut self) {
        if self.status.may_fail() {
            self.state.message(self.machine, self.span, &self.name);
        }
    }
}

impl State {
    /// Prints a message of a command that may have failed, if standard error is read.
    pub(crate) fn message(&mut self, machine: &mut Machine<'_>, span: Span, command: &Rc<str>) {
        let message = Value::empty().join(&machine.unknown(Taint::NONE));
        self.output_read(
            machine,
            2,
            &message,
            span,
            &Cause::Messages(command.clone()),
        );
    }

    /// Writes to a descriptor, if another command reads it.
    pub(crate) fn output_read(
        &mut self,
        machine: &mut Machine<'_>,
        number: u32,
        text: &Value,
        span: Span,
        how: &Cause,
    ) {
        let is_read = |descriptor: &OpenDescriptor| {
            !matches!(descriptor, OpenDescriptor::Log | OpenDescriptor::Null)
        };
        if self.process.descriptors.get(&number).is_some_and(is_read) {
            self.output(machine, number, text, span, how);
        }
    }
}
