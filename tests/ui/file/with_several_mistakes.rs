//! All mistakes of a file are said in one compile, each with its line.

use dockerfile_dsl::{Secret, sh_file};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh_file!("scripts/several.sh", TOKEN = TOKEN);
}
