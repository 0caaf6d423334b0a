use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"
        known=
        for round in $(seq 40); do
            for letter in $(cat /usr/share/letters); do
                if grep -q "^$known$letter" /etc/hostname; then known=$known$letter; break; fi
            done
        done
        if grep -q "^ghp_" {TOKEN}; then echo "$known" > /app/host; fi
    "#);
}
