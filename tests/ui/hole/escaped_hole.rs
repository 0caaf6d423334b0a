//! The backslash would take the first character of the value.

use dockerfile_dsl::sh;

pub fn example() {
    let name = "api";
    let _ = sh!(r"echo \{name}");
}
