//! Debian packages of a repository that requires a password.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl::recipes::apt;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN};
use crate::builders::{Engine, folder};
use crate::counterparts::{self, write};
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [install])
}

fn install(engine: &Engine) {
    let repository = folder("recipe-apt-repository");
    make_repository(&repository);
    let server = protected(repository, TOKEN);
    let context = folder("recipe-apt-context");
    let source = format!(
        "Types: deb\nURIs: {}/\nSuites: ./\nTrusted: yes\n",
        server.origin()
    );
    write(&context.join("acme.sources"), &source);
    let install = apt::install(["acme-greeting"]).netrc(Secret::env("APT_AUTH"));
    let mut stage = Stage::from_image("debian:12-slim");
    stage
        .copy("acme.sources", "/etc/apt/sources.list.d/")
        .run(install.script().unwrap())
        .cmd(["acme-greeting"]);
    let proof = Proof {
        recipe: "apt",
        call: "apt::install(..).netrc(..)",
        has_page: true,
        stage,
        server: &server,
        host: "deb.acme.test",
        context: &context,
        variable: "APT_AUTH",
        // By http, as on loopback, only if the line says so.
        content: &|token| format!("machine http://127.0.0.1 login reader password {token}\n"),
        refusal: "401",
    };
    proof.prove(engine);
}

/// Serves a folder to the user `reader`, also as a proxy of itself.
pub(super) fn protected(folder: PathBuf, password: &str) -> Server {
    let expected = counterparts::encode(format!("reader:{password}").as_bytes());
    let expected = format!("Basic {expected}");
    Server::start(move |request| {
        let shown = request.header("authorization");
        let shown = shown.or_else(|| request.header("proxy-authorization"));
        if shown != Some(&expected) {
            return Response::unauthorized();
        }
        let path = match request.path.strip_prefix("http://") {
            Some(rest) => rest.split_once('/').unwrap_or_default().1,
            None => request.path.trim_start_matches('/'),
        };
        match fs::read(folder.join(path)) {
            Ok(content) => Response::new(200, content),
            Err(_) => Response::new(404, ""),
        }
    })
}

/// A flat repository with the package `acme-greeting`.
fn make_repository(repository: &Path) {
    let tree = folder("recipe-apt-package");
    let control = "Package: acme-greeting\nVersion: 1.0.0\nArchitecture: all\n\
                   Maintainer: acme <packages@acme.test>\nDescription: a greeting\n";
    write(&tree.join("DEBIAN/control"), control);
    let program = tree.join("usr/bin/acme-greeting");
    write(
        &program,
        "#!/bin/sh\necho hello from the private repository\n",
    );
    let package = repository.join("acme-greeting.deb");
    output(Command::new("chmod").arg("755").arg(&program));
    output(
        Command::new("dpkg-deb")
            .args(["--root-owner-group", "--build"])
            .args([&tree, &package]),
    );
    let digest = output(Command::new("sha256sum").arg(&package));
    let digest = digest.split(' ').next().unwrap_or_default();
    let size = fs::metadata(&package).unwrap().len();
    let index = format!("{control}Filename: ./acme-greeting.deb\nSize: {size}\nSHA256: {digest}\n");
    write(&repository.join("Packages"), &index);
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it is a program of Debian");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
