//! Objects of S3 buckets: text, options and refused values.

use dockerfile_dsl::Secret;
use dockerfile_dsl::recipes::s3;

use super::{TOKEN, refused, script_is};

#[test]
fn key_of_two_secrets_is_in_the_environment() {
    let key = s3::download("s3://acme-models/a/b c").keys(Secret::env("ID"), TOKEN);
    script_is(
        key.script(),
        "AWS_ACCESS_KEY_ID=\"$(cat /run/secrets/ID)\" \
         AWS_SECRET_ACCESS_KEY=\"$(cat /run/secrets/TOKEN)\" \
         aws s3 cp --only-show-errors 's3://acme-models/a/b c' './b c'",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        s3::download("acme-models/a").credentials(TOKEN).script(),
        "an object is written `s3://bucket/file`",
    );
    refused(
        s3::download("s3://acme-models/a")
            .credentials(TOKEN)
            .endpoint("http://s3.acme.test")
            .script(),
        "only sent by https",
    );
}
