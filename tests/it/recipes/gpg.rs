//! `gpg --detach-sign` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gpg;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut debian = Stage::from_image("buildpack-deps:bookworm-curl");
    let sign = gpg::detach_sign("/srv/app.tgz").key(Secret::env("GPG_KEY"));
    let sign = sign.passphrase(Secret::env("GPG_PASSPHRASE"));
    debian.copy("app.tgz", "/srv/").run(sign.script().unwrap());
    renders_as_its_page("gpg", &mut debian);
}

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
