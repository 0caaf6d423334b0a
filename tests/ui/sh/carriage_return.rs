//! The shell takes the carriage return as part of the path.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("echo hello > /srv/x\r\necho done > /srv/y");
}
