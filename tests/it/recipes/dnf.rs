//! RPM packages of a private repository: text and refused values.

use dockerfile_dsl::recipes::dnf;

use super::{TOKEN, refused};

#[test]
fn variable_with_its_dollar_is_refused() {
    refused(
        dnf::install(["x"])
            .password("$ACME_PASSWORD", TOKEN)
            .script(),
        "write the name after the `$`",
    );
}
