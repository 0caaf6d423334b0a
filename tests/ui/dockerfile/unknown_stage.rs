//! The binding of a stage is misspelt.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine" AS build
        FROM "debian"
        COPY --from=biuld "/a" "/b"
    };
}
