//! Packages of a private index by poetry: text and refused values.

use dockerfile_dsl::recipes::poetry;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    let install = |source, user| poetry::install().password(source, user, TOKEN).script();
    refused(install("a.b", "reader"), "the source `a.b`");
    refused(install("acme", "$(id)"), "the user name `$(id)`");
}
