//! Reads the Dockerfile to check, and its `.dockerignore`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use dockerfile_dsl_analysis::rules::{
    Context, Repository, dockerignore::Dockerignore, is_secret_file,
};
use dockerfile_dsl_verify::file::Opened;

use crate::output;
use crate::source;

/// Max. size in bytes; a larger file is refused as a mistake.
const MAX_BYTES: u64 = 64 << 20;

/// A Dockerfile, and the part of its build context that was read.
pub(crate) struct Input {
    pub(crate) bytes: Vec<u8>,
    pub(crate) context: Context,
    /// What was ignored.
    pub(crate) warnings: Vec<String>,
}

impl Input {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path, folders: &Folders) -> Result<Self, String> {
        let is_stdin = path.as_os_str() == "-";
        let bytes = bytes(path)?;
        let mut warnings = Vec::new();
        let context = if is_stdin {
            Context::default()
        } else {
            context_of(path, folders, &mut warnings)
        };
        Ok(Self {
            bytes,
            context,
            warnings,
        })
    }
}

/// Returns what is known of the build context of a Dockerfile: its folder.
pub(super) fn context_of(path: &Path, folders: &Folders, warnings: &mut Vec<String>) -> Context {
    let root = path.parent().unwrap_or(Path::new(""));
    Context {
        ignore: dockerignore_of(path, warnings),
        secret_files: folders.secret_files(root),
        repository: repository(root),
    }
}

/// Looks at the repository whose root is the build context. The `.git` of a worktree or a submodule is a file, without a config.
fn repository(root: &Path) -> Repository {
    let folder = root.join(".git");
    if !folder.is_dir() {
        return Repository::Absent;
    }
    let modules = fs::read_dir(folder.join("modules")).into_iter().flatten();
    let modules = modules.flatten().map(|entry| entry.path());
    let configs = [folder].into_iter().chain(modules.take(MAX_MODULES));
    let found = configs.map(|folder| {
        let config = folder.join("config");
        let is_file = fs::metadata(&config).is_ok_and(|metadata| metadata.is_file());
        let bytes = if is_file {
            bytes(&config)
        } else {
            Ok(Vec::new())
        };
        let text = bytes.unwrap_or_default();
        Repository::of_config(&String::from_utf8_lossy(&text))
    });
    found.max().unwrap_or(Repository::Present)
}

/// Reads a file, or standard input for `-`.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = if path.as_os_str() == "-" {
        read_limited(io::stdin().lock())
    } else {
        Opened::new(path).and_then(read_limited)
    };
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        _ => format!("cannot be read: {error}"),
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

/// The secrets of a folder by their names, once they are known.
type SecretFiles = Arc<OnceLock<Vec<String>>>;

/// Cache of listed folders: files in the same folder share a build context.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    secret_files: Mutex<BTreeMap<PathBuf, SecretFiles>>,
}

impl Folders {
    fn secret_files(&self, root: &Path) -> Vec<String> {
        let known = {
            let mut all = self
                .secret_files
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(root.to_owned()).or_default())
        };
        known.get_or_init(|| secret_files(root)).clone()
    }
}

/// Max. entries of a build context that are read, at most a second of time; the rest is ignored.
const MAX_ENTRIES: usize = 20_000;
/// Max. submodules whose config is read; further ones are not looked at.
const MAX_MODULES: usize = 100;
/// Max. depth of folders that are read: secrets are kept near the top.
const MAX_DEPTH: usize = 4;

/// Returns the files in the folder of the Dockerfile or below it whose names suggest a secret.
fn secret_files(root: &Path) -> Vec<String> {
    let root = if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    };
    let mut found = Vec::new();
    let mut seen = 0;
    let mut folders = vec![(root.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                return found;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                let is_skipped = matches!(&*name, ".git" | "node_modules" | "target" | "vendor");
                if depth < MAX_DEPTH && !is_skipped {
                    folders.push((entry.path(), format!("{path}/"), depth + 1));
                }
            } else if is_secret_file(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read_limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads `NAME.dockerignore` beside the file, else `.dockerignore`: the build context is assumed to be the file's directory.
fn dockerignore_of(path: &Path, warnings: &mut Vec<String>) -> Dockerignore {
    let mut own = path.as_os_str().to_owned();
    own.push(".dockerignore");
    for candidate in [PathBuf::from(own), path.with_file_name(".dockerignore")] {
        let text = match source::regular_text(&candidate) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let shown = output::shown(&candidate);
                warnings.push(format!("{shown} cannot be read: {error}; it is ignored"));
                continue;
            }
        };
        return Dockerignore::parse(&text).unwrap_or_else(|error| {
            warnings.push(format!(
                "{}: {error}; it is ignored",
                output::shown(&candidate)
            ));
            Dockerignore::default()
        });
    }
    Dockerignore::default()
}
