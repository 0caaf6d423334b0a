//! The baseline: existing findings, which are not reported.
//!
//! A finding is identified by its rule, secret, sink, source text and file, but not by its line, so that the entry survives when
//! others are added above it. Two equal findings are two entries.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use dockerfile_dsl_analysis::Finding;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::file_report::FileReport;

/// Format version of the file.
const VERSION: u32 = 2;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
    count: usize,
}

impl Baseline {
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| {
            format!(
                "cannot read the baseline {}: {error}; run with --update-baseline to create it",
                path.display()
            )
        })?;
        let baseline: Self = serde_json::from_str(&text)
            .map_err(|error| format!("the baseline {} is malformed: {error}", path.display()))?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => Err(format!(
                "the baseline {} has version {other}, but this tool reads version {VERSION}",
                path.display()
            )),
        }
    }

    /// Returns all findings of the reports.
    pub(super) fn of(reports: &[FileReport]) -> Self {
        let mut counts: BTreeMap<(String, &str, String), usize> = BTreeMap::new();
        for report in reports {
            for finding in &report.findings {
                *counts
                    .entry((
                        name(&report.path),
                        finding.rule.name(),
                        fingerprint(report, finding),
                    ))
                    .or_default() += 1;
            }
        }
        let known = |((path, rule, fingerprint), count): ((String, &str, String), usize)| Known {
            path,
            rule: rule.to_owned(),
            fingerprint,
            count,
        };
        Self {
            version: VERSION,
            findings: counts.into_iter().map(known).collect(),
        }
    }

    /// Writes the whole file or keeps the old one. A symbolic link and the mode of the file are kept. A path that is neither a
    /// regular file nor absent is not touched.
    pub(super) fn save(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let cannot =
            |error: io::Error| format!("cannot write the baseline {}: {error}", path.display());
        let target = link_target(path).map_err(cannot)?;
        let old = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
            Ok(_) => {
                return Err(format!(
                    "the baseline {} is not a regular file: name another one",
                    path.display()
                )
                .into());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot(error).into()),
        };
        let directory = target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // The default mode of new files, minus the umask.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(directory).map_err(cannot)?;
        writeln!(file, "{}", serde_json::to_string_pretty(self)?).map_err(cannot)?;
        if let Some(permissions) = old {
            file.as_file()
                .set_permissions(permissions)
                .map_err(cannot)?;
        }
        file.as_file().sync_all().map_err(cannot)?;
        file.persist(&target).map_err(|error| cannot(error.error))?;
        Ok(())
    }

    /// Removes the known findings from a report, each as often as the baseline lists it.
    pub(super) fn take_away(&mut self, report: &mut FileReport) {
        let path = name(&report.path);
        let findings = std::mem::take(&mut report.findings);
        for finding in findings {
            let fingerprint = fingerprint(report, &finding);
            let is_this = |known: &&mut Known| {
                known.count > 0 && known.path == path && known.fingerprint == fingerprint
            };
            match self.findings.iter_mut().find(is_this) {
                Some(known) => known.count -= 1,
                None => report.findings.push(finding),
            }
        }
    }

    /// Counts the entries that matched no finding.
    pub(super) fn remaining(&self) -> usize {
        self.findings.iter().map(|known| known.count).sum()
    }
}

/// Resolves a chain of symbolic links, also to a file that does not exist yet.
fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    // The kernel's limit.
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(link) => {
                let directory = target.parent().unwrap_or(Path::new(""));
                target = directory.join(link);
            }
            // Not a link, or nonexistent: writing reports the error.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many links"))
}

/// Returns the path with `/` as separator, without a leading `./`.
fn name(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

/// Returns an identifier that is stable when a finding moves.
pub(super) fn fingerprint(report: &FileReport, finding: &Finding) -> String {
    // Without credentials: the hash of a short one would reveal it.
    let text = finding.span.of(&report.shown);
    let text: Vec<&str> = text.split_whitespace().collect();
    let secret = finding.secret.as_deref().unwrap_or_default();
    let parts = [
        finding.rule.name(),
        finding.channel.name(),
        secret,
        &finding.sink,
        &text.join(" "),
    ];
    // SHA-256 is the same on every machine and in every release.
    let digest = Sha256::digest(parts.join("\0"));
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
