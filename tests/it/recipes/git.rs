//! Clones of a private repository: text, options and refused values.

use dockerfile_dsl::recipes::git;

use super::{TOKEN, refused, script_is};

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
}
