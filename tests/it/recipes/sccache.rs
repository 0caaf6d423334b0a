//! `sccache` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::sccache;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut rust = Stage::from_image("rust:1.95-slim-bookworm");
    let build = sccache::cargo_build("acme-cache", "eu-central-1").access_key(
        Secret::env("AWS_ACCESS_KEY_ID"),
        Secret::env("AWS_SECRET_ACCESS_KEY"),
    );
    rust.workdir("/app")
        .copy(".", "./")
        .run(build.script().unwrap());
    renders_as_its_page("sccache", &mut rust);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        sccache::cargo_build("a b", "r")
            .access_key(TOKEN, TOKEN)
            .script(),
        "a bucket or a region",
    );
}
