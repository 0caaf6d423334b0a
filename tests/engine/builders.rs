//! The builders that `.ci/engine start` has started.
//!
//! In: a build command. Out: the output of the build, and the bytes of its image.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dockerfile_dsl::{
    BuildCommand, BuildTool,
    build_command::{BuildNetwork, Progress},
};
pub(crate) use dockerfile_dsl_tests::engine::NO_ENGINE;
use dockerfile_dsl_tests::trials::Needed;

use crate::counterparts;

/// The folder of the builders.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    folder: PathBuf,
}

/// A build to be done.
pub(crate) struct Build<'a> {
    pub(crate) command: BuildCommand,
    pub(crate) tool: BuildTool,
    /// Instead of what the command's Dockerfile renders; empty for that itself.
    pub(crate) text: &'a str,
    pub(crate) context: &'a Path,
    /// The environment in which the secrets are.
    pub(crate) variables: &'a [(&'a str, &'a str)],
}

impl Build<'_> {
    /// A build without a secret in its environment, and with an irrelevant context.
    pub(crate) fn of(command: BuildCommand) -> Self {
        Self {
            command,
            tool: BuildTool::Buildx,
            text: "",
            context: Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/engine")),
            variables: &[],
        }
    }
}

/// A finished build.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) success: bool,
    /// All that it printed.
    pub(crate) log: String,
    pub(crate) tag: String,
}

impl Engine {
    /// The builders, if they answer.
    pub(crate) fn find() -> Needed<Self> {
        let folder = env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
            PathBuf::from,
        );
        let engine = Self { folder };
        let answers = engine
            .docker()
            .arg("version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        Arc::new(if answers {
            Ok(engine)
        } else {
            Err(NO_ENGINE.into())
        })
    }

    /// The folder in which `.ci/engine` installs.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The client of the current engine.
    pub(crate) fn docker(&self) -> Command {
        self.tool("docker")
    }

    pub(crate) fn buildah(&self) -> Command {
        self.tool("buildah")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join("bin").join(name));
        self.prepare(&mut command, BuildTool::Buildx);
        command
    }

    /// The environment of a client: the address of its engine. Variables of the test that could be secrets are removed.
    fn prepare(&self, command: &mut Command, tool: BuildTool) {
        let folder = self.folder.display();
        let (bin, name) = match tool {
            BuildTool::DockerBefore23 => ("20.10/bin", "20.10"),
            _ => ("bin", "28"),
        };
        command
            .env(
                "PATH",
                format!("{folder}/{bin}:{}", env::var("PATH").unwrap_or_default()),
            )
            .env("DOCKER_HOST", format!("unix://{folder}/{name}/docker.sock"))
            .env("DOCKER_CONFIG", format!("{folder}/config"))
            .env_remove("DOCKER_BUILDKIT");
    }

    /// Runs the line that the command prints for a shell, as someone who pasted it would.
    pub(crate) fn build(&self, build: Build<'_>) -> Built {
        let tag = new_tag();
        let Build {
            mut command,
            tool,
            text,
            context,
            variables,
        } = build;
        let rendered = command.dockerfile().render();
        command
            .tool(tool)
            .network(BuildNetwork::Host)
            .progress(Progress::Plain)
            .tag(&tag)
            .file("-");
        let line = command.shell().expect("the command can be written");
        let built = self.build_line(
            &line,
            tool,
            if text.is_empty() { &rendered } else { text },
            context,
            variables,
        );
        Built { tag, ..built }
    }

    /// Runs a line, with a Dockerfile on standard input.
    pub(crate) fn build_line(
        &self,
        line: &str,
        tool: BuildTool,
        text: &str,
        context: &Path,
        variables: &[(&str, &str)],
    ) -> Built {
        let mut shell = Command::new("sh");
        self.prepare(&mut shell, tool);
        shell
            .arg("-c")
            .arg(line)
            .envs(variables.iter().copied())
            .current_dir(context);
        let output = with_input(&mut shell, text);
        let log = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Built {
            success: output.status.success(),
            log,
            tag: String::new(),
        }
    }

    /// `docker build --call=METHOD` of a text.
    pub(crate) fn call(&self, method: &str, text: &str) -> Output {
        with_input(
            self.docker().args([
                "build",
                &format!("--call={method}"),
                "--file",
                "-",
                env!("CARGO_MANIFEST_DIR"),
            ]),
            text,
        )
    }

    /// The image as it would be pushed: layers, config, history.
    pub(crate) fn save(&self, built: &Built) -> Vec<u8> {
        let output = self
            .docker()
            .args(["save", &built.tag])
            .output()
            .expect("docker is there");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Asserts that neither the image nor the log of its build contains the value.
    #[track_caller]
    pub(crate) fn holds_no(&self, built: &Built, value: &str) {
        assert!(
            !contains(&self.save(built), value),
            "the value is in the image"
        );
        assert!(
            !contains(built.log.as_bytes(), value),
            "the value is in the log"
        );
    }

    #[track_caller]
    pub(crate) fn holds(&self, built: &Built, value: &str) {
        assert!(
            contains(&self.save(built), value),
            "the value is not in the image, or the search does not work"
        );
    }

    /// For the test's output.
    pub(crate) fn versions(&self) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../.ci/engine");
        let output = Command::new(script)
            .arg("versions")
            .env("DOCKERFILE_DSL_ENGINE", &self.folder)
            .output()
            .expect("the script is ours");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What the image prints when it is run.
    pub(crate) fn run(&self, built: &Built) -> String {
        let output = self
            .docker()
            .args(["run", "--rm", "--network=none", &built.tag])
            .output()
            .expect("docker is there");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Built {
    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        assert!(self.success, "{}", self.log);
        self
    }

    #[track_caller]
    pub(crate) fn expect_failure(self, reason: &str) {
        assert!(
            !self.success && self.log.contains(reason),
            "expected a failure with {reason:?}:\n{}",
            self.log
        );
    }
}

/// A folder of this test, new and empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("engine-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder is ours");
    folder
}

/// Runs a program with this standard input.
pub(crate) fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A build that refuses its input early has its reason on stderr.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the tool ends")
}

/// Whether the bytes contain the value: raw, or in base64 at one of its three alignments. Layers in an archive of `docker save`
/// are not compressed.
pub(crate) fn contains(bytes: &[u8], value: &str) -> bool {
    let mut needles = vec![value.as_bytes().to_vec()];
    for alignment in 0..3 {
        let padded = [&b"   "[..alignment], value.as_bytes()].concat();
        // Only the digits that depend on nothing but the value.
        let digits = counterparts::encode(&padded[..padded.len() / 3 * 3]);
        needles.push(digits.as_bytes()[(alignment * 4).div_ceil(3)..].to_vec());
    }
    needles
        .iter()
        .any(|needle| memchr::memmem::find(bytes, needle).is_some())
}

fn new_tag() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!(
        "dsl-test/{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}
