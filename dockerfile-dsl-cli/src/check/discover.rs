//! Finds the files to check.
//!
//! In: files, folders and globs from the command line. Out: the files, each once: named ones in their order, those of a folder by
//! path. Folders are searched as git does it: what `.gitignore` and `.ignore` exclude, `.git` and
//! `node_modules` are not entered. Links to folders are not followed. What cannot be listed is a failure with its path.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder};

use super::callers::model::cleaned;
use super::kind::{self, FrontEnd, Kind};

/// The files that were found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The Dockerfiles; `-` is standard input.
    pub(crate) dockerfiles: Vec<PathBuf>,
    /// The files that may start builds.
    pub(super) callers: Vec<PossibleCaller>,
    /// Dockerfiles that a template engine completes: they are not checked.
    pub(super) templates: Vec<PathBuf>,
    /// What could not be listed, and globs without a match.
    pub(crate) failures: Vec<(PathBuf, String)>,
    /// The folders that were searched.
    pub(super) folders: Vec<PathBuf>,
    seen: BTreeSet<PathBuf>,
    excluded: Option<Gitignore>,
}

/// A file that starts builds if its text says so.
#[derive(Debug)]
pub(super) struct PossibleCaller {
    pub(super) path: PathBuf,
    pub(super) front_end: FrontEnd,
    /// Whether it was named on the command line.
    pub(super) is_named: bool,
}

/// Finds the files of these arguments; without any, those of the current directory.
pub(crate) fn find(arguments: &[PathBuf], excluded: &[String]) -> Result<Found, String> {
    let excluded = globs(excluded)?;
    let mut found = Found::default();
    let here = [PathBuf::from(".")];
    let arguments = if arguments.is_empty() {
        &here[..]
    } else {
        arguments
    };
    for argument in arguments {
        let text = argument.to_string_lossy();
        if argument.is_dir() {
            found.folders.push(argument.clone());
            found.search(argument, &excluded, None);
        } else if text.contains(['*', '?', '[']) && !argument.exists() {
            found.search_glob(argument, &excluded)?;
        } else if !is_match(&excluded, argument, false) {
            found.add_named(argument);
        }
    }
    found.excluded = Some(excluded);
    Ok(found)
}

impl Found {
    /// Adds a file that another one includes, unless it is excluded.
    pub(super) fn add_included(&mut self, path: &Path, front_end: FrontEnd) {
        let path = plain(path);
        let excluded = self.excluded.as_ref();
        if excluded.is_some_and(|excluded| is_match(excluded, &path, false)) {
            return;
        }
        let is_known = |known: &PathBuf| cleaned(known) == path;
        if !self.seen.iter().any(is_known) && self.seen.insert(path.clone()) {
            self.callers.push(PossibleCaller {
                path,
                front_end,
                is_named: false,
            });
        }
    }

    fn add_named(&mut self, path: &Path) {
        if !self.seen.insert(plain(path)) {
            return;
        }
        match Kind::of(path) {
            Some(Kind::Caller(front_end)) => self.callers.push(PossibleCaller {
                path: path.to_owned(),
                front_end,
                is_named: true,
            }),
            _ => self.dockerfiles.push(path.to_owned()),
        }
    }

    /// Adds what a name suggests to be a Dockerfile.
    fn add(&mut self, path: &Path) {
        let path = plain(path);
        let Some(kind) = Kind::of(&path) else {
            return;
        };
        if !self.seen.insert(path.clone()) {
            return;
        }
        match kind {
            Kind::Dockerfile => self.dockerfiles.push(path),
            Kind::PossibleDockerfile => {
                // One that cannot be read is reported when it is checked.
                if beginning(&path).is_none_or(|bytes| kind::begins_like_a_dockerfile(&bytes)) {
                    self.dockerfiles.push(path);
                }
            }
            Kind::Template => self.templates.push(path),
            Kind::Caller(front_end) => self.callers.push(PossibleCaller {
                path,
                front_end,
                is_named: false,
            }),
        }
    }

