//! Runs a script in the system that `.ci/engine options` made: in namespaces with nothing but loopback, on an overlay that is thrown
//! away, with a limit of time and of file sizes, and without the capabilities that reach the machine itself (its clock, its power, its
//! devices, its mounts). /proc and /dev cannot be written to. Needs root.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::canary::VALUE;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Seconds for a call; a call that takes longer does not count.
const LIMIT: &str = "30";

/// What the child process may not do, as root or otherwise.
const DROPPED: &str = "-sys_admin,-sys_time,-sys_boot,-sys_module,-sys_rawio,-sys_ptrace,\
                       -sys_resource,-sys_tty_config,-sys_pacct,-syslog,-mknod,-net_admin,\
                       -linux_immutable,-wake_alarm,-block_suspend,-audit_control,-mac_admin,\
                       -mac_override,-bpf,-perfmon";

/// Makes the mounts, and becomes the script. The arguments: the root, the table of its mounts, the dropped capabilities, the script, and
/// the file server, if one runs. Few programs, as each call starts them all.
const INNER: &str = r#"
mount -a -T "$2" || exit 126
enter() {
    exec setpriv --bounding-set="$dropped" --inh-caps="$dropped" chroot "$root" "$@"
}
root=$1 dropped=$3 script=$4
if [ -n "$5" ]; then
    ip link set lo up
    (enter sh -c "$5") </dev/null >/dev/null 2>&1 &
    until grep -q ':1F40 ' /proc/net/tcp; do sleep 0.02; done
fi
ulimit -c 0
ulimit -f 262144
enter /bin/sh -c "$script"
"#;

/// Serves the folder /w/www, and writes nothing.
const SERVER: &str = "exec busybox httpd -f -p 127.0.0.1:8000 -h /w/www";

/// A system with the programs, and a folder for what the calls write.
#[derive(Debug)]
pub struct Sandbox {
    root: PathBuf,
    folder: PathBuf,
}

/// How a script ended, and the folder with what it changed.
#[derive(Debug)]
pub(super) struct Ended {
    /// 124 for one that took too long.
    pub(super) status: i32,
    pub(super) log: Vec<u8>,
    pub(super) layer: PathBuf,
}

impl Sandbox {
    /// A sandbox on the system in `root`; calls write below `folder`, which must not be on an overlay itself.
    ///
    /// # Errors
    ///
    /// If the folder, or the devices in it, cannot be made.
    pub fn new(root: &Path, folder: &Path) -> io::Result<Self> {
        let dev = folder.join("dev");
        for made in ["run/secrets", "empty", "dev/shm"] {
            fs::create_dir_all(folder.join(made))?;
        }
        fs::write(folder.join("run/secrets/tok"), VALUE)?;
        for (name, minor) in [
            ("null", "3"),
            ("zero", "5"),
            ("full", "7"),
            ("random", "8"),
            ("urandom", "9"),
        ] {
            let node = dev.join(name);
            if !node.exists() {
                let mut mknod = Command::new("mknod");
                let status = mknod
                    .args(["-m", "666"])
                    .arg(&node)
                    .args(["c", "1", minor])
                    .status()?;
                if !status.success() {
                    return Err(io::Error::other(format!(
                        "{} cannot be made",
                        node.display()
                    )));
                }
            }
        }
        for (name, target) in [
            ("fd", "fd"),
            ("stdin", "fd/0"),
            ("stdout", "fd/1"),
            ("stderr", "fd/2"),
        ] {
            if dev.join(name).symlink_metadata().is_err() {
                symlink(format!("/proc/self/{target}"), dev.join(name))?;
            }
        }
        Ok(Self {
            root: root.canonicalize()?,
            folder: folder.canonicalize()?,
        })
    }

    /// Runs a script on top of what another one changed (`below`). `place` is the folder of this run.
    pub(super) fn run(
        &self,
        script: &str,
        below: Option<&Path>,
        place: &str,
        with: With,
    ) -> io::Result<Ended> {
        let top = self.folder.join(place);
        if top.exists() {
            fs::remove_dir_all(&top)?;
        }
        for name in ["merged", "layer", "work"] {
            fs::create_dir_all(top.join(name))?;
        }
        let (merged, layer) = (top.join("merged"), top.join("layer"));
        let (shown, own) = (merged.display(), self.folder.display());
        let mut lower = self.root.display().to_string();
        if let Some(below) = below {
            lower = format!("{}:{lower}", below.display());
        }
        let (run, server) = match with {
            With::Nothing => ("empty", ""),
            With::Secret { is_served: false } => ("run", ""),
            With::Secret { is_served: true } => ("run", SERVER),
        };
        let mounts = format!(
            "overlay {shown} overlay lowerdir={lower},upperdir={},workdir={} 0 0\n\
             proc {shown}/proc proc ro 0 0\n\
             {own}/dev {shown}/dev none bind,ro 0 0\n\
             shm {shown}/dev/shm tmpfs size=16m 0 0\n\
             {own}/{run} {shown}/run none bind,ro 0 0\n",
            layer.display(),
            top.join("work").display()
        );
        fs::write(top.join("mounts"), mounts)?;
        let log = File::create(top.join("log"))?;
        let status = Command::new("timeout")
            .args(["-s", "KILL", LIMIT, "unshare"])
            .args(["--mount", "--pid", "--net", "--ipc", "--uts"])
            .args(["--fork", "--kill-child", "sh", "-c", INNER, "sh"])
            .args([&merged, &top.join("mounts")])
            .args([DROPPED, script, server])
            .env_clear()
            .env("HOME", "/root")
            .env("PATH", PATH)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()?;
        Ok(Ended {
            status: status.code().filter(|code| *code != 137).unwrap_or(124),
            log: fs::read(top.join("log"))?,
            layer,
        })
    }

    /// Removes what a run wrote.
    pub(super) fn forget(&self, place: &str) {
        // What is left of a run that failed is overwritten by the next one.
        let _ = fs::remove_dir_all(self.folder.join(place));
    }
}

/// What a script gets.
#[derive(Debug, Clone, Copy)]
pub(super) enum With {
    Nothing,
    Secret { is_served: bool },
}
