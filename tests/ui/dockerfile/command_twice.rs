//! CMD counts once.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        CMD ["a"]
        CMD ["b"]
    };
}
