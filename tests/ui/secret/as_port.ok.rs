use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").expose(8080_u16).build();
}
