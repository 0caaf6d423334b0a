//! Rows that take any option: what such a row vouches for, and what it does not. Each refusal has its nearest honest twin.

use super::check;

/// A script that is refused, and how it is honest.
#[track_caller]
fn pair(refused: &str, channel: &str, honest: &str) {
    check(refused, channel);
    check(honest, "clean");
}

const TOKEN: &str = "\"$(cat /run/secrets/tok)\"";

/// The word behind an option that no row lists may be its value.
#[test]
fn the_value_of_an_unlisted_option_is_opaque() {
    pair(
        &format!("skopeo copy --unheard-of {TOKEN} docker://a docker://b"),
        "opaque",
        &format!("skopeo copy --src-creds {TOKEN} docker://a docker://b"),
    );
    pair(
        &format!("jf rt dl --unheard-of {TOKEN} repo/x /opt/"),
        "opaque",
        &format!("jf rt dl --quiet --access-token {TOKEN} repo/x /opt/"),
    );
    pair(
        &format!("psql --unheard-of {TOKEN}"),
        "opaque",
        &format!("psql -At {TOKEN} -c 'select 1'"),
    );
    pair(
        &format!("pg_dump --unheard-of {TOKEN}"),
        "opaque",
        &format!("pg_dump -Fc {TOKEN}"),
    );
}

/// The words of a sub-command are found behind an option of its program that no row lists.
#[test]
fn an_unlisted_option_does_not_hide_the_sub_command() {
    let login = |option: &str| format!("aws {option} configure set aws_secret_access_key {TOKEN}");
    check(&login(""), "layer");
    check(&login("--color off"), "layer");
    check(&login("--no-cli-pager"), "layer");
    pair(
        &login("--color off"),
        "layer",
        &format!("{}; rm -f ~/.aws/credentials", login("--color off")),
    );
}

/// An operand of such a row may be a file that is copied, packed or shown.
#[test]
fn the_file_of_a_secret_is_no_text() {
    for command in [
        "gsutil cp",
        "rclone copy",
        "gcloud storage cp",
        "aws s3 cp",
        "mc cp",
    ] {
        pair(
            &format!("{command} /run/secrets/tok /app/x"),
            "opaque",
            &format!("TOKEN={TOKEN} {command} remote:x /app/x"),
        );
    }
    pair(
        "jar cf /app/x.jar -C /run/secrets tok",
        "opaque",
        "jar cf /app/x.jar -C /app classes",
    );
    pair(
        "ld -r -b binary -o /app/x.o /run/secrets/tok",
        "opaque",
        "test -s /run/secrets/tok; ld -r -b binary -o /app/x.o /app/x",
    );
}
