//! A string in text that `sh -c` evaluates is code.

use dockerfile_dsl::sh;

pub fn example() {
    let name = String::from("api");
    let _ = sh!("sh -c 'echo {name}'");
}
