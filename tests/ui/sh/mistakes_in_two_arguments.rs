//! A mistake in one argument does not hide that in the next.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add {package}", package = <Vec<u8> as, @mount("npmrc"), @network(none));
}
