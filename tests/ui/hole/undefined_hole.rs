//! Nothing of this name is in scope.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add {package}");
}
