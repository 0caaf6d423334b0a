use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        WORKDIR "/x"
        COPY --link "a" "/b"
        EXPOSE 80
    };
}
