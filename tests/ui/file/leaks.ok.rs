use dockerfile_dsl::{Secret, sh_file};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh_file!("scripts/honest.sh", TOKEN = TOKEN);
}
