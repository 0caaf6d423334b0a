//! A file of program rows with two mistakes, for a whole template.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = dockerfile!(@programs("../sh/files/misspelt.rows") FROM "debian" RUN "true");
}
