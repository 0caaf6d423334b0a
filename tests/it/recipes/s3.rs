//! Objects of S3 buckets: text, options and refused values.

use dockerfile_dsl::recipes::s3;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut client = Stage::from_image("amazon/aws-cli:2.9.19");
    let download = s3::download("s3://acme-models/greeting.txt")
        .credentials(Secret::file("aws", "~/.aws/credentials"))
        .region("us-east-1")
        .endpoint("https://s3.acme.test")
        .to("/opt/greeting.txt");
    renders_as_its_page("s3", client.run(download.script().unwrap()));
}

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
