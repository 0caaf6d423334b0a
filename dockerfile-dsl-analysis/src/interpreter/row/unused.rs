//! Refuses secrets in options that a row lists and its model does not look at: default deny, as for options that no row lists.

use crate::domain::Doubt;
use crate::interpreter::call::Call;
use crate::programs::{Argument as ArgumentShape, Effect, Role};

/// Rejects a secret in the value of an option that the model did not use, unless its role says that the value is forgotten, stored or only
/// quoted; and an option with the effect `opaque`.
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
            Role::Plain | Role::Shown | Role::Write | Role::Create | Role::Remove => {
                value.value.taint()
            }
            Role::Read | Role::ReadTree => value.value.taint().join(&call.named_content(&value)),
            _ => continue,
        };
        call.opaque_for(&received, Doubt::Argument);
    }
}
