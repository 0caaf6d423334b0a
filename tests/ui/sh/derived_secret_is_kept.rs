//! What a program opens with a secret is a secret, too.

use dockerfile_dsl::{Secret, sh};

const KEY: Secret = Secret::file("KEY", "key.txt");

pub fn example() {
    let _ = sh!("age -d -i {KEY} -o /app/db.sql /app/db.age");
}
