//! Passes values that this library has read to the builder, without writing them to a disk.
//!
//! In: the values of a build. Out: the command whose `--secret`s name their places, and a guard that keeps them until the build
//! has ended. On Linux the place is an in-memory file (`/proc/PID/fd/N`), which no other user can open and which is freed with
//! this program; elsewhere a variable of the builder's process; and if that cannot carry the value, a private file on an
//! in-memory file system.

use std::process::Command;

use zeroize::Zeroizing;

use super::{BuildCommand, HandOver};
use crate::Error;
use crate::preflight::{ENVIRONMENT_LIMIT, Given, SecretBytes};

#[cfg(feature = "rerun")]
mod digest;
#[cfg(unix)]
mod folder;

/// The values, for the duration of the build.
#[derive(Default)]
pub(crate) struct Values {
    variables: Vec<(String, Zeroizing<Vec<u8>>)>,
    /// Open files, which keep the memory.
    #[cfg(target_os = "linux")]
    memory: Vec<std::fs::File>,
    #[cfg(unix)]
    folder: Option<folder::Folder>,
}

/// How a value may be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// The best one for this value on this system.
    Any,
    /// A variable, which belongs to the process whenever that is started.
    Variable,
}

impl BuildCommand {
    /// Passes each secret whose source a builder cannot read. Omits optional ones without a value.
    pub(crate) fn hand_over(
        &self,
        given: &Given,
        carrier: Carrier,
    ) -> Result<(Self, Values), Error> {
        let mut command = self.without_absent_secrets(given)?;
        let mut values = Values::default();
        for secret in self.needed_secrets()? {
            let id = secret.id();
            #[cfg(feature = "rerun")]
            if let (Some((salt, argument)), Some(Ok(Some(value)))) =
                (secret.secret().rerun(), given.of(secret))
            {
                let digest = digest::short(salt, id, value.bytes());
                command.build_args.push((argument, Some(digest)));
            }
            if !secret.secret().is_handed_over() || command.is_left_out(id) {
                continue;
            }
            let value = match given.of(secret) {
                Some(Ok(Some(value))) => value,
                Some(Err(missing)) => return Err(missing.error(secret)),
                Some(Ok(None)) | None => {
                    return Err(Error::new(format!("secret `{id}` was not read")));
                }
            };
            let header = secret.secret().user().map(|user| value.header(user));
            let value = header.as_ref().unwrap_or(value);
            let place = values.add(id, value, carrier)?;
            command.handed_over.push((id.to_owned(), place));
        }
        Ok((command, values))
    }
}

impl Values {
    /// Gives the process its variables.
    pub(crate) fn give_to(&self, process: &mut Command) {
        for (name, value) in &self.variables {
            #[cfg(unix)]
            {
                use std::os::unix::ffi::OsStrExt;
                process.env(name, std::ffi::OsStr::from_bytes(value));
            }
            #[cfg(not(unix))]
            process.env(name, String::from_utf8_lossy(value).as_ref());
        }
    }

    fn add(&mut self, id: &str, value: &SecretBytes, carrier: Carrier) -> Result<HandOver, Error> {
        #[cfg(target_os = "linux")]
        if carrier == Carrier::Any
            && let Some(path) = self.add_memory(value.bytes())
        {
            return Ok(HandOver::File(path));
        }
        let name = format!("DOCKERFILE_DSL_SECRET_{}", self.variables.len() + 1);
        let bytes = value.bytes();
        let is_too_long = name.len() + 1 + bytes.len() >= ENVIRONMENT_LIMIT;
        let is_text = cfg!(unix) || std::str::from_utf8(bytes).is_ok();
        if !is_too_long && !bytes.contains(&0) && is_text {
            self.variables
                .push((name.clone(), Zeroizing::new(bytes.to_vec())));
            return Ok(HandOver::Variable(name));
        }
        if carrier == Carrier::Any {
            #[cfg(unix)]
            return self.add_file(id, bytes);
        }
        Err(Error::new(format!(
            "secret `{id}`: its value has a NUL, is not text, or is too long for a variable; \
             write it to a file, and declare `Secret::file(..)`"
        )))
    }

    /// Adds an in-memory file. Returns `None` if the system has none, or hides it from other processes.
    #[cfg(target_os = "linux")]
    fn add_memory(&mut self, value: &[u8]) -> Option<String> {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        use std::os::unix::fs::PermissionsExt;
        // Processes open it through this one's descriptors, and none inherits it.
        let memory =
            rustix::fs::memfd_create("build-secret", rustix::fs::MemfdFlags::CLOEXEC).ok()?;
        let mut memory = std::fs::File::from(memory);
        let permissions = std::fs::Permissions::from_mode(0o400);
        memory.set_permissions(permissions).ok()?;
        memory.write_all(value).ok()?;
        let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
        let seen = std::fs::metadata(&path).ok()?;
        if !seen.is_file() || usize::try_from(seen.len()) != Ok(value.len()) {
            return None;
        }
        self.memory.push(memory);
        Some(path)
    }

    #[cfg(unix)]
    fn add_file(&mut self, id: &str, value: &[u8]) -> Result<HandOver, Error> {
        let failed = |error| Error::io(format!("secret `{id}` cannot be handed over"), error);
        if self.folder.is_none() {
            let parent = folder::parent().ok_or_else(|| {
                Error::new(format!(
                    "secret `{id}` cannot be handed over without touching a disk: neither \
                     $XDG_RUNTIME_DIR nor /dev/shm is there; declare `Secret::file(..)`"
                ))
            })?;
            self.folder = Some(folder::Folder::new(&parent).map_err(failed)?);
        }
        let Some(folder) = &mut self.folder else {
            return Err(Error::new(format!("secret `{id}` has no folder")));
        };
        folder.add(value).map(HandOver::File).map_err(failed)
    }
}

#[cfg(all(test, unix))]
mod tests;
