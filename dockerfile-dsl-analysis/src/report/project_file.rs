//! Files of a project, which no fix removes: other steps, and people, need what else is in them.
//!
//! In: a leak into a file. Out: the name of the file, if it is one of these and this step changes it.

use super::leak::Leak;
use crate::domain::SymbolicPath;

/// Returns the name of a file of the project that the step changes. One that it writes as a whole is its own.
pub(super) fn changed(leak: &Leak<'_>, path: &SymbolicPath) -> Option<String> {
    const NAMES: &[&str] = &[
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "pnpm-workspace.yaml",
        ".yarnrc",
        ".yarnrc.yml",
        "composer.json",
        "composer.lock",
        "Cargo.toml",
        "Cargo.lock",
        "pyproject.toml",
        "poetry.toml",
        "poetry.lock",
        "uv.toml",
        "uv.lock",
        "Pipfile",
        "Pipfile.lock",
        "setup.cfg",
        "requirements.txt",
        "Gemfile",
        "Gemfile.lock",
        "go.mod",
        "go.sum",
        "nuget.config",
        "NuGet.Config",
        "NuGet.config",
        "packages.config",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "settings.gradle",
        "gradle.properties",
        "build.sbt",
        "mix.exs",
        "pubspec.yaml",
        "Makefile",
        "Dockerfile",
        "CMakeLists.txt",
    ];
    let name = path.file_name()?;
    let is_known = |known: &&&str| name.known_texts().any(|text| text == **known);
    let name = NAMES.iter().find(is_known)?;
    let is_of_user = |text: &str| {
        ["~", "/root/", "/home/", "/etc/"]
            .iter()
            .any(|start| text.starts_with(start))
    };
    if path.as_known().is_some_and(|text| is_of_user(&text)) {
        return None;
    }
    let place = leak.place?;
    let before = leak.script[..place.start].trim_end();
    let program = leak.way.step.program();
    let is_copy = matches!(
        program,
        Some("cp" | "install" | "mv" | "tee" | "curl" | "wget")
    );
    let is_redirect = before.ends_with('>') && !before.ends_with(">>");
    (!is_redirect && !is_copy).then(|| (*name).to_owned())
}
