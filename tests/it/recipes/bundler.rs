//! `bundle install` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::bundler;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        bundler::install()
            .token("https://my-gems.acme.test:8443/a", TOKEN)
            .script(),
        "BUNDLE_MY___GEMS__ACME__TEST=\"$(cat /run/secrets/TOKEN)\" bundle install",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        bundler::install()
            .password("https://h", "a:b", TOKEN)
            .script(),
        "the user name",
    );
}
