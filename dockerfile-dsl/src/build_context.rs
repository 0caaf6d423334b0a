//! The build context: which files to exclude from it, and which instructions copy a secret's own file into a layer.
//!
//! In: a [`BuildCommand`], and for the second question the directory itself. Out: the text of a `.dockerignore`; problems. Only
//! `look` and `look_at_file` read files: the ignore file and the Dockerfile that the builder reads, and the targets of symbolic links.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use dockerfile_dsl_analysis::LineIndex;
use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile::{clean_path, read};
use dockerfile_dsl_analysis::rules::dockerignore::Dockerignore as Patterns;
use dockerfile_dsl_analysis::rules::{copies, secret_file_names};

use crate::build_command::home;
use crate::error::Problem;
use crate::masked_debug::masked_debug;
use crate::{BuildCommand, Error, SecretSource};

/// The lines of a `.dockerignore` that keep secrets out of the build context: see [`BuildCommand::dockerignore`]. `Display`
/// prints the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Dockerignore {
    /// Patterns for the files that the build's own secrets are read from.
    secrets: Vec<String>,
}

masked_debug!(Dockerignore { secrets });

const OWN: &str = "# Files that the secrets of this build are read from.";
const USUAL: &str = "# Files that usually hold secrets, and the history of the repository.";

impl BuildCommand {
    /// Returns the paths to exclude from the build context: the files of this build's secrets that are inside it, files whose
    /// names suggest a secret, and `.git`. BuildKit reads the text as `.dockerignore` of the context, or as `NAME.dockerignore`
    /// beside the Dockerfile of that name, which then replaces the other.
    ///
    /// A secret's path is inside the context if it is relative and below that directory.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
    /// const KEY: Secret = Secret::file("key", "deploy.key");
    /// let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{KEY} https://example.com -o /srv/x")).build();
    /// let ignore = Dockerfile::from_stage(&stage)?.build_command().dockerignore();
    /// assert!(ignore.to_string().contains("\ndeploy.key\n"));
    /// // Keeps what is there:
    /// let merged = ignore.merged_into("target\n")?;
    /// assert!(merged.starts_with("target\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn dockerignore(&self) -> Dockerignore {
        let context = clean_path(&self.context);
        let mut secrets = Vec::new();
        for secret in self.dockerfile.secrets() {
            let SecretSource::File(path) = secret.source() else {
                continue;
            };
            if path.starts_with(['/', '~']) {
                continue;
            }
            let path = clean_path(path);
            let inside = match context.as_str() {
                "." | "" => Some(path.as_str()),
                context => path
                    .strip_prefix(context)
                    .and_then(|rest| rest.strip_prefix('/')),
            };
            if let Some(inside) = inside.filter(|inside| !inside.starts_with("..")) {
                secrets.push(pattern(inside));
            }
        }
        secrets.sort();
        secrets.dedup();
        Dockerignore { secrets }
    }
}

impl Dockerignore {
    /// Appends the missing lines to an existing file and leaves its own lines as they are. A line `!PATTERN` that includes a
    /// usual name on purpose keeps its effect; the files of the build's secrets are excluded in any case.
    ///
    /// # Errors
    ///
    /// Returns an error if the existing file has a pattern that a builder refuses.
    pub fn merged_into(&self, existing: &str) -> Result<String, Error> {
        let patterns = Patterns::parse(existing).map_err(|error| {
            Error::new(format!("{error}, which ends the build; correct it first"))
        })?;
        let taken_back: Vec<&str> = existing
            .lines()
            .filter_map(|line| line.trim().strip_prefix('!'))
            .map(str::trim)
            .collect();
        // Probing a path that only this pattern matches shows whether the pattern is already present.
        let is_missing = |pattern: &&str| {
            let probe = pattern.replace("**/", "a/").replace('\\', "");
            let root = pattern.replace("**/", "").replace('\\', "");
            !patterns.excludes(&probe) || !patterns.excludes(&root)
        };
        let is_wanted = |pattern: &&str| {
            let own = Patterns::parse(pattern).unwrap_or_default();
            !taken_back.iter().any(|kept| own.excludes(kept))
        };
        let own = self.secrets.iter().map(String::as_str);
        let own: Vec<&str> = own.filter(is_missing).collect();
        let names = usual();
        let usual = names.iter().map(String::as_str);
        let usual: Vec<&str> = usual.filter(is_missing).filter(is_wanted).collect();
        let mut text = existing.to_owned();
        for (title, lines) in [(OWN, own), (USUAL, usual)] {
            if lines.is_empty() {
                continue;
            }
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(title);
            text.push('\n');
            for line in lines {
                text.push_str(line);
                text.push('\n');
            }
        }
        Ok(text)
    }
}

