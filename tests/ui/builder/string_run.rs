//! Text that was not checked.

use dockerfile_dsl::Stage;

pub fn example() {
    let _ = Stage::from_image("debian").run("cat /run/secrets/TOKEN > /x").build();
}
