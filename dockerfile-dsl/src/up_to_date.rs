//! Keeps a committed Dockerfile equal to its template.
//!
//! In: a [`Dockerfile`] and the path where its text is committed. Out: nothing, or an [`Error`] with the difference; on request,
//! the rewritten file. Invariant: without that request, nothing is written.

use std::path::Path;
use std::{env, fs, io};

use crate::write::{self, FileKind};
use crate::{Dockerfile, Error, diff};

/// Environment variable that makes [`assert_up_to_date!`](crate::assert_up_to_date) rewrite the file: set it to `1`.
const UPDATE_VARIABLE: &str = "DOCKERFILE_DSL_UPDATE";

/// What to do with a committed file that differs from its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// Refuse it and show the difference.
    Refuse,
    /// Write the file anew.
    Rewrite,
}

impl Stale {
    /// Returns `Rewrite` if the variable `DOCKERFILE_DSL_UPDATE` is set, and neither empty nor `0`.
    #[must_use]
    pub fn from_environment() -> Self {
        match env::var_os(UPDATE_VARIABLE) {
            Some(value) if !value.is_empty() && value != "0" => Self::Rewrite,
            _ => Self::Refuse,
        }
    }
}

/// Compares the file at `path` with the text that `dockerfile` renders. In tests, use
/// [`assert_up_to_date!`](crate::assert_up_to_date); this function is for an xtask, which decides by an argument.
///
/// Line ends of a Windows checkout (CR LF) count as equal.
///
/// ```no_run
/// # fn image() -> Result<dockerfile_dsl::Dockerfile, dockerfile_dsl::Error> { unimplemented!() }
/// use dockerfile_dsl::{Stale, keep_up_to_date};
///
/// let stale = if std::env::args().any(|arg| arg == "--check") { Stale::Refuse } else { Stale::Rewrite };
/// keep_up_to_date(&image()?, "docker/Dockerfile", stale)?;
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// # Errors
///
/// Returns an error if the file is stale or missing and `stale` is `Refuse`, or if it cannot be read or written.
pub fn keep_up_to_date(
    dockerfile: &Dockerfile,
    path: impl AsRef<Path>,
    stale: Stale,
) -> Result<(), Error> {
    keep_text_up_to_date(&dockerfile.render(), path.as_ref(), stale)
}

fn keep_text_up_to_date(expected: &str, path: &Path, stale: Stale) -> Result<(), Error> {
    let committed = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::io(format!("cannot read {}", path.display()), error)),
    };
    if committed
        .as_ref()
        .is_some_and(|text| text.replace("\r\n", "\n") == expected)
    {
        return Ok(());
    }
    match (stale, committed) {
        (Stale::Rewrite, _) => write::write(path, expected, FileKind::Data).map(|_| ()),
        (Stale::Refuse, None) => Err(Error::new(format!(
            "{} does not exist; to write it, run this again with {UPDATE_VARIABLE}=1",
            path.display()
        ))),
        (Stale::Refuse, Some(text)) => Err(Error::new(format!(
            "{} differs from what its template renders; to rewrite it, run this again with \
             {UPDATE_VARIABLE}=1\n(- committed, + rendered)\n{}",
            path.display(),
            diff::lines(&text.replace("\r\n", "\n"), expected)
        ))),
    }
}

/// Asserts in a test that the committed file is what the template renders; the failure shows the difference. With
/// `DOCKERFILE_DSL_UPDATE=1` in the environment the file is rewritten instead. A relative path starts at the package
/// (`CARGO_MANIFEST_DIR`).
///
/// ```no_run
/// # fn image() -> Result<dockerfile_dsl::Dockerfile, dockerfile_dsl::Error> { unimplemented!() }
/// #[test]
/// fn the_committed_dockerfile_is_up_to_date() {
///     dockerfile_dsl::assert_up_to_date!(image().unwrap(), "Dockerfile");
/// }
/// ```
#[macro_export]
macro_rules! assert_up_to_date {
    ($dockerfile:expr, $path:expr $(,)?) => {
        if let Err(error) = $crate::keep_up_to_date(
            &$dockerfile,
            ::std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join($path),
            $crate::Stale::from_environment(),
        ) {
            panic!("{error}");
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const RENDERED: &str = "FROM debian:bookworm-slim\nRUN make\nCMD [\"/app\"]\n";

    fn file(name: &str, content: Option<&str>) -> PathBuf {
        let path = env::temp_dir().join(format!(
            "dockerfile-dsl-up-to-date-{}-{name}",
            std::process::id()
        ));
        let _ = fs::remove_file(&path);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        path
    }

    #[test]
    fn an_equal_file_is_fine_also_in_a_windows_checkout() {
        for content in [RENDERED.to_owned(), RENDERED.replace('\n', "\r\n")] {
            let path = file("equal", Some(&content));
            keep_text_up_to_date(RENDERED, &path, Stale::Refuse).unwrap();
            keep_text_up_to_date(RENDERED, &path, Stale::Rewrite).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content, "not touched");
        }
    }

    #[test]
    fn a_stale_file_is_refused_with_the_difference() {
        let path = file("stale", Some(&RENDERED.replace("make", "cmake")));
        let error = keep_text_up_to_date(RENDERED, &path, Stale::Refuse)
            .unwrap_err()
            .to_string();
        let start = format!(
            "{} differs from what its template renders; to rewrite it, run this again with \
             DOCKERFILE_DSL_UPDATE=1\n(- committed, + rendered)\n",
            path.display()
        );
        assert!(error.starts_with(&start), "{error}");
        assert!(error.contains("\n-RUN cmake\n+RUN make\n"), "{error}");
    }

    #[test]
    fn a_stale_or_missing_file_is_written_when_asked() {
        for content in [None, Some("FROM x\n")] {
            let path = file("rewrite", content);
            keep_text_up_to_date(RENDERED, &path, Stale::Rewrite).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), RENDERED);
        }
    }

    #[test]
    fn a_missing_file_says_how_to_make_it() {
        let path = file("missing", None);
        let error = keep_text_up_to_date(RENDERED, &path, Stale::Refuse)
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with(
                "does not exist; to write it, run this again with DOCKERFILE_DSL_UPDATE=1"
            ),
            "{error}"
        );
        assert!(!path.exists());
    }
}
