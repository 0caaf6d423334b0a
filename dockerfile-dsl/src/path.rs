//! Paths in an image layer.
//!
//! In: text, at compile time ([`path!`](crate::path)) or at run time ([`LayerPath::parse`]). Out: a literal path. Invariant: it
//! does not lead into `/run/secrets`, however it is spelled, and it fits on one line. The validators are loops over bytes:
//! iterators and `str` methods are not `const`, and an invalid `const` has to fail at compile time.

use std::borrow::Cow;
use std::fmt;

use crate::Error;
use crate::checked_text::checked_text;
use crate::masked_debug::masked_debug;

/// A path in an image layer: absolute, or relative to the `WORKDIR`. It is literal: no variable is expanded in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerPath(Cow<'static, str>);

masked_debug!(LayerPath(0));

/// A [`LayerPath`] from a literal, checked at compile time.
///
/// ```
/// # use dockerfile_dsl::path;
/// let app = path!("/app/");
/// ```
///
/// ```compile_fail
/// # use dockerfile_dsl::path;
/// let stolen = path!("/run/secrets/../secrets/GITHUB_TOKEN");
/// ```
#[macro_export]
macro_rules! path {
    // A named constant: the inline form `const { .. }` is not evaluated by `cargo check`.
    ($path:expr) => {{
        const PATH: $crate::LayerPath = $crate::LayerPath::literal($path);
        PATH
    }};
}

impl LayerPath {
    /// Parses a path that is known at run time.
    ///
    /// ```
    /// use dockerfile_dsl::LayerPath;
    ///
    /// assert_eq!(LayerPath::parse("/srv/app")?.as_str(), "/srv/app");
    /// assert!(LayerPath::parse("/run/secrets/TOKEN").is_err());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if it is empty, leads into `/run/secrets`, or contains a `$`, a line break or a NUL.
    pub fn parse(path: impl Into<String>) -> Result<Self, Error> {
        let path = path.into();
        match check(&path) {
            Ok(()) => Ok(Self(Cow::Owned(path))),
            Err(why) => Err(Error::new(format!("`{}`: {why}", path.escape_debug()))),
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn literal(path: &'static str) -> Self {
        match check(path) {
            Ok(()) => Self(Cow::Borrowed(path)),
            Err(why) => panic!("{}", why),
        }
    }

    /// Returns the path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LayerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text!(LayerPath);

/// Checks a layer path; the only rule, for compile time and run time.
pub(crate) const fn check(path: &str) -> Result<(), &'static str> {
    let bytes = path.as_bytes();
    if bytes.is_empty() {
        return Err("a path must not be empty; the working directory is `.`");
    }
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'\n' => {
                return Err(
                    "a path must not contain a line break: a Dockerfile cannot represent one",
                );
            }
            0 => return Err("a path must not contain a NUL"),
            b'$' => {
                return Err(
                    "a path is literal, and no variable is expanded in it; write \
                     `expand(\"..\")` to expand variables",
                );
            }
            _ => i += 1,
        }
    }
    if leads_into(bytes, &[b"run", b"secrets"]) || leads_into(bytes, &[b"var", b"run", b"secrets"])
    {
        return Err(
            "this path is inside the secret mount directory; secrets cannot be written to, or \
             copied from, image layers -- use the secret's handle in `sh!` instead",
        );
    }
    Ok(())
}

/// Whether the path, after normalisation, is `directory` or below it. A relative path is resolved from the root: that is the
/// default working directory, and the furthest that `..` can lead.
const fn leads_into(path: &[u8], directory: &[&[u8]]) -> bool {
    // Number of components so far, and number of leading ones that match the directory.
    let (mut depth, mut same) = (0, 0);
    let mut start = 0;
    while start <= path.len() {
        let mut end = start;
        while end < path.len() && path[end] != b'/' {
            end += 1;
        }
        match slice(path, start, end) {
            b"" | b"." => {}
            b".." => {
                depth = if depth == 0 { 0 } else { depth - 1 };
                same = if same > depth { depth } else { same };
            }
            name => {
                if same == depth && same < directory.len() && equal(name, directory[same]) {
                    same += 1;
                }
                depth += 1;
            }
        }
        start = end + 1;
    }
    same == directory.len()
}

const fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.split_at(end).0.split_at(start).1
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    let mut i = 0;
    while i < left.len() && i < right.len() && left[i] == right[i] {
        i += 1;
    }
    i == left.len() && i == right.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn accepts(path: &str) {
        assert_eq!(LayerPath::parse(path).unwrap().as_str(), path);
    }

    #[track_caller]
    fn refuses(path: &str, why: &str) {
        let error = LayerPath::parse(path).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn ordinary_paths_are_paths() {
        for path in [
            "/",
            ".",
            "./",
            "/app",
            "app/bin",
            "/a b/'\"\\x",
            "/run/secret",
            "/run/secretsx",
            "/app/run/secrets",
            "é",
            "../x",
        ] {
            accepts(path);
        }
    }

    #[test]
    fn the_directory_of_the_secrets_is_found_in_every_spelling() {
        for path in [
            "/run/secrets",
            "/run/secrets/x",
            "//run/./secrets/",
            "/app/../run/secrets/x",
            "/../../run/secrets",
            "run/secrets/x",
            "../../run/secrets/x",
            "/run/x/../secrets/y",
            "/var/run/secrets/x",
        ] {
            refuses(path, "inside the secret mount directory");
        }
        accepts("/run/secrets/../x");
        accepts("/run/secrets/..");
    }

    #[test]
    fn what_a_line_cannot_carry_is_refused() {
        refuses("", "must not be empty");
        refuses("/a\nb", "line break");
        refuses("/a\0", "NUL");
        refuses("/$HOME", "a path is literal");
    }
}
