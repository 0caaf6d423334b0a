//! Checks the flags of an instruction against the table; the builder checks their values.

use dockerfile_dsl_analysis::dockerfile::spec::{InstructionSpec, Takes};
use dockerfile_dsl_analysis::suggest::did_you_mean;

use super::tree::Flag;

/// Returns the mistake in a flag that follows `before`.
pub(super) fn problem(instruction: &str, flag: &Flag, before: &[Flag]) -> Option<String> {
    let name = &flag.name;
    if instruction == "RUN" && name == "mount" {
        return Some(
            "mounts are in brackets: `RUN [cache \"/root/.cache\"] \"..\"`; a secret is mounted \
             by using it: `{SECRET}`"
                .to_owned(),
        );
    }
    let spec = InstructionSpec::of(instruction);
    let Some(known) = spec.and_then(|spec| spec.flag(name)) else {
        let mut names = spec.map(InstructionSpec::flag_names).unwrap_or_default();
        // Mounts have their own syntax.
        names.retain(|name| *name != "mount");
        if names.is_empty() {
            return Some(format!("{instruction} has no flags"));
        }
        return Some(format!(
            "{instruction} has no flag `--{name}`{}",
            did_you_mean(name, &names).replacen('`', "`--", 1)
        ));
    };
    if known.takes != Takes::Texts && before.iter().any(|earlier| earlier.name == *name) {
        return Some(format!("the flag `--{name}` is given twice"));
    }
    (known.takes != Takes::Switch && flag.value.is_none())
        .then(|| format!("`--{name}` needs a value: `--{name}=..`"))
}
