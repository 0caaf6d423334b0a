//! The engine's client: its other commands, and the private tag of an unverified image.
//!
//! In: the program and its kind. Out: tags added and removed. Invariant: a private tag does not outlive this program, however it
//! ends; the client's output is not shown.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{BuildTool, Error};

/// The program that builds, stores and tags images.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client<'a> {
    program: &'a OsStr,
    tool: BuildTool,
}

impl<'a> Client<'a> {
    pub(super) fn new(program: &'a OsStr, tool: BuildTool) -> Self {
        Self { program, tool }
    }

    pub(super) fn program(self) -> &'a OsStr {
        self.program
    }

    pub(super) fn tool(self) -> BuildTool {
        self.tool
    }

    /// Whether the builder supports `--output type=oci,dest=-`: the docker driver does only with the containerd image store.
    /// Returns false if this cannot be determined: then the image is stored under a private tag first.
    pub(super) fn writes_to_a_pipe(self, builder: Option<&str>) -> bool {
        if self.tool != BuildTool::Buildx {
            return false;
        }
        // `docker build` uses the builder of this variable, or the one of its context, never the one of `docker buildx use`.
        let variable = std::env::var("BUILDX_BUILDER")
            .ok()
            .filter(|name| !name.is_empty());
        let context = || self.ask(&["context", "show"]);
        let Some(builder) = builder.map(str::to_owned).or(variable).or_else(context) else {
            return false;
        };
        let inspected = self.ask(&["buildx", "inspect", builder.trim()]);
        let driver = inspected.as_deref().and_then(|text| {
            let mut lines = text.lines();
            lines.find_map(|line| line.strip_prefix("Driver:"))
        });
        match driver.map(str::trim) {
            None => false,
            Some("docker") => self
                .ask(&["info", "--format", "{{.DriverStatus}}"])
                .is_some_and(|status| status.contains("io.containerd.snapshotter.")),
            Some(_) => true,
        }
    }

    pub(super) fn tag(self, image: &str, name: &str) -> Result<(), Error> {
        self.run(&["tag", image, name])
    }

    fn remove(self, name: &str) -> Result<(), Error> {
        self.run(&[self.removes(), &[name]].concat())
    }

    fn removes(self) -> &'static [&'static str] {
        match self.tool {
            BuildTool::Buildah => &["rmi"],
            _ => &["image", "rm"],
        }
    }

    pub(super) fn run(self, arguments: &[&str]) -> Result<(), Error> {
        let status = self
            .command(arguments)
            .stdout(Stdio::null())
            .status()
            .map_err(|error| self.cannot_start(error))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(format!(
            "`{} {}` failed ({status})",
            self.program.display(),
            arguments.join(" ")
        )))
    }

    fn ask(self, arguments: &[&str]) -> Option<String> {
        let output = self.command(arguments).output().ok()?;
        let text = output.status.success().then_some(output.stdout)?;
        String::from_utf8(text).ok()
    }

    fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    pub(super) fn cannot_start(self, error: std::io::Error) -> Error {
        let program = self.program.display();
        Error::io(format!("`{program}` cannot be started"), error)
    }
}

/// A random tag that does not outlive this program.
pub(super) struct PrivateTag<'a> {
    name: String,
    client: Client<'a>,
    /// A shell that waits for the end of this program. On `done` it exits; otherwise it removes the tag.
    guard: Option<(Child, ChildStdin)>,
}

impl<'a> PrivateTag<'a> {
    pub(super) fn new(client: Client<'a>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let time = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos());
        let name = format!(
            "dockerfile-dsl-unverified:{}-{}-{time:x}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let guard = guard(client, &name);
        Self {
            name,
            client,
            guard,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn remove(mut self) -> Result<(), Error> {
        let removed = self.client.remove(&self.name);
        if removed.is_ok() {
            self.dismiss();
        }
        removed
    }

    /// Removes the tag of a failed build, which normally does not exist.
    pub(super) fn forget(mut self) {
        let _ = self.client.remove(&self.name);
        self.dismiss();
    }

    fn dismiss(&mut self) {
        if let Some((_, stdin)) = &mut self.guard {
            let _ = stdin.write_all(b"done\n");
        }
    }
}

impl Drop for PrivateTag<'_> {
    fn drop(&mut self) {
        if let Some((mut child, stdin)) = self.guard.take() {
            // The guard reacts to the end of its input.
            drop(stdin);
            let _ = child.wait();
        }
    }
}

/// Ctrl-C ends all processes of the terminal's group at once, so the guard gets a separate group.
#[cfg(unix)]
fn guard(client: Client<'_>, name: &str) -> Option<(Child, ChildStdin)> {
    use std::os::unix::process::CommandExt;
    // An interrupted build may still be storing its image.
    const SCRIPT: &str =
        r#"read -r said && exit; for wait in 0 1 5; do sleep "$wait"; "$@" && exit; done"#;
    let mut child = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(client.program)
        .args(client.removes())
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?;
    let stdin = child.stdin.take()?;
    Some((child, stdin))
}

#[cfg(not(unix))]
fn guard(_: Client<'_>, _: &str) -> Option<(Child, ChildStdin)> {
    None
}
