use dockerfile_dsl::{sh, words};

pub fn example() {
    let packages = vec!["curl", "git"];
    let _ = sh!("apk add {packages}", packages = words(&packages));
}
