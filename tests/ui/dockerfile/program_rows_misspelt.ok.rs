use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = dockerfile!(@programs("../sh/files/frobctl.rows") FROM "debian" RUN "true");
}
