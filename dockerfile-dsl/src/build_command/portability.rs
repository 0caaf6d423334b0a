//! Differences between build tools: parts of a file that a tool ignores or interprets in another way.
//!
//! In: a checked Dockerfile and a tool. Out: differences to BuildKit's own clients, each with its line. What a tool itself refuses
//! is not a difference, unless that depends on its version.

use std::fmt;

use dockerfile_dsl_analysis::LineIndex;
use dockerfile_dsl_analysis::dockerfile::{Command, Instruction, Kind, Source, read};

use super::build_tool::BuildTool;
use crate::Dockerfile;
use crate::facts::Delivery;
use crate::masked_debug::masked_debug;
use crate::syntax::{Version, has_field, has_mount};

/// Something of a file that another tool does not do as BuildKit does.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    line: usize,
    message: String,
}

masked_debug!(Difference { line, message });

impl Difference {
    /// The line in the Dockerfile, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// What the tool does, and what helps.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// What tools differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Feature {
    Syntax,
    HereDocument,
    Link,
    Secret,
    SecretEnv,
    SecretOwner,
    SecretOfVariable,
    OnbuildSecret,
    BindMount,
    SshMount,
    TmpfsMount,
    RunNetwork,
    RunSecurity,
    Device,
}

const BUILDAH: &[(Feature, &str)] = &[
    (
        Feature::Syntax,
        "`# syntax` is ignored: podman and buildah have a built-in frontend",
    ),
    (
        Feature::HereDocument,
        "Buildah before 1.35 takes the lines of a here-document for instructions; write the script \
         without one, or ask for `Settings::here_documents`",
    ),
    (
        Feature::Link,
        "Buildah before 1.41 refuses --link; without it the result is the same",
    ),
    (
        Feature::SecretEnv,
        "Buildah before 1.44 refuses a secret mount with `env`; mount the file",
    ),
    (
        Feature::SecretOwner,
        "Buildah 1.41.3 gives the secret to another user than `uid` says; `mode` helps",
    ),
    (
        Feature::SecretOfVariable,
        "a remote podman before 5.8 gives the build an empty secret where it comes from a \
         variable, and `required` does not notice; preflight asks",
    ),
    (
        Feature::RunSecurity,
        "--security is refused: podman and buildah have it for the whole build",
    ),
    (Feature::Device, "--device of a RUN is refused"),
];

const KANIKO: &[(Feature, &str)] = &[
    (Feature::Syntax, "`# syntax` is ignored"),
    (
        Feature::Secret,
        "the secret is written into the file system of the build, and other steps may read it; \
         before version 1.26.3 the mount is ignored, and the step runs without it",
    ),
    (
        Feature::Link,
        "--link is ignored: there is a layer per instruction",
    ),
    (
        Feature::BindMount,
        "a bind mount is ignored with a warning, unless FF_KANIKO_RUN_MOUNT_BIND=1 is set, and \
         always where it is from a stage; copy the files",
    ),
    (
        Feature::SshMount,
        "a mount of an SSH agent is ignored with a warning",
    ),
    (
        Feature::TmpfsMount,
        "a tmpfs mount is ignored, so that its files are in the layer",
    ),
    (
        Feature::RunNetwork,
        "--network of a RUN is ignored with a warning",
    ),
    (Feature::RunSecurity, "--security is ignored with a warning"),
    (
        Feature::Device,
        "--device of a RUN is ignored with a warning",
    ),
];

/// Of BuildKit's clients: what depends on what the builder is asked for.
const BUILDKIT: &[(Feature, &str)] = &[(
    Feature::OnbuildSecret,
    "the secret is mounted where another file builds on this image, and there the build command \
     has to pass it",
)];

