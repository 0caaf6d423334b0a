//! What programs quote in messages whatever their rows say: an unknown sub-command, a setting in the environment.

use crate::domain::{Doubt, Taint};
use crate::interpreter::call::Call;
use crate::names::is_setting;
use crate::programs::Program;

/// The message about a sub-command that the program does not have quotes it.
pub(super) fn quote_subcommand(program: &Program, call: &mut Call<'_, '_>) {
    let has_subcommands = program.rows.iter().any(|row| !row.command.is_empty());
    if !has_subcommands || !call.row.command.is_empty() {
        return;
    }
    if let Some(first) = call.operands().first()
        && first.value.known_prefix().is_empty()
    {
        call.quote_in_errors(first);
    }
}

impl Call<'_, '_> {
    /// Reports a secret in a variable that is a setting: `LC_ALL`, `PIP_CACHE_DIR`. It names a file, or a message quotes it.
    pub(super) fn quotes_settings(&mut self) {
        let held: Vec<_> = (self.state.process.exported_with_taint())
            .filter(|(name, _)| is_setting(name))
            .map(|(name, variable)| (name.clone(), variable.taint()))
            .collect();
        for (name, taint) in held {
            self.opaque_with_output(&taint, &Taint::NONE, Doubt::Setting(name));
        }
    }
}
