//! Files of the caller, opened without blocking on a FIFO; and a private folder for a tool's files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use crate::registry::PrivateFolder;

/// An open file, and the bytes that were read to check that it has content.
#[derive(Debug)]
pub struct Opened {
    file: File,
    first: Option<u8>,
}

impl Opened {
    /// Opens a file for reading. A FIFO without a writer is an error at once, where a plain `open` would block; `<(command)` of a
    /// shell has a writer from the start.
    ///
    /// # Errors
    /// Returns an error if it cannot be opened, or if it is a FIFO without a writer.
    #[cfg(unix)]
    pub fn new(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::FileTypeExt;

        use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};

        if !std::fs::metadata(path)?.file_type().is_fifo() {
            return Self::plain(path);
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        let mut first = [0];
        let first = match file.read(&mut first) {
            Ok(0) => {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "it is a FIFO that no program writes to",
                ));
            }
            Ok(_) => Some(first[0]),
            // A writer exists that has not written yet.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => return Err(error),
        };
        fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
        Ok(Self { file, first })
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// Returns an error if it cannot be opened.
    #[cfg(not(unix))]
    pub fn new(path: &Path) -> io::Result<Self> {
        Self::plain(path)
    }

    fn plain(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
            first: None,
        })
    }

    /// Returns the file; nothing was read from a regular one.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

impl Read for Opened {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let (Some(first), false) = (self.first, out.is_empty()) {
            out[0] = first;
            self.first = None;
            return Ok(1);
        }
        self.file.read(out)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Write};
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::Opened;

    fn fifo(folder: &tempfile::TempDir) -> std::path::PathBuf {
        let path = folder.path().join("fifo");
        let status = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(status.success());
        path
    }

    #[test]
    fn a_fifo_without_a_writer_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let error = Opened::new(&fifo(&folder)).err().unwrap();
        assert!(error.to_string().contains("no program writes"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_fifo_with_a_slow_writer_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(&folder);
        // Opened for both, so that it does not block on a reader.
        let mut writer = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        let mut reader = Opened::new(&path).unwrap();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            writer.write_all(b"late value").unwrap();
        });
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "late value");
        thread.join().unwrap();
        // Data written before the open is kept.
        let mut writer = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        writer.write_all(b"early value").unwrap();
        let mut reader = Opened::new(&path).unwrap();
        drop(writer);
        text.clear();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "early value");
    }
}
