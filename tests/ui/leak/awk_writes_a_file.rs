//! awk's own redirect is in its program.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"awk '{print > "/x"}' {TOKEN} > /dev/null"#);
}
