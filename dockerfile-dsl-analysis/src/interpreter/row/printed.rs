//! What a program prints besides the data that its row or model speaks of: versions, help, reports, messages.
//!
//! In: a call that was run. Out: an unknown text on the streams that another command reads, so that nothing is taken for empty.

use crate::domain::state::OpenDescriptor;
use crate::domain::value::{Taint, Value};
use crate::interpreter::call::Call;
use crate::programs::Output;

/// Options by which also a silent program prints.
const TELLING: [&str; 5] = ["--debug", "--help", "--verbose", "--version", "-v"];

impl Call<'_, '_> {
    /// Prints an unknown text, unless the program printed already or is silent, and a message if one is read and may be there.
    pub(super) fn prints_anything(&mut self) {
        let mut words = self.arguments.iter().filter_map(|word| word.text());
        let is_silent = self.row.output == Output::Nothing
            && !words.any(|word| TELLING.contains(&word.as_str()));
        if !self.has_printed && !is_silent {
            let output = self.fresh_part();
            self.print(&output);
        }
        let is_read = |descriptor: &OpenDescriptor| {
            !matches!(descriptor, OpenDescriptor::Log | OpenDescriptor::Null)
        };
        let messages = self.state.process.descriptors.get(&2);
        if messages.is_some_and(is_read) && self.status.may_fail() {
            let message = self.machine.unknown(Taint::NONE);
            self.print_error(&Value::empty().join(&message));
        }
    }
}
