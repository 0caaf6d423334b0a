//! An option of another mount.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN [tmpfs "/x", sharing = locked] "make"
    };
}
