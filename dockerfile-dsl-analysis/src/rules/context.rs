//! What is known of a build context, besides the Dockerfile.

use super::dockerignore::Dockerignore;
use super::repository::Repository;

/// What is known of a build context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Its `.dockerignore`.
    pub ignore: Dockerignore,
    /// The files whose names mark them as [secrets](super::is_secret_file), relative to its root.
    pub secret_files: Vec<String>,
    /// The folder `.git` in its root.
    pub repository: Repository,
}

impl Context {
    /// Creates a context with this `.dockerignore` and unknown files.
    #[must_use]
    pub const fn of(ignore: Dockerignore) -> Self {
        Self {
            ignore,
            secret_files: Vec::new(),
            repository: Repository::Absent,
        }
    }
}
