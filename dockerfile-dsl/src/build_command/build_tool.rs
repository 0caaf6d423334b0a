//! The build tools, each with its [`Program`].
//!
//! In: a [`BuildTool`]. Out: its `Program`. To add a tool, add a file with its `Program`, and a variant here.

use super::plan::Setting;
use super::program::Program;
use super::{buildctl, docker, kaniko, nerdctl, podman};

/// The program that builds the image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildTool {
    /// `docker build` of Docker 23 and later, which is Buildx.
    #[default]
    Buildx,
    /// `docker build` of an older Docker, which needs `DOCKER_BUILDKIT=1` in the environment for BuildKit.
    DockerBefore23,
    /// `podman build`.
    Podman,
    /// `buildah build`. It takes steps from its cache only if `BUILDAH_LAYERS=true` is in the environment.
    Buildah,
    /// `nerdctl build`, a wrapper of `buildctl`.
    Nerdctl,
    /// `buildctl build`, BuildKit's own client. `BUILDKIT_HOST` names the daemon. Without an [`output`](crate::BuildCommand::output) or
    /// a tag the image stays in the daemon's cache.
    Buildctl,
    /// `/kaniko/executor` of [osscontainertools/kaniko](https://github.com/osscontainertools/kaniko) 1.26.3 and later: earlier
    /// versions and other forks ignore secret mounts, so that steps run without the secret.
    ///
    /// Its steps run in kaniko's own container: any step may be able to read a secret that another one mounts.
    Kaniko,
}

impl BuildTool {
    pub(crate) const fn known(self) -> &'static Program {
        match self {
            Self::Buildx => &docker::BUILDX,
            Self::DockerBefore23 => &docker::BEFORE_23,
            Self::Podman => &podman::PODMAN,
            Self::Buildah => &podman::BUILDAH,
            Self::Nerdctl => &nerdctl::NERDCTL,
            Self::Buildctl => &buildctl::BUILDCTL,
            Self::Kaniko => &kaniko::KANIKO,
        }
    }

    /// Returns the program's name.
    #[cfg(feature = "run")]
    pub(crate) const fn program(self) -> &'static str {
        self.known().name
    }

    /// Returns the environment variables that the program needs.
    #[cfg(feature = "run")]
    pub(crate) fn environment(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.known().environment.iter().copied()
    }

    /// Whether it uses Buildah, as podman does.
    pub(crate) const fn is_buildah(self) -> bool {
        matches!(self, Self::Podman | Self::Buildah)
    }

    /// Whether it can read the Dockerfile from standard input.
    pub(crate) fn reads_stdin(self) -> bool {
        let mut lacks = self.known().limits.lacks.iter();
        !lacks.any(|(setting, _)| *setting == Setting::Stdin)
    }
}
