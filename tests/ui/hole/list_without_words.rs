//! A list says with `words` that it is several words.

use dockerfile_dsl::sh;

pub fn example() {
    let packages = vec!["curl", "git"];
    let _ = sh!("apk add {packages}");
}
