//! A mark that no editor shows is part of the first word.

use dockerfile_dsl::sh_file;

pub fn example() {
    let _ = sh_file!("scripts/byte_order_mark.sh");
}
