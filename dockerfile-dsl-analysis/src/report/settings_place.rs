//! Variables for the place of a program's settings: a log-in with one keeps nothing in a layer.
//!
//! In: the text of a simple command. Out: the variable that the documentation of the program names, with a place for the directory.

use super::command_words::words;

/// Returns the variable for the settings of a program that logs in, with `DIRECTORY` for a directory in memory. An option for their place has
/// precedence over it.
pub(super) fn of_settings(command: &str) -> Option<&'static str> {
    if command.contains(['\n', '`', '\\']) {
        return None;
    }
    let (words, _) = words(command)?;
    let (program, rest) = words.split_first()?;
    let options = [
        "--config",
        "--kubeconfig",
        "--authfile",
        "--registry-config",
        "-c",
    ];
    let is_placed = |word: &&str| options.contains(&word.split('=').next().unwrap_or_default());
    if rest.iter().any(is_placed) {
        return None;
    }
    Some(match (*program, rest.first().copied()?) {
        ("docker", "login") => "DOCKER_CONFIG=DIRECTORY",
        ("helm", "registry") => "HELM_REGISTRY_CONFIG=DIRECTORY/registry.json",
        ("kubectl" | "oc", "config" | "login") => "KUBECONFIG=DIRECTORY/config",
        ("podman" | "buildah" | "skopeo", "login") => "REGISTRY_AUTH_FILE=DIRECTORY/auth.json",
        ("az", "login") => "AZURE_CONFIG_DIR=DIRECTORY",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::of_settings;

    #[test]
    fn place_of_the_settings_is_a_variable() {
        for (command, variable) in [
            ("docker login -u u -p $T", Some("DOCKER_CONFIG=DIRECTORY")),
            ("az login -p $T", Some("AZURE_CONFIG_DIR=DIRECTORY")),
            ("docker --config /d login -p $T", None),
            ("podman login --authfile=/a -p $T", None),
            ("docker pull a", None),
        ] {
            assert_eq!(of_settings(command), variable, "{command}");
        }
    }
}
