//! The baseline: existing findings, which are not reported.
//!
//! A finding is identified by its rule, secret, sink, source text and file, but not by its line, so that the entry survives when
//! others are added above it. Two equal findings are two entries. Paths are relative to the folder of the baseline, so that it means the
//! same wherever the tool runs. An update keeps the entries of files that were not checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs, io,
    path::{Component, Path, PathBuf},
};

use dockerfile_dsl_analysis::{Finding, printable::printable};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::callers::model::cleaned;
use super::file_report::FileReport;
use crate::{output, replace, source};

/// Max. stale entries that are named.
const MAX_STALE: usize = 5;
/// Format version of the file.
const VERSION: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
    count: usize,
}

impl Baseline {
    fn load(path: &Path) -> Result<Self, String> {
        let shown = printable(&path.display().to_string());
        let text = source::regular_text(path).map_err(|error| {
            let what_to_do = match error.kind() {
                io::ErrorKind::NotFound => "; run with --update-baseline to create it",
                _ => "",
            };
            format!("cannot read the baseline {shown}: {error}{what_to_do}")
        })?;
        let baseline: Self = serde_json::from_str(&text).map_err(|error| {
            format!(
                "the baseline {shown} is malformed: {error}; restore it, or remove it and run \
                     with --update-baseline"
            )
        })?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => Err(format!(
                "the baseline {shown} has version {other}, but this tool reads version {VERSION}"
            )),
        }
    }

    /// Returns the findings of these reports, and the old entries of files that were not checked and still exist.
    fn updated(old: Option<Self>, folder: &Folder, reports: &[FileReport]) -> Self {
        let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        let checked: BTreeSet<String> = checked(folder, reports);
        for known in old.into_iter().flat_map(|old| old.findings) {
            if !checked.contains(&known.path) && folder.has(&known.path) {
                let key = (known.path, known.rule, known.fingerprint);
                *counts.entry(key).or_default() += known.count;
            }
        }
        for report in reports {
            for finding in &report.findings {
                let key = (
                    folder.name(&report.path),
                    finding.rule.name().to_owned(),
                    fingerprint(report, finding),
                );
                *counts.entry(key).or_default() += 1;
            }
        }
        let known = |((path, rule, fingerprint), count)| Known {
            path,
            rule,
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
    fn save(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let shown = printable(&path.display().to_string());
        let cannot = |error: io::Error| format!("cannot write the baseline {shown}: {error}");
        let target = link_target(path).map_err(cannot)?;
        let old = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
            Ok(_) => {
                return Err(format!(
                    "the baseline {shown} is not a regular file: name another one"
                )
                .into());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot(error).into()),
        };
        let text = format!("{}\n", serde_json::to_string_pretty(self)?);
        let file = replace::beside(&target, old, text.as_bytes()).map_err(cannot)?;
        file.persist(&target).map_err(|error| cannot(error.error))?;
        Ok(())
    }

    /// Removes the known findings from a report, each as often as the baseline lists it.
    fn take_away(&mut self, folder: &Folder, report: &mut FileReport) {
        report.findings = self.unknown(folder, report);
    }

    /// Returns the findings of a report that are not known, and counts those that are.
    fn unknown(&mut self, folder: &Folder, report: &FileReport) -> Vec<Finding> {
        let path = folder.name(&report.path);
        let mut unknown = Vec::new();
        for finding in report.findings.iter().cloned() {
            let fingerprint = fingerprint(report, &finding);
            let is_this = |known: &&mut Known| {
                known.count > 0 && known.path == path && known.fingerprint == fingerprint
            };
            match self.findings.iter_mut().find(is_this) {
                Some(known) => known.count -= 1,
                None => unknown.push(finding),
            }
        }
        unknown
    }

    /// Returns the entries that matched no finding, of files that were checked or are gone.
    fn stale(&self, folder: &Folder, reports: &[FileReport]) -> Vec<&Known> {
        let checked = checked(folder, reports);
        let remaining = self.findings.iter().filter(|known| known.count > 0);
        remaining
            .filter(|known| checked.contains(&known.path) || !folder.has(&known.path))
            .collect()
    }
}

/// The known findings, for files that are checked again while they are fixed.
pub(super) struct Filter {
    baseline: Baseline,
    folder: Folder,
}

