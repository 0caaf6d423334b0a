//! Crates of a private registry: text, options and refused values.

use dockerfile_dsl::recipes::cargo;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut rust = Stage::from_image("rust:1.95-slim-bookworm");
    let fetch = cargo::fetch().token("acme", Secret::env("ACME_TOKEN"));
    rust.workdir("/app")
        .copy(".", "./")
        .run(fetch.script().unwrap())
        .run(sh!("cargo build --release --offline --locked"));
    renders_as_its_page("cargo", &mut rust);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        cargo::fetch().token("a.b", TOKEN).script(),
        "the registry `a.b`",
    );
}
