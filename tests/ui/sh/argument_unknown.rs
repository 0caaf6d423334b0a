//! Unknown argument `@network`.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add curl", @network(none));
}
