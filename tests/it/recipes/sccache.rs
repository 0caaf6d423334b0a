//! `sccache` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::sccache;
use dockerfile_dsl::{Dockerfile, Stage};

use super::{TOKEN, refused};

#[test]
fn options_are_written() {
    let build = sccache::cargo_build("acme-cache", "eu-central-1");
    let build = build.endpoint("https://s3.acme.test/");
    let mut rust = Stage::from_image("acme/rust-sccache:1.95");
    rust.run(build.access_key(TOKEN, TOKEN).script().unwrap());
    let text = Dockerfile::from_stage(&rust.build()).unwrap().render();
    let expected = " SCCACHE_REGION=eu-central-1 SCCACHE_ENDPOINT=https://s3.acme.test \\\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        sccache::cargo_build("a b", "r")
            .access_key(TOKEN, TOKEN)
            .script(),
        "a bucket or a region",
    );
    refused(
        sccache::cargo_build("b", "r")
            .endpoint("https://x:swordfish@s3.acme.test")
            .access_key(TOKEN, TOKEN)
            .script(),
        "take the user name out",
    );
}
