//! A CMD without a command.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        CMD
        RUN "true"
    };
}
