//! Sources of secrets with real builders: variables, files and commands, each of which arrives as it is, by every builder.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use dockerfile_dsl::{
    BuildCommand, BuildTool, Dockerfile, Script, Secret, Stage, build_command::BuildNetwork, sh,
};
use dockerfile_dsl_tests::name;
use dockerfile_dsl_tests::trials::Trial;

use crate::counterparts;
use crate::in_engine;
use crate::verify::real::{self, Engine, Folder};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = in_engine!(
        Engine::Docker,
        [
            new_value_reruns_its_step,
            ctrl_c_ends_the_builder,
            every_source_arrives_in_docker,
            docker_output_is_masked_and_exit_code_returned
        ]
    );
    trials.extend(in_engine!(
        Engine::Containerd,
        [every_source_arrives_in_containerd]
    ));
    trials.extend(in_engine!(
        Engine::Buildah,
        [
            every_source_arrives_in_podman_and_buildah,
            podman_and_buildah_output_is_masked
        ]
    ));
    trials
}

fn every_source_arrives_in_docker() {
    every_source_arrives(BuildTool::Buildx);
}

fn every_source_arrives_in_containerd() {
    every_source_arrives(BuildTool::Buildx);
}

fn every_source_arrives_in_podman_and_buildah() {
    every_source_arrives(BuildTool::Podman);
    every_source_arrives(BuildTool::Buildah);
}

const VALUE: &str = "Hn5qWz8Lk2Rv7Tb4Yc9Xm3Pd";

/// The command that builds this text with these secrets.
fn build(folder: &Folder, tool: BuildTool, text: &str, secrets: &[Secret]) -> BuildCommand {
    let mut stage = Stage::from_image("debian:bookworm-slim");
    for secret in secrets {
        stage.run(sh!("test -s {secret}"));
    }
    Dockerfile::from_stage(&stage.build())
        .unwrap()
        .build_command()
        .tool(tool)
        .network(BuildNetwork::Host)
        .context(folder.path())
        .file(folder.write("Dockerfile", text))
        .clone()
}

/// A command whose output differs from call to call, a value with a NUL that no variable can carry, a trimmed file, a variable.
fn every_source_arrives(tool: BuildTool) {
    let folder = Folder::new("sources");
    let count = folder.write("count", "");
    let script =
        format!("echo call >>'{count}'; printf '%s\\n\\n' \"{VALUE}-$(wc -l <'{count}')\"");
    let key = folder.write("key", "line one\nline two\n");
    let with_nul = folder.write("nul", "a\0b\n");
    let secrets = [
        Secret::try_command("changing", &["sh", "-c", &script]).unwrap(),
        Secret::try_command("key", &["cat", &key])
            .unwrap()
            .untrimmed(),
        Secret::try_file("trimmed", &key).unwrap().trimmed(),
        Secret::try_command("nul", &["cat", &with_nul]).unwrap(),
        Secret::try_file("file", &key).unwrap(),
        Secret::env_as("variable", "DOCKER_HOST"),
    ];
    let mut text = "FROM debian:bookworm-slim\n".to_owned();
    text.push_str(&format!(
        "RUN echo {} {}\n",
        std::process::id(),
        tool_name(tool)
    ));
    let host = std::env::var("DOCKER_HOST").unwrap();
    for (id, content) in [
        ("changing", format!("{VALUE}-1")),
        ("key", "line one\\nline two\\n".to_owned()),
        ("trimmed", "line one\\nline two".to_owned()),
        ("nul", "a\\0b".to_owned()),
        ("file", "line one\\nline two\\n".to_owned()),
        ("variable", host),
    ] {
        let target = format!("/run/secrets/{id}");
        text.push_str(&format!(
            "RUN --mount=type=secret,id={id},target={target},required=true printf '{content}' \
             >/expected && cmp {target} /expected\n"
        ));
    }
    build(&folder, tool, &text, &secrets).run().unwrap();
    let calls = std::fs::read_to_string(&count).unwrap();
    assert_eq!(calls, "call\n", "the command ran once");
}

fn tool_name(tool: BuildTool) -> &'static str {
    match tool {
        BuildTool::Podman => "podman",
        BuildTool::Buildah => "buildah",
        _ => "docker",
    }
}

fn docker_output_is_masked_and_exit_code_returned() {
    let name = name!(docker_output_is_masked_and_exit_code_returned);
    prints_masked(&[BuildTool::Buildx], name);
}

fn podman_and_buildah_output_is_masked() {
    let name = name!(podman_and_buildah_output_is_masked);
    prints_masked(&[BuildTool::Podman, BuildTool::Buildah], name);
}

