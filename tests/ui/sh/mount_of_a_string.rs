//! Only a `Secret` can be mounted.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("npm ci", @mount("npmrc" => "/root/.npmrc"));
}
