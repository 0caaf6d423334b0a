//! `cosign sign-blob` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::cosign;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut debian = Stage::from_image("acme/debian-cosign:2.5");
    let sign = cosign::sign_blob("/srv/app.tgz").key(
        Secret::file("cosign-key", "cosign.key"),
        Secret::env("COSIGN_PASSWORD"),
    );
    debian.copy("app.tgz", "/srv/").run(sign.script().unwrap());
    renders_as_its_page("cosign", &mut debian);
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        cosign::sign_blob("/run/secrets/a")
            .key(TOKEN, TOKEN)
            .script(),
        "/run/secrets",
    );
}
