//! Who can read which secret, and what somebody vouched for.
//!
//! In: a checked Dockerfile. Out: one line for each secret that a step gets, and for each decision with its reason.

use std::fmt;

use crate::build_command::quote_command;
use crate::danger::Decision;
use crate::facts::Delivery;
use crate::{
    SecretSource,
    facts::{BuildSecret, SecretUse},
};

/// What a reviewer has to know: see [`Dockerfile::audit`](crate::Dockerfile::audit). Displayed, it is one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    entries: Vec<AuditEntry>,
}

/// One line of an [`Audit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    stage: String,
    /// The line in the Dockerfile, 0 where it is not known.
    line: usize,
    what: String,
    reason: Option<String>,
    source: Option<String>,
}

impl Audit {
    pub(crate) fn new(
        secrets: &[BuildSecret],
        decisions: &[(usize, usize, Decision)],
        name: &dyn Fn(usize) -> String,
    ) -> Self {
        let mut audit = Self {
            entries: Vec::new(),
        };
        for secret in secrets {
            if let (SecretSource::Command(command), Some(used)) =
                (secret.source(), secret.uses().first())
            {
                audit.add(AuditEntry {
                    stage: name(used.stage),
                    line: used.line,
                    what: format!(
                        "runs `{}` on the machine of who builds, for secret `{}`",
                        quote_command(command),
                        secret.id()
                    ),
                    reason: None,
                    source: None,
                });
            }
            if let (Some((_, argument)), Some(used)) =
                (secret.secret().rerun(), secret.uses().first())
            {
                audit.add(AuditEntry {
                    stage: name(used.stage),
                    line: used.line,
                    what: format!(
                        "gives the build argument `{argument}` 8 digits of a keyed digest of \
                         secret `{}`, which stay in the history of the image",
                        secret.id()
                    ),
                    reason: None,
                    source: None,
                });
            }
            for used in secret.uses() {
                audit.add(AuditEntry {
                    stage: name(used.stage),
                    line: used.line,
                    what: format!("reads secret `{}` {}", secret.id(), delivered(used)),
                    reason: None,
                    source: None,
                });
            }
        }
        for (stage, line, decision) in decisions {
            audit.add(AuditEntry {
                stage: name(*stage),
                line: *line,
                what: decision.danger.to_string(),
                reason: Some(decision.reason.clone()),
                source: decision.place.as_ref().map(|place| match &place.hole {
                    Some(hole) => format!("{}:{}, `{{{hole}}}`", place.file, place.line),
                    None => format!("{}:{}", place.file, place.line),
                }),
            });
        }
        audit
    }

    /// Puts it behind those of its line.
    fn add(&mut self, entry: AuditEntry) {
        let at = self
            .entries
            .partition_point(|other| other.line <= entry.line);
        self.entries.insert(at, entry);
    }

    /// In the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }
}

impl AuditEntry {
    /// The stage, in words.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The line in the Dockerfile where the instruction starts, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Which secret is read and how, or what was decided.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Why it was decided.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Where in the Rust source it was decided, as far as that is known.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
}

fn delivered(used: &SecretUse) -> String {
    let by = if used.is_onbuild {
        ", by ONBUILD of its base"
    } else {
        ""
    };
    let how = match &used.delivery {
        Delivery::File { target, .. } => format!("at {target}"),
        Delivery::Env { variable } => format!("in ${variable}, as does every process of the step"),
        Delivery::Header => "for the request that the builder makes".to_owned(),
    };
    how + by
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.entries {
            write!(f, "{}, line {}: {}", entry.stage, entry.line, entry.what)?;
            if let Some(reason) = &entry.reason {
                write!(f, ", because: {reason}")?;
            }
            if let Some(source) = &entry.source {
                write!(f, " ({source})")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
