use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add {package} {other}", package = "curl", other = "git");
}
