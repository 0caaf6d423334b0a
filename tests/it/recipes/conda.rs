//! Packages of a private conda channel: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::conda;

use super::{refused, script_is};

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

#[test]
fn options_are_written() {
    script_is(
        conda::install(["a>=1", "b"]).netrc(NETRC).script(),
        "NETRC=/run/secrets/netrc conda install --yes 'a>=1' b",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        conda::install(["--file=x"]).netrc(NETRC).script(),
        "as an option",
    );
    refused(
        conda::install(["a"])
            .netrc(NETRC)
            .channel("https://reader:swordfish@h/main")
            .script(),
        "take the user name out of the URL",
    );
}
