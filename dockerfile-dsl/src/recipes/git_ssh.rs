//! A private repository over SSH, with the keys of an agent or a mounted key.
//!
#![doc = include_str!("git_ssh.md")]

use super::checkout::Checkout;
use super::draft::Draft;
use crate::instructions::Run;
use crate::masked_debug::masked_debug;
use crate::mounts::{BindMount, SshMount};
use crate::{Error, LayerPath, Secret};

/// Clones the repository at an address such as `git@github.com:acme/app.git` or `ssh://git@git.acme.test:2222/acme/app.git`.
pub fn clone(address: impl Into<String>) -> Repository {
    Repository {
        address: address.into(),
    }
}

/// A repository without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Repository {
    address: String,
}

masked_debug!(Repository { address });

impl Repository {
    /// Uses the keys of the agent that `docker build --ssh default` offers. `known_hosts` is a file of the build context, which has the public
    /// keys of the host.
    pub fn agent(self, known_hosts: impl Into<String>) -> Clone {
        self.with(known_hosts, None)
    }

    /// Uses a private key, whose file is mounted. `known_hosts` is a file of the build context, which has the public keys of the host.
    pub fn key(self, key: Secret, known_hosts: impl Into<String>) -> Clone {
        self.with(known_hosts, Some(key))
    }

    fn with(self, known_hosts: impl Into<String>, key: Option<Secret>) -> Clone {
        Clone {
            address: self.address,
            known_hosts: known_hosts.into(),
            key,
            checkout: Checkout::default(),
        }
    }
}

/// A clone with its keys, returned by [`Repository::agent`] and [`Repository::key`].
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Clone {
    address: String,
    known_hosts: String,
    key: Option<Secret>,
    checkout: Checkout,
}

masked_debug!(Clone {
    address,
    known_hosts,
    key,
    checkout
});

/// The place of the mounted keys of hosts.
const KNOWN_HOSTS: &str = "/run/known_hosts";

impl Clone {
    /// Sets the directory of the working tree; without one it has the name of the repository.
    pub fn to(mut self, directory: impl Into<String>) -> Self {
        self.checkout.to = Some(directory.into());
        self
    }

    /// Sets the branch or tag that is checked out.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.checkout.branch = Some(branch.into());
        self
    }

    /// Clones the whole history instead of one commit.
    pub fn full_history(mut self) -> Self {
        self.checkout.depth = None;
        self
    }

    /// Clones the submodules, too, with the same keys.
    pub fn submodules(mut self) -> Self {
        self.checkout.with_submodules = true;
        self
    }

    /// Checks the script, and returns it with its mounts.
    ///
    /// # Errors
    ///
    /// Returns an error if the address is not one of SSH, or a path is not one in a layer or in the build context.
    #[track_caller]
    pub fn run(&self) -> Result<Run, Error> {
        let path = path_of(&self.address)?;
        if self.known_hosts.is_empty() || self.known_hosts.starts_with('/') {
            return Err(Error::new(format!(
                "`{}`: name the file with the keys of hosts by its path in the build context",
                self.known_hosts.escape_debug()
            )));
        }
        let mut draft = Draft::default();
        draft.text("GIT_SSH_COMMAND='ssh");
        if let Some(key) = self.key {
            draft
                .text(" -i ")
                .secret("key", key)
                .text(" -o IdentitiesOnly=yes");
        }
        draft.text(&format!(
            " -o UserKnownHostsFile={KNOWN_HOSTS} -o GlobalKnownHostsFile=/dev/null \
             -o StrictHostKeyChecking=yes' git clone"
        ));
        let directory = self.checkout.directory(path)?;
        self.checkout.write(&self.address, &directory, &mut draft);
        let known_hosts = BindMount::at(LayerPath::parse(KNOWN_HOSTS)?).source(&self.known_hosts);
        let run = Run::new(draft.script()?).mount(known_hosts);
        Ok(match self.key {
            Some(_) => run,
            None => run.mount(SshMount::new()),
        })
    }
}

/// Returns the path in an address of SSH.
fn path_of(address: &str) -> Result<&str, Error> {
    let (authority, path) = match address.strip_prefix("ssh://") {
        Some(rest) => rest.split_once('/').unwrap_or_default(),
        None if address.contains("://") => ("", ""),
        None => address.split_once(':').unwrap_or_default(),
    };
    let (user, host) = authority.split_once('@').unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    let is_name =
        |name: &str| !name.is_empty() && !name.starts_with('-') && name.bytes().all(is_plain);
    if !is_name(user) || user.contains(':') || !is_name(host) {
        return Err(Error::new(format!(
            "`{}`: an address of SSH is written `git@example.com:group/name.git` or \
             `ssh://git@example.com:2222/group/name.git`",
            if user.contains(':') { "..." } else { address }.escape_debug()
        )));
    }
    Ok(path)
}
