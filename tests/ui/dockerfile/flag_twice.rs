//! A flag is given twice.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        COPY --chown=1 --chown=2 "a" "/b"
    };
}
