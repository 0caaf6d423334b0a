//! A flag needs a value.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        COPY --chown "a" "/b"
    };
}
