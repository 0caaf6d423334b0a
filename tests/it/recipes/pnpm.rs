//! Packages of a private npm registry by pnpm: text, options and refused values.

use dockerfile_dsl::recipes::pnpm;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut node = Stage::from_image("acme/node:22");
    let fetch = pnpm::fetch().token("NPM_TOKEN", Secret::env("NPM_TOKEN"));
    node.workdir("/app")
        .copy(["pnpm-lock.yaml", ".npmrc"], "./")
        .run(fetch.script().unwrap())
        .copy("package.json", "./")
        .run(sh!("pnpm install --offline --frozen-lockfile"));
    renders_as_its_page("pnpm", &mut node);
}

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
