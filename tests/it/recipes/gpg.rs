//! `gpg --detach-sign` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gpg;

use super::{TOKEN, refused};

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        gpg::detach_sign("/run/secrets/a").key(TOKEN).script(),
        "/run/secrets",
    );
    refused(
        gpg::detach_sign("/srv/a b").key(TOKEN).script(),
        "an absolute path of",
    );
}
