//! Objects of Google Cloud Storage: text, options and refused values.

use dockerfile_dsl::recipes::gcs;
use dockerfile_dsl::{Dockerfile, Stage};

use super::{TOKEN, refused};

#[test]
fn token_is_in_the_environment_of_one_command() {
    let download = gcs::download("gs://acme-models/a/weights.bin").token(TOKEN);
    let mut stage = Stage::from_image("google/cloud-sdk:528.0.0-slim");
    stage.run(download.script().unwrap());
    let text = Dockerfile::from_stage(&stage.build()).unwrap().render();
    assert!(
        text.contains(
            "CLOUDSDK_AUTH_ACCESS_TOKEN=\"$(cat /run/secrets/TOKEN)\" \
             gcloud storage cp gs://acme-models/a/weights.bin ./weights.bin"
        ),
        "{text}"
    );
}

#[test]
fn what_is_no_object_is_refused() {
    for object in [
        "s3://acme-models/a",
        "gs://acme-models",
        "gs://acme-models/a/",
    ] {
        refused(
            gcs::download(object).key(TOKEN).script(),
            "an object is written `gs://bucket/file`",
        );
    }
}
