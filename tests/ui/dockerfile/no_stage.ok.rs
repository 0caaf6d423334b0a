use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        ARG V = "1"
        FROM "alpine:${V}"
    };
}
