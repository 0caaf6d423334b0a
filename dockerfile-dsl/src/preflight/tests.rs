//! Each message of the preflight, and a near miss of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::syntax::{Requirement, Version};
use crate::{BuildTool, Secret, facts::SecretUse};

mod tools;

const TOKEN: &str = "ghp_x7KqZt9RmW2";

/// A fake machine with these variables and a private folder.
struct Machine {
    variables: BTreeMap<String, OsString>,
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        Self {
            variables: BTreeMap::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn look(&self, with: impl FnOnce(&Environment<'_>, &mut Report)) -> String {
        let variable = |name: &str| self.variables.get(name).cloned();
        let environment = Environment {
            variable: &variable,
            home: Some(self.folder.path().into()),
        };
        let mut report = Report::default();
        with(&environment, &mut report);
        match report.finish() {
            Ok(warnings) => warnings
                .iter()
                .map(|warning| format!("warning: {warning}\n"))
                .collect(),
            Err(error) => format!("{error}\n"),
        }
    }

    /// Returns the messages about a secret of a Dockerfile.
    fn secret(&self, secret: Secret, delivery: Delivery, text: &str, arguments: &[&str]) -> String {
        let used = SecretUse {
            is_onbuild: false,
            stage: 0,
            instruction: 0,
            line: 2,
            delivery,
            required: !secret.is_optional(),
        };
        let secret = BuildSecret {
            id: secret.id().to_owned(),
            secret,
            uses: vec![used],
        };
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        self.look(|environment, report| {
            let read = value::read(secret.secret(), environment);
            let read = read.map(|value| value.map(std::sync::Arc::new));
            look_at_secret(&secret, &read, text, &arguments, report);
        })
    }

    /// Returns the messages about a `docker` that is this script.
    fn docker(&self, script: &str, tool: BuildTool) -> String {
        self.docker_for(script, tool, None)
    }

    fn docker_for(&self, script: &str, tool: BuildTool, needed: Option<u16>) -> String {
        // Written by another process: while this one has a file open for writing, none of its children can run it.
        let written = Command::new("sh")
            .args([
                "-c",
                "printf '#!/bin/sh\\n%s\\n' \"$1\" >docker && chmod +x docker",
                "sh",
                script,
            ])
            .current_dir(self.folder.path())
            .status();
        assert!(written.unwrap().success());
        let machine = Self::new();
        let needed = needed.map(|minor| Requirement {
            version: Version::new(1, minor),
            feature: "`env=` of a secret mount".into(),
            labs: None,
        });
        let mut variables = self.variables.clone();
        variables.insert("PATH".to_owned(), self.folder.path().into());
        Self {
            variables,
            ..machine
        }
        .look(|environment, report| builder::look(named(tool), needed, environment, report))
    }
}

fn named(tool: BuildTool) -> builder::Builder<'static> {
    builder::Builder { tool, name: None }
}

fn file() -> Delivery {
    file_for(None, 0, 0o400)
}

fn file_for(user: Option<&str>, uid: u32, mode: u32) -> Delivery {
    Delivery::File {
        target: "/run/secrets/T".to_owned(),
        uid,
        gid: 0,
        mode,
        user: user.map(str::to_owned),
    }
}

fn variable() -> Delivery {
    Delivery::Env {
        variable: "T".to_owned(),
    }
}

const ENV: Secret = Secret::env_as("T", "TOKEN");
const TEXT: &str = "FROM x\nRUN --mount=type=secret,id=T true\nENV A=\"b\"\n";

#[track_caller]
fn check(said: &str, expected: &str) {
    assert_eq!(said.trim_end(), expected);
}

#[test]
fn valid_secret_has_no_message() {
    let machine = Machine::new().with("TOKEN", TOKEN);
    check(&machine.secret(ENV, file(), TEXT, &["docker", "build"]), "");
    machine.file("token", TOKEN);
    let secret = Secret::try_file("T", "~/token").unwrap();
    check(&machine.secret(secret, file(), TEXT, &[]), "");
}

#[test]
fn unset_or_empty_variable() {
    check(
        &Machine::new().secret(ENV, file(), TEXT, &[]),
        "secret `T`: the environment variable `TOKEN` is not set; export it before the build, or \
         start the build with what sets it: `op run --`, `fnox exec --`, `doppler run --`, \
         `aws-vault exec PROFILE --`",
    );
    check(
        &Machine::new()
            .with("TOKEN", "")
            .secret(ENV, file(), TEXT, &[]),
        "secret `T`: the environment variable `TOKEN` is empty, and the build would continue with \
         an empty value",
    );
    check(
        &Machine::new().secret(ENV.optional(), file(), TEXT, &[]),
        "warning: secret `T`: the environment variable `TOKEN` is not set; the secret is optional, \
         and the build runs without it",
    );
}

#[test]
fn missing_empty_or_too_large_file_or_directory() {
    let machine = Machine::new();
    let secret = Secret::file("T", "~/token");
    let said = |machine: &Machine| machine.secret(secret, file(), TEXT, &[]);
    check(
        &said(&machine),
        "secret `T`: the file `~/token` does not exist",
    );
    machine.file("token", "");
    check(
        &said(&machine),
        "secret `T`: the file `~/token` is empty, and the build would continue with an empty value",
    );
    machine.file("token", vec![b'x'; 512_000]);
    check(&said(&machine), "");
    machine.file("token", vec![b'x'; 512_001]);
    check(
        &said(&machine),
        "secret `T`: the file `~/token` contains more than 512000 bytes, the limit of BuildKit",
    );
    check(
        &machine.secret(Secret::file("T", "~"), file(), TEXT, &[]),
        "secret `T`: the file `~` is a directory; a secret is one file",
    );
    check(
        &machine.secret(Secret::file("T", "/dev/null"), file(), TEXT, &[]),
        "warning: secret `T`: the file `/dev/null` can be read only once, so it was not checked; \
         a regular file is safer",
    );
}

#[test]
fn value_that_a_variable_cannot_carry() {
    let machine = Machine::new();
    let secret = Secret::file("T", "~/token");
    let said = |content: &[u8], delivery| {
        machine.file("token", content);
        machine.secret(secret, delivery, TEXT, &[])
    };
    let nul = "secret `T`: the value contains a NUL, which the variable `T` (line 2) cannot \
               carry, and the engine would print it; mount it as a file";
    check(&said(b"abc\0defgh", variable()), nul);
    check(&said(b"abc\0defgh", file()), "");
    check(&said(&vec![b'x'; 131_069], variable()), "");
    check(
        &said(&vec![b'x'; 131_070], variable()),
        "secret `T`: the value is too long for the variable `T` (line 2): the kernel takes less \
         than 131072 bytes; mount it as a file",
    );
}

#[test]
fn suspicious_forms_of_a_value() {
    let machine = Machine::new();
    let secret = Secret::file("T", "~/token");
    let said = |content: &str, delivery| {
        machine.file("token", content);
        machine.secret(secret, delivery, TEXT, &[])
    };
    check(&said("abcdefgh\n", file()), "");
    check(
        &said("abcdefgh\n", variable()),
        "warning: secret `T`: the value ends in a line break, and the variable `T` (line 2) keeps \
         it",
    );
    check(
        &said("abcdefgh\n", Delivery::Header),
        "warning: secret `T`: the value contains a line break, which becomes part of the header \
         that the ADD in line 2 sends",
    );
    check(
        &said("abcdefgh\r\n", file()),
        "warning: secret `T`: the value has carriage returns, which become part of it; was it \
         written on Windows?",
    );
    check(
        &said("\u{feff}abcdefgh", file()),
        "warning: secret `T`: the value starts with a byte-order mark, which becomes part of it",
    );
    check(
        &said("abc", file()),
        "warning: secret `T`: the value is too short to search for: it may occur in the text or \
         in an argument",
    );
}

#[test]
fn user_that_cannot_read_the_file() {
    let machine = Machine::new().with("TOKEN", TOKEN);
    let said =
        |user: &str, uid, mode| machine.secret(ENV, file_for(Some(user), uid, mode), TEXT, &[]);
    check(
        &said("1000", 0, 0o400),
        "secret `T`: the USER 1000 of line 2 cannot read it (owner 0, mode 0400), and would \
         continue with an empty value; give the secret `.uid(1000)`",
    );
    for (user, uid, mode) in [
        ("0", 5, 0o400),
        ("1000", 1000, 0o400),
        ("1000", 0, 0o444),
        ("1000:0", 0, 0o440),
        ("app", 0, 0o400),
    ] {
        check(&said(user, uid, mode), "");
    }
}

#[test]
fn value_in_the_text_is_reported_with_its_instruction() {
    let machine = Machine::new().with("TOKEN", TOKEN);
    let text = format!("FROM x\nRUN true\nENV A=\"{TOKEN}\"\n");
    check(
        &machine.secret(ENV, file(), &text, &[]),
        "secret `T`: its value occurs in the Dockerfile, in the ENV in line 3; interpolate the \
         `Secret`, not its value",
    );
}

#[test]
fn value_in_an_argument_is_reported_with_its_flag() {
    let machine = Machine::new().with("TOKEN", TOKEN);
    check(
        &machine.secret(
            ENV,
            file(),
            TEXT,
            &["docker", "build", "--build-arg", &format!("A={TOKEN}"), "."],
        ),
        "secret `T`: its value occurs in the command line, in the argument of --build-arg; an \
         argument is visible to every user of the machine",
    );
}

#[test]
fn missing_docker_or_buildx() {
    let new = "case $* in *Client*|*Server*) echo 28.5.2+dfsg4;; esac";
    check(&Machine::new().docker(new, BuildTool::Buildx), "");
    check(
        &Machine::new()
            .with("PATH", "/nonexistent")
            .look(|environment, report| {
                builder::look(named(BuildTool::Buildx), None, environment, report)
            }),
        "docker: it is not installed, or not on PATH; install Docker Engine 23 or later with the \
         Buildx plugin",
    );
    check(
        &Machine::new().docker(
            "case $* in buildx*) exit 1;; *) echo 28.0.0;; esac",
            BuildTool::Buildx,
        ),
        "docker: the Buildx plugin is missing, and secrets need it; install the \
         package docker-buildx (or docker-buildx-plugin)",
    );
    check(
        &Machine::new()
            .with("DOCKER_BUILDKIT", "0")
            .docker(new, BuildTool::Buildx),
        "docker: DOCKER_BUILDKIT=0 selects the classic builder, which does not support secrets; \
         unset it",
    );
}

#[test]
fn daemon_does_not_answer() {
    let down = "case $* in *Server*) echo 'Cannot connect' >&2; exit 1;; *) echo 28.0.0;; esac";
    check(
        &Machine::new().docker(down, BuildTool::Buildx),
        "docker: the daemon does not answer; start it, or name one with DOCKER_HOST or `docker \
         context use`",
    );
    let refused = "case $* in *Server*) echo 'permission denied while trying to connect' >&2; exit \
                   1;; *) echo 28.0.0;; esac";
    check(
        &Machine::new().docker(refused, BuildTool::Buildx),
        "docker: this user has no access to the daemon; add it to the group `docker`, or set \
         DOCKER_HOST to a rootless daemon",
    );
}

#[test]
fn old_docker_needs_its_own_build_tool() {
    let old = "echo 20.10.24+dfsg1";
    check(
        &Machine::new().docker(old, BuildTool::Buildx),
        "docker: this client is older than 23, and its `docker build` is not Buildx; use \
         `BuildTool::DockerBefore23`, or a newer client\ndocker: the daemon is version \
         20.10.24+dfsg1, and 23 or later is needed; update it, or use another one with DOCKER_HOST",
    );
    check(&Machine::new().docker(old, BuildTool::DockerBefore23), "");
}

#[test]
fn no_message_contains_the_value() {
    let machine = Machine::new().with("TOKEN", format!("{TOKEN}\r\n"));
    let text = format!("FROM x\nENV A=\"{TOKEN}\"\n");
    let said = machine.secret(ENV, variable(), &text, &["--label", &format!("a={TOKEN}")]);
    assert!(
        said.contains("in the ENV in line 2") && said.contains("of --label"),
        "{said}"
    );
    assert!(!said.contains(TOKEN), "{said}");
}

#[test]
fn builder_too_old_for_the_file() {
    let engine = |version: &str, inspected: &str| {
        format!("case $* in *inspect*) printf '{inspected}';; *) echo {version};; esac")
    };
    let said = |script: &str, tool, needed| Machine::new().docker_for(script, tool, Some(needed));
    let too_old = |known: &str| {
        format!(
            "docker: the builder supports the Dockerfile syntax up to {known}, and `env=` of a \
             secret mount needs 1.10; update it, or ask for a newer frontend with \
             `Settings::syntax`"
        )
    };
    check(
        &said(&engine("20.10.24", ""), BuildTool::DockerBefore23, 10),
        &too_old("1.2"),
    );
    check(
        &said(&engine("20.10.24", ""), BuildTool::DockerBefore23, 2),
        "",
    );
    check(
        &said(
            &engine(
                "25.0.1",
                "Driver: docker\nBuildKit version: v0.0.0+unknown\n",
            ),
            BuildTool::Buildx,
            10,
        ),
        &too_old("1.6"),
    );
    check(
        &said(
            &engine(
                "28.5.2",
                "Driver: docker\nBuildKit version: v0.0.0+unknown\n",
            ),
            BuildTool::Buildx,
            10,
        ),
        "",
    );
    check(
        &said(
            &engine(
                "25.0.1",
                "Driver: docker-container\nBuildKit version: v0.16.0\n",
            ),
            BuildTool::Buildx,
            10,
        ),
        "",
    );
    check(
        &said(
            &engine(
                "28.5.2",
                "Driver: docker-container\nBuildKit version: v0.15.9\n",
            ),
            BuildTool::Buildx,
            10,
        ),
        &too_old("1.9"),
    );
    check(&said(&engine("99.0", ""), BuildTool::Buildx, 10), "");
}
