use dockerfile_dsl::{Secret, sh};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = sh!("NPM_CONFIG_USERCONFIG={NPMRC} npm ci");
}
