//! A private folder that does not outlive this program, however it ends.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// See the module.
#[derive(Debug)]
pub struct PrivateFolder {
    path: PathBuf,
    /// A shell that waits for the end of this program. On `done` it exits; otherwise it removes the folder.
    guard: Option<(Child, ChildStdin)>,
}

impl PrivateFolder {
    /// Creates the folder, inside the one for temporary files.
    ///
    /// # Errors
    /// Returns an error if it cannot be created.
    pub fn new() -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let parent = std::env::temp_dir();
        for _ in 0..64 {
            let time = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |time| time.as_nanos());
            let path = parent.join(format!(
                "dockerfile-dsl-verify-{}-{}-{time:x}",
                std::process::id(),
                COUNT.fetch_add(1, Ordering::Relaxed)
            ));
            match create(&path) {
                Ok(()) => {
                    let guard = guard(&path);
                    return Ok(Self { path, guard });
                }
                // Created by another user who guessed the name: try another one.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Returns its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.path);
        if let Some((mut child, mut stdin)) = self.guard.take() {
            if removed.is_ok() {
                let _ = stdin.write_all(b"done\n");
            }
            // The guard reacts to the end of its input.
            drop(stdin);
            let _ = child.wait();
        }
    }
}

/// Fails if the path exists, even as a link.
fn create(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Ctrl-C ends all processes of the terminal's group at once, so the guard gets a separate group.
#[cfg(unix)]
fn guard(path: &Path) -> Option<(Child, ChildStdin)> {
    use std::os::unix::process::CommandExt;
    // An interrupted copy may still be writing.
    const SCRIPT: &str =
        r#"read -r said && exit; for wait in 0 1 5; do sleep "$wait"; rm -rf -- "$1"; done"#;
    let mut child = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(path)
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
fn guard(_: &Path) -> Option<(Child, ChildStdin)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::PrivateFolder;

    #[test]
    fn it_is_private_and_goes_with_its_content() {
        let folder = PrivateFolder::new().unwrap();
        let path = folder.path().to_owned();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::create_dir(path.join("a")).unwrap();
        std::fs::write(path.join("a/b"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    /// Simulates a killed program: nothing of it runs, its end of the pipe closes.
    #[test]
    fn it_goes_when_the_program_is_killed() {
        let mut folder = PrivateFolder::new().unwrap();
        let path = folder.path().to_owned();
        let (mut child, stdin) = folder.guard.take().unwrap();
        std::mem::forget(folder);
        drop(stdin);
        for _ in 0..100 {
            if !path.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert!(!path.exists());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
