//! A symbolic link's target is in the layer too.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"ln -s "$(cat {TOKEN})" /app/link"#);
}
