use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN "cat {TOKEN} > /dev/null"
    };
}
