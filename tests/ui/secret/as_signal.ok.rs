use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").stopsignal("SIGTERM").build();
}
