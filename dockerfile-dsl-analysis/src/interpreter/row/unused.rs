//! Options that a row lists and its model does not look at: default deny, as for options that no row lists. A command in one is run, a secret
//! in one is refused, and a text that is only quoted is in a message, as it is for a row without a model.

use crate::domain::{Argument, Doubt};
use crate::interpreter::call::Call;
use crate::programs::{Argument as ArgumentShape, Effect, Role};

/// Rejects a secret in the value of an option that the model did not use, unless its role says that the value is forgotten; and an option
/// with the effect `opaque`.
pub(super) fn refuse_unused_values(call: &mut Call<'_, '_>) {
    let mut unused = Vec::new();
    let mut is_opaque = false;
    for given in &call.parsed.options {
        // `--flag=VALUE` of an option that takes none, as the row says.
        if matches!(given.shape.argument, ArgumentShape::None) {
            unused.extend(
                given
                    .values
                    .iter()
                    .map(|value| (Role::Plain, value.clone())),
            );
        }
        if given.is_used.get() {
            continue;
        }
        is_opaque |= given.shape.effect == Some(Effect::Opaque);
        let roles: &[Role] = match &given.shape.argument {
            ArgumentShape::None => &[],
            ArgumentShape::Value(role) | ArgumentShape::Attached(role) => {
                std::slice::from_ref(role)
            }
            ArgumentShape::Several(roles) => roles,
        };
        let values = roles.iter().zip(&given.values);
        unused.extend(values.map(|(role, value)| (*role, value.clone())));
    }
    if is_opaque {
        call.opaque(Doubt::OpaqueOption);
    }
    for (role, value) in unused {
        let received = match role {
            Role::Script => {
                run_beside(call, &value);
                continue;
            }
            Role::Plain
            | Role::Shown
            | Role::Write
            | Role::Create
            | Role::Remove
            | Role::Command => value.value.taint(),
            Role::Read | Role::ReadTree | Role::StoredFile | Role::ScriptFile => {
                value.value.taint().join(&call.named_content(&value))
            }
            Role::Inspect | Role::Quoted => {
                if value.value.taint().is_some() {
                    call.print_error(&value.value);
                }
                if role == Role::Inspect {
                    continue;
                }
                call.named_content(&value)
            }
            // A model that stores takes the whole call.
            Role::Credential
            | Role::CredentialFile
            | Role::CredentialOrFile
            | Role::Stored
            | Role::Directory => continue,
        };
        call.opaque_for(&received, Doubt::Argument);
    }
}

/// Whether an operand is covered by a row that accepts any option. Such a row covers the text of an operand, not the file that it names; a
/// text of which nothing is known (a line of a file, by `xargs`) is not taken for the name of every file. It covers neither if the operand
/// may be the value of an unlisted option.
pub(super) fn is_trusted_with(call: &mut Call<'_, '_>, index: usize, operand: &Argument) -> bool {
    if operand.value.is_known_in_part() {
        call.refuse_named_content(operand);
    }
    !is_value_of_unlisted(call, index, operand)
}

/// Whether a secret operand may be the value of an option that no row lists, which is reported.
pub(super) fn is_value_of_unlisted(
    call: &mut Call<'_, '_>,
    index: usize,
    operand: &Argument,
) -> bool {
    let text = operand.value.taint();
    let is_unlisted = call.parsed.maybe_values.contains(&index) && text.is_some();
    if is_unlisted {
        call.opaque_for(&text, Doubt::Option);
    }
    is_unlisted
}

/// Runs a command that an option names (`tar -I COMMAND`), between the effects of the program itself. `exec=COMMAND` is the form of an action
/// of `tar`.
fn run_beside(call: &mut Call<'_, '_>, command: &Argument) {
    let (status, failed) = (call.status, call.failed.take());
    let text = command.behind("exec=").unwrap_or_else(|| command.clone());
    call.shell(&text.value, text.span, &[]);
    (call.status, call.failed) = (status, failed);
}
