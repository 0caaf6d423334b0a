//! Formats of Rust: a hole has none.

use dockerfile_dsl::sh;

pub fn example(name: &str) {
    let _ = sh!("echo {name} and {name:?}");
}
