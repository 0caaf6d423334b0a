//! Packages of a private npm registry by yarn: text, options and refused values.

use dockerfile_dsl::recipes::yarn;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut node = Stage::from_image("acme/node:22");
    let install = yarn::install().token("https://npm.acme.test/", Secret::env("NPM_TOKEN"));
    node.workdir("/app")
        .copy(["package.json", "yarn.lock", ".yarnrc.yml"], "./")
        .run(install.script().unwrap())
        .run(sh!("YARN_ENABLE_NETWORK=false yarn install --immutable"));
    renders_as_its_page("yarn", &mut node);
}

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
