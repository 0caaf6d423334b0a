//! `dockerfile-dsl canary new`: decoys in the form of the real secrets, for builds that must not get these.
//!
//! In: the secrets in the syntax of `docker build`. Out: a folder with one file for each, and the `--secret` flags that use them.
//! A decoy has the length, alphabet, prefix, structure and checksum of the real value, and no part of it. The folder is created
//! atomically, and only its owner can read it.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dockerfile_dsl_analysis::printable::printable;
use dockerfile_dsl_analysis::secret_text::Format;
use dockerfile_dsl_verify::Secret;

mod decoy;
mod der;
mod encoded;
mod openssh;

use crate::status::Status;
use crate::{output, secret_flag};

/// The file with the flags. It begins with a dot, which no decoy does.
const FLAGS: &str = ".build-flags";

#[derive(Debug, Args)]
pub(crate) struct CanaryArguments {
    #[command(subcommand)]
    command: CanaryCommand,
}

#[derive(Debug, Subcommand)]
enum CanaryCommand {
    /// Create a folder of decoys in the form of the real secrets
    New(New),
}

#[derive(Debug, Args)]
struct New {
    /// A real secret, in the syntax of `docker build`; only its form is kept
    #[arg(
        long = "secret",
        value_name = "id=ID[,src=FILE|,env=NAME]",
        required = true
    )]
    secrets: Vec<String>,
    /// The folder to create
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &CanaryArguments) -> Result<Status, Box<dyn Error>> {
    let CanaryCommand::New(new) = &arguments.command;
    // The flags are for `docker build $(cat FOLDER/.build-flags) .`, where a shell splits them.
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-/+:@=".contains(c) || !c.is_ascii();
    let folder = new.folder.to_string_lossy();
    if !folder.chars().all(is_word) || printable(&folder) != folder {
        return Err(format!("{folder}: name a folder without blanks and quotes").into());
    }
    if new.folder.exists() {
        return Err(format!(
            "{} already exists: name a new folder",
            output::shown(&new.folder)
        )
        .into());
    }
    let parent = match new.folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".canary-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Private from the start; its files have mode 0600.
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    let unfinished = builder.tempdir_in(parent)?;
    let mut flags = String::new();
    for text in &new.secrets {
        let secret_flag::Real { id, value, name } = secret_flag::read(text)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if id.starts_with('.') || !id.chars().all(is_plain) {
            return Err(format!("secret `{id}` cannot be the name of a file: rename it").into());
        }
        let format = name.as_deref().and_then(Format::of_file);
        let decoy = decoy::of(&value, format)
            .ok_or_else(|| format!("secret `{id}` has no text that a decoy can replace"))?;
        let mut file = tempfile::NamedTempFile::new_in(&unfinished)?;
        file.write_all(&decoy)?;
        file.persist_noclobber(unfinished.path().join(&id))
            .map_err(|_| format!("two secrets have the id `{id}`"))?;
        let path = new.folder.join(&id);
        flags += &format!("--secret id={id},src={}\n", path.display());
    }
    let mut file = tempfile::NamedTempFile::new_in(&unfinished)?;
    file.write_all(flags.as_bytes())?;
    file.persist_noclobber(unfinished.path().join(FLAGS))?;
    std::fs::rename(unfinished.path(), &new.folder)?;
    // It was moved from the path that would be removed.
    let _ = unfinished.keep();
    output::answer(&flags)?;
    Ok(Status::Clean)
}

/// Reads the decoys of a folder, as secrets to search for.
pub(crate) fn read(folder: &Path) -> Result<Vec<Secret>, Box<dyn Error>> {
    let failed = |error| {
        format!(
            "cannot read the decoys in {}: {error}",
            output::shown(folder)
        )
    };
    let mut secrets = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            secrets.push(Secret::from_file(name, entry.path())?);
        }
    }
    if secrets.is_empty() {
        return Err(format!("{} has no decoys", output::shown(folder)).into());
    }
    secrets.sort_by(|one, other| one.id().cmp(other.id()));
    Ok(secrets)
}
