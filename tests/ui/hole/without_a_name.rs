//! A hole by its number, as in `format!`.

use dockerfile_dsl::sh;

pub fn example(name: &str) {
    let _ = sh!("echo {}", name);
}
