//! Gems of a server that requires a password.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl::recipes::bundler;
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
        [install_with_a_password, install_with_a_token]
    )
}

/// A server with one gem, `acme-greeting` 1.0.0, by the compact index.
fn gems(folder: &Path) -> Server {
    counterparts::write(
        &folder.join("lib/acme_greeting.rb"),
        "GREETING = 'hello from the private server'\n",
    );
    counterparts::write(
        &folder.join("metadata"),
        "--- !ruby/object:Gem::Specification\nname: acme-greeting\n\
         version: !ruby/object:Gem::Version\n  version: 1.0.0\nplatform: ruby\n\
         authors:\n- test\nfiles:\n- lib/acme_greeting.rb\n\
         require_paths:\n- lib\nspecification_version: 4\nsummary: greeting\n",
    );
    let run = |program: &str, arguments: &str| {
        let mut command = Command::new(program);
        counterparts::run(command.args(arguments.split(' ')).current_dir(folder))
    };
    run("tar", "-czf data.tar.gz lib/acme_greeting.rb");
    run("gzip", "-n metadata");
    run("tar", "-cf gem metadata.gz data.tar.gz");
    let sum = run("sha256sum", "gem")[..64].to_owned();
    counterparts::write(
        &folder.join("info"),
        &format!("---\n1.0.0 |checksum:{sum}\n"),
    );
    let sum = run("md5sum", "info")[..32].to_owned();
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    let versions = format!("created_at: 2001-01-01T00:00:00Z\n---\nacme-greeting 1.0.0 {sum}\n");
    let files = [
        ("/versions", versions.into_bytes()),
        ("/info/acme-greeting", file("info")),
        ("/gems/acme-greeting-1.0.0.gem", file("gem")),
    ];
    counterparts::tree("reader", TOKEN, files)
}

fn project(name: &str) -> (Server, PathBuf) {
    let server = gems(&folder(&format!("{name}-server")));
    let context = folder(&format!("{name}-context"));
    // As in the page, where the mistake edits it.
    let source = format!("source '{}/'\ngem 'acme-greeting'\n", server.origin());
    counterparts::write(&context.join("Gemfile"), &source);
    counterparts::write(
        &context.join("Gemfile.lock"),
        &format!(
            "GEM\n  remote: {}/\n  specs:\n    acme-greeting (1.0.0)\n\nPLATFORMS\n  ruby\n  \
             x86_64-linux\n\nDEPENDENCIES\n  acme-greeting\n\nBUNDLED WITH\n   2.3.15\n",
            server.origin()
        ),
    );
    (server, context)
}

fn stage(install: Script) -> StageBuilder {
    let mut stage = Stage::from_image("ruby:3.1-slim-bookworm");
    stage
        .workdir("/app")
        .copy(["Gemfile", "Gemfile.lock"], "./")
        .run(install);
    stage
}

fn install_with_a_password(engine: &Engine) {
    let (server, context) = project("recipe-bundler");
    let secret = Secret::env("GEM_PASSWORD");
    let install = bundler::install().password(server.origin(), "reader", secret);
    let proof = Proof {
        recipe: "bundler",
        call: "bundler::install().password(..)",
        has_page: true,
        stage: stage(install.script().unwrap()),
        server: &server,
        host: "gems.acme.test",
        context: &context,
        variable: "GEM_PASSWORD",
        content: &itself,
        refusal: "Bad username or password",
    };
    proof.prove(engine);
}

fn install_with_a_token(engine: &Engine) {
    let (server, context) = project("recipe-bundler-token");
    let install = bundler::install().token(server.origin(), Secret::env("GEM_TOKEN"));
    let proof = Proof {
        recipe: "bundler",
        call: "bundler::install().token(..)",
        has_page: false,
        stage: stage(install.script().unwrap()),
        server: &server,
        host: "gems.acme.test",
        context: &context,
        variable: "GEM_TOKEN",
        content: &|token| format!("reader:{token}"),
        refusal: "Bad username or password",
    };
    proof.prove(engine);
}
