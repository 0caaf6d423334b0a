use dockerfile_dsl::{Secret, sh};

const KEY: Secret = Secret::env("DEPLOY_KEY");

pub fn example() {
    let _ = sh!("make release KEY={KEY}", @project_code(KEY, "it uploads symbols with it and prints nothing"));
}
