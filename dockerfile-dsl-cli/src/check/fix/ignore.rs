//! The `.dockerignore` of a Dockerfile, and the lines that fixes add to it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::output;
use crate::source;

/// A file of patterns, which may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IgnoreFile {
    pub(super) path: PathBuf,
    pub(super) text: Option<String>,
}

impl IgnoreFile {
    /// Reads `NAME.dockerignore` beside the Dockerfile, else `.dockerignore`.
    pub(super) fn of(dockerfile: &Path) -> Result<Self, String> {
        let mut own = dockerfile.as_os_str().to_owned();
        own.push(".dockerignore");
        let usual = dockerfile.with_file_name(".dockerignore");
        for path in [PathBuf::from(own), usual.clone()] {
            match source::regular_text(&path) {
                Ok(text) => {
                    let text = Some(text);
                    return Ok(Self { path, text });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(format!("{} cannot be read: {error}", output::shown(&path)));
                }
            }
        }
        Ok(Self {
            path: usual,
            text: None,
        })
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Returns the file with these lines added, in its line endings. `None` if a path has characters with a meaning in patterns.
    pub(super) fn with(&self, paths: &[String]) -> Option<Self> {
        let has_meaning = |path: &String| {
            let first = path.starts_with(['!', '#', ' ']) || path.ends_with(' ');
            first || path.contains(['*', '?', '[', '\\', '\n', '\r']) || path.is_empty()
        };
        if paths.iter().any(has_meaning) {
            return None;
        }
        let mut text = self.text.clone().unwrap_or_default();
        let newline = match text.split_once('\n') {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        for path in paths {
            if text.lines().any(|line| line.trim() == path) {
                continue;
            }
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str(newline);
            }
            text.push_str(path);
            text.push_str(newline);
        }
        let text = (self.text.is_some() || !text.is_empty()).then_some(text);
        Some(Self {
            path: self.path.clone(),
            text,
        })
    }

    /// Returns the text, if it is not that of the old file.
    pub(super) fn changed(&self, old: &Self) -> Option<&str> {
        self.text.as_deref().filter(|_| self.text != old.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Option<&str>, paths: &[&str], after: Option<&str>) {
        let file = IgnoreFile {
            path: PathBuf::from(".dockerignore"),
            text: before.map(str::to_owned),
        };
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let text = file.with(&paths).map(|file| file.text.unwrap_or_default());
        assert_eq!(text.as_deref(), after);
    }

    #[test]
    fn lines_are_added_once_in_the_files_line_endings() {
        check(None, &[".env"], Some(".env\n"));
        check(Some("a"), &[".env"], Some("a\n.env\n"));
        check(Some("a\r\n"), &[".env", "b"], Some("a\r\n.env\r\nb\r\n"));
        check(Some("a\n"), &["a"], Some("a\n"));
    }

    #[test]
    fn a_path_with_a_meaning_is_not_added() {
        for path in ["!a", "#a", "a*", "a\\b", "a\nb", ""] {
            check(None, &[path], None);
        }
    }
}
