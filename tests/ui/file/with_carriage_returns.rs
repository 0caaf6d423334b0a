//! The shell takes the carriage return as part of the path.

use dockerfile_dsl::sh_file;

pub fn example() {
    let _ = sh_file!("scripts/carriage_returns.sh");
}
