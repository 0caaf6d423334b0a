//! Packages of a private npm registry by pnpm: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::pnpm;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        pnpm::fetch()
            .npmrc(Secret::file("npmrc", "~/.npmrc"))
            .script(),
        "NPM_CONFIG_USERCONFIG=/run/secrets/npmrc pnpm fetch",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        pnpm::fetch().token("A B", TOKEN).script(),
        "the variable `A B`",
    );
    refused(
        pnpm::fetch().token("1A", TOKEN).script(),
        "the variable `1A`",
    );
    refused(pnpm::fetch().token("", TOKEN).script(), "the variable ``");
}
