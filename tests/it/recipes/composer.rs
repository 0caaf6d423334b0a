//! `composer install` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::composer;

use super::{TOKEN, refused, script_is};

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
