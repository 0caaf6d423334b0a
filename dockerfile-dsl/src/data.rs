//! A Dockerfile as data, for serde.
//!
//! In: a checked [`Dockerfile`]. Out: plain data with a version, in which unknown fields are errors; and back, through every check
//! and the whole analysis again. Secrets stand in it as ids and sources: each with the steps that it is for, which have to be
//! those that get it.

mod command;
mod instruction;
mod mount;
mod stage;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::dockerfile::Made;
use crate::secret::SecretsById;
use crate::settings::Settings;
use crate::stage::Stage;
use crate::{Dockerfile, Error, Secret, SecretSource, lower};

use stage::{SettingsData, StageData};

/// The version that is written. Older ones are read, too.
const VERSION: u32 = 1;

/// A whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", schemars(rename = "Dockerfile"))]
struct FileData {
    /// The version of this format: 1.
    #[serde(deserialize_with = "known_version")]
    version: u32,
    /// The secrets of the file, each with the steps that get it.
    #[serde(default, skip_serializing_if = "is_default")]
    secrets: Vec<SecretData>,
    /// What the file says.
    content: ContentData,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum ContentData {
    /// Stages, as the builder made them.
    Stages(StagesData),
    /// The text of an existing file.
    Text(String),
    /// The text of an existing file, and texts of program rows.
    TextWithPrograms(String, Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StagesData {
    #[serde(default, skip_serializing_if = "is_default")]
    settings: SettingsData,
    /// In the order of the file: a stage stands after those that it is made of.
    stages: Vec<StageData>,
    /// The indices of the stages that are built for their own sake.
    targets: Vec<usize>,
}

/// A secret: exactly one of `env` and `file`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SecretData {
    id: String,
    /// The environment variable that holds the value.
    #[serde(default, skip_serializing_if = "is_default")]
    env: Option<String>,
    /// The file that holds the value; a leading `~/` is the home directory of who builds.
    #[serde(default, skip_serializing_if = "is_default")]
    file: Option<String>,
    /// The steps that get it: stage and instruction, both from 0.
    used_by: Vec<(usize, usize)>,
}

/// A secret, and how one step gets it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SecretUseData {
    id: String,
    #[serde(default, skip_serializing_if = "is_default")]
    optional: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    uid: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    gid: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    mode: Option<u32>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let version = u32::deserialize(deserializer)?;
    if version == VERSION {
        return Ok(version);
    }
    Err(de::Error::custom(format!(
        "version {version} of the format is not known here: this library reads version {VERSION}"
    )))
}

/// What is needed to make instructions of data: secrets by id, and the stages so far.
struct Context {
    secrets: SecretsById,
    stages: Vec<Stage>,
}

impl Context {
    fn secret(&self, used: &SecretUseData) -> Result<Secret, Error> {
        let Some(mut secret) = self.secrets.get(&used.id).copied() else {
            return Err(Error::new(format!(
                "secret `{}` is used, and not in the list of secrets",
                used.id.escape_debug()
            )));
        };
        if used.optional {
            secret = secret.optional();
        }
        if let Some(uid) = used.uid {
            secret = secret.uid(uid);
        }
        if let Some(gid) = used.gid {
            secret = secret.gid(gid);
        }
        match used.mode {
            Some(mode) if mode > 0o777 => Err(Error::new(format!(
                "the mode of secret `{}` is more than 0o777",
                used.id
            ))),
            Some(mode) => Ok(secret.mode(mode)),
            None => Ok(secret),
        }
    }

    fn stage(&self, index: usize) -> Result<Stage, Error> {
        let here = self.stages.len();
        self.stages.get(index).cloned().ok_or_else(|| {
            Error::new(format!(
                "stage {here} is made of stage {index}, which does not stand before it"
            ))
        })
    }
}

/// The other way: the index of each stage.
struct Index<'a> {
    stages: &'a [Stage],
}

impl Index<'_> {
    fn of(&self, stage: &Stage) -> usize {
        // The list is that of the walk over everything that is referred to.
        self.stages
            .iter()
            .position(|known| known == stage)
            .unwrap_or(self.stages.len())
    }
}

impl SecretUseData {
    fn of(secret: Secret) -> Self {
        let (uid, gid, mode) = secret.owner();
        Self {
            id: secret.id().to_owned(),
            optional: secret.is_optional(),
            uid,
            gid,
            mode,
        }
    }
}

impl SecretData {
    fn secret(&self) -> Result<Secret, Error> {
        match (&self.env, &self.file) {
            (Some(variable), None) => Secret::try_env(&self.id, variable),
            (None, Some(path)) => Secret::try_file(&self.id, path),
            _ => Err(Error::new(format!(
                "secret `{}` has exactly one of `env` and `file`",
                self.id.escape_debug()
            ))),
        }
    }
}

