use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").user("app").build();
}
