//! Packages of an index that requires a password, by uv.

use std::path::PathBuf;

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::recipes::uv;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [sync_with_a_password, sync_with_a_netrc])
}

/// A project that needs a private package, and its index.
fn project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::pip("reader", TOKEN);
    let context = folder(&format!("{name}-context"));
    let origin = server.origin();
    counterparts::write(
        &context.join("pyproject.toml"),
        &format!(
            "[project]\nname = \"app\"\nversion = \"1.0.0\"\nrequires-python = \
             \">=3.11\"\ndependencies = [\"acme-greeting==1.0.0\"]\n\n[[tool.uv.index]]\nname = \
             \"acme\"\nurl = \"{origin}/simple/\"\ndefault = true\n"
        ),
    );
    counterparts::write(
        &context.join("uv.lock"),
        &format!(
            "version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \
             \"acme-greeting\"\nversion = \"1.0.0\"\nsource = {{ registry = \"{origin}/simple/\" \
             }}\nwheels = [\n    {{ url = \
             \"{origin}/files/acme_greeting-1.0.0-py3-none-any.whl\" }},\n]\n\n[[package]]\nname = \
             \"app\"\nversion = \"1.0.0\"\nsource = {{ virtual = \".\" }}\ndependencies = [\n    \
             {{ name = \"acme-greeting\" }},\n]\n\n[package.metadata]\nrequires-dist = [{{ name = \
             \"acme-greeting\", specifier = \"==1.0.0\" }}]\n"
        ),
    );
    (server, context)
}

fn stage_of(sync: Script, name: &str) -> StageBuilder {
    let mut stage = Stage::from_image("ghcr.io/astral-sh/uv:python3.11-bookworm-slim");
    // A package in the cache of an earlier build would need no password.
    let cache = CacheMount::at("/root/.cache/uv").id(format!("{name}-{}", std::process::id()));
    stage
        .workdir("/app")
        .copy(["pyproject.toml", "uv.lock"], "./")
        .run(Run::new(sync).mount(cache))
        .run(sh!("uv sync --locked --offline"));
    stage
}

fn sync_with_a_password(engine: &Engine) {
    let (server, context) = project("recipe-uv");
    let sync = uv::sync().password("acme", "reader", Secret::env("PYPI_PASSWORD"));
    let proof = Proof {
        recipe: "uv",
        call: "uv::sync().password(..)",
        has_page: true,
        stage: stage_of(sync.script().unwrap(), "uv"),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "PYPI_PASSWORD",
        content: &itself,
        refusal: "client error (401",
    };
    proof.prove(engine);
}

fn sync_with_a_netrc(engine: &Engine) {
    let (server, context) = project("recipe-uv-netrc");
    let sync = uv::sync().netrc(Secret::env("NETRC_FILE"));
    let proof = Proof {
        recipe: "uv",
        call: "uv::sync().netrc(..)",
        has_page: false,
        stage: stage_of(sync.script().unwrap(), "uv-netrc"),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "NETRC_FILE",
        content: &|token| format!("machine 127.0.0.1 login reader password {token}\n"),
        refusal: "client error (401",
    };
    proof.prove(engine);
}