/// BuildKit does not look at values: only the build argument tells it.
fn new_value_reruns_its_step() {
    let build = |value: &str, has_reason: bool| {
        let mut secret = Secret::try_command("token", &["printf", value]).unwrap();
        if has_reason {
            secret = secret.rerun_on_change("a-salt-of-this-project");
        }
        let process = std::process::id();
        let stage = Stage::from_image("debian:bookworm-slim")
            .run(Script::parse(&format!("echo {process} {has_reason}"), &[]).unwrap())
            .run(sh!("test -s {secret}"))
            .build();
        let folder = Folder::new("rerun");
        let image = Dockerfile::from_stage(&stage).unwrap();
        let file = folder.write("Dockerfile", &image.render());
        let mut command = image.build_command();
        command
            .context(folder.path())
            .file(file)
            .network(BuildNetwork::Host);
        let output = command.to_command().unwrap().output().unwrap();
        let log = real::text(&output);
        assert!(output.status.success(), "{log}");
        assert!(!log.contains(value), "{log}");
        // That step is the last one.
        let lines = log.lines().collect::<Vec<_>>();
        let at = lines
            .iter()
            .rposition(|line| line.contains("test -s /run/secrets/token"))
            .unwrap();
        lines[at + 1].ends_with("CACHED")
    };
    let (one, other) = (VALUE, "another-value-Zk29");
    assert!(!build(one, true), "the first time");
    assert!(build(one, true), "the same value");
    assert!(!build(other, true), "another value");
    assert!(build(one, true), "the first value again");
    assert!(
        !build(one, false) && build(other, false),
        "as BuildKit does it"
    );
}

/// The builder is in the group that a terminal interrupts.
fn ctrl_c_ends_the_builder() {
    let name = name!(ctrl_c_ends_the_builder);
    if std::env::var_os("PRINTS").is_some() {
        let folder = Folder::new("interrupted-run");
        let mount = "--mount=type=secret,id=token,target=/run/secrets/token,required=true";
        let text = format!(
            "FROM debian:bookworm-slim\nRUN {mount} echo {} && sleep 63\n",
            std::process::id()
        );
        let secret = Secret::try_command("token", &["printf", "%s", VALUE]).unwrap();
        let command = build(&folder, BuildTool::Buildx, &text, &[secret]);
        panic!("it ended: {:?}", command.run());
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("PRINTS", "1")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let begins = lines.any(|line| line.unwrap().contains("sleep 63"));
    assert!(begins, "the step does not begin");
    let group = format!("-{}", child.id());
    let kill = |signal: &str| {
        real::succeeds(
            "bash",
            &["-c", "kill \"$1\" -- \"$2\"", "bash", signal, &group],
        )
    };
    assert!(kill("-INT"));
    let is_gone = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        let _ = child.try_wait();
        !kill("-0")
    });
    assert!(is_gone, "the builder goes on");
}

/// Builds whose steps print the value in several spellings, each in a process whose output is caught.
fn prints_masked(tools: &[BuildTool], test: &str) {
    if std::env::var_os("PRINTS").is_some() {
        for tool in tools {
            prints(*tool);
        }
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("PRINTS", "1")
        .output()
        .unwrap();
    let text = real::text(&output);
    assert!(output.status.success(), "it failed");
    let count = |part: &str| text.matches(part).count();
    assert!(
        count("honest-line") >= tools.len() && count("[redacted]") >= 3,
        "{text}"
    );
    let hex: String = VALUE.bytes().map(|byte| format!("{byte:02x}")).collect();
    for part in [
        VALUE,
        &VALUE[..12],
        &counterparts::encode(VALUE.as_bytes())[..20],
        &hex,
    ] {
        assert!(!text.contains(part), "{part} is shown: {text}");
    }
}

fn prints(tool: BuildTool) {
    let folder = Folder::new("prints");
    let mount = "--mount=type=secret,id=token,target=/run/secrets/token,required=true";
    let text = format!(
        "FROM debian:bookworm-slim\nRUN echo {} {}\nRUN {mount} cat /run/secrets/token; echo; \
         base64 /run/secrets/token; od -An -tx1 /run/secrets/token | tr -d ' \\n'; echo; cut \
         -c1-12 /run/secrets/token >&2; echo honest-line\nRUN exit 3\n",
        std::process::id(),
        tool_name(tool)
    );
    let secret = Secret::try_command("token", &["printf", "%s\\n", VALUE]).unwrap();
    let error = build(&folder, tool, &text, &[secret]).run().unwrap_err();
    // Docker's client says 1, podman and buildah hand on that of the step.
    let code = if tool == BuildTool::Buildx { 1 } else { 3 };
    assert_eq!(error.exit_code(), Some(code), "{error}");
}
