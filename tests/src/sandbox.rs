//! Runs a script as a builder would, and searches what it leaves.
//!
//! In: a root file system, a script, what a base image sets. Out: [`Left`]: where the value is afterwards, in the layer or in the log.
//! The layer is the upper directory of an overlay file system; the secret is mounted read-only; the only network is loopback.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use dockerfile_dsl::verify::{Image, Secret, Verify};

use crate::trials::{Missing, Needed};

/// The value of the secret: nothing else has it.
const VALUE: &str = "ghp_Zk7LmN4pRtVw8YbC3dE6gH1jK5s0uXa9fQ2x";

/// Seconds that a script may take.
const SECONDS: u32 = 25;

/// Makes the mounts, enters the root file system and runs `$SCRIPT`. `$M` is the root, `$MOUNTS` are commands.
const ENTER: &str = r#"
ip link set lo up 2>/dev/null || true
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$TOP/layer/up,workdir=$TOP/work" "$M" || exit 125
mount -t proc proc "$M/proc"
mount -t tmpfs tmpfs "$M/dev"
mkdir -p "$M/dev/shm"
for name in null zero random urandom full tty; do
    touch "$M/dev/$name"
    mount --bind "/dev/$name" "$M/dev/$name"
done
ln -s /proc/self/fd "$M/dev/fd"
ln -s /proc/self/fd/0 "$M/dev/stdin"
ln -s /proc/self/fd/1 "$M/dev/stdout"
ln -s /proc/self/fd/2 "$M/dev/stderr"
eval "$MOUNTS"
mkdir -p "$M$DIRECTORY"
eval "set -- $VARIABLES"
# A script may call `date -s` or `reboot`.
exec timeout -k 1 "$SECONDS_LEFT" setpriv --bounding-set -sys_time,-sys_boot,-sys_module env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root "$@" chroot "$M" /bin/sh -c 'cd "$1" && exec "$2" -c "$3"' enter "$DIRECTORY" "$SHELL_OF_CASE" "$SCRIPT"
"#;

/// A root file system in which scripts can run.
#[derive(Debug)]
pub struct Sandbox {
    root: PathBuf,
    scratch: PathBuf,
}

/// How the secret reaches a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// As a file at this path.
    File(String),
    /// As a variable of this name.
    Variable(String),
}

/// A script with what is around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The script.
    pub script: String,
    /// `sh` or `bash`.
    pub shell: String,
    /// How it gets the secret.
    pub given: Given,
    /// The secret, with `%s` for the value.
    pub template: String,
    /// Directories in memory.
    pub tmpfs: Vec<String>,
    /// What the base image sets: `NAME=VALUE`.
    pub variables: Vec<String>,
    /// The working directory.
    pub directory: String,
}

/// What a script left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Files with the value in their content or name.
    pub layer: Vec<String>,
    /// Whether the output has it.
    pub is_in_log: bool,
    /// The exit status; 124 if it takes too long.
    pub status: i32,
    /// A program that the root file system does not have.
    pub missing: Option<String>,
}

impl Left {
    /// Whether the value is nowhere.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.layer.is_empty() && !self.is_in_log
    }
}

impl Sandbox {
    /// The root file system in `$DOCKERFILE_DSL_SANDBOX`, if this machine can run scripts in it.
    #[must_use]
    pub fn find() -> Needed<Self> {
        let absent = || Missing::accepted("needs a root file system: .ci/long, step fixes");
        let root = env::var_os("DOCKERFILE_DSL_SANDBOX").map(PathBuf::from);
        let Some(root) = root.filter(|root| root.join("bin/sh").exists()) else {
            return Arc::new(Err(absent()));
        };
        Self::in_root(root, &env::temp_dir())
    }

    /// The root file system of this machine, below an overlay, if it can run scripts in it.
    #[must_use]
    pub fn of_machine() -> Needed<Self> {
        // In memory: what is above an overlay may not be below it.
        Self::in_root(PathBuf::from("/"), Path::new("/dev/shm"))
    }

    fn in_root(root: PathBuf, scratch: &Path) -> Needed<Self> {
        let scratch = scratch.join(format!("dockerfile-dsl-sandbox-{}", std::process::id()));
        let sandbox = Self { root, scratch };
        let probe = Step {
            script: "cat /run/secrets/tok > /srv/x; cat /srv/x".to_owned(),
            shell: "sh".to_owned(),
            given: Given::File("/run/secrets/tok".to_owned()),
            template: "%s".to_owned(),
            tmpfs: Vec::new(),
            variables: Vec::new(),
            directory: "/".to_owned(),
        };
        let left = sandbox.run(&probe);
        Arc::new(if left.layer == ["srv/x"] && left.is_in_log {
            Ok(sandbox)
        } else {
            Err(Missing::accepted(
                "needs root, unshare and overlay file systems",
            ))
        })
    }