impl Filter {
    pub(super) fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            baseline: Baseline::load(path)?,
            folder: Folder::of(path)?,
        })
    }

    /// Returns the findings of a report that are not known.
    pub(super) fn unknown(&self, report: &FileReport) -> Vec<Finding> {
        self.baseline.clone().unknown(&self.folder, report)
    }
}

/// Removes the findings that the file lists.
pub(super) fn apply(path: &Path, reports: &mut [FileReport]) -> Result<(), Box<dyn Error>> {
    let mut baseline = Baseline::load(path)?;
    let folder = Folder::of(path)?;
    let all = count(reports);
    for report in &mut *reports {
        baseline.take_away(&folder, report);
    }
    let shown = printable(&path.display().to_string());
    match all - count(reports) {
        0 => {}
        1 => output::tell(&format!("note: 1 finding is in {shown} and not reported\n")),
        known => output::tell(&format!(
            "note: {known} findings are in {shown} and not reported\n"
        )),
    }
    let stale = baseline.stale(&folder, reports);
    let count: usize = stale.iter().map(|known| known.count).sum();
    if count > 0 {
        let entries = match count {
            1 => "1 baseline entry no longer matches".to_owned(),
            count => format!("{count} baseline entries no longer match"),
        };
        let mut places: Vec<String> = stale
            .iter()
            .take(MAX_STALE)
            .map(|known| printable(&format!("{} ({})", known.path, known.rule)))
            .collect();
        if stale.len() > MAX_STALE {
            places.push("..".to_owned());
        }
        output::tell(&format!(
            "note: {entries}: {}; run with --update-baseline to remove stale entries\n",
            places.join(", ")
        ));
    }
    Ok(())
}

fn count(reports: &[FileReport]) -> usize {
    reports.iter().map(|report| report.findings.len()).sum()
}

/// Writes the findings to the file, and removes them from the reports.
pub(super) fn update(path: &Path, reports: &mut [FileReport]) -> Result<(), Box<dyn Error>> {
    // Anything else is reported when it is written.
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let is_filled = is_file && fs::metadata(path)?.len() > 0;
    let old = is_filled.then(|| Baseline::load(path)).transpose()?;
    let folder = Folder::of(path)?;
    let new = Baseline::updated(old, &folder, reports);
    new.save(path)?;
    let known: usize = new.findings.iter().map(|known| known.count).sum();
    let shown = printable(&path.display().to_string());
    let findings = if known == 1 { "finding" } else { "findings" };
    output::tell(&format!("{shown} now contains {known} {findings}\n"));
    let failed = reports
        .iter()
        .filter(|report| report.failure.is_some())
        .count();
    for report in &mut *reports {
        report.findings.clear();
    }
    if failed > 0 {
        output::complain(&format!(
            "{failed} of {} files could not be read and are not included",
            reports.len()
        ));
    }
    Ok(())
}

/// Returns the names of the files that were checked.
fn checked(folder: &Folder, reports: &[FileReport]) -> BTreeSet<String> {
    let read = reports.iter().filter(|report| report.failure.is_none());
    read.map(|report| folder.name(&report.path)).collect()
}

/// The folder of the baseline, which the paths in it are relative to.
struct Folder {
    here: PathBuf,
    own: PathBuf,
}

impl Folder {
    fn of(baseline: &Path) -> io::Result<Self> {
        let here = std::env::current_dir()?;
        let own = cleaned(&here.join(baseline));
        Ok(Self {
            own: own.parent().unwrap_or(&own).to_owned(),
            here,
        })
    }

    /// Returns the path relative to the folder, with `/` as separator. Standard input keeps its name.
    fn name(&self, path: &str) -> String {
        if path == "-" {
            return path.to_owned();
        }
        let path = cleaned(&self.here.join(path));
        let common = path.components().zip(self.own.components());
        let common = common.take_while(|(a, b)| a == b).count();
        let up = self.own.components().count() - common;
        let down = path.components().skip(common);
        let relative: PathBuf = std::iter::repeat_n(Component::ParentDir, up)
            .chain(down)
            .collect();
        relative.to_string_lossy().replace('\\', "/")
    }

    /// Whether a file that the baseline names exists.
    fn has(&self, name: &str) -> bool {
        name == "-" || self.own.join(name).exists()
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

/// Returns an identifier that is stable when a finding moves.
pub(super) fn fingerprint(report: &FileReport, finding: &Finding) -> String {
    // Without credentials: the hash of a short one would reveal it.
    let text = finding.span.of(report.shown());
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
