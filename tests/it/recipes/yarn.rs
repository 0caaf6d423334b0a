//! Packages of a private npm registry by yarn: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::yarn;

use super::{TOKEN, refused, script_is};

#[test]
fn yarn_1_gets_a_file() {
    script_is(
        yarn::classic()
            .npmrc(Secret::file("npmrc", "~/.npmrc"))
            .script(),
        "NPM_CONFIG_USERCONFIG=/run/secrets/npmrc yarn install --frozen-lockfile --ignore-scripts \
         --non-interactive",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        yarn::install().token("https://h/a'b", TOKEN).script(),
        "the path of a registry",
    );
    refused(
        yarn::install()
            .token("https://x:swordfish@h", TOKEN)
            .script(),
        "take the user name out of the URL",
    );
}
