//! A secret is named by its handle, which also mounts it.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("cp /run/secrets/TOKEN /app/token");
}
