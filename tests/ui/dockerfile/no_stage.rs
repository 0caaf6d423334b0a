//! A template without a stage.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        ARG V = "1"
    };
}
