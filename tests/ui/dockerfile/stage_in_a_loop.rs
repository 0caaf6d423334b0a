//! A stage inside a loop; stages are allowed at the top level only.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        for n in 0..2 { FROM "debian" ENV N = (n) }
    };
}
