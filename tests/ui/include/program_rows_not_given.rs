//! A Dockerfile with a program of the author, and no rows for it.

use dockerfile_dsl::{Secret, include_dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = include_dockerfile!("files/frobctl.Dockerfile", secrets = [TOKEN]);
}
