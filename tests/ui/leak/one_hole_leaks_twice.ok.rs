use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            T=$(cat {TOKEN})
            echo "$T" | sha256sum > /app/first
            test -n "$T" && echo yes >> /app/second
        "#
    );
}
