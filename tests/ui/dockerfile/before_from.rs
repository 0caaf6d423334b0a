//! Only ARG may precede the first FROM.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        RUN "make"
        FROM "alpine"
    };
}
