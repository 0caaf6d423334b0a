//! `cosign sign-blob` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::cosign;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        cosign::sign_blob("/run/secrets/a")
            .key(TOKEN, TOKEN)
            .script(),
        "/run/secrets",
    );
}
