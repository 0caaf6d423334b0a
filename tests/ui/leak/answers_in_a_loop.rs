//! One answer about a secret is no leak; letter by letter they are all of it.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"
        known=
        for round in $(seq 40); do
            for letter in $(cat /usr/share/letters); do
                if grep -q "^$known$letter" {TOKEN}; then known=$known$letter; break; fi
            done
        done
        echo "$known" > /app/token
    "#);
}
