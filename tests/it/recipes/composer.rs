//! `composer install` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::composer;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut php = Stage::from_image("composer:2.5");
    let install = composer::install().password(
        "https://composer.acme.test",
        "reader",
        Secret::env("COMPOSER_PASSWORD"),
    );
    php.copy(["composer.json", "composer.lock"], "./")
        .run(install.script().unwrap());
    renders_as_its_page("composer", &mut php);
}

#[test]
fn options_are_written() {
    script_is(
        composer::install().auth(TOKEN).script(),
        "COMPOSER_AUTH=\"$(cat /run/secrets/TOKEN)\" composer install --no-interaction \
         --no-scripts",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let install = composer::install();
    refused(
        install.clone().password("https://h", "a'b", TOKEN).script(),
        "the user name",
    );
    refused(
        install.password("https://h\"", "a", TOKEN).script(),
        "the host has other characters",
    );
}
