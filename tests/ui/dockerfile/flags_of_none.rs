//! An instruction without flags is given one.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        USER --chown=1 "app"
    };
}
