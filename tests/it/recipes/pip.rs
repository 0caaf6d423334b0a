//! Packages of a private index: text, options and refused values.

use dockerfile_dsl::recipes::pip;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut python = Stage::from_image("python:3.11-slim-bookworm");
    let install = pip::requirements("requirements.txt")
        .netrc(Secret::file("netrc", "~/.netrc"))
        .index("https://pypi.acme.test/simple/");
    python.copy("requirements.txt", "./");
    renders_as_its_page("pip", python.run(install.script().unwrap()));
}

#[test]
fn options_are_written() {
    script_is(
        pip::install(["acme"])
            .password("https://pypi.acme.test/simple", "reader", TOKEN)
            .script(),
        "PIP_INDEX_URL=\"https://reader:$(cat /run/secrets/TOKEN)@pypi.acme.test/simple/\" pip \
         install --no-input --no-cache-dir -- acme",
    );
}
