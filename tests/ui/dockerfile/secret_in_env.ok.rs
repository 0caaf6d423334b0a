use dockerfile_dsl::dockerfile;

const VERSION: &str = "1.2";

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ENV T = (VERSION)
    };
}
