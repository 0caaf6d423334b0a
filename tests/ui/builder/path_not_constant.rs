//! `path!` is for literals.

use dockerfile_dsl::path;

pub fn example() {
    let dir = "/srv";
    let _ = path!(dir);
}
