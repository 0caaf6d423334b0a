//! Models of Hugging Face: text, options and refused values.

use dockerfile_dsl::recipes::huggingface;

use super::{TOKEN, refused, script_is};

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
