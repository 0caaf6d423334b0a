//! `bundle install` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::bundler;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut ruby = Stage::from_image("ruby:3.1-slim-bookworm");
    let password = Secret::env("GEM_PASSWORD");
    let install = bundler::install().password("https://gems.acme.test/", "reader", password);
    ruby.workdir("/app")
        .copy(["Gemfile", "Gemfile.lock"], "./")
        .run(install.script().unwrap());
    renders_as_its_page("bundler", &mut ruby);
}

#[test]
fn options_are_written() {
    script_is(
        bundler::install()
            .token("https://my-gems.acme.test:8443/a", TOKEN)
            .script(),
        "BUNDLE_MY___GEMS__ACME__TEST=\"$(cat /run/secrets/TOKEN)\" bundle install",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        bundler::install()
            .password("https://h", "a:b", TOKEN)
            .script(),
        "the user name",
    );
}
