//! Packages of a private npm registry: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::npm;

use super::{TOKEN, refused, script_is};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

#[test]
fn options_are_written() {
    script_is(
        npm::install(["left pad"]).npmrc(NPMRC).script(),
        "NPM_CONFIG_USERCONFIG=/run/secrets/npmrc npm install -- 'left pad'",
    );
    script_is(
        npm::ci()
            .token("https://npm.acme.test/a", TOKEN)
            .scope("@acme")
            .script(),
        "env 'npm_config_@acme:registry=https://npm.acme.test/a/' \
         \"npm_config_//npm.acme.test/a/:_authToken=$(cat /run/secrets/TOKEN)\" npm ci",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        npm::ci().token("https://h/a'b", TOKEN).script(),
        "the path of a registry",
    );
    refused(
        npm::ci().token("https://h", TOKEN).scope("acme").script(),
        "written `@name`",
    );
}
