//! MAINTAINER is no instruction any more.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        MAINTAINER "me"
    };
}
