//! What every program with sub-commands quotes in its message.

use crate::interpreter::call::Call;
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
