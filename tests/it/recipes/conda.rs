//! Packages of a private conda channel: text, options and refused values.

use dockerfile_dsl::recipes::conda;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{refused, renders_as_its_page, script_is};

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

#[test]
fn page_shows_what_is_rendered() {
    let mut conda = Stage::from_image("continuumio/miniconda3:24.9.2-0");
    let install = conda::install(["acme-client=1.0"])
        .netrc(NETRC)
        .channel("https://conda.acme.test/main");
    conda
        .run(install.script().unwrap())
        .run(sh!("conda clean --all --yes"));
    renders_as_its_page("conda", &mut conda);
}

#[test]
fn options_are_written() {
    script_is(
        conda::install(["a>=1", "b"]).netrc(NETRC).script(),
        "NETRC=/run/secrets/netrc conda install --yes 'a>=1' b",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        conda::install(["--file=x"]).netrc(NETRC).script(),
        "as an option",
    );
    refused(
        conda::install(["a"])
            .netrc(NETRC)
            .channel("https://reader:swordfish@h/main")
            .script(),
        "take the user name out of the URL",
    );
}
