//! The recipes: what their pages show is rendered, the three ways that leak are refused, and a recipe has no back door.

use dockerfile_dsl::finding::Severity;
use dockerfile_dsl::recipes::{cargo, curl, git, npm, pip};
use dockerfile_dsl::{Dockerfile, Error, Script, Secret, Stage, StageBuilder, import, sh};
use dockerfile_dsl_tests::pages::Page;

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

#[track_caller]
fn renders_as_its_page(recipe: &str, stage: &mut StageBuilder) {
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    assert_eq!(image.render(), Page::of(recipe).rendered);
}

#[test]
fn pages_show_what_is_rendered() {
    let mut debian = Stage::from_image("debian:bookworm-slim");
    let clone = git::clone("https://github.com/acme/private.git")
        .token(Secret::env("GITHUB_TOKEN"))
        .to("/src");
    renders_as_its_page("git", debian.run(clone.script().unwrap()));

    let mut node = Stage::from_image("node:22-bookworm-slim");
    let ci = npm::ci().token("https://npm.acme.test/", Secret::env("NPM_TOKEN"));
    node.workdir("/app")
        .copy(["package.json", "package-lock.json"], "./")
        .run(ci.script().unwrap());
    renders_as_its_page("npm", &mut node);

    let mut python = Stage::from_image("python:3.11-slim-bookworm");
    let install = pip::requirements("requirements.txt")
        .netrc(Secret::file("netrc", "~/.netrc"))
        .index("https://pypi.acme.test/simple/");
    python.copy("requirements.txt", "./");
    renders_as_its_page("pip", python.run(install.script().unwrap()));

    let mut rust = Stage::from_image("rust:1.95-slim-bookworm");
    let fetch = cargo::fetch().token("acme", Secret::env("ACME_TOKEN"));
    rust.workdir("/app")
        .copy(".", "./")
        .run(fetch.script().unwrap())
        .run(sh!("cargo build --release --offline --locked"));
    renders_as_its_page("cargo", &mut rust);

    let mut debian = Stage::from_image("debian:bookworm-slim");
    let download = curl::download("https://files.acme.test/tool.tgz")
        .bearer(Secret::env("FILES_TOKEN"))
        .to("/opt/tool.tgz");
    renders_as_its_page("curl", debian.run(download.script().unwrap()));
}

#[test]
fn ways_that_leak_are_refused() {
    for recipe in ["git", "npm", "pip", "cargo", "curl"] {
        for (sentence, text) in Page::of(recipe).leaks {
            let findings = import::parse(&text).unwrap().check();
            let leaks = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error);
            assert!(leaks.count() > 0, "{recipe}: {sentence}\n{findings:?}");
        }
    }
}

#[track_caller]
fn script_is(script: Result<Script, Error>, expected: &str) {
    let mut stage = Stage::from_image("debian");
    stage.run(script.unwrap());
    let text = Dockerfile::from_stage(&stage.build()).unwrap().render();
    let script = text.rsplit(",required=true ").next().unwrap_or_default();
    let script = script
        .trim_start_matches("\\\n    ")
        .trim_start_matches("<<'EOF'\n")
        .trim_start_matches("set -e; ");
    let script = script
        .trim_end()
        .trim_end_matches("\nEOF")
        .replace(" \\\n", " ");
    assert_eq!(script, expected);
}

#[test]
fn options_are_written() {
    let helper = |user: &str, host: &str| {
        format!(
            "git -c credential.helper= -c credential.https://{host}.helper='!f() {{ echo \
             username={user}; echo \"password=$(cat /run/secrets/TOKEN)\"; }}; f'"
        )
    };
    let gitlab = helper("oauth2", "gitlab.com");
    script_is(
        git::clone("https://gitlab.com/a/b c.git")
            .token(TOKEN)
            .branch("v1.0")
            .full_history()
            .submodules()
            .lfs()
            .script(),
        &format!(
            "{gitlab} clone --branch v1.0 --recurse-submodules -- 'https://gitlab.com/a/b c.git' \
             './b c' && {gitlab} -C './b c' lfs pull"
        ),
    );
    script_is(
        git::clone("https://git.acme.test:8443/a")
            .token_of("deploy-1", TOKEN)
            .submodules()
            .script(),
        &format!(
            "{} clone --depth=1 --recurse-submodules --shallow-submodules -- \
             https://git.acme.test:8443/a ./a",
            helper("deploy-1", "git.acme.test:8443")
        ),
    );
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
    script_is(
        pip::install(["acme"])
            .password("https://pypi.acme.test/simple", "reader", TOKEN)
            .script(),
        "PIP_INDEX_URL=\"https://reader:$(cat /run/secrets/TOKEN)@pypi.acme.test/simple/\" pip \
         install --no-input --no-cache-dir -- acme",
    );
    script_is(
        curl::download("https://files.acme.test/a.tgz?x=1")
            .header("X-Api-Key: ", TOKEN)
            .sha256("AB".repeat(32))
            .script(),
        &format!(
            "printf 'header = \"X-Api-Key: %s\"\\n' \"$(cat /run/secrets/TOKEN)\" | curl -fsSL \
             --config - -o ./a.tgz -- 'https://files.acme.test/a.tgz?x=1' && printf '%s  %s\\n' {} \
             ./a.tgz | sha256sum --check --quiet -",
            "ab".repeat(32)
        ),
    );
}

#[track_caller]
fn refused(script: Result<Script, Error>, reason: &str) {
    let error = script.unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
    assert!(!error.contains("swordfish"), "{error}");
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let clone = |url: &str| git::clone(url).token(TOKEN);
    refused(
        clone("https://x:swordfish@github.com/a/b").script(),
        "take the user name out of the URL",
    );
    refused(
        clone("http://github.com/a/b").script(),
        "only sent by https",
    );
    refused(clone("https://github.com/").script(), "has no repository");
    refused(
        clone("https://github.com/a/b")
            .to("/run/secrets/x")
            .script(),
        "/run/secrets",
    );
    refused(
        git::clone("https://h/a").token_of("a; id", TOKEN).script(),
        "the user name",
    );
    refused(
        npm::ci().token("https://h/a'b", TOKEN).script(),
        "the path of a registry",
    );
    refused(
        npm::ci().token("https://h", TOKEN).scope("acme").script(),
        "written `@name`",
    );
    refused(
        cargo::fetch().token("a.b", TOKEN).script(),
        "the registry `a.b`",
    );
    refused(
        curl::download("https://h/a").header("X: '", TOKEN).script(),
        "the text of the header",
    );
    refused(
        curl::download("https://h/").bearer(TOKEN).script(),
        "where it goes",
    );
    refused(
        curl::download("https://h/a")
            .bearer(TOKEN)
            .sha256("12")
            .script(),
        "64 hexadecimal digits",
    );
}

/// A recipe outside of the crate: the same text, by the public API.
#[test]
fn another_crate_can_write_a_recipe() {
    let fetch = |registry: &str, token: &Secret| {
        let text =
            format!("CARGO_REGISTRIES_{registry}_TOKEN=\"$(cat {{token}})\" cargo fetch --locked");
        Script::template(&text).bind("token", token).parse()
    };
    assert_eq!(
        fetch("ACME", &TOKEN).unwrap(),
        cargo::fetch().token("acme", TOKEN).script().unwrap(),
    );
}
