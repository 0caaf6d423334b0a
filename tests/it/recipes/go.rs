//! `go mod download` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::go;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        go::download()
            .password("https://go.acme.test", "reader", TOKEN)
            .script(),
        "GOPROXY=\"https://reader:$(cat /run/secrets/TOKEN)@go.acme.test/\" go mod download",
    );
    script_is(
        go::download()
            .token("git.acme.test/*", "https://git.acme.test", TOKEN)
            .script(),
        "GOPRIVATE='git.acme.test/*' GIT_CONFIG_COUNT=2 \
         GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0= \
         GIT_CONFIG_KEY_1=credential.https://git.acme.test.helper \
         GIT_CONFIG_VALUE_1='!f() { echo username=x-access-token; echo \"password=$(cat \
         /run/secrets/TOKEN)\"; }; f' go mod download",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        go::download().password("https://h", "a b", TOKEN).script(),
        "the user name `a b`",
    );
    refused(
        go::download()
            .token("a.test/*'; id", "https://a.test", TOKEN)
            .script(),
        "patterns of modules",
    );
}
