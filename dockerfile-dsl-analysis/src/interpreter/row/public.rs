//! Rejects public values of the author that could be an option or a sub-command of a command that receives a secret.

use crate::domain::value::PieceKind;
use crate::domain::{Choice, Sink};
use crate::interpreter::call::Call;
use crate::programs::Program;

/// Rejects a public value as the sub-command: it would select what the program does with the secret.
pub(super) fn refuse_public_subcommand(program: &Program, call: &mut Call<'_, '_>) {
    let has_subcommands = program.rows.iter().any(|row| !row.command.is_empty());
    if !has_subcommands || !call.row.command.is_empty() {
        return;
    }
    let Some(first) = call.operands().into_iter().next() else {
        return;
    };
    let mut received = call.consumed.join(&call.data.taint());
    for argument in call.arguments.iter() {
        received = received.join(&argument.value.taint());
    }
    received = received.join(&call.peek_stdin().taint());
    for text in first.value.alternatives() {
        if let Some(PieceKind::Hole { index, .. }) = text.first().map(|piece| &piece.kind) {
            let sink = Sink::Choice {
                program: call.name.clone(),
                of: Choice::SubCommand,
            };
            call.machine
                .event(sink, &received, first.span, Some(*index));
        }
    }
}

/// Rejects a public value at the start of a word, where it could be an option.
pub(super) fn refuse_public_options(call: &mut Call<'_, '_>) {
    if call.parsed.maybe_options.is_empty() {
        return;
    }
    // Only data that the program reads or stores counts: an option could redirect it. A credential stays in the program.
    let mut received = call.data.taint().join(&call.stored.taint());
    received = received.join(&call.peek_stdin().taint());
    for operand in call.operands() {
        received = received
            .join(&operand.value.taint())
            .join(&call.peek(&operand).taint());
    }
    if received.is_none() {
        return;
    }
    for argument in std::mem::take(&mut call.parsed.maybe_options) {
        for text in argument.value.alternatives() {
            if let Some(PieceKind::Hole { index, .. }) = text.first().map(|piece| &piece.kind) {
                let sink = Sink::Choice {
                    program: call.name.clone(),
                    of: Choice::Option,
                };
                call.machine
                    .event(sink, &received, argument.span, Some(*index));
            }
        }
    }
}
