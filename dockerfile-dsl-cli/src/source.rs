//! Reads one Dockerfile whole, for the subcommands that take a single file.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use dockerfile_dsl::import::{self, Parsed};
use dockerfile_dsl_verify::file::Opened;

use crate::output;

/// Max. size in bytes; a larger file is refused as a mistake.
const MAX_BYTES: u64 = 64 << 20;

/// Reads and parses a file, or standard input for `-`. Errors name the file.
pub(crate) fn parsed(path: &Path) -> Result<Parsed, String> {
    import::parse_bytes(&bytes(path)?)
        .map_err(|error| format!("{} is no valid Dockerfile\n{error}", output::shown(path)))
}

/// Reads a file, or standard input for `-`. Errors name the file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let shown = output::shown(path);
    if path.is_dir() {
        return Err(format!("{shown} is a directory: name its Dockerfile"));
    }
    let bytes = if path.as_os_str() == "-" {
        read(io::stdin().lock())
    } else {
        Opened::new(path).and_then(read)
    };
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("{shown} does not exist: name the file, as in `docker/Dockerfile`")
        }
        _ => format!("{shown} cannot be read: {error}"),
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("{shown} is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

/// Reads the text of a regular file. Anything else is not opened: a FIFO would wait for a writer, a device may have no end.
pub(crate) fn regular_text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    fs::read_to_string(path)
}

fn read(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
