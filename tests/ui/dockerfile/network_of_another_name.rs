//! A network that there is not.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN --network=bridge ["make"]
    };
}
