//! Downloads with a credential: text, options and refused values.

use dockerfile_dsl::recipes::curl;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        curl::download("https://files.acme.test/a.tgz?x=1")
            .header("X-Api-Key: ", TOKEN)
            .sha256("AB".repeat(32))
            .script(),
        &format!(
            "printf 'header = \"X-Api-Key: %s\"\\n' \"$(cat /run/secrets/TOKEN)\" | curl -fsSL \
             --config - -o ./a.tgz -- 'https://files.acme.test/a.tgz?x=1' && printf '%s  %s\\n' {} \
             ./a.tgz | sha256sum --check --quiet -",
            "ab".repeat(32)
        ),
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        curl::download("https://h/a").header("X: '", TOKEN).script(),
        "the text of the header",
    );
    refused(
        curl::download("https://h/").bearer(TOKEN).script(),
        "does not end with the name of a file",
    );
    refused(
        curl::download("https://h/a")
            .bearer(TOKEN)
            .sha256("12")
            .script(),
        "64 hexadecimal digits",
    );
}
