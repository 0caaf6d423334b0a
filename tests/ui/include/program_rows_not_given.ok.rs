use dockerfile_dsl::{Secret, include_dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = include_dockerfile!(
        "files/frobctl.Dockerfile",
        secrets = [TOKEN],
        programs = "../sh/files/frobctl.rows"
    );
}
