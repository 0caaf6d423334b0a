//! Packages of an index that requires a password.

use std::path::PathBuf;

use dockerfile_dsl::recipes::pip;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [requirements_with_a_password, requirements_with_a_netrc]
    )
}

/// A project that needs a private package, and its index.
fn pip_project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::pip("reader", TOKEN);
    let context = folder(&format!("{name}-context"));
    counterparts::write(&context.join("requirements.txt"), "acme-greeting==1.0.0\n");
    (server, context)
}

fn pip_stage(install: Script) -> StageBuilder {
    let mut stage = Stage::from_image("python:3.11-slim-bookworm");
    stage.copy("requirements.txt", "./").run(install);
    stage.cmd(["python3", "-c", "import acme_greeting"]);
    stage
}

fn requirements_with_a_password(engine: &Engine) {
    let (server, context) = pip_project("recipe-pip");
    let index = format!("{}/simple/", server.origin());
    let install = pip::requirements("requirements.txt");
    let install = install.password(index, "reader", Secret::env("PYPI_PASSWORD"));
    let proof = Proof {
        recipe: "pip",
        call: "pip::requirements(..).password(..)",
        has_page: true,
        stage: pip_stage(install.script().unwrap()),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "PYPI_PASSWORD",
        content: &itself,
        refusal: "No matching distribution",
    };
    proof.prove(engine);
}

fn requirements_with_a_netrc(engine: &Engine) {
    let (server, context) = pip_project("recipe-netrc");
    let index = format!("{}/simple/", server.origin());
    let install = pip::requirements("requirements.txt").netrc(Secret::env("NETRC_FILE"));
    let proof = Proof {
        recipe: "pip",
        call: "pip::requirements(..).netrc(..)",
        has_page: false,
        stage: pip_stage(install.index(index).script().unwrap()),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "NETRC_FILE",
        content: &|token| format!("machine 127.0.0.1 login reader password {token}\n"),
        refusal: "No matching distribution",
    };
    proof.prove(engine);
}
