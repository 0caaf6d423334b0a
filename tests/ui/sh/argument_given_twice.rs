//! One name, one value.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add {package}", package = "curl", package = "git");
}
