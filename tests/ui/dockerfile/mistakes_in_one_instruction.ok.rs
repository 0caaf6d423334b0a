use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        RUN --network=none [cache "/x"] "make", @shell(sh)
        CMD ["/app"]
    };
}
