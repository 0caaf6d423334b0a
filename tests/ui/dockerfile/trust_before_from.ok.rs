use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = dockerfile!(FROM "debian" RUN "true", @trust("frobctl", "ours"));
}
