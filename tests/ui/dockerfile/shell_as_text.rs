//! SHELL has a list form only.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        SHELL "/bin/bash -c"
    };
}
