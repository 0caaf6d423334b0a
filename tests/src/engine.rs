//! The environment of the builders that `.ci/engine start` has started.
//!
//! In: the folder of the builders. Out: commands that find their clients on `PATH`, and their engine.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::trials::Needed;

/// Why a test was not run.
pub const NO_ENGINE: &str = "needs builders: `.ci/engine start` (Debian, root)";

/// The builders: Docker Engine 28 with Buildx and Compose.
#[derive(Debug, Clone)]
pub struct Builders {
    folder: PathBuf,
}

impl Builders {
    /// The builders, if they answer.
    #[must_use]
    pub fn find() -> Needed<Self> {
        let builders = Self { folder: folder() };
        let mut version = builders.command("docker");
        version.arg("version").stdout(Stdio::null());
        let status = version.stderr(Stdio::null()).status();
        Arc::new(if status.is_ok_and(|status| status.success()) {
            Ok(builders)
        } else {
            Err(NO_ENGINE.into())
        })
    }

    /// The folder that `.ci/engine` made.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program that can use the builders.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let bin = self.folder.join("bin");
        let is_here = bin.join(program);
        let program = match is_here.exists() {
            true => is_here.into_os_string(),
            false => OsString::from(program),
        };
        let mut command = Command::new(program);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = [bin].into_iter().chain(env::split_paths(&path));
        command
            .env("PATH", env::join_paths(path).unwrap_or_default())
            .env("DOCKER_HOST", self.socket())
            .env("DOCKER_CONFIG", self.folder.join("config"))
            .env_remove("DOCKER_BUILDKIT")
            .env_remove("BUILDX_BUILDER");
        command
    }

    fn socket(&self) -> String {
        format!("unix://{}/28/docker.sock", self.folder.display())
    }
}

/// The folder of `.ci/engine`: `DOCKERFILE_DSL_ENGINE`, or the one in the target folder.
#[must_use]
pub fn folder() -> PathBuf {
    env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
        PathBuf::from,
    )
}
