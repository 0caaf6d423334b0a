//! `dockerfile-dsl build` with a real engine: what is built, named, pushed and printed.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use dockerfile_dsl_tests::engine::Builders;
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{Needed, Trial};
use serde_json::Value;

use crate::place::Place;
use crate::{VALUE, check, has_image, remove_image};

pub(crate) fn trials(builders: &Needed<Builders>) -> Vec<Trial> {
    trials!(
        builders,
        [
            clean_image_is_named_and_pushed,
            leaking_image_is_neither_named_nor_pushed,
            value_in_the_log_is_found_and_not_shown,
            nothing_is_built_without_the_secret,
            trust_of_the_configuration_is_that_of_check,
            ctrl_c_leaves_nothing,
        ]
    )
}

/// A registry of the engine's folder, until the end of the test.
struct Registry {
    process: Child,
    host: String,
    _folder: tempfile::TempDir,
}

impl Registry {
    fn start(builders: &Builders) -> Self {
        let folder = tempfile::tempdir().expect("can be made");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback is free");
        let host = listener.local_addr().expect("it is bound").to_string();
        drop(listener);
        let root = folder.path().join("data");
        // YAML, of which JSON is a part.
        let config = serde_json::json!({
            "version": "0.1",
            "log": { "level": "error", "accesslog": { "disabled": true } },
            "storage": { "filesystem": { "rootdirectory": root } },
            "http": { "addr": host, "secret": "none" },
        });
        let file = folder.path().join("config.yml");
        std::fs::write(&file, config.to_string()).expect("can be written");
        let program = builders.folder().join("registry/bin/docker-registry");
        let mut registry = builders.command(&program.display().to_string());
        registry.arg("serve").arg(&file);
        registry.stdout(Stdio::null()).stderr(Stdio::null());
        let process = registry.spawn().expect("`.ci/engine registry` unpacks it");
        let is_up = |_| {
            std::thread::sleep(Duration::from_millis(100));
            TcpStream::connect(&host).is_ok()
        };
        assert!((0..100).any(is_up), "the registry does not start");
        Self {
            process,
            host,
            _folder: folder,
        }
    }

