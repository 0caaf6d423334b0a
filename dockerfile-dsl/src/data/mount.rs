//! Mounts as data, and back.

use serde::{Deserialize, Serialize};

use super::transfer::OriginData;
use super::{Context, Index, SecretUseData, is_default};
use crate::Error;
use crate::mount::{BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount};
use crate::text::Text;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub(super) enum MountData {
    Bind {
        target: Text,
        #[serde(default, skip_serializing_if = "is_default")]
        source: Option<Text>,
        #[serde(default, skip_serializing_if = "is_default")]
        from: Option<OriginData>,
        #[serde(default, skip_serializing_if = "is_default")]
        writable: bool,
    },
    Cache {
        target: Text,
        #[serde(default, skip_serializing_if = "is_default")]
        id: Option<Text>,
        #[serde(default, skip_serializing_if = "is_default")]
        sharing: Option<SharingData>,
        #[serde(default, skip_serializing_if = "is_default")]
        from: Option<OriginData>,
        #[serde(default, skip_serializing_if = "is_default")]
        source: Option<Text>,
        #[serde(default, skip_serializing_if = "is_default")]
        mode: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        uid: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        gid: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        read_only: bool,
    },
    Secret {
        secret: SecretUseData,
        #[serde(default, skip_serializing_if = "is_default")]
        target: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        env: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        reason: Option<String>,
    },
    Ssh {
        id: String,
        #[serde(default, skip_serializing_if = "is_default")]
        target: Option<Text>,
        #[serde(default, skip_serializing_if = "is_default")]
        optional: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        mode: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        uid: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        gid: Option<u32>,
    },
    Tmpfs {
        target: Text,
        #[serde(default, skip_serializing_if = "is_default")]
        size: Option<u64>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum SharingData {
    Shared,
    Private,
    Locked,
}

impl MountData {
    pub(super) fn of(mount: &Mount, index: &Index<'_>) -> Self {
        let origin = |from: &Option<_>| from.as_ref().map(|from| OriginData::of(from, index));
        match mount.clone() {
            Mount::Bind(BindMount {
                target,
                source,
                from,
                writable,
            }) => Self::Bind {
                target,
                source,
                from: origin(&from),
                writable,
            },
            Mount::Cache(CacheMount {
                target,
                id,
                sharing,
                from,
                source,
                mode,
                uid,
                gid,
                read_only,
            }) => Self::Cache {
                target,
                id,
                sharing: sharing.map(SharingData::of),
                from: origin(&from),
                source,
                mode,
                uid,
                gid,
                read_only,
            },
            Mount::Secret(SecretMount {
                secret,
                target,
                env,
                reason,
            }) => Self::Secret {
                secret: SecretUseData::of(secret),
                target,
                env,
                reason,
            },
            Mount::Ssh(SshMount {
                id,
                target,
                optional,
                mode,
                uid,
                gid,
            }) => Self::Ssh {
                id,
                target,
                optional,
                mode,
                uid,
                gid,
            },
            Mount::Tmpfs(TmpfsMount { target, size }) => Self::Tmpfs { target, size },
        }
    }

    pub(super) fn mount(&self, context: &Context) -> Result<Mount, Error> {
        let origin =
            |from: &Option<OriginData>| from.as_ref().map(|from| from.origin(context)).transpose();
        Ok(match self.clone() {
            Self::Bind {
                target,
                source,
                from,
                writable,
            } => Mount::Bind(BindMount {
                target,
                source,
                from: origin(&from)?,
                writable,
            }),
            Self::Cache {
                target,
                id,
                sharing,
                from,
                source,
                mode,
                uid,
                gid,
                read_only,
            } => {
                let (sharing, from) = (sharing.map(SharingData::sharing), origin(&from)?);
                Mount::Cache(CacheMount {
                    target,
                    id,
                    sharing,
                    from,
                    source,
                    mode,
                    uid,
                    gid,
                    read_only,
                })
            }
            Self::Secret {
                secret,
                target,
                env,
                reason,
            } => {
                if env.is_some() != reason.is_some() {
                    return Err(Error::new(format!(
                        "secret `{}` is given to every process of a step without a reason",
                        secret.id.escape_debug()
                    )));
                }
                Mount::Secret(SecretMount {
                    secret: context.secret(&secret)?,
                    target,
                    env,
                    reason,
                })
            }
            Self::Ssh {
                id,
                target,
                optional,
                mode,
                uid,
                gid,
            } => Mount::Ssh(SshMount {
                id,
                target,
                optional,
                mode,
                uid,
                gid,
            }),
            Self::Tmpfs { target, size } => Mount::Tmpfs(TmpfsMount { target, size }),
        })
    }
}

impl SharingData {
    const fn of(sharing: Sharing) -> Self {
        match sharing {
            Sharing::Shared => Self::Shared,
            Sharing::Private => Self::Private,
            Sharing::Locked => Self::Locked,
        }
    }

    const fn sharing(self) -> Sharing {
        match self {
            Self::Shared => Sharing::Shared,
            Self::Private => Sharing::Private,
            Self::Locked => Sharing::Locked,
        }
    }
}
