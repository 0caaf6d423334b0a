//! The builders that `.ci/engine start` has started.
//!
//! In: a build command. Out: what the build printed, and the bytes of the image that it made.
//! Without builders a test says so aloud and passes; where `CI=true` is set it fails.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use dockerfile_dsl::{BuildCommand, FrontEnd, BuildNetwork, Progress};

/// The folder of the builders.
#[derive(Debug, Clone)]
pub struct Engine {
    folder: PathBuf,
}

/// One build, that has ended.
#[derive(Debug)]
pub struct Built {
    pub success: bool,
    /// All that it printed.
    pub log: String,
    pub tag: String,
}

impl Engine {
    /// The builders, if they answer.
    pub fn find() -> Option<Self> {
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
        if answers {
            return Some(engine);
        }
        let message = "NO ENGINE: nothing was built for real. Run `.ci/engine start` (Debian, root) and test again.";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        eprintln!("\n{message}\n");
        None
    }

    /// The client of the current engine.
    pub fn docker(&self) -> Command {
        self.tool("docker")
    }

    pub fn buildah(&self) -> Command {
        self.tool("buildah")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join("bin").join(name));
        self.prepare(&mut command, FrontEnd::Buildx);
        command
    }

    /// The environment of a client: where its engine is. Nothing of the test's own environment that could be a secret.
    fn prepare(&self, command: &mut Command, front_end: FrontEnd) {
        let folder = self.folder.display();
        let (bin, name) = match front_end {
            FrontEnd::DockerBefore23 => ("20.10/bin", "20.10"),
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

    /// Runs the line that `command` prints for a shell, as someone who pasted it would, with `text` in place of the rendered one.
    /// `variables` are the environment in which the secrets are.
    pub fn build(
        &self,
        command: BuildCommand,
        front_end: FrontEnd,
        text: &str,
        context: &Path,
        variables: &[(&str, &str)],
    ) -> Built {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let tag = format!(
            "dsl-test/{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let line = command
            .front_end(front_end)
            .network(BuildNetwork::Host)
            .progress(Progress::Plain)
            .tag(&tag)
            .file("-")
            .shell()
            .expect("the command can be written");
        self.build_line(&line, front_end, text, context, variables, tag)
    }

    /// Runs a line that builds an image of this name.
    pub fn build_line(
        &self,
        line: &str,
        front_end: FrontEnd,
        text: &str,
        context: &Path,
        variables: &[(&str, &str)],
        tag: String,
    ) -> Built {
        let mut shell = Command::new("sh");
        self.prepare(&mut shell, front_end);
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
            tag,
        }
    }

    /// `docker build --call=METHOD` of a text.
    pub fn call(&self, method: &str, text: &str) -> Output {
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
    pub fn save(&self, built: &Built) -> Vec<u8> {
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

    /// What the image prints when it is run.
    pub fn run(&self, built: &Built) -> String {
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
    pub fn expect_success(self) -> Self {
        assert!(self.success, "{}", self.log);
        self
    }

    #[track_caller]
    pub fn expect_failure(self, reason: &str) {
        assert!(
            !self.success && self.log.contains(reason),
            "expected a failure with {reason:?}:\n{}",
            self.log
        );
    }
}

/// A folder of this test, new and empty.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("engine-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder is ours");
    folder
}

fn with_input(command: &mut Command, input: &str) -> Output {
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
