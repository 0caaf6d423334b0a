//! Writes a generated file atomically, and only if it changed.
//!
//! In: a path and the bytes. Out: whether the file was changed. Invariant: a reader sees the old or the new content, never a
//! part, and an unchanged file keeps its modification time, so that nothing is rebuilt.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Error;

/// FileKind of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Data to read.
    Data,
    /// An executable script.
    Executable,
}

/// Outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteOutcome {
    /// The file had the same bytes and was not touched.
    Unchanged,
    /// The file was created or replaced.
    Changed,
}

/// Writes `content` to `path`, through a temporary file in the same directory. Creates missing directories.
pub(crate) fn write(path: &Path, content: &str, kind: FileKind) -> Result<WriteOutcome, Error> {
    if fs::read(path).is_ok_and(|old| old == content.as_bytes()) {
        return Ok(WriteOutcome::Unchanged);
    }
    let failed = |source| Error::io(format!("cannot write {}", path.display()), source);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let temporary = beside(path);
    let result = fill(&temporary, content, kind).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // Report the first error.
        let _ = fs::remove_file(&temporary);
    }
    result.map(|()| WriteOutcome::Changed).map_err(failed)
}

fn fill(path: &Path, content: &str, kind: FileKind) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(match kind {
            FileKind::Data => 0o666,
            FileKind::Executable => 0o777,
        });
    }
    #[cfg(not(unix))]
    let _ = kind;
    let mut file = options.open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

/// Returns a unique name in the same directory, so that the rename stays in one file system.
fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(
        ".{}.{}.tmp",
        process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> PathBuf {
        let path =
            std::env::temp_dir().join(format!("dockerfile-dsl-write-{}-{name}", process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let path = directory("unchanged").join("deep/er/Dockerfile");
        assert_eq!(
            write(&path, "FROM a\n", FileKind::Data).unwrap(),
            WriteOutcome::Changed
        );
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(
            write(&path, "FROM a\n", FileKind::Data).unwrap(),
            WriteOutcome::Unchanged
        );
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert_eq!(
            write(&path, "FROM b\n", FileKind::Data).unwrap(),
            WriteOutcome::Changed
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "FROM b\n");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }

    #[test]
    fn a_path_that_cannot_be_written_is_named_and_nothing_is_left() {
        let directory = directory("taken");
        fs::create_dir_all(directory.join("Dockerfile/full")).unwrap();
        let error = write(&directory.join("Dockerfile"), "FROM a\n", FileKind::Data).unwrap_err();
        assert!(error.to_string().contains("Dockerfile"), "{error}");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_script_may_be_run() {
        use std::os::unix::fs::PermissionsExt;
        let path = directory("script").join("build.sh");
        write(&path, "#!/bin/sh\n", FileKind::Executable).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o100,
            0o100
        );
    }
}
