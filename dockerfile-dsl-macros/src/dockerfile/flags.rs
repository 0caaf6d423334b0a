//! Which flags an instruction has, and which mounts a RUN.
//! The table repeats the names of the builder's methods only; what a value may be, the builder says.

use dockerfile_dsl_analysis::suggest::did_you_mean;

use super::tree::Flag;

/// The types of a `RUN --mount`.
pub(super) const MOUNTS: &[&str] = &["bind", "cache", "tmpfs", "secret", "ssh"];

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Value,
    /// A value, and the flag may be repeated.
    Values,
    /// Nothing, or `=true`, `=false`.
    Switch,
}

const FLAGS: &[(&str, &[(&str, Takes)])] = &[
    ("FROM", &[("platform", Takes::Value)]),
    (
        "RUN",
        &[
            ("network", Takes::Value),
            ("security", Takes::Value),
            ("device", Takes::Values),
        ],
    ),
    (
        "COPY",
        &[
            ("from", Takes::Value),
            ("chown", Takes::Value),
            ("chmod", Takes::Value),
            ("link", Takes::Switch),
            ("parents", Takes::Switch),
            ("exclude", Takes::Values),
        ],
    ),
    (
        "ADD",
        &[
            ("chown", Takes::Value),
            ("chmod", Takes::Value),
            ("link", Takes::Switch),
            ("exclude", Takes::Values),
            ("checksum", Takes::Value),
            ("keep-git-dir", Takes::Switch),
            ("unpack", Takes::Switch),
        ],
    ),
    (
        "HEALTHCHECK",
        &[
            ("interval", Takes::Value),
            ("timeout", Takes::Value),
            ("start-period", Takes::Value),
            ("start-interval", Takes::Value),
            ("retries", Takes::Value),
        ],
    ),
];

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
    let known = FLAGS
        .iter()
        .find(|(of, _)| *of == instruction)
        .map_or(&[][..], |(_, flags)| *flags);
    let Some((_, takes)) = known.iter().find(|(known, _)| known == name) else {
        if known.is_empty() {
            return Some(format!("{instruction} has no flags"));
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        return Some(format!(
            "{instruction} has no flag `--{name}`{}",
            did_you_mean(name, &names)
        ));
    };
    if *takes != Takes::Values && before.iter().any(|earlier| earlier.name == *name) {
        return Some(format!("`--{name}` stands twice"));
    }
    match (takes, &flag.value) {
        (Takes::Value | Takes::Values, None) => {
            Some(format!("`--{name}` needs a value: `--{name}=..`"))
        }
        _ => None,
    }
}