impl fmt::Display for Dockerignore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An empty file has no invalid pattern.
        f.write_str(&self.merged_into("").unwrap_or_default())
    }
}

fn usual() -> Vec<String> {
    let names = secret_file_names().chain([".git"]);
    names.map(|name| format!("**/{name}")).collect()
}

/// Returns a pattern that matches this path only.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    for (at, character) in path.char_indices() {
        let is_at_end = at == 0 || at + character.len_utf8() == path.len();
        if character.is_whitespace() && is_at_end {
            // BuildKit would trim it.
            pattern.push('?');
            continue;
        }
        if matches!(character, '*' | '?' | '[' | '\\') || at == 0 && matches!(character, '#' | '!')
        {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Returns the secrets whose own file an instruction copies from the build context. Skips a context that is not a local
/// directory.
pub(crate) fn look(command: &BuildCommand) -> Vec<Problem> {
    let Ok(context) = fs::canonicalize(expanded(&command.context)) else {
        return Vec::new();
    };
    let text = command.dockerfile.render();
    let Ok(file) = read(&text) else {
        return Vec::new();
    };
    let (name, ignore) = ignore_file(command, &context);
    let ignore = match Patterns::parse(&ignore) {
        Ok(ignore) => ignore,
        Err(error) => {
            return vec![Problem {
                place: name,
                message: format!("{error}, which ends the build"),
                source: None,
            }];
        }
    };
    let mut problems = Vec::new();
    for secret in command.dockerfile.secrets() {
        let SecretSource::File(path) = secret.source() else {
            continue;
        };
        let Ok(path) = fs::canonicalize(expanded(path)) else {
            continue;
        };
        let Some(inside) = path.strip_prefix(&context).ok().and_then(Path::to_str) else {
            continue;
        };
        for span in copies(&file, inside, &ignore, Bases::NONE) {
            let line = LineIndex::new(&text).line(span.start);
            problems.push(Problem {
                place: format!("secret `{}`", secret.id()),
                message: format!(
                    "its own file `{inside}` is in the build context, and line {line} copies it \
                     into a layer; add a line `{}` to {name}, as `.dockerignore()` of the \
                     command does",
                    pattern(inside)
                ),
                source: None,
            });
        }
    }
    problems
}

/// Compares the Dockerfile that the builder reads with this description: a stale one was not checked. A missing one is reported by
/// the builder; what is not a regular file is not read.
#[cfg(feature = "run")]
pub(crate) fn look_at_file(command: &BuildCommand) -> Option<Problem> {
    if command.reads_stdin() {
        return None;
    }
    let path = command
        .file
        .as_deref()
        .map_or_else(|| expanded(&command.context).join("Dockerfile"), expanded);
    let metadata = fs::metadata(&path).ok()?;
    let text = metadata.is_file().then(|| fs::read(&path).ok())??;
    // Other line ends and a byte order mark change nothing.
    let plain = |text: &str| text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let text = plain(&String::from_utf8_lossy(&text));
    (text.trim_end() != plain(&command.dockerfile.render()).trim_end()).then(|| Problem {
        place: path.display().to_string(),
        message: "its text is not that of this description; write it again, or give the text to \
                  the builder: `.file(\"-\")`"
            .to_owned(),
        source: None,
    })
}

/// Returns the name and text of the ignore file that the builder reads: that of the Dockerfile, else that of the context.
fn ignore_file(command: &BuildCommand, context: &Path) -> (String, String) {
    let usual = ".dockerignore";
    let mut candidates = Vec::new();
    if command.tool.is_buildah() {
        candidates.push(context.join(".containerignore"));
    } else if command.file.as_deref() != Some("-") {
        let dockerfile = command.file.as_deref().map(expanded);
        let mut name = dockerfile
            .unwrap_or_else(|| context.join("Dockerfile"))
            .into_os_string();
        name.push(usual);
        candidates.push(PathBuf::from(name));
    }
    candidates.push(context.join(usual));
    for path in candidates {
        if let Ok(text) = fs::read_to_string(&path) {
            let name = path.file_name().unwrap_or_default();
            return (name.to_string_lossy().into_owned(), text);
        }
    }
    (usual.to_owned(), String::new())
}

fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}
