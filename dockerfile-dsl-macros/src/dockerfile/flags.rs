//! The flags of an instruction, held against the table; what a text may be, the builder says.

use dockerfile_dsl_analysis::dockerfile::spec::{InstructionSpec, Takes};
use dockerfile_dsl_analysis::suggest::did_you_mean;

use super::tree::Flag;

/// What is wrong with a flag that follows `before`, in words.
pub(super) fn problem(instruction: &str, flag: &Flag, before: &[Flag]) -> Option<String> {
    let name = &flag.name;
    if instruction == "RUN" && name == "mount" {
        return Some(
            "mounts stand in brackets: `RUN [cache \"/root/.cache\"] \"..\"`; a secret is mounted \
             by its use: `{SECRET}`"
                .to_owned(),
        );
    }
    let spec = InstructionSpec::of(instruction);
    let Some(known) = spec.and_then(|spec| spec.flag(name)) else {
        let mut names = spec.map(InstructionSpec::flag_names).unwrap_or_default();
        // Mounts have a form of their own.
        names.retain(|name| *name != "mount");
        if names.is_empty() {
            return Some(format!("{instruction} has no flags"));
        }
        return Some(format!(
            "{instruction} has no flag `--{name}`{}",
            did_you_mean(name, &names)
        ));
    };
    if known.takes != Takes::Texts && before.iter().any(|earlier| earlier.name == *name) {
        return Some(format!("`--{name}` stands twice"));
    }
    (known.takes != Takes::Switch && flag.value.is_none())
        .then(|| format!("`--{name}` needs a value: `--{name}=..`"))
}
