//! A Dockerfile as data, for serde: its text, and the secrets that belong to it.
//!
//! In: a checked [`Dockerfile`]. Out: plain data with a version, in which unknown fields are errors; and back, through every
//! check and the whole analysis again. A secret is written as its id, its source and the steps that use it; on reading, these
//! have to be the steps that get it. The text is the only form of the model outside Rust, so no second description of
//! instructions can differ from it.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::policy::Policy;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::secret::SecretsById;
use crate::{Dockerfile, Error, Secret, SecretSource};

/// Version of the format.
const VERSION: u32 = 2;

/// A whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", schemars(rename = "Dockerfile"))]
struct FileData {
    /// The version of this format: 2.
    #[serde(deserialize_with = "known_version")]
    version: u32,
    /// The secrets of the file, sorted by id, each with the steps that get it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<SecretData>,
    /// Texts of program rows that are not in the Dockerfile itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    programs: Vec<String>,
    /// The Dockerfile.
    text: String,
}

/// A secret: exactly one of `env`, `file` and `command`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SecretData {
    /// Id on the command line.
    id: String,
    /// Environment variable that holds the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    env: Option<String>,
    /// File that holds the value; a leading `~/` is the home directory of the user who builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Program that prints the value, and its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    command: Vec<String>,
    /// Whether trailing line breaks are removed; defaults to true for a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trimmed: Option<bool>,
    /// User name of the basic authentication header that the value is passed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// Salt of the digest that reruns the steps when the value changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rerun_salt: Option<String>,
    /// The only hosts that it may be sent to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    only_to: Vec<String>,
    /// Steps that get it: stage and instruction, both from 0.
    used_by: Vec<(usize, usize)>,
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        1 => Err(de::Error::custom(
            "version 1 of the format is no longer read: it described instructions, and version 2 \
             has the text of the Dockerfile; render the file and write it again",
        )),
        other => Err(de::Error::custom(format!(
            "version {other} of the format is unknown: this library reads version {VERSION}"
        ))),
    }
}

impl SecretData {
    fn of(dockerfile: &Dockerfile, id: &str, secret: Secret) -> Self {
        let uses = dockerfile.secrets().iter();
        let uses = uses
            .filter(|secret| secret.id() == id)
            .flat_map(|secret| secret.uses());
        let used_by: BTreeSet<(usize, usize)> =
            uses.map(|used| (used.stage, used.instruction)).collect();
        let (mut env, mut file, mut command) = (None, None, Vec::new());
        match secret.source() {
            SecretSource::Env(variable) => env = Some(variable.to_owned()),
            SecretSource::File(path) => file = Some(path.to_owned()),
            SecretSource::Command(words) => {
                command = words.iter().map(|word| (*word).to_owned()).collect();
            }
        }
        let is_usual = secret.is_trimmed() != command.is_empty();
        Self {
            id: id.to_owned(),
            env,
            file,
            command,
            trimmed: (!is_usual).then_some(secret.is_trimmed()),
            user: secret.user().map(str::to_owned),
            rerun_salt: secret.rerun().map(|(salt, _)| salt.to_owned()),
            only_to: secret
                .hosts()
                .unwrap_or_default()
                .iter()
                .map(|host| (*host).to_owned())
                .collect(),
            used_by: used_by.into_iter().collect(),
        }
    }

    fn secret(&self) -> Result<Secret, Error> {
        let mut secret = match (&self.env, &self.file, &self.command[..]) {
            (Some(variable), None, []) => Secret::try_env(&self.id, variable),
            (None, Some(path), []) => Secret::try_file(&self.id, path),
            (None, None, command @ [_, ..]) => {
                let command: Vec<&str> = command.iter().map(String::as_str).collect();
                Secret::try_command(&self.id, &command)
            }
            _ => Err(Error::new(format!(
                "secret `{}` needs exactly one of `env`, `file` and `command`",
                self.id.escape_debug()
            ))),
        }?;
        match self.trimmed {
            Some(true) => secret = secret.trimmed(),
            Some(false) => secret = secret.untrimmed(),
            None => {}
        }
        secret = secret
            .with_salt(self.rerun_salt.as_deref())
            .with_hosts(&self.only_to)?;
        Ok(match &self.user {
            Some(user) => secret.for_user(user),
            None => secret,
        })
    }
}

impl FileData {
    fn of(dockerfile: &Dockerfile) -> Self {
        let given = dockerfile.given();
        let secrets = given.secrets.iter();
        Self {
            version: VERSION,
            secrets: secrets
                .map(|(id, secret)| SecretData::of(dockerfile, id, *secret))
                .collect(),
            programs: given.programs.clone(),
            text: dockerfile.render(),
        }
    }

    fn dockerfile(&self) -> Result<Dockerfile, Error> {
        let mut secrets = SecretsById::new();
        for data in &self.secrets {
            if secrets.insert(data.id.clone(), data.secret()?).is_some() {
                return Err(Error::new(format!(
                    "secret `{}` is declared twice",
                    data.id.escape_debug()
                )));
            }
        }
        let dockerfile = Dockerfile::from_text(
            self.text.clone(),
            &secrets,
            &self.programs,
            &Policy::default(),
        )?;
        if Self::of(&dockerfile).secrets != self.secrets {
            return Err(Error::new(
                "the list of secrets does not match the mounts of the steps: a mount was added, \
                 moved or removed, or the list is not sorted by id",
            ));
        }
        Ok(dockerfile)
    }
}

/// Writes a version, so that later libraries can read the data.
impl Serialize for Dockerfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FileData::of(self).serialize(serializer)
    }
}

/// Checks and analyses the file again: tampered data gets the same errors as a program that builds the same file.
impl<'de> Deserialize<'de> for Dockerfile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FileData::deserialize(deserializer)?
            .dockerfile()
            .map_err(de::Error::custom)
    }
}

/// The [JSON Schema](https://json-schema.org) of a serialised [`Dockerfile`].
#[cfg(feature = "schema")]
#[must_use]
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(FileData)
}
