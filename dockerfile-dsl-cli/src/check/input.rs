//! Reads what is to be checked: the Dockerfile, and the `.dockerignore` that goes with it.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use dockerfile_dsl_analysis::rules::dockerignore::Dockerignore;

use crate::output;

/// A Dockerfile is text; more than this is a mistake.
const MAX_BYTES: u64 = 64 << 20;

/// A Dockerfile and what is known of its context.
pub(super) struct Input {
    pub(super) text: String,
    pub(super) dockerignore: Dockerignore,
}

impl Input {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let is_stdin = path.as_os_str() == "-";
        if path.is_dir() {
            return Err(
                "is a directory: name the files, as in `dockerfile-dsl check $(git ls-files \
                 '*Dockerfile*')`"
                    .to_owned(),
            );
        }
        let bytes = if is_stdin {
            read_limited(io::stdin().lock())
        } else {
            fs::File::open(path).and_then(read_limited)
        };
        let bytes = bytes.map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(format!("is larger than {} MiB", MAX_BYTES >> 20));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            format!(
                "is not UTF-8: the first wrong byte is number {}",
                error.utf8_error().valid_up_to() + 1
            )
        })?;
        let dockerignore = if is_stdin {
            Dockerignore::default()
        } else {
            dockerignore_of(path)
        };
        Ok(Self { text, dockerignore })
    }
}

fn read_limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `NAME.dockerignore` beside the file, else `.dockerignore` there: the build context is taken to be the file's directory.
fn dockerignore_of(path: &Path) -> Dockerignore {
    let mut own = path.as_os_str().to_owned();
    own.push(".dockerignore");
    for candidate in [PathBuf::from(own), path.with_file_name(".dockerignore")] {
        let Ok(text) = fs::read_to_string(&candidate) else {
            continue;
        };
        return Dockerignore::parse(&text).unwrap_or_else(|error| {
            output::tell(&format!(
                "warning: {}: {error}, so it is not used\n",
                candidate.display()
            ));
            Dockerignore::default()
        });
    }
    Dockerignore::default()
}
