//! Checks of podman, nerdctl, buildctl and kaniko, with scripts in their place.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::{buildah, client};
use super::{Machine, check};
use crate::BuildTool;

/// Writes the file from another process, so that this one never has it open for writing.
fn write_program(path: &Path, script: &str) {
    let written = Command::new("sh")
        .args([
            "-c",
            "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\" && chmod +x \"$2\"",
            "sh",
            script,
            path.to_str().unwrap(),
        ])
        .status();
    assert!(written.unwrap().success());
}

#[test]
fn podman_reports_its_buildah_version() {
    let text =
        "FROM x\nRUN --mount=type=secret,id=T,env=T,required=true true\nRUN <<EOF\ntrue\nEOF\n";
    let machine = Machine::new();
    let podman = machine.folder.path().join("podman");
    let said = |script: &str| {
        write_program(&podman, script);
        Machine::new()
            .with("PATH", machine.folder.path().to_str().unwrap())
            .look(|environment, report| {
                buildah::look(BuildTool::Podman, text, true, environment, report);
            })
    };
    check(&said("echo 1.44.0"), "");
    check(
        &said("echo 1.37.2"),
        "podman: its Buildah is 1.37.2, and a secret mount with `env` needs 1.44; update it, leave \
         that out, or use Buildx",
    );
    check(
        said("echo 1.28.2").lines().next().unwrap_or_default(),
        "podman: its Buildah is 1.28.2, and a here-document needs 1.35; update it, leave that out, \
         or use Buildx",
    );
    check(
        &said("exit 125"),
        "podman: it does not work; `podman info` says why",
    );
    fs::remove_file(&podman).unwrap();
    check(
        &Machine::new()
            .with("PATH", machine.folder.path().to_str().unwrap())
            .look(|environment, report| {
                buildah::look(BuildTool::Buildah, text, true, environment, report);
            }),
        "buildah: it is not installed, or not on PATH; install the package buildah",
    );
}

#[test]
fn unreachable_daemons_are_reported() {
    let machine = Machine::new();
    let look = |tool| {
        Machine::new()
            .with("PATH", machine.folder.path().to_str().unwrap())
            .look(|environment, report| client::look(tool, environment, report))
    };
    check(
        &look(BuildTool::Buildctl),
        "buildctl: it is not installed, or not on PATH",
    );
    for (tool, question, how) in [
        (
            BuildTool::Buildctl,
            "debug workers",
            "buildctl: the daemon does not answer; start buildkitd, or name one with BUILDKIT_HOST",
        ),
        (
            BuildTool::Nerdctl,
            "info",
            "nerdctl: containerd does not answer; start it, and buildkitd beside it",
        ),
    ] {
        let program = machine.folder.path().join(tool.program());
        write_program(&program, &format!("[ \"$*\" = '{question}' ]"));
        check(&look(tool), "");
        write_program(&program, "exit 1");
        check(&look(tool), how);
    }
    check(
        &look(BuildTool::Kaniko),
        "/kaniko/executor: not found; it is in the image ghcr.io/osscontainertools/kaniko, and \
         meant to run there only",
    );
}

#[test]
fn remote_podman_with_empty_secrets_is_reported() {
    let machine = Machine::new();
    let podman = machine.folder.path().join("podman");
    let look = |remote: &str, version: &str, has_variables| {
        let script = format!(
            "case $* in *ServiceIsRemote*) echo {remote} ;; *Server*) echo {version} ;; *) echo \
             1.44.0 ;; esac"
        );
        write_program(&podman, &script);
        Machine::new()
            .with("PATH", machine.folder.path().to_str().unwrap())
            .look(|environment, report| {
                let text = "FROM x\n";
                buildah::look(BuildTool::Podman, text, has_variables, environment, report);
            })
    };
    check(
        &look("true", "5.7.1", true),
        "podman: it is remote and of version 5.7.1, which gives a build empty secrets where they \
         come from variables; update it to 5.8, or declare `Secret::file(..)`",
    );
    check(&look("true", "5.7.1", false), "");
    check(&look("true", "5.8.0", true), "");
    check(&look("false", "4.3.1", true), "");
}
