//! A target without a stage.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine" AS build
        TARGETS app
    };
}
