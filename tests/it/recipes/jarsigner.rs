//! `jarsigner` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::jarsigner;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        jarsigner::sign("/run/secrets/a", "release")
            .keystore(TOKEN, TOKEN)
            .script(),
        "/run/secrets",
    );
}
