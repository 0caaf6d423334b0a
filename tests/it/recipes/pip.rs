//! Packages of a private index: text, options and refused values.

use dockerfile_dsl::recipes::pip;

use super::{TOKEN, script_is};

#[test]
fn options_are_written() {
    script_is(
        pip::install(["acme"])
            .password("https://pypi.acme.test/simple", "reader", TOKEN)
            .script(),
        "PIP_INDEX_URL=\"https://reader:$(cat /run/secrets/TOKEN)@pypi.acme.test/simple/\" pip \
         install --no-input --no-cache-dir -- acme",
    );
}
