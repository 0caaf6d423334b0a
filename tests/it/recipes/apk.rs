//! Alpine packages of a private repository: text and refused values.

use dockerfile_dsl::recipes::apk;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut alpine = Stage::from_image("alpine:3.20");
    let add = apk::add(["acme-greeting"]).password(
        "https://apk.acme.test/v3.20/main",
        "reader",
        Secret::env("APK_PASSWORD"),
    );
    alpine
        .copy("acme.rsa.pub", "/etc/apk/keys/")
        .run(add.script().unwrap());
    renders_as_its_page("apk", &mut alpine);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        apk::add(["x"])
            .password("https://h/a'b", "u", TOKEN)
            .script(),
        "the path of a registry",
    );
    refused(
        apk::add(["x"]).password("https://h", "a:b", TOKEN).script(),
        "other characters",
    );
}