    /// Runs a script.
    ///
    /// # Panics
    ///
    /// If its folder cannot be written.
    #[must_use]
    pub fn run(&self, step: &Step) -> Left {
        let thread = format!("{:?}", std::thread::current().id());
        let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
        let top = self.scratch.join(digits);
        let _ = fs::remove_dir_all(&top);
        for folder in ["layer/up", "work", "merged"] {
            fs::create_dir_all(top.join(folder)).expect("it can be made");
        }
        let value = step.template.replace("%s", VALUE);
        fs::write(top.join("secret"), &value).expect("it can be written");
        // An empty folder is refused as an image.
        fs::write(top.join("layer/public"), "public").expect("it can be written");
        let log = File::create(top.join("log")).expect("it can be made");
        let mut mounts = String::new();
        for target in &step.tmpfs {
            mounts += &format!("mkdir -p \"$M{target}\"; mount -t tmpfs tmpfs \"$M{target}\"\n");
        }
        let mut variables: Vec<String> = step.variables.clone();
        match &step.given {
            Given::File(target) => {
                mounts += &format!(
                    "mkdir -p \"$(dirname \"$M{target}\")\"; touch \"$M{target}\"\nmount --bind \
                     \"$TOP/secret\" \"$M{target}\"; mount -o remount,bind,ro \"$M{target}\"\n"
                );
            }
            Given::Variable(name) => variables.push(format!("{name}={value}")),
        }
        let quoted: Vec<String> = variables
            .iter()
            .map(|text| format!("'{}'", text.replace('\'', "'\\''")))
            .collect();
        let status = Command::new("unshare")
            .args(["--mount", "--pid", "--net", "--fork", "--kill-child"])
            .args(["sh", "-c", ENTER])
            .env("ROOT", &self.root)
            .env("TOP", &top)
            .env("M", top.join("merged"))
            .env("MOUNTS", mounts)
            .env("DIRECTORY", &step.directory)
            .env("VARIABLES", quoted.join(" "))
            .env("SECONDS_LEFT", SECONDS.to_string())
            .env("SHELL_OF_CASE", format!("/bin/{}", step.shell))
            .env("SCRIPT", &step.script)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a descriptor is copied"))
            .stderr(log)
            .status();
        let Ok(status) = status else {
            return Left::default();
        };
        let left = Self::search(&top, status.code().unwrap_or(-1));
        let _ = fs::remove_dir_all(&top);
        left
    }

    fn search(top: &Path, status: i32) -> Left {
        let secret = Secret::new("tok", VALUE).expect("it is long enough");
        let verify = Verify::new([secret]);
        let report = verify
            .run(Image::directory(top.join("layer")))
            .expect("the folder can be read");
        let mut layer: Vec<String> = report
            .findings
            .iter()
            .map(|finding| finding.path.trim_start_matches("up/").to_owned())
            .collect();
        layer.dedup();
        let text = fs::read(top.join("log")).unwrap_or_default();
        let log = fs::File::open(top.join("log")).expect("it was written");
        let in_log = verify.run(Image::log("log", log)).expect("it can be read");
        Left {
            layer,
            is_in_log: !in_log.findings.is_empty(),
            status,
            missing: missing_program(&String::from_utf8_lossy(&text)),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// Returns the program that a shell did not find: `sh: 1: frob: not found`.
fn missing_program(log: &str) -> Option<String> {
    log.lines().find_map(|line| {
        let before = line
            .strip_suffix(": not found")
            .or_else(|| line.strip_suffix(": command not found"))?;
        let name = before.rsplit([' ', ':']).next()?;
        Some(name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::missing_program;

    #[test]
    fn missing_program_is_named() {
        let name = |log: &str| missing_program(log);
        assert_eq!(
            name("a\n/bin/sh: 1: gh: not found\n").as_deref(),
            Some("gh")
        );
        let bash = "/bin/bash: line 1: frob: command not found";
        assert_eq!(name(bash).as_deref(), Some("frob"));
        assert_eq!(name("the file was not found here"), None);
    }
}