    /// Whether the registry has a repository with a tag.
    fn has(&self, builders: &Builders, repository: &str, tag: &str) -> bool {
        let mut inspect = builders.command("docker");
        let name = format!("{}/{repository}:{tag}", self.host);
        inspect.args(["buildx", "imagetools", "inspect", &name]);
        inspect.output().expect("docker is there").status.success()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A repository of one Dockerfile with the secret `TOKEN`.
fn place(step: &str) -> Place {
    Place::with(&[("Dockerfile", &dockerfile("", step))])
}

/// A Dockerfile with one step that gets the secret; the engine has no network for steps.
fn dockerfile(comments: &str, step: &str) -> String {
    format!(
        "FROM debian:bookworm-slim\n{comments}RUN --network=none \
         --mount=type=secret,id=TOKEN,required=true {step}\n"
    )
}

fn build(builders: &Builders, place: &Place, arguments: &[&str], token: Option<&str>) -> Output {
    let mut build = command(builders, place, arguments, token);
    build.output().expect("the tool is there")
}

fn command(builders: &Builders, place: &Place, arguments: &[&str], token: Option<&str>) -> Command {
    let mut build = builders.command(env!("CARGO_BIN_EXE_dockerfile-dsl"));
    build
        .args(["build", "--fresh-secrets", "--secret", "id=TOKEN,env=TOKEN"])
        .args(arguments)
        .current_dir(place.path())
        .env_remove("TOKEN");
    if let Some(token) = token {
        build.env("TOKEN", token);
    }
    build
}

fn clean_image_is_named_and_pushed(builders: &Builders) {
    let registry = Registry::start(builders);
    let place = place("test -s /run/secrets/TOKEN");
    let tag = format!("{}/team/clean:1", registry.host);
    let output = build(builders, &place, &["--tag", &tag], Some(VALUE));
    assert!(check(&output, 0).contains("clean"));
    assert!(has_image(builders, &tag));
    assert!(!registry.has(builders, "team/clean", "1"));
    let output = build(builders, &place, &["--tag", &tag, "--push"], Some(VALUE));
    check(&output, 0);
    assert!(registry.has(builders, "team/clean", "1"));
    remove_image(builders, &tag);
}

/// A repository with a program that the check does not read, and that its author trusts.
fn with_program(text: &str, note: &str) -> Place {
    let copied = format!("COPY --chmod=755 program /usr/bin/program\n{note}");
    let place = place("");
    place.write("program", text);
    let step = dockerfile(&copied, "program /run/secrets/TOKEN");
    place.write("Dockerfile", &step);
    place
}

const TRUST: &str = "# dockerfile-dsl: trust=program output reason=\"a test\"\n";

fn leaking_image_is_neither_named_nor_pushed(builders: &Builders) {
    let registry = Registry::start(builders);
    let place = with_program("#!/bin/sh\nbase64 \"$1\" >/etc/kept\n", TRUST);
    let tag = format!("{}/team/leaky:1", registry.host);
    let arguments = ["--tag", &tag, "--push", "--format", "json"];
    let output = build(builders, &place, &arguments, Some(VALUE));
    check(&output, 1);
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(report["verdict"], "leaked", "{report}");
    assert!(report.to_string().contains("etc/kept"), "{report}");
    assert!(!has_image(builders, &tag));
    assert!(!registry.has(builders, "team/leaky", "1"));
}

/// What a trusted program prints is found, and not shown.
fn value_in_the_log_is_found_and_not_shown(builders: &Builders) {
    let place = with_program("#!/bin/sh\ncat \"$1\"\n", TRUST);
    let tag = "dsl-test/cli-log:1";
    let text = check(&build(builders, &place, &["--tag", tag], Some(VALUE)), 1);
    assert!(text.contains("`TOKEN` is in the build log"), "{text}");
    assert!(!has_image(builders, tag));
    // The near miss: it prints something else.
    let place = with_program("#!/bin/sh\nwc -c \"$1\"\n", TRUST);
    check(&build(builders, &place, &["--tag", tag], Some(VALUE)), 0);
    assert!(has_image(builders, tag));
    remove_image(builders, tag);
}

fn nothing_is_built_without_the_secret(builders: &Builders) {
    let place = place("test -s /run/secrets/TOKEN");
    let tag = "dsl-test/cli-preflight:1";
    for token in [None, Some("")] {
        let output = build(builders, &place, &["--tag", tag], token);
        let text = check(&output, 2);
        assert!(text.contains("TOKEN"), "{text}");
        assert!(!text.contains("load build definition"), "{text}");
    }
    assert!(!has_image(builders, tag));
    // The near miss: any value is enough.
    let output = build(builders, &place, &["--tag", tag], Some(VALUE));
    check(&output, 0);
    assert!(has_image(builders, tag));
    remove_image(builders, tag);
}

/// A program that `check` accepts by the configuration is accepted here, and its image is clean.
fn trust_of_the_configuration_is_that_of_check(builders: &Builders) {
    let place = with_program("#!/bin/sh\ntest -s \"$1\"\n", "");
    let tag = "dsl-test/cli-trust:1";
    place.check_status(&["--strict"], 1);
    check(&build(builders, &place, &["--tag", tag], Some(VALUE)), 1);
    assert!(!has_image(builders, tag));
    let trust =
        "[[trust]]\nprogram = \"program\"\noutput = true\nreason = \"reads the token only\"\n";
    place.write("dockerfile-dsl.toml", trust);
    place.check_status(&["--strict"], 0);
    check(&build(builders, &place, &["--tag", tag], Some(VALUE)), 0);
    assert!(has_image(builders, tag));
    remove_image(builders, tag);
}

/// Interrupts the whole group while a step sleeps, as a terminal does.
fn ctrl_c_leaves_nothing(builders: &Builders) {
    let place = place("test -s /run/secrets/TOKEN && sleep 61");
    let tag = "dsl-test/cli-interrupted:1";
    remove_image(builders, tag);
    let mut child = command(builders, &place, &["--tag", tag], Some(VALUE))
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool is there");
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    let is_step = |line: std::io::Result<String>| line.is_ok_and(|line| line.contains("sleep 61"));
    assert!(lines.any(is_step), "the step does not begin");
    let kill = format!("kill -INT -- -{}", child.id());
    let mut shell = Command::new("bash");
    let killed = shell.args(["-c", &kill]).status().expect("bash is there");
    assert!(killed.success());
    let status = child.wait().expect("it ends");
    assert!(!status.success());
    assert!(!has_image(builders, tag));
    assert!(!has_image(builders, &format!("unverified:{}-", child.id())));
}
