//! A flag that this instruction does not have.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ADD --from=x "a" "/b"
    };
}
