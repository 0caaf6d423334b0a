use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        LABEL "org.opencontainers.image.authors" = "me"
    };
}
