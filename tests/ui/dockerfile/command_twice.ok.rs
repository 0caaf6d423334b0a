use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ENTRYPOINT ["a"]
        CMD ["b"]
    };
}
