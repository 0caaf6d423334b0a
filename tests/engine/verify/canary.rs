//! `canary new`, a build with the decoys alone, `verify --canary`: the procedure for a pull request of a fork, with the real
//! tool, a real Docker Engine, and servers on loopback in place of the real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dockerfile_dsl_tests::trials::Trial;

use super::real::{self, A, B, Engine, Folder};
use crate::counterparts;
use crate::in_engine;
use crate::server::{Response, Server};

/// With the checksum that GitHub gives its tokens.
const TOKEN: &str = "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0";

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(
        Engine::Docker,
        [
            a_pull_request_is_built_and_searched_without_a_secret,
            a_step_whose_server_refuses_a_decoy_fails
        ]
    )
}

/// The tool, as built by `cargo build`.
fn tool() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let build = ["build", "--quiet", "-p", "dockerfile-dsl-cli"];
    let status = Command::new(env!("CARGO"))
        .args(build)
        .current_dir(&root)
        .env("TMPDIR", "/tmp")
        .status();
    assert!(status.unwrap().success());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    target.join("debug/dockerfile-dsl")
}

fn in_folder(program: &Path, folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    let command = command.args(arguments).current_dir(&folder.0);
    command.env("TMPDIR", &folder.0).output().unwrap()
}

/// Creates the decoys on the machine with the real values, and removes these.
fn decoys(tool: &Path, folder: &Folder) {
    folder.write("token", TOKEN);
    folder.write(
        "npmrc",
        &format!("//r.example/:_authToken={A}\nfund=false\n"),
    );
    folder.write(
        "netrc",
        &format!("machine h.example login ci password {B}\n"),
    );
    let output = in_folder(
        tool,
        folder,
        &[
            "canary",
            "new",
            "--secret",
            "id=token,src=token",
            "--secret",
            "id=npmrc,src=npmrc",
            "--secret",
            "id=netrc,src=netrc",
            "decoys",
        ],
    );
    assert!(output.status.success(), "{}", real::text(&output));
    for name in ["token", "npmrc", "netrc"] {
        fs::remove_file(folder.0.join(name)).unwrap();
    }
}

fn decoy(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.0.join("decoys").join(name)).unwrap()
}

/// Builds with the prepared flags. Returns whether the build succeeded, and its output.
fn build(folder: &Folder, tag: &str, step: &str) -> (bool, String) {
    let text = format!("FROM debian:bookworm-slim\nRUN echo {tag}\n{step}\n");
    folder.write("Dockerfile", &text);
    folder.write(".dockerignore", "*\n");
    let script = "docker build --progress=plain --network=host --no-cache --tag \"$1\" \
                  $(cat decoys/.build-flags) .";
    let output = in_folder(Path::new("sh"), folder, &["-c", script, "sh", tag]);
    (output.status.success(), real::text(&output))
}

#[track_caller]
fn check(tool: &Path, folder: &Folder, tag: &str, status: i32, expected: &str) {
    let image = format!("docker:{tag}");
    let output = in_folder(tool, folder, &["verify", "--canary", "decoys", &image]);
    let text = real::text(&output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    assert!(text.contains(expected), "{expected}: {text}");
    for name in ["token", "npmrc", "netrc"] {
        let value = decoy(folder, name);
        let value = value.trim().rsplit([' ', '=', '\n']).next().unwrap();
        assert!(!text.contains(value), "{text}");
    }
    real::run("docker", &["image", "rm", tag]);
}

fn a_pull_request_is_built_and_searched_without_a_secret() {
    let folder = Folder::new("canary");
    let tool = tool();
    decoys(&tool, &folder);
    // It takes any token, as the real one takes the real ones.
    let server = Server::start(|request| match request.header("authorization") {
        Some(_) => Response::new(200, "archive"),
        None => Response::unauthorized(),
    });
    let origin = server.origin();
    let honest = format!(
        "RUN --mount=type=secret,id=token,required=true \
         --mount=type=secret,id=npmrc,target=/root/.npmrc \
         --mount=type=secret,id=netrc,target=/root/.netrc \
         printf 'header = \"Authorization: Bearer %s\"' \"$(cat /run/secrets/token)\" | \
         curl -fsS -K - {origin}/app -o /srv.tar && grep -q _authToken /root/.npmrc"
    );
    let (is_built, text) = build(&folder, "canary-honest:1", &honest);
    assert!(is_built, "{text}");
    check(&tool, &folder, "canary-honest:1", 0, "clean");
    let token = decoy(&folder, "token");
    let shown = format!("Bearer {token}");
    let log = server.requests();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].header("authorization"), Some(&shown[..]));
    // It has the form that the client checks, and no part of the real one.
    assert!(token.starts_with("ghp_") && token.len() == TOKEN.len() && token != TOKEN);
    assert!(decoy(&folder, "npmrc").starts_with("//r.example/:_authToken="));

    // Leaks by the author of the pull request.
    let step = "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc cp /root/.npmrc /etc/npmrc";
    let (is_built, text) = build(&folder, "canary-file:1", step);
    assert!(is_built, "{text}");
    check(
        &tool,
        &folder,
        "canary-file:1",
        1,
        "`npmrc` is in etc/npmrc",
    );
    let step = "RUN --mount=type=secret,id=token T=$(cat /run/secrets/token) && \
                printf 'user:%s' \"$T\" | base64 | gzip >/var/x.gz\nRUN rm /var/x.gz";
    let (is_built, text) = build(&folder, "canary-deleted:1", step);
    assert!(is_built, "{text}");
    check(
        &tool,
        &folder,
        "canary-deleted:1",
        1,
        "a later layer deletes",
    );
    let step = "RUN --mount=type=secret,id=netrc,target=/root/.netrc \
                sed -n 's/.*password //p' /root/.netrc | rev >/etc/x";
    let (is_built, text) = build(&folder, "canary-part:1", step);
    assert!(is_built, "{text}");
    check(
        &tool,
        &folder,
        "canary-part:1",
        1,
        "`netrc` is in etc/x, as reversed",
    );
}

fn a_step_whose_server_refuses_a_decoy_fails() {
    let folder = Folder::new("canary-refused");
    let tool = tool();
    decoys(&tool, &folder);
    let step = |server: &Server| {
        format!(
            "RUN --mount=type=secret,id=token,required=true \
             printf '#!/bin/sh\\ncat /run/secrets/token\\n' >/tmp/ask && chmod +x /tmp/ask && \
             GIT_ASKPASS=/tmp/ask git clone -q {}/acme/private.git /src && rm /tmp/ask",
            server.origin().replace("://", "://x-access-token@")
        )
    };
    // It knows the real token only.
    let real = counterparts::git(&folder.0.join("real"), TOKEN);
    let (is_built, text) = build(&folder, "canary-refused:1", &step(&real));
    assert!(!is_built, "{text}");
    assert!(text.contains("Authentication failed"), "{text}");
    let inspect = ["image", "inspect", "canary-refused:1"];
    assert!(!real::succeeds("docker", &inspect));
    // The server that knows the decoy takes its place.
    let replacement = counterparts::git(&folder.0.join("decoy"), &decoy(&folder, "token"));
    let (is_built, text) = build(&folder, "canary-accepted:1", &step(&replacement));
    assert!(is_built, "{text}");
    check(&tool, &folder, "canary-accepted:1", 0, "clean");
}
