//! git gives the helper's text to a shell.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let name = String::from("x-access-token");
    let _ = sh!(
        r#"git -c credential.helper='!f() { echo username={name}; echo "password=$(cat {TOKEN})"; }; f' fetch https://github.com/acme/private"#
    );
}
