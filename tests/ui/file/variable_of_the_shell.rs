//! A value called `PATH` would change which programs run.

use dockerfile_dsl::sh_file;

pub fn example() {
    let _ = sh_file!("scripts/path.sh", PATH = "/opt");
}
