//! The path is relative to the source file.

use dockerfile_dsl::{Secret, sh_file};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh_file!("leak.sh", TOKEN = TOKEN);
}
