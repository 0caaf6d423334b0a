//! Crates of a private registry: text, options and refused values.

use dockerfile_dsl::recipes::cargo;

use super::{TOKEN, refused, script_is};

#[test]
fn git_hosts_get_a_credential_helper_each() {
    script_is(
        cargo::fetch()
            .git_token("https://gitlab.com", TOKEN)
            .git_token("https://github.com", TOKEN)
            .script(),
        "CARGO_NET_GIT_FETCH_WITH_CLI=true GIT_CONFIG_COUNT=3 GIT_CONFIG_KEY_0=credential.helper \
         GIT_CONFIG_VALUE_0= GIT_CONFIG_KEY_1=credential.https://gitlab.com.helper \
         GIT_CONFIG_VALUE_1='!f() { echo username=oauth2; echo \"password=$(cat \
         /run/secrets/TOKEN)\"; }; f' GIT_CONFIG_KEY_2=credential.https://github.com.helper \
         GIT_CONFIG_VALUE_2='!f() { echo username=x-access-token; echo \"password=$(cat \
         /run/secrets/TOKEN)\"; }; f' cargo fetch --locked",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        cargo::fetch().token("a.b", TOKEN).script(),
        "the registry `a.b`",
    );
    refused(
        cargo::fetch()
            .git_token("http://github.com", TOKEN)
            .script(),
        "only sent by https",
    );
}
