//! Debian packages of a private repository: text and quoting.

use dockerfile_dsl::recipes::apt;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut debian = Stage::from_image("debian:12-slim");
    let auth = Secret::file("apt-auth", "~/.config/acme/apt-auth.conf");
    let install = apt::install(["acme-greeting"]).netrc(auth);
    debian
        .copy("acme.sources", "/etc/apt/sources.list.d/")
        .run(install.script().unwrap());
    renders_as_its_page("apt", &mut debian);
}

#[test]
fn packages_are_words() {
    script_is(
        apt::install(["a=1.0", "b c"]).netrc(TOKEN).script(),
        "apt-get -o Dir::Etc::netrc=/run/secrets/TOKEN update && \
         apt-get -o Dir::Etc::netrc=/run/secrets/TOKEN install -y --no-install-recommends -- \
         'a=1.0' 'b c' && rm -rf /var/lib/apt/lists/*",
    );
}
