//! Models of Hugging Face: text, options and refused values.

use dockerfile_dsl::recipes::huggingface;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut python = Stage::from_image("acme/python-hub:3.11");
    let download = huggingface::download("acme/model")
        .token(Secret::env("HF_TOKEN"))
        .to("/models/acme");
    python.env("HF_ENDPOINT", "https://hub.acme.test");
    renders_as_its_page("huggingface", python.run(download.script().unwrap()));
}

#[test]
fn options_are_written() {
    script_is(
        huggingface::download("acme/model-7b.v1")
            .token(TOKEN)
            .revision("a b")
            .script(),
        "HF_TOKEN_PATH=/run/secrets/TOKEN hf download acme/model-7b.v1 --revision 'a b'",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let download = |name: &str| huggingface::download(name).token(TOKEN);
    for name in ["model", "a/b/c", "a/-b", "../b", "a/b;id", "/b"] {
        refused(download(name).script(), "written `owner/name`");
    }
    refused(
        download("a/b").to("/run/secrets/x").script(),
        "/run/secrets",
    );
}
