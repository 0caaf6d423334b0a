//! A path inside the secrets' directory.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        COPY "a" "/run/secrets/x"
    };
}
