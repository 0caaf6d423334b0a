use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        CMD ["true"]
        RUN "true"
    };
}
