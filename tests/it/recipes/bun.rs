//! Packages of a private npm registry by bun: text and refused values.

use dockerfile_dsl::recipes::bun;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        bun::install().token("https://h/a'b", TOKEN).script(),
        "the path of a registry",
    );
}
