//! Replaces files that people wrote: a temporary file beside each, then a rename, so that no file is half-written.
//!
//! In: a path, the content that it had when it was read, the new content. A file that is read-only, is not regular, or has another
//! content now is an error. A symbolic link stays: its target is replaced. The mode is kept.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::output;

/// A new content that is written beside its file, and not yet in its place.
pub(crate) struct Prepared {
    target: PathBuf,
    old: Option<Vec<u8>>,
    file: NamedTempFile,
}

impl Prepared {
    /// Writes the new content beside the file. `old` is the content of the file, or `None` if it does not exist.
    pub(crate) fn new(path: &Path, old: Option<&[u8]>, new: &[u8]) -> Result<Self, String> {
        let cannot =
            |error: io::Error| format!("{} cannot be written: {error}", output::shown(path));
        let (target, permissions) = match fs::canonicalize(path) {
            Ok(target) => {
                let metadata = fs::metadata(&target).map_err(cannot)?;
                if !metadata.is_file() {
                    return Err(format!(
                        "{} is not a regular file and stays as it is",
                        output::shown(path)
                    ));
                }
                if metadata.permissions().readonly() {
                    return Err(format!(
                        "{} is read-only and stays as it is",
                        output::shown(path)
                    ));
                }
                OpenOptions::new()
                    .write(true)
                    .open(&target)
                    .map_err(cannot)?;
                (target, Some(metadata.permissions()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && old.is_none() => {
                (path.to_owned(), None)
            }
            Err(error) => return Err(cannot(error)),
        };
        let file = beside(&target, permissions, new).map_err(cannot)?;
        let prepared = Self {
            target,
            old: old.map(<[u8]>::to_vec),
            file,
        };
        prepared.check_unchanged()?;
        Ok(prepared)
    }

    /// Whether the file still has the content that the new one is made of.
    fn check_unchanged(&self) -> Result<(), String> {
        let now = match fs::read(&self.target) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(format!("{}: {error}", output::shown(&self.target))),
        };
        if now == self.old {
            Ok(())
        } else {
            Err(format!(
                "{} changed meanwhile and stays as it is: run it again",
                output::shown(&self.target)
            ))
        }
    }

    /// Puts the new contents in their places, if none of the files changed meanwhile.
    pub(crate) fn commit(all: Vec<Self>) -> Result<(), String> {
        for prepared in &all {
            prepared.check_unchanged()?;
        }
        for Self { target, old, file } in all {
            let cannot = |error: io::Error| format!("{}: {error}", output::shown(&target));
            if old.is_some() {
                file.persist(&target).map_err(|error| cannot(error.error))?;
            } else {
                file.persist_noclobber(&target)
                    .map_err(|error| cannot(error.error))?;
            }
        }
        Ok(())
    }
}

/// Writes a temporary file beside the one whose place it takes. Without permissions it gets those of a new file.
pub(crate) fn beside(
    target: &Path,
    permissions: Option<Permissions>,
    content: &[u8],
) -> io::Result<NamedTempFile> {
    let directory = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // The default mode of new files, minus the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // The message of `tempfile` names the temporary file.
    let of_folder = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "does not exist",
            io::ErrorKind::PermissionDenied => "is read-only",
            _ => return error,
        };
        let folder = output::shown(directory);
        io::Error::new(error.kind(), format!("the folder {folder} {why}"))
    };
    let mut file = builder.tempfile_in(directory).map_err(of_folder)?;
    file.write_all(content)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(path: &Path, old: Option<&[u8]>, new: &[u8]) -> Result<(), String> {
        Prepared::commit(vec![Prepared::new(path, old, new)?])
    }

    #[test]
    fn only_the_content_that_was_read_is_replaced() {
        let folder = tempfile::tempdir().expect("can be made");
        let path = folder.path().join("a");
        replace(&path, None, b"1").expect("is new");
        assert!(replace(&path, None, b"2").is_err());
        let error = replace(&path, Some(b"0"), b"2").expect_err("another content");
        assert!(error.contains("changed meanwhile"), "{error}");
        replace(&path, Some(b"1"), b"2").expect("is the content");
        assert_eq!(fs::read(&path).expect("is there"), b"2");
        let prepared = Prepared::new(&path, Some(b"2"), b"3").expect("is the content");
        fs::write(&path, b"x").expect("can be written");
        assert!(Prepared::commit(vec![prepared]).is_err());
        assert_eq!(fs::read(&path).expect("is there"), b"x");
        // No temporary file stays.
        assert_eq!(fs::read_dir(folder.path()).expect("is a folder").count(), 1);
    }

    #[test]
    fn a_folder_that_does_not_exist_is_named() {
        let folder = tempfile::tempdir().expect("can be made");
        let absent = folder.path().join("absent");
        let error = replace(&absent.join("a"), None, b"1").expect_err("has no folder");
        let expected = format!("the folder {} does not exist", absent.display());
        assert!(error.ends_with(&expected), "{error}");
    }

    #[test]
    fn a_folder_is_never_replaced() {
        let folder = tempfile::tempdir().expect("can be made");
        let error = replace(folder.path(), Some(b""), b"x").expect_err("is a folder");
        assert!(error.contains("not a regular file"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_modes_are_kept_and_read_only_files_too() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().expect("can be made");
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, b"1").expect("can be written");
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode));
        mode(0o640).expect("is ours");
        symlink("a", &link).expect("can be made");
        replace(&link, Some(b"1"), b"2").expect("is the content");
        assert!(fs::symlink_metadata(&link).expect("is there").is_symlink());
        let metadata = fs::metadata(&path).expect("is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read(&path).expect("is there"), b"2");
        mode(0o444).expect("is ours");
        let error = replace(&path, Some(b"2"), b"3").expect_err("is read-only");
        assert!(error.contains("read-only"), "{error}");
    }
}
