//! Packages of a private index by uv: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::uv;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        uv::sync().netrc(Secret::file("netrc", "~/.netrc")).script(),
        "NETRC=/run/secrets/netrc uv sync --locked --no-install-project",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        uv::sync().password("a b", "reader", TOKEN).script(),
        "the index `a b`",
    );
    refused(
        uv::sync().password("acme", "a b", TOKEN).script(),
        "the user name `a b`",
    );
}
