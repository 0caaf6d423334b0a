//! `gem` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gem;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        gem::install("acme-greeting").gemrc(TOKEN).script(),
        "GEMRC=/run/secrets/TOKEN gem install --no-document acme-greeting",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    for name in ["", "--source", "a b", "$(id)"] {
        refused(
            gem::install(name).gemrc(TOKEN).script(),
            "the name of a gem",
        );
    }
    let install = gem::install("acme-greeting").version(">= 1");
    refused(install.gemrc(TOKEN).script(), "a version, such as `1.0.0`");
}
