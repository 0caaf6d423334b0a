//! Packages of a private index by poetry: text and refused values.

use dockerfile_dsl::recipes::poetry;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut python = Stage::from_image("acme/poetry:1.8");
    let install = poetry::install().password("acme", "reader", Secret::env("PYPI_PASSWORD"));
    python
        .workdir("/app")
        .copy(["pyproject.toml", "poetry.lock"], "./")
        .run(install.script().unwrap());
    renders_as_its_page("poetry", &mut python);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let install = |source, user| poetry::install().password(source, user, TOKEN).script();
    refused(install("a.b", "reader"), "the source `a.b`");
    refused(install("acme", "$(id)"), "the user name `$(id)`");
}
