//! A type of mount that there is not.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN [cahce "/x"] "make"
    };
}
