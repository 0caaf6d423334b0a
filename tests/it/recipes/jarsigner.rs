//! `jarsigner` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::jarsigner;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut java = Stage::from_image("openjdk:17-jdk-slim-bookworm");
    let sign = jarsigner::sign("/srv/app.jar", "release").keystore(
        Secret::file("keystore", "release.p12"),
        Secret::env("KEYSTORE_PASSWORD"),
    );
    java.copy("app.jar", "/srv/").run(sign.script().unwrap());
    renders_as_its_page("jarsigner", &mut java);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        jarsigner::sign("/run/secrets/a", "release")
            .keystore(TOKEN, TOKEN)
            .script(),
        "/run/secrets",
    );
}
