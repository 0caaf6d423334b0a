//! Lists which instruction can read which secret, and the decisions of trust that the author made.
//!
//! In: a checked Dockerfile. Out: one entry per secret that an instruction gets, and one per decision with its reason.

use std::fmt;

use dockerfile_dsl_analysis::masked;

use crate::build_command::quote_command;
use crate::danger::Decision;
use crate::facts::Delivery;
use crate::{
    SecretSource,
    facts::{BuildSecret, SecretUse},
};

/// Summary for a reviewer: see [`Dockerfile::audit`](crate::Dockerfile::audit). `Display` prints one line per entry.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let audit = image.audit();
/// assert_eq!(audit.entries()[0].what(), "reads secret `TOKEN` at /run/secrets/TOKEN");
/// println!("{audit}");
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    entries: Vec<AuditEntry>,
}

/// One entry of an [`Audit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    stage: String,
    /// Line in the Dockerfile; 0 if it is unknown.
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
                        "runs `{}` on the build machine, for secret `{}`",
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

    /// Inserts the entry after those of the same line.
    /// Adds an entry; credentials in the words of the author are masked.
    fn add(&mut self, entry: AuditEntry) {
        let entry = AuditEntry {
            stage: masked(&entry.stage).into_owned(),
            what: masked(&entry.what).into_owned(),
            reason: entry.reason.map(|reason| masked(&reason).into_owned()),
            ..entry
        };
        let at = self
            .entries
            .partition_point(|other| other.line <= entry.line);
        self.entries.insert(at, entry);
    }

    /// Returns the entries in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }
}

impl AuditEntry {
    /// Returns the stage, in words.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// Returns the line in the Dockerfile where the instruction starts, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns which secret is read and how, or which decision was made.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Returns the reason of the decision.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns the place of the decision in the Rust source, if it is known.
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
