//! Only sh and bash are read.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("print hello", @shell(zsh));
}
