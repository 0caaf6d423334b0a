//! Nothing is known of the image in `@base`.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("cargo fetch", @base("registry.acme.com/rust:1.80"));
}
