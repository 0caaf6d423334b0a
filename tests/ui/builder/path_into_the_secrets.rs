//! No layer path leads to the secrets.

use dockerfile_dsl::path;

pub fn example() {
    let _ = path!("/run/secrets/TOKEN");
}
