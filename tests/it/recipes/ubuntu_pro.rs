//! Packages of Ubuntu Pro: text.

use dockerfile_dsl::recipes::ubuntu_pro;
use dockerfile_dsl::{Secret, Stage};

use super::renders_as_its_page;

#[test]
fn page_shows_what_is_rendered() {
    let mut ubuntu = Stage::from_image("ubuntu:24.04");
    let config = Secret::file("pro-attach-config", "pro-attach-config.yaml");
    let install = ubuntu_pro::install(["openssl"]).attach_config(config);
    renders_as_its_page("ubuntu_pro", ubuntu.run(install.script().unwrap()));
}
