//! ONBUILD cannot contain FROM.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ONBUILD FROM "debian"
    };
}
