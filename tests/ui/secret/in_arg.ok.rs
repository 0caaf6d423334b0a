use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").arg_or("NAME", "ci").build();
}
