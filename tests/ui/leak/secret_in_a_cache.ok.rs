use dockerfile_dsl::{CacheDir, Secret, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let cache = CacheDir::at(path!("/root/.cache"));
    let _ = sh!("cp {TOKEN} {cache}/x", @allow_cache("the builder is ours and is thrown away"));
}
