use dockerfile_dsl::path;

pub fn example() {
    let _ = path!("/run/secret/token");
}
