//! RPM packages of a private repository: text and refused values.

use dockerfile_dsl::recipes::dnf;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page};

#[test]
fn page_shows_what_is_rendered() {
    let mut alma = Stage::from_image("almalinux:9");
    let install =
        dnf::install(["acme-greeting"]).password("ACME_PASSWORD", Secret::env("RPM_PASSWORD"));
    alma.copy("acme.repo", "/etc/yum.repos.d/")
        .run(install.script().unwrap());
    renders_as_its_page("dnf", &mut alma);
}

#[test]
fn variable_with_its_dollar_is_refused() {
    refused(
        dnf::install(["x"])
            .password("$ACME_PASSWORD", TOKEN)
            .script(),
        "write the name after the `$`",
    );
}
