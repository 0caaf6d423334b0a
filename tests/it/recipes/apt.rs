//! Debian packages of a private repository: text and quoting.

use dockerfile_dsl::recipes::apt;

use super::{TOKEN, script_is};

#[test]
fn packages_are_words() {
    script_is(
        apt::install(["a=1.0", "b c"]).netrc(TOKEN).script(),
        "apt-get -o Dir::Etc::netrc=/run/secrets/TOKEN update && \
         apt-get -o Dir::Etc::netrc=/run/secrets/TOKEN install -y --no-install-recommends -- \
         'a=1.0' 'b c' && rm -rf /var/lib/apt/lists/*",
    );
}
