//! `dockerfile-dsl canary new`: decoys of the same shape as the real secrets, for builds that must not have these.
//!
//! In: the secrets as `docker build` takes them. Out: a folder with one file for each, and the `--secret` flags that use them. A decoy
//! has the length, the alphabet, the prefix, the structure and the checksum of the real value, and none of its parts.
//! The folder appears whole or not at all, and only its owner can read it.

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dockerfile_dsl_analysis::secret_text::{self, Format, Parts};
use dockerfile_dsl_verify::Secret;
use zeroize::Zeroizing;

use crate::output;
use crate::status::Status;
use crate::verify::secret_flag;

/// The file with the flags. It begins with a dot, which no decoy does.
const FLAGS: &str = ".build-flags";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a folder of decoys with the shape of the real secrets
    New(New),
}

#[derive(Debug, Args)]
struct New {
    /// A real secret, as `docker build` takes it: only its shape is kept
    #[arg(
        long = "secret",
        value_name = "id=ID[,src=FILE|,env=NAME]",
        required = true
    )]
    secrets: Vec<String>,
    /// The folder to make
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Status, Box<dyn Error>> {
    let Command::New(new) = &arguments.command;
    if new.folder.exists() {
        return Err(format!("{} exists already: name a new folder", new.folder.display()).into());
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
        // From its first moment on; its files have mode 0600.
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
        let decoy = decoy(&value, format)
            .ok_or_else(|| format!("secret `{id}` has no text that can be replaced by a decoy"))?;
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
    // It is no longer at the path that would be removed.
    let _ = unfinished.keep();
    output::answer(&flags)?;
    Ok(Status::Clean)
}

/// The decoys of a folder, as secrets to be searched for.
pub(crate) fn read(folder: &Path) -> Result<Vec<Secret>, Box<dyn Error>> {
    let failed = |error| format!("cannot read the decoys in {}: {error}", folder.display());
    let mut secrets = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            secrets.push(Secret::from_file(name, entry.path())?);
        }
    }
    if secrets.is_empty() {
        return Err(format!("{} has no decoys", folder.display()).into());
    }
    secrets.sort_by(|one, other| one.id().cmp(other.id()));
    Ok(secrets)
}

/// A value of the same shape without any part of the real one.
fn decoy(value: &[u8], format: Option<Format>) -> Option<Zeroizing<Vec<u8>>> {
    let parts: Parts<Zeroizing<Vec<u8>>> = secret_text::parts(value, format);
    let mut decoy = Zeroizing::new(value.to_vec());
    for piece in &parts.pieces {
        let mut from = 0;
        while let Some(at) = find(&decoy[from..], &piece.text) {
            let at = from + at;
            disguise(&mut decoy[at..at + piece.text.len()]);
            from = at + piece.text.len();
        }
    }
    let joined = |text: &[u8]| -> Zeroizing<Vec<u8>> {
        let kept = text.iter().filter(|byte| !b"\r\n \t".contains(byte));
        Zeroizing::new(kept.copied().collect())
    };
    let shows_a_part = |decoy: &[u8]| {
        let (decoy, value) = (joined(decoy), joined(value));
        decoy == value
            || parts.pieces.iter().any(|piece| {
                let part = joined(&piece.text);
                find(&decoy, &part).is_some()
            })
    };
    // What is wrapped, encoded or too short to be a part: all but the frame of the text.
    if shows_a_part(&decoy) || parts.too_short > 0 {
        for line in decoy.split_mut(|&byte| byte == b'\n') {
            if !line.starts_with(b"-----") {
                disguise(line);
            }
        }
    }
    (!shows_a_part(&decoy)).then_some(decoy)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1))
        .position(|window| window == part)
}

