//! Alpine packages of a private repository: text and refused values.

use dockerfile_dsl::recipes::apk;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        apk::add(["x"])
            .password("https://h/a'b", "u", TOKEN)
            .script(),
        "the path of a registry",
    );
    refused(
        apk::add(["x"]).password("https://h", "a:b", TOKEN).script(),
        "other characters",
    );
}
