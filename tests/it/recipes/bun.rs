//! Packages of a private npm registry by bun: text and refused values.

use dockerfile_dsl::recipes::bun;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut bun = Stage::from_image("oven/bun:1.2-slim");
    let install = bun::install().token("https://npm.acme.test/", Secret::env("NPM_TOKEN"));
    bun.workdir("/app")
        .copy(["package.json", "bun.lock"], "./")
        .run(install.script().unwrap());
    renders_as_its_page("bun", &mut bun);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        bun::install().token("https://h/a'b", TOKEN).script(),
        "the path of a registry",
    );
}
