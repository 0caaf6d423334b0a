//! What is known of a build context, besides the Dockerfile.

use super::dockerignore::Dockerignore;

/// What is known of a build context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Its `.dockerignore`.
    pub ignore: Dockerignore,
    /// The files that are [secrets by their names](super::is_secret_file), seen from its root.
    pub secret_files: Vec<String>,
}

impl Context {
    /// One with this `.dockerignore`, its files unknown.
    #[must_use]
    pub const fn of(ignore: Dockerignore) -> Self {
        Self {
            ignore,
            secret_files: Vec::new(),
        }
    }
}
