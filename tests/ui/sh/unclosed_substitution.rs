//! The script does not parse.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("echo $(cat /etc/hostname");
}
