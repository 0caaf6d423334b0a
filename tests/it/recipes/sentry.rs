//! Source maps for Sentry: text, options and refused values.

use dockerfile_dsl::recipes::sentry;

use super::{TOKEN, refused, script_is};

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
