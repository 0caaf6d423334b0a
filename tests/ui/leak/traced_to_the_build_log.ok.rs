use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"curl -fsS -H "Authorization: Bearer $(cat {TOKEN})" https://example.com/x -o /srv/x"#);
}
