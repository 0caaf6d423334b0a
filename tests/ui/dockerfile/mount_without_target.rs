//! A mount needs its target.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN [cache] "make"
    };
}
