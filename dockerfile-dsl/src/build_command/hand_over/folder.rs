//! A private folder on an in-memory file system, for values that a variable cannot carry.
//!
//! In: a place that is not on a disk. Out: paths of files that only this user can read. They are removed with the folder; the
//! next program removes those of a killed one. A folder is in use while its lock is held, which ends with the program.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

const PREFIX: &str = "dockerfile-dsl-";
const LOCK: &str = "lock";

pub(super) struct Folder {
    path: PathBuf,
    count: usize,
    _lock: File,
}

/// Returns the parent of the folders: the one of this session, or the machine's shared memory.
pub(super) fn parent() -> Option<PathBuf> {
    let of_session = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    [of_session, Some(PathBuf::from("/dev/shm"))]
        .into_iter()
        .flatten()
        .find(|path| path.is_absolute() && path.is_dir())
}

impl Folder {
    pub(super) fn new(parent: &Path) -> io::Result<Self> {
        // A unique name for each program and each call: random numbers of the standard library.
        let random = RandomState::new().build_hasher().finish();
        let path = parent.join(format!("{PREFIX}{}-{random:016x}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&path)?;
        let lock = new_file(&path.join(LOCK))
            .and_then(|lock| {
                flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
                Ok(lock)
            })
            .inspect_err(|_| drop(fs::remove_dir_all(&path)))?;
        let folder = Self {
            path,
            count: 0,
            _lock: lock,
        };
        folder.remove_left_over(parent);
        Ok(folder)
    }

    pub(super) fn add(&mut self, value: &[u8]) -> io::Result<String> {
        self.count += 1;
        let path = self.path.join(self.count.to_string());
        new_file(&path)?.write_all(value)?;
        path.into_os_string()
            .into_string()
            .map_err(|_| io::Error::other("the path of $XDG_RUNTIME_DIR is not UTF-8"))
    }

    /// Removes the folders of killed programs. Folders of other users or in use cannot be removed.
    fn remove_left_over(&self, parent: &Path) {
        let (Ok(own), Ok(entries)) = (self.path.symlink_metadata(), fs::read_dir(parent)) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_ours = path.symlink_metadata().is_ok_and(|found| {
                found.is_dir() && found.uid() == own.uid() && found.mode() & 0o077 == 0
            });
            let has_name = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
            if !is_ours || !has_name || path == self.path {
                continue;
            }
            // A folder without a lock is being created or removed.
            if let Ok(lock) = File::open(path.join(LOCK))
                && flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok()
            {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_are_private_and_go_with_the_folder() {
        let parent = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(parent.path()).unwrap();
        let path = folder.add(b"a\0b").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"a\0b");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(Path::new(&path)), 0o600);
        assert_eq!(mode(&folder.path), 0o700);
        drop(folder);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn leftover_folders_are_removed_and_used_ones_kept() {
        let parent = tempfile::tempdir().unwrap();
        let used = Folder::new(parent.path()).unwrap();
        let left = Folder::new(parent.path()).unwrap();
        let left_path = left.path.clone();
        let _never_dropped = std::mem::ManuallyDrop::new(left);
        // Its program has exited: the lock is released, the folder remains.
        flock(&_never_dropped._lock, FlockOperation::Unlock).unwrap();
        fs::create_dir(parent.path().join("dockerfile-dsl")).unwrap();
        let next = Folder::new(parent.path()).unwrap();
        assert!(!left_path.exists());
        assert!(used.path.exists() && next.path.exists());
        assert!(parent.path().join("dockerfile-dsl").exists());
    }
}
