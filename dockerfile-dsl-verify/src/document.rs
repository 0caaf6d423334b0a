//! Parses the JSON documents of an image, and locates values in them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Error;
use crate::search::{Hit, Matcher};

/// Kind of a document, with the parts that are needed.
#[derive(Debug)]
pub(crate) enum Facts {
    /// An OCI index, or a docker manifest list.
    Index(Vec<Descriptor>),
    /// The manifest of one image, of an attestation, of a cache.
    Manifest {
        config: Option<Descriptor>,
        layers: Vec<Descriptor>,
        cache: bool,
    },
    /// An image config.
    Config {
        diff_ids: Vec<String>,
        history: Vec<History>,
        platform: Platform,
    },
    /// `manifest.json` of a docker archive.
    Docker(Vec<DockerImage>),
    Other,
}

/// A reference to a blob.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Descriptor {
    pub(crate) media_type: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) annotations: Option<BTreeMap<String, String>>,
    pub(crate) platform: Option<Platform>,
}

/// Platform of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

impl Platform {
    /// `OS/ARCHITECTURE[/VARIANT]`
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let is_word = |part: &&str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let mut parts = text.split('/');
        let mut next = || parts.next().filter(is_word).map(str::to_owned);
        match (next(), next(), next(), text.split('/').count()) {
            (Some(os), Some(architecture), variant, 2 | 3)
                if variant.is_some() == (text.matches('/').count() == 2) =>
            {
                Ok(Self {
                    os,
                    architecture,
                    variant,
                })
            }
            _ => Err(Error::usage(format!(
                "invalid platform `{}`: write OS/ARCHITECTURE[/VARIANT], as in linux/arm64",
                text.escape_debug()
            ))),
        }
    }

    /// Whether it equals the wanted one, or is a variant of it.
    pub(crate) fn is(&self, wanted: &Self) -> bool {
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_none() || self.variant == wanted.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl Descriptor {
    pub(crate) fn is_media_type(&self, part: &str) -> bool {
        self.media_type
            .as_ref()
            .is_some_and(|media_type| media_type.contains(part))
    }

    pub(crate) fn is_attestation(&self) -> bool {
        let reference = self
            .annotations
            .as_ref()
            .and_then(|annotations| annotations.get("vnd.docker.reference.type"));
        reference.is_some_and(|kind| kind == "attestation-manifest")
            || self.is_media_type("in-toto")
    }
}

/// An entry of the config's history: one instruction.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct History {
    pub(crate) created_by: Option<String>,
    pub(crate) empty_layer: Option<bool>,
}

/// An entry of `manifest.json`: paths in the archive.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DockerImage {
    pub(crate) config: String,
    pub(crate) layers: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Document {
    manifests: Option<Vec<Descriptor>>,
    layers: Option<Vec<Descriptor>>,
    config: Option<Descriptor>,
    rootfs: Option<RootFs>,
    history: Option<Vec<History>>,
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Option<Vec<String>>,
}

pub(crate) fn facts(text: &[u8]) -> Facts {
    if let Ok(images) = serde_json::from_slice::<Vec<DockerImage>>(text)
        && images.iter().all(|image| !image.config.is_empty())
    {
        return Facts::Docker(images);
    }
    match serde_json::from_slice::<Document>(text) {
        Ok(Document {
            manifests: Some(manifests),
            ..
        }) => {
            // The manifest of an exported cache is an index, too; its config is among the manifests.
            let (configs, layers): (Vec<_>, Vec<_>) = manifests
                .iter()
                .cloned()
                .partition(|one| one.is_media_type("cacheconfig"));
            match configs.into_iter().next() {
                Some(config) => Facts::Manifest {
                    config: Some(config),
                    layers,
                    cache: true,
                },
                None => Facts::Index(manifests),
            }
        }
        Ok(Document {
            layers: Some(layers),
            config,
            ..
        }) => {
            let cache = config
                .as_ref()
                .is_some_and(|config| config.is_media_type("cacheconfig"));
            Facts::Manifest {
                config,
                layers,
                cache,
            }
        }
        Ok(Document {
            rootfs: Some(rootfs),
            history,
            os,
            architecture,
            variant,
            ..
        }) => Facts::Config {
            diff_ids: rootfs.diff_ids.unwrap_or_default(),
            history: history.unwrap_or_default(),
            platform: Platform {
                os: os.unwrap_or_default(),
                architecture: architecture.unwrap_or_default(),
                variant,
            },
        },
        _ => Facts::Other,
    }
}

/// Searches every key and every string of a document, unescaped, and of the documents after it, as in a log of JSON lines. Yields
/// the place as a JSON pointer. Bytes after a syntax error are left to the search of the raw bytes.
pub(crate) fn search(text: &[u8], matcher: &Matcher) -> Vec<(String, Hit)> {
    let mut found = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    while (Strings {
        pointer: String::new(),
        matcher,
        found: &mut found,
    })
    .deserialize(&mut deserializer)
    .is_ok()
    {}
    found
}

/// Visits all strings without building a tree.
struct Strings<'a> {
    pointer: String,
    matcher: &'a Matcher,
    found: &'a mut Vec<(String, Hit)>,
}

impl Strings<'_> {
    fn look(&mut self, text: &str) {
        let hits = self.matcher.find(text.as_bytes());
        self.found
            .extend(hits.into_iter().map(|hit| (self.pointer.clone(), hit)));
    }
}

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.look(text);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while items
            .next_element_seed(Strings {
                pointer: format!("{}/{index}", self.pointer),
                matcher: self.matcher,
                found: &mut *self.found,
            })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(key) = fields.next_key::<String>()? {
            let mut field = Strings {
                pointer: format!("{}/{key}", self.pointer),
                matcher: self.matcher,
                found: &mut *self.found,
            };
            field.look(&key);
            fields.next_value_seed(field)?;
        }
        Ok(())
    }
}