impl Dockerfile {
    /// Returns the parts of this file that the tool ignores or interprets in another way than BuildKit, in the order of the file. An empty
    /// list means that the tables of this crate have no difference.
    ///
    /// ```
    /// # use dockerfile_dsl::{BuildTool, Dockerfile, Stage, instructions::CopyFiles};
    /// let copy = CopyFiles::new("app", "/app").link();
    /// let image = Dockerfile::from_stage(&Stage::from_image("debian").instruction(copy).build())?;
    /// for difference in image.portability(BuildTool::Kaniko) {
    ///     println!("line {}: {}", difference.line(), difference.message());
    /// }
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn portability(&self, tool: BuildTool) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (line, feature) in features(self) {
            for (known, message) in table(tool).iter().chain(BUILDKIT) {
                if *known == feature {
                    differences.push(Difference {
                        line,
                        message: (*message).to_owned(),
                    });
                }
            }
        }
        // What Docker 20.10 has built in: later ones take their frontend from `# syntax`.
        let known = Version::new(1, 2);
        let needed = self.required_syntax();
        let names_syntax = features(self)
            .iter()
            .any(|(_, feature)| *feature == Feature::Syntax);
        if tool == BuildTool::DockerBefore23 && needed > known && !names_syntax {
            differences.push(Difference {
                line: 1,
                message: format!(
                    "the file needs the syntax {needed}, and Docker before 23 has {known}; ask for \
                     it with `Settings::syntax`"
                ),
            });
        }
        differences
    }
}

fn table(tool: BuildTool) -> &'static [(Feature, &'static str)] {
    match tool {
        BuildTool::Podman | BuildTool::Buildah => BUILDAH,
        BuildTool::Kaniko => KANIKO,
        _ => &[],
    }
}

/// What the file uses, by line.
fn features(dockerfile: &Dockerfile) -> Vec<(usize, Feature)> {
    let text = dockerfile.as_str();
    let Ok(file) = read(text) else {
        return Vec::new();
    };
    let lines = LineIndex::new(text);
    let mut found = Vec::new();
    for directive in &file.directives {
        if directive.name == "syntax" {
            found.push((1, Feature::Syntax));
        }
    }
    for (_, _, instruction) in file.instructions() {
        let line = lines.line(instruction.span.start);
        of_instruction(instruction, &mut |feature| found.push((line, feature)));
    }
    for secret in dockerfile.secrets() {
        for used in secret.uses() {
            found.push((used.line, Feature::Secret));
            if matches!(secret.source(), crate::SecretSource::Env(_)) {
                found.push((used.line, Feature::SecretOfVariable));
            }
            match used.delivery {
                Delivery::File { uid, gid, .. } if uid != 0 || gid != 0 => {
                    found.push((used.line, Feature::SecretOwner));
                }
                Delivery::Env { .. } => found.push((used.line, Feature::SecretEnv)),
                _ => {}
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn of_instruction(instruction: &Instruction, found: &mut impl FnMut(Feature)) {
    match &instruction.kind {
        Kind::Onbuild(inner) => {
            if let Kind::Run(run) = &inner.kind
                && has_mount(run, "secret")
            {
                found(Feature::OnbuildSecret);
            }
            of_instruction(inner, found);
        }
        Kind::Run(run) => {
            if !matches!(run.command, Command::Shell(_) | Command::Exec(_)) {
                found(Feature::HereDocument);
            }
            for (kind, feature) in [
                ("bind", Feature::BindMount),
                ("ssh", Feature::SshMount),
                ("tmpfs", Feature::TmpfsMount),
            ] {
                if has_mount(run, kind) {
                    found(feature);
                }
            }
            if has_field(run, "env") {
                found(Feature::SecretEnv);
            }
            if run.network.is_some() {
                found(Feature::RunNetwork);
            }
            if run.security.is_some() {
                found(Feature::RunSecurity);
            }
            if !run.devices.is_empty() {
                found(Feature::Device);
            }
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let is_here_document = |source: &Source| matches!(source, Source::HereDocument(_));
            if transfer.sources.iter().any(is_here_document) {
                found(Feature::HereDocument);
            }
            if transfer.link {
                found(Feature::Link);
            }
        }
        _ => {}
    }
}
