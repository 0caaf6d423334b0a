//! Packages of a private index by uv: text, options and refused values.

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::recipes::uv;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut python = Stage::from_image("ghcr.io/astral-sh/uv:python3.11-bookworm-slim");
    let sync = uv::sync().password("acme", "reader", Secret::env("PYPI_PASSWORD"));
    let sync = Run::new(sync.script().unwrap()).mount(CacheMount::at("/root/.cache/uv"));
    python
        .workdir("/app")
        .copy(["pyproject.toml", "uv.lock"], "./")
        .run(sync)
        .run(sh!("uv sync --locked --offline"));
    renders_as_its_page("uv", &mut python);
}

#[test]
fn options_are_written() {
    script_is(
        uv::sync().netrc(Secret::file("netrc", "~/.netrc")).script(),
        "NETRC=/run/secrets/netrc uv sync --locked --no-install-project",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        uv::sync().password("a b", "reader", TOKEN).script(),
        "the index `a b`",
    );
    refused(
        uv::sync().password("acme", "a b", TOKEN).script(),
        "the user name `a b`",
    );
}
