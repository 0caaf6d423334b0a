//! The script has to be read when it is compiled.

use dockerfile_dsl::sh;

pub fn example() {
    let text = "apk add curl";
    let _ = sh!(text);
}
