//! A mistake in a flag, in a mount and in an argument of one RUN: three errors.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN --netwrok=none [cahce "/x"] "make", @network(none)
        CMD
    };
}
