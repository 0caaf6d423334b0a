//! A secret mount beside the exec form, which is not analysed.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN [secret TOKEN => "/root/.npmrc"] ["npm", "ci"]
    };
}
