//! Source maps for Sentry: text, options and refused values.

use dockerfile_dsl::recipes::sentry;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut client = Stage::from_image("getsentry/sentry-cli:2.58.2");
    let upload = sentry::source_maps("./dist")
        .token("acme", "web", Secret::env("SENTRY_AUTH_TOKEN"))
        .url("https://sentry.acme.test");
    client
        .workdir("/work")
        .copy("dist", "./dist")
        .run(upload.script().unwrap());
    renders_as_its_page("sentry", &mut client);
}

#[test]
fn names_are_words() {
    script_is(
        sentry::source_maps("/a b")
            .token("the acme", "web", TOKEN)
            .script(),
        "sentry-cli sourcemaps inject '/a b' && \
         SENTRY_AUTH_TOKEN=\"$(cat /run/secrets/TOKEN)\" sentry-cli sourcemaps upload \
         --org 'the acme' --project web '/a b'",
    );
}

#[test]
fn server_without_https_is_refused() {
    let upload = sentry::source_maps("./dist").token("acme", "web", TOKEN);
    refused(
        upload.url("http://sentry.acme.test").script(),
        "only sent by https",
    );
}
