//! What of a repository is cloned, and where it goes: the part that does not depend on the credential.
//!
//! In: options, and the address of a repository. Out: the words after `git clone`. Invariant: each value is one quoted word.

use super::draft::Draft;
use crate::Error;

/// Options of `git clone`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checkout {
    pub(super) to: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) depth: Option<u32>,
    pub(super) with_submodules: bool,
}

impl Default for Checkout {
    /// One commit of the default branch.
    fn default() -> Self {
        Self {
            to: None,
            branch: None,
            depth: Some(1),
            with_submodules: false,
        }
    }
}

impl Checkout {
    /// Adds the options, the address and the directory.
    pub(super) fn write(&self, address: &str, directory: &str, draft: &mut Draft) {
        if let Some(depth) = self.depth {
            draft.text(&format!(" --depth={depth}"));
        }
        if let Some(branch) = &self.branch {
            draft.text(" --branch ").word("branch", branch);
        }
        if self.with_submodules {
            draft.text(" --recurse-submodules");
            if self.depth.is_some() {
                draft.text(" --shallow-submodules");
            }
        }
        draft.text(" -- ").word("repo", address);
        draft.text(" ").path("directory", directory);
    }

    /// Returns the directory: the one that was set, or the one that git makes for a repository with this path.
    pub(super) fn directory(&self, path: &str) -> Result<String, Error> {
        if let Some(directory) = &self.to {
            return Ok(directory.clone());
        }
        let name = path.trim_end_matches('/').rsplit('/').next();
        let name = name.unwrap_or_default();
        let name = name.strip_suffix(".git").unwrap_or(name);
        if name.is_empty() {
            return Err(Error::new(
                "the URL has no repository: write `https://example.com/group/name.git`".to_owned(),
            ));
        }
        Ok(format!("./{name}"))
    }
}