impl FileData {
    fn of(dockerfile: &Dockerfile) -> Self {
        let content = match dockerfile.made() {
            Made::Text { programs } if programs.is_empty() => {
                ContentData::Text(dockerfile.render())
            }
            Made::Text { programs } => {
                ContentData::TextWithPrograms(dockerfile.render(), programs.clone())
            }
            Made::Stages { targets, settings } => {
                let stages = lower::walk(targets);
                let index = Index { stages: &stages };
                ContentData::Stages(StagesData {
                    settings: SettingsData::of(settings),
                    stages: stages
                        .iter()
                        .map(|stage| StageData::of(stage, &index))
                        .collect(),
                    targets: targets.iter().map(|target| index.of(target)).collect(),
                })
            }
        };
        Self {
            version: VERSION,
            secrets: secrets(dockerfile),
            content,
        }
    }

    fn dockerfile(&self) -> Result<Dockerfile, Error> {
        let mut secrets = SecretsById::new();
        for data in &self.secrets {
            let secret = data.secret()?;
            if secrets.insert(data.id.clone(), secret).is_some() {
                return Err(Error::new(format!(
                    "secret `{}` is declared twice",
                    data.id.escape_debug()
                )));
            }
        }
        let dockerfile = match &self.content {
            ContentData::Text(text) => Dockerfile::from_text(text.clone(), &secrets, &[])?,
            ContentData::TextWithPrograms(text, rows) => {
                Dockerfile::from_text(text.clone(), &secrets, rows)?
            }
            ContentData::Stages(data) => data.dockerfile(secrets)?,
        };
        let again = Self::of(&dockerfile);
        if again.secrets != self.secrets {
            return Err(Error::new(
                "the list of secrets does not say what the steps get: a mount was added, moved or \
                 taken away",
            ));
        }
        if again != *self {
            return Err(Error::new(
                "the stages do not stand in the order of the file, or one of them is part of no \
                 target",
            ));
        }
        Ok(dockerfile)
    }
}

impl StagesData {
    fn dockerfile(&self, secrets: SecretsById) -> Result<Dockerfile, Error> {
        let settings: Settings = self.settings.settings(&secrets)?;
        let mut context = Context {
            secrets,
            stages: Vec::new(),
        };
        for stage in &self.stages {
            let stage = stage.stage(&context)?;
            context.stages.push(stage);
        }
        let targets: Result<Vec<Stage>, Error> = self
            .targets
            .iter()
            .map(|index| context.stage(*index))
            .collect();
        Dockerfile::of(&targets?, &settings)
    }
}

/// Each secret of the file under its own id, with its steps.
fn secrets(dockerfile: &Dockerfile) -> Vec<SecretData> {
    type Steps = BTreeSet<(usize, usize)>;
    let mut found: BTreeMap<&str, (SecretSource, Steps)> = BTreeMap::new();
    let is_text = matches!(dockerfile.made(), Made::Text { .. });
    for secret in dockerfile.secrets() {
        // In a text nothing says which secret an ADD was given, so there the id is that of the command line.
        let id = if is_text {
            secret.id()
        } else {
            secret.secret().id()
        };
        let entry = found
            .entry(id)
            .or_insert_with(|| (secret.source(), BTreeSet::new()));
        entry.1.extend(
            secret
                .uses()
                .iter()
                .map(|used| (used.stage, used.instruction)),
        );
    }
    if let Made::Stages { settings, .. } = dockerfile.made() {
        for secret in &settings.secrets {
            found
                .entry(secret.id())
                .or_insert_with(|| (secret.source(), BTreeSet::new()));
        }
    }
    let data = found.into_iter().map(|(id, (source, used_by))| {
        let (env, file) = match source {
            SecretSource::Env(variable) => (Some(variable.to_owned()), None),
            SecretSource::File(path) => (None, Some(path.to_owned())),
        };
        SecretData {
            id: id.to_owned(),
            env,
            file,
            used_by: used_by.into_iter().collect(),
        }
    });
    data.collect()
}

/// With a version, so that later libraries can read it.
impl Serialize for Dockerfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = FileData::of(self);
        if data.dockerfile().is_err() {
            // A secret of one id can be declared with two sources in a program; then the file would not be read again.
            return Err(ser::Error::custom(
                "this Dockerfile cannot be read back from data",
            ));
        }
        data.serialize(serializer)
    }
}

/// Checks and analyses again: data that was tampered with is refused like a program that says the same.
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
