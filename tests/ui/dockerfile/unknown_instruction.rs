//! An instruction is misspelt.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        WORKDRI "/x"
    };
}
