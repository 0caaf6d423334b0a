//! Arithmetic evaluates its text.

use dockerfile_dsl::sh;

pub fn example() {
    let n = String::from("1");
    let _ = sh!("echo $(( {n} + 1 ))");
}
