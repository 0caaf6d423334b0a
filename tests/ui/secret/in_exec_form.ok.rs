use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").run_exec(["curl", "https://example.com"]).build();
}
