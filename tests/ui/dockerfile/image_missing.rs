//! A FROM without an image.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM
        RUN "true"
    };
}
