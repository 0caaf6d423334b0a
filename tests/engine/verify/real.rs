//! Helpers for tests of `verify` with real builders: each test runs again in a separate process, in the environment of its
//! engine.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dockerfile_dsl::verify::{Report, Secret, Verdict, Verify};
use dockerfile_dsl_tests::trials::{self, Needed, Trial};

use crate::builders::NO_ENGINE;
use dockerfile_dsl::{BuildCommand, BuildTool, Dockerfile, Stage, build_command::BuildNetwork, sh};

pub(crate) const A: &str = "9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3z";
pub(crate) const B: &str = "Zq7vT2pLx9Rk4Wn8Yb3Hd6McKu5jF1";

/// What `.ci/engine start` starts or installs.
#[derive(Clone, Copy)]
pub(crate) enum Engine {
    /// Docker Engine 28 with its own image store.
    Docker,
    /// The same with containerd's.
    Containerd,
    /// The same, and skopeo, which stores blobs on their way.
    ContainerdAndSkopeo,
    /// Buildah and podman, on one store.
    Buildah,
}

/// A trial per function, `in_engine!(engine, [a, b])`.
#[macro_export]
macro_rules! in_engine {
    ($engine:expr, [$($test:ident),+ $(,)?]) => {
        vec![$(
            $crate::verify::real::trial($engine, ::dockerfile_dsl_tests::name!($test), $test)
        ),+]
    };
}

/// A trial that runs again in a separate process, in the environment of the engine.
pub(crate) fn trial(engine: Engine, name: &'static str, test: fn()) -> Trial {
    if env::var_os("IN_ENGINE").is_some() {
        return trials::trial(name, &Arc::new(Ok(())), move |&()| test());
    }
    trials::trial(name, &engine.find(), move |command| {
        in_process(command, name);
    })
}

/// The environment of an engine that answers.
struct Environment {
    folder: PathBuf,
    path: OsString,
    host: String,
    /// Unverified data is never written to a file: with Docker, not even by its client.
    temporary: &'static str,
}

impl Engine {
    fn find(self) -> Needed<Environment> {
        let folder = env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
            PathBuf::from,
        );
        let path = env::join_paths(
            [folder.join("bin")]
                .into_iter()
                .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
        )
        .unwrap();
        let socket = match self {
            Self::Docker | Self::Buildah => "28/docker.sock",
            Self::Containerd | Self::ContainerdAndSkopeo => "containerd/docker.sock",
        };
        let host = format!("unix://{}", folder.join(socket).display());
        let (program, arguments, temporary): (_, &[&str], _) = match self {
            Self::Docker | Self::Containerd => ("docker", &["version"], "/nowhere"),
            Self::ContainerdAndSkopeo => ("docker", &["version"], "/var/tmp"),
            Self::Buildah => (
                "podman",
                &["image", "inspect", "debian:bookworm-slim"],
                "/var/tmp",
            ),
        };
        let answers = Command::new(folder.join("bin").join(program))
            .env("DOCKER_HOST", &host)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        Arc::new(if answers {
            Ok(Environment {
                folder,
                path,
                host,
                temporary,
            })
        } else {
            Err(NO_ENGINE.into())
        })
    }
}

fn in_process(environment: &Environment, test: &str) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("IN_ENGINE", "1")
        .env("PATH", &environment.path)
        .env("DOCKER_HOST", &environment.host)
        .env("DOCKER_CONFIG", environment.folder.join("config"))
        .env("TMPDIR", environment.temporary)
        .output()
        .unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{test} is no test: {text}");
    assert!(!text.contains(A) && !text.contains(B), "{text}");
}

/// What a process printed.
pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs a program that has to succeed; returns what it writes.
#[track_caller]
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Whether a program succeeds.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output().unwrap();
    output.status.success()
}

/// Searches for the value of the file `secret` of the folder.
pub(crate) fn search(folder: &Folder) -> Verify {
    Verify::new([Secret::from_file("token", folder.0.join("secret")).unwrap()])
}

/// A folder of one test, with what it writes there.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("verify-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The command that builds this text, which may leak: that of an honest Dockerfile with the same secret, `token`.
pub(crate) fn build(
    folder: &Folder,
    tool: BuildTool,
    tag: &str,
    text: &str,
    value: &str,
) -> BuildCommand {
    let source = folder.write("secret", value);
    let token = dockerfile_dsl::Secret::try_file("token", &source).unwrap();
    let honest = Stage::from_image("debian:bookworm-slim")
        .run(sh!(
            "curl -fsS -H @{token} http://127.0.0.1:9/ -o /dev/null"
        ))
        .build();
    Dockerfile::from_stage(&honest)
        .unwrap()
        .build_command()
        .tool(tool)
        .tag(tag)
        .file(folder.write("Dockerfile", text))
        .context(folder.path())
        .network(BuildNetwork::Host)
        .clone()
}

/// That a process has no image in the store under a private name; other tests run beside this one.
#[track_caller]
pub(crate) fn assert_nothing_is_left(program: &str, process: u32) {
    let images = run(program, &["images"]);
    let name = format!("{process}-");
    let is_left = |line: &&str| line.contains("unverified") && line.contains(&name);
    assert_eq!(images.lines().find(is_left), None);
}

/// A verdict, and that the image has its name only if it is clean.
#[track_caller]
pub(crate) fn assert_verdict(report: &Report, tool: BuildTool, tag: &str, verdict: Verdict) {
    assert_eq!(report.verdict(), verdict, "{}", report.human());
    let (program, inspect): (_, &[&str]) = match tool {
        BuildTool::Buildah => ("buildah", &["inspect", "--type", "image", tag]),
        BuildTool::Podman => ("podman", &["image", "inspect", tag]),
        _ => ("docker", &["image", "inspect", tag]),
    };
    assert_eq!(
        succeeds(program, inspect),
        verdict == Verdict::Clean,
        "{tag}"
    );
    assert_nothing_is_left(program, std::process::id());
}

/// Runs `test` once more in a separate group, interrupts it like Ctrl-C while a step sleeps, and checks what remains.
#[track_caller]
pub(crate) fn assert_ctrl_c_leaves_nothing(program: &str, test: &str) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("INTERRUPTED", program)
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("sleep 61")),
        "the step does not begin"
    );
    std::thread::sleep(Duration::from_secs(1));
    let group = format!("-{}", child.id());
    run("bash", &["-c", "kill -INT -- \"$1\"", "bash", &group]);
    assert!(!child.wait().unwrap().success());
    // The guard's last try comes after six seconds.
    std::thread::sleep(Duration::from_secs(2));
    assert_nothing_is_left(program, child.id());
}

/// Whether this process is the one that will be interrupted, with the program that builds.
pub(crate) fn is_to_be_interrupted() -> Option<String> {
    env::var("INTERRUPTED").ok()
}
