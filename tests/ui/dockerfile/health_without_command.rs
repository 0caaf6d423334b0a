//! HEALTHCHECK needs CMD or NONE.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        HEALTHCHECK ["/probe"]
    };
}
