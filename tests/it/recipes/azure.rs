//! Blobs of Azure Storage: text, options and refused values.

use dockerfile_dsl::Stage;
use dockerfile_dsl::recipes::azure;

use super::{TOKEN, refused, script_is};

const BLOB: &str = "https://acme.blob.core.windows.net/models/weights.bin";

#[test]
fn key_of_the_account_is_another_variable() {
    let script = azure::download(BLOB).account_key(TOKEN).script().unwrap();
    let mut stage = Stage::from_image("mcr.microsoft.com/azure-cli:2.64.0");
    stage.run(script);
    let image = dockerfile_dsl::Dockerfile::from_stage(&stage.build()).unwrap();
    let text = image.render();
    assert!(text.contains("AZURE_STORAGE_KEY=\"$(cat "), "{text}");
    assert!(text.contains("--file ./weights.bin"), "{text}");
}

#[test]
fn host_of_another_cloud_is_an_endpoint() {
    let url = "https://acme.blob.core.chinacloudapi.cn/models/weights.bin";
    script_is(
        azure::download(url).sas(TOKEN).script(),
        "AZURE_CONFIG_DIR=/run/azure AZURE_STORAGE_SAS_TOKEN=\"$(cat /run/secrets/TOKEN)\" \
         az storage blob download --only-show-errors --output none \
         --blob-endpoint https://acme.blob.core.chinacloudapi.cn --container-name models \
         --name weights.bin --file ./weights.bin",
    );
}

#[test]
fn what_is_no_blob_is_refused() {
    refused(
        azure::download("https://acme.blob.core.windows.net/models/a?sig=swordfish")
            .sas(TOKEN)
            .script(),
        "take the query out",
    );
    refused(
        azure::download("https://acme.blob.core.windows.net/models")
            .sas(TOKEN)
            .script(),
        "the URL of a blob is",
    );
}
