//! `gem` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gem;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut ruby = Stage::from_image("ruby:3.1-slim-bookworm");
    let gemrc = Secret::file("gemrc", "~/.config/acme/gemrc");
    let install = gem::install("acme-greeting").version("1.0.0").gemrc(gemrc);
    ruby.run(install.script().unwrap());
    renders_as_its_page("gem", &mut ruby);
}

#[test]
fn options_are_written() {
    script_is(
        gem::install("acme-greeting").gemrc(TOKEN).script(),
        "GEMRC=/run/secrets/TOKEN gem install --no-document acme-greeting",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    for name in ["", "--source", "a b", "$(id)"] {
        refused(
            gem::install(name).gemrc(TOKEN).script(),
            "the name of a gem",
        );
    }
    let install = gem::install("acme-greeting").version(">= 1");
    refused(install.gemrc(TOKEN).script(), "a version, such as `1.0.0`");
}
