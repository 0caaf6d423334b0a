//! A name with a superscript is a word, but no identifier of Rust.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("echo {a²} {type}");
}
