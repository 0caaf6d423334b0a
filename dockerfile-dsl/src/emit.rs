//! Writes a Dockerfile and the script that builds it, from a build script (`build.rs`) or an xtask.
//!
//! In: a [`BuildCommand`]. Out: `Dockerfile` and `docker-build.sh` in `OUT_DIR` or another directory, and cargo's `rerun-if`
//! lines. Invariants: an unchanged file is not touched and a changed one is replaced atomically; cargo never watches the
//! environment variable of a secret, since it keeps the values of watched variables in the `target` directory.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::build_command::ShellValue;
use crate::build_context;
use crate::masked_debug::Masked;
use crate::write::{self, FileKind};
use crate::{BuildCommand, Error};

pub use crate::snapshot::Snapshot;

/// Writes the Dockerfile and its script to `OUT_DIR`, for a `build.rs`.
///
/// ```no_run
/// # fn image() -> Result<dockerfile_dsl::Dockerfile, dockerfile_dsl::Error> { unimplemented!() }
/// fn main() -> Result<(), dockerfile_dsl::Error> {
///     dockerfile_dsl::emit(image()?.build_command().tag("app"))?;
///     Ok(())
/// }
/// ```
///
/// cargo reruns the build script when it changes (and with it every script that [`sh_file!`](crate::sh_file) read into it). Name
/// other files that the template depends on with [`Emit::template`].
///
/// # Errors
///
/// Returns an error outside a build script, where `OUT_DIR` is not set; if a flag of the command cannot carry its value; if a
/// file cannot be written.
pub fn emit(command: &BuildCommand) -> Result<Emitted, Error> {
    Emit::new(command).to_out_dir()
}

/// [`emit`] with options.
///
/// ```no_run
/// # use dockerfile_dsl::{Dockerfile, Stage};
/// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
/// // In an xtask: for a build.rs, `to_out_dir`.
/// let emitted = dockerfile_dsl::emit::Emit::new(image.build_command().tag("app")).to_directory("target/image")?;
/// println!("run {}", emitted.script.display());
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone)]
pub struct Emit<'a> {
    command: &'a BuildCommand,
    templates: Vec<String>,
}

impl fmt::Debug for Emit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emit")
            .field("command", &self.command)
            .field("templates", &Masked(&self.templates))
            .finish()
    }
}

/// Paths of the emitted files, whether written now or already up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emitted {
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// A POSIX shell script. Run it in the directory of the build context; its arguments are passed to the builder as options.
    pub script: PathBuf,
}

impl<'a> Emit<'a> {
    /// Emits this command and its Dockerfile.
    pub fn new(command: &'a BuildCommand) -> Self {
        Self {
            command,
            templates: Vec::new(),
        }
    }

    /// Adds a file that the Dockerfile is made from, relative to the package: cargo reruns the build script when it changes.
    pub fn template(&mut self, path: impl Into<String>) -> &mut Self {
        self.templates.push(path.into());
        self
    }

    /// Writes to `OUT_DIR` and prints cargo's `rerun-if` lines.
    ///
    /// # Errors
    ///
    /// As for [`emit`].
    pub fn to_out_dir(&self) -> Result<Emitted, Error> {
        let directory = env::var_os("OUT_DIR").ok_or_else(|| {
            Error::new(
                "OUT_DIR is not set: this is for a build.rs that cargo runs; elsewhere use \
                 `Emit::to_directory`",
            )
        })?;
        let instructions = self.instructions()?;
        let emitted = self.to_directory(directory)?;
        io::stdout()
            .write_all(instructions.as_bytes())
            .map_err(|error| Error::io("cannot tell cargo what to watch", error))?;
        Ok(emitted)
    }

    /// Writes to a directory, and creates it if it is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if a flag of the command cannot carry its value, if a file cannot be written, or if an instruction would
    /// copy a secret's file from a build context that exists here.
    pub fn to_directory(&self, directory: impl AsRef<Path>) -> Result<Emitted, Error> {
        let directory = directory.as_ref();
        let taken = build_context::look(self.command);
        if !taken.is_empty() {
            return Err(Error::refused(taken, Vec::new(), String::new()));
        }
        let script = self.script()?;
        let emitted = Emitted {
            dockerfile: directory.join("Dockerfile"),
            script: directory.join("docker-build.sh"),
        };
        write::write(
            &emitted.dockerfile,
            &self.command.dockerfile.render(),
            FileKind::Data,
        )?;
        write::write(&emitted.script, &script, FileKind::Executable)?;
        Ok(emitted)
    }

    /// Returns the script. It passes the Dockerfile on standard input, so that it works wherever both files are.
    fn script(&self) -> Result<String, Error> {
        let reads_stdin = self.command.tool.reads_stdin();
        let mut command = self.command.clone();
        if !reads_stdin {
            command.file = None;
            command.is_beside_script = true;
        } else if command.context != "-" {
            command.file = Some("-".to_owned());
        }
        let (command, values) = command.for_shell()?;
        let values: String = values.iter().map(ShellValue::lines).collect();
        let line = command.shell_words(Some("\"$@\""))?;
        let input = if reads_stdin {
            " < \"$(dirname -- \"$0\")/Dockerfile\""
        } else {
            ""
        };
        Ok(format!(
            "#!/bin/sh\n# Builds the image of the Dockerfile beside this script. Run it where the \
             build context is;\n# options such as --tag NAME are passed on.\n\
             set -eu\n{values}{line}{input}\n"
        ))
    }

    fn instructions(&self) -> Result<String, Error> {
        let mut lines = String::from("cargo::rerun-if-changed=build.rs\n");
        for template in &self.templates {
            if template.is_empty() || template.contains(['\n', '\r']) {
                return Err(Error::new(format!(
                    "template `{}`: cargo cannot watch such a path",
                    template.escape_debug()
                )));
            }
            lines.push_str(&format!("cargo::rerun-if-changed={template}\n"));
        }
        Ok(lines)
    }
}
