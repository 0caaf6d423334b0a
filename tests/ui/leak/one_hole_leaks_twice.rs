//! One value leaks in two places: both are reported in one compile.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            T=$(cat {TOKEN})
            echo "$T" > /app/first
            echo "$T" >> /app/second
        "#
    );
}
