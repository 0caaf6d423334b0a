//! The function's body writes what it is given.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            save() { echo "$1" > /app/token; }
            save "$(cat {TOKEN})"
        "#
    );
}
