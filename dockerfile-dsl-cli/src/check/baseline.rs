//! The baseline: findings that were there before, and are not reported.
//!
//! A finding is known by its rule, its secret, what it reaches, the text it stands at, and its file: not by its line, so that
//! it survives when others are added above it. Two of the same kind count as two.

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

/// The form of the file that this tool writes.
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
                "the baseline {} cannot be read: {error}: `--update-baseline` makes one",
                path.display()
            )
        })?;
        let baseline: Self = serde_json::from_str(&text)
            .map_err(|error| format!("the baseline {} is malformed: {error}", path.display()))?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => Err(format!(
                "the baseline {} is of version {other}, and this tool reads version {VERSION}",
                path.display()
            )),
        }
    }

    /// All findings of the reports.
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

    /// Writes the whole file or leaves the old one. A link stays a link, a mode stays as it was, and what is neither a regular
    /// file nor absent is not touched.
    pub(super) fn save(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let cannot = |error: io::Error| {
            format!("the baseline {} cannot be written: {error}", path.display())
        };
        let target = link_target(path).map_err(cannot)?;
        let old = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
            Ok(_) => {
                return Err(format!(
                    "the baseline {} is no regular file: name another one",
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
        // As any new file, less what the umask takes away.
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

    /// Takes the known findings out of a report, each as often as it is known.
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

    /// How many known findings were not found.
    pub(super) fn remaining(&self) -> usize {
        self.findings.iter().map(|known| known.count).sum()
    }
}

/// Where a chain of links leads, also to a file that does not exist yet.
fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    // As many as the kernel follows.
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(link) => {
                let directory = target.parent().unwrap_or(Path::new(""));
                target = directory.join(link);
            }
            // No link, or nothing at all: the writing says so.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many links"))
}

/// The path with `/` between its parts, without `./` at its start.
fn name(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

/// What stays the same when a finding moves.
pub(super) fn fingerprint(report: &FileReport, finding: &Finding) -> String {
    // Without credentials: a hash of a short one gives it away.
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
