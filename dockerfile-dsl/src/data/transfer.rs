//! What COPY, ADD and mounts take from where, as data, and back.

use serde::{Deserialize, Serialize};

use super::{Context, Index, SecretUseData, is_default};
use crate::instruction::{Credential, InlineFile, Origin, Source, Transfer};
use crate::text::Text;
use crate::{Error, Secret};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TransferData {
    sources: Vec<SourceData>,
    destination: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    chown: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    chmod: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    link: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    excludes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
enum SourceData {
    Path(String),
    Glob(String),
    Expand(String),
    Remote(String),
    Inline { name: String, content: String },
}

/// Where files are taken from, if not from the build context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum OriginData {
    Image(String),
    /// The index of a stage that stands before.
    Stage(usize),
}

/// A secret that the builder uses for its request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum CredentialData {
    Token(SecretUseData),
    Header(SecretUseData),
}

impl TransferData {
    pub(super) fn of(transfer: Transfer) -> Self {
        let Transfer {
            sources,
            destination,
            chown,
            chmod,
            link,
            excludes,
        } = transfer;
        Self {
            sources: sources.into_iter().map(SourceData::of).collect(),
            destination,
            chown,
            chmod,
            link,
            excludes,
        }
    }

    pub(super) fn transfer(self) -> Transfer {
        let Self {
            sources,
            destination,
            chown,
            chmod,
            link,
            excludes,
        } = self;
        Transfer {
            sources: sources.into_iter().map(SourceData::source).collect(),
            destination,
            chown,
            chmod,
            link,
            excludes,
        }
    }
}

impl SourceData {
    pub(super) fn of(source: Source) -> Self {
        match source {
            Source::Path(path) => Self::Path(path),
            Source::Glob(pattern) => Self::Glob(pattern),
            Source::Expand(text) => Self::Expand(text),
            Source::Remote(url) => Self::Remote(url),
            Source::Inline(InlineFile { name, content }) => Self::Inline { name, content },
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Path(path) => Source::Path(path),
            Self::Glob(pattern) => Source::Glob(pattern),
            Self::Expand(text) => Source::Expand(text),
            Self::Remote(url) => Source::Remote(url),
            Self::Inline { name, content } => Source::Inline(InlineFile { name, content }),
        }
    }
}

impl OriginData {
    pub(super) fn of(origin: &Origin, index: &Index<'_>) -> Self {
        match origin {
            Origin::Stage(stage) => Self::Stage(index.of(stage)),
            Origin::Image(image) => Self::Image(image.clone()),
        }
    }

    pub(super) fn origin(&self, context: &Context) -> Result<Origin, Error> {
        Ok(match self {
            Self::Stage(index) => Origin::Stage(context.stage(*index)?),
            Self::Image(image) => Origin::Image(image.clone()),
        })
    }
}

impl CredentialData {
    pub(super) fn of((credential, secret): (Credential, Secret)) -> Self {
        match credential {
            Credential::Token => Self::Token(SecretUseData::of(secret)),
            Credential::Header => Self::Header(SecretUseData::of(secret)),
        }
    }

    pub(super) fn credential(&self, context: &Context) -> Result<(Credential, Secret), Error> {
        Ok(match self {
            Self::Token(used) => (Credential::Token, context.secret(used)?),
            Self::Header(used) => (Credential::Header, context.secret(used)?),
        })
    }
}
