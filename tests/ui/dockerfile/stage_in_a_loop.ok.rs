use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        for n in 0..2 { ENV N = (n) }
    };
}