/// Prefixes of tokens whose last six letters are a checksum of those before.
const CHECKED: &[&[u8]] = &[b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"npm_"];
/// Prefixes by which issuers know their tokens.
const PREFIXES: &[&[u8]] = &[
    b"github_pat_",
    b"glpat-",
    b"gldt-",
    b"glcbt-",
    b"pypi-",
    b"xoxb-",
    b"xoxp-",
    b"sk_live_",
    b"sk_test_",
    b"AKIA",
    b"ASIA",
    b"AIza",
    b"dop_v1_",
    b"hf_",
    b"dckr_pat_",
    b"cio",
    b"hvs.",
];

/// Replaces each letter and digit by another of its kind.
fn disguise(text: &mut [u8]) {
    let known = CHECKED.iter().chain(PREFIXES);
    let prefix = known
        .filter(|prefix| text.starts_with(prefix))
        .map(|prefix| prefix.len())
        .max()
        .unwrap_or(0);
    let is_hex = text[prefix..].iter().all(u8::is_ascii_hexdigit);
    for byte in &mut text[prefix..] {
        let alphabet: &[u8] = match *byte {
            b'0'..=b'9' => b"0123456789",
            b'a'..=b'f' if is_hex => b"abcdef",
            b'A'..=b'F' if is_hex => b"ABCDEF",
            b'a'..=b'z' => b"abcdefghijklmnopqrstuvwxyz",
            b'A'..=b'Z' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            _ => continue,
        };
        let random = RandomState::new().hash_one(0);
        // Another one than it was.
        let others = alphabet.iter().filter(|other| *other != byte);
        let chosen = others.copied().nth(random as usize % (alphabet.len() - 1));
        *byte = chosen.unwrap_or(*byte);
    }
    if text.len() == 40 && CHECKED.iter().any(|prefix| text.starts_with(prefix)) {
        let checksum = checksum(&text[4..34]);
        text[34..].copy_from_slice(&checksum);
    }
}

/// CRC-32 of the text in six digits of base 62, as GitHub and npm have it.
fn checksum(text: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let crc = !text.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    });
    let mut rest = crc as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, kept: &[&str]) {
        let made = decoy(value.as_bytes(), None).unwrap();
        let made = std::str::from_utf8(&made).unwrap();
        assert_eq!(made.len(), value.len());
        for (one, other) in made.chars().zip(value.chars()) {
            // A checksum has digits and letters where it likes.
            let is_word = |c: char| c.is_ascii_alphanumeric();
            assert_eq!(is_word(one), is_word(other), "{made}");
        }
        for part in kept {
            assert!(made.contains(part), "{part}: {made}");
        }
        let parts: Parts<Zeroizing<Vec<u8>>> = secret_text::parts(value.as_bytes(), None);
        for piece in parts.pieces {
            assert!(find(made.as_bytes(), &piece.text).is_none(), "{made}");
        }
    }

    #[test]
    fn decoys_have_the_shape_of_the_real_values() {
        check("ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0", &["ghp_"]);
        check("p4$$w'rd\"x\\y&z", &["$$", "'", "\"", "\\", "&"]);
        check("d41d8cd98f00b204e9800998ecf8427e\n", &["\n"]);
        check(
            "registry=https://registry.acme.example/\n\
             //registry.acme.example/:_authToken=npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5\n",
            &["registry=https://registry.acme.example/", "_authToken=npm_"],
        );
        check("short", &[]);
        check(
            "{\"auths\":{\"r\":{\"auth\":\"cm9ib3Q6WnE3LXZUMl9wTHg5\"}}}",
            &["{\"auths\""],
        );
        assert!(decoy(b"", None).is_none());
        assert!(decoy(b"\xff\xfe\xfd", None).is_none());
    }

    #[test]
    fn a_token_with_a_checksum_has_a_right_one() {
        let made = decoy(b"ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0", None).unwrap();
        assert_eq!(made[34..], checksum(&made[4..34]));
        // CRC-32 of "123456789" is cbf43926.
        assert_eq!(&checksum(b"123456789"), b"3jZRME");
    }
}