    /// Adds the files in a folder; with a glob, those that match it, relative to the folder.
    fn search(&mut self, folder: &Path, excluded: &Gitignore, glob: Option<&Glob>) {
        let excluded = excluded.clone();
        let walk = WalkBuilder::new(folder)
            .hidden(false)
            .require_git(false)
            // The answer is the same on every machine.
            .git_global(false)
            .sort_by_file_name(Ord::cmp)
            .filter_entry(move |entry| entry.depth() == 0 || is_entered(entry, &excluded))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if is_file(&entry) => match glob {
                    None => self.add(entry.path()),
                    Some(glob) => self.add_match(entry.path(), folder, glob),
                },
                Ok(_) => {}
                Err(error) => {
                    let path = place(&error).unwrap_or(folder).to_owned();
                    self.failures.push((path, reason(&error)));
                }
            }
        }
    }

    fn add_match(&mut self, path: &Path, folder: &Path, glob: &Glob) {
        let relative = path.strip_prefix(folder).unwrap_or(path);
        if !is_match(&glob.matcher, relative, false) {
            return;
        }
        // `services/**` asks for the files of known names, `services/*.docker` for all of these.
        if Kind::of(path).is_none() && glob.names_files {
            self.add_named(&plain(path));
        } else {
            self.add(path);
        }
    }

    fn search_glob(&mut self, argument: &Path, excluded: &Gitignore) -> Result<(), String> {
        let is_glob = |component: &Component<'_>| {
            component
                .as_os_str()
                .to_string_lossy()
                .contains(['*', '?', '['])
        };
        let components: Vec<Component<'_>> = argument.components().collect();
        let start = components.iter().position(is_glob).unwrap_or(0);
        let mut folder: PathBuf = components[..start].iter().collect();
        if folder.as_os_str().is_empty() {
            folder.push(".");
        }
        let rest: PathBuf = components[start..].iter().collect();
        let last = components.last().map(|last| last.as_os_str());
        let glob = Glob {
            matcher: globs(&[format!("/{}", rest.display())])?,
            names_files: last.is_some_and(|last| last != "*" && last != "**"),
        };
        let before = self.seen.len();
        self.search(&folder, excluded, Some(&glob));
        if self.seen.len() == before {
            let failure = (argument.to_owned(), "matches no file".to_owned());
            self.failures.push(failure);
        }
        Ok(())
    }
}

struct Glob {
    matcher: Gitignore,
    /// Whether the last component says more than "every file".
    names_files: bool,
}

/// Compiles globs with the syntax of `.gitignore`.
fn globs(patterns: &[String]) -> Result<Gitignore, String> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        builder
            .add_line(None, pattern)
            .map_err(|error| format!("invalid glob `{pattern}`: {error}"))?;
    }
    builder.build().map_err(|error| error.to_string())
}

/// Whether a path, or a folder that contains it, matches.
fn is_match(globs: &Gitignore, path: &Path, is_folder: bool) -> bool {
    let path = plain(path);
    let mut paths = path.ancestors().enumerate();
    paths.any(|(depth, path)| {
        !path.as_os_str().is_empty() && globs.matched(path, is_folder || depth > 0).is_ignore()
    })
}

fn is_entered(entry: &DirEntry, excluded: &Gitignore) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_skipped =
        is_folder && (entry.file_name() == ".git" || entry.file_name() == "node_modules");
    !is_skipped && !is_match(excluded, entry.path(), is_folder)
}

/// Whether it is a file, or a link to anything else than a folder.
fn is_file(entry: &DirEntry) -> bool {
    entry
        .file_type()
        .is_some_and(|kind| kind.is_file() || kind.is_symlink() && !entry.path().is_dir())
}

/// Returns the path without a leading `./`.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// Returns the first bytes of a regular file: enough for comments and the first instruction. Opening a FIFO would wait for a writer.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::metadata(path).ok().filter(Metadata::is_file)?;
    let file = File::open(path).ok()?;
    file.take(64 << 10).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Returns the path in an error of the walk.
fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place(err)
        }
        _ => None,
    }
}

fn reason(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(error) => format!("cannot be listed: {error}"),
        None => format!("cannot be listed: {error}"),
    }
}
