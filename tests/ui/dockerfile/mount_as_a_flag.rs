//! A mount written as a flag instead of in brackets.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN --mount="type=cache,target=/x" "make"
    };
}
