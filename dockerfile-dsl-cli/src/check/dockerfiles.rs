//! The Dockerfiles that builds refer to, whether they were asked for or not, and places in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dockerfile_dsl_analysis::dockerfile;
use dockerfile_dsl_analysis::{Elsewhere, LineIndex, Span, masked_dockerfile};

use super::callers::model::cleaned;
use super::file_report::{FileReport, changed};
use super::input;
use super::mounts::{self, Mounts};

/// The Dockerfiles that callers refer to, by their paths.
pub(super) struct Dockerfiles<'a> {
    checked: BTreeMap<PathBuf, &'a FileReport>,
    /// Those that were not asked for: they are compared, and their findings are not reported.
    read: BTreeMap<PathBuf, FileReport>,
    /// The secret mounts of each, by the path of its report.
    mounts: BTreeMap<String, Mounts>,
    /// Those of a file that could not be read.
    none: Mounts,
}

impl<'a> Dockerfiles<'a> {
    /// Reads those that were not checked; `wanted` are the paths where callers expect them.
    pub(super) fn load<'b>(
        reports: &'a [FileReport],
        wanted: impl IntoIterator<Item = &'b PathBuf>,
    ) -> Self {
        let checked: BTreeMap<PathBuf, &FileReport> = reports
            .iter()
            .map(|report| (cleaned(Path::new(&report.path)), report))
            .collect();
        let mut read = BTreeMap::new();
        for path in wanted.into_iter().map(|path| cleaned(path)) {
            if !checked.contains_key(&path) && !read.contains_key(&path) && path.is_file() {
                let report = self::read(&path);
                read.insert(path, report);
            }
        }
        let all = checked.values().copied().chain(read.values());
        let mounts = all
            .filter_map(|report| Some((report.path.clone(), mounts::of(report.file.as_ref()?))))
            .collect();
        Self {
            checked,
            read,
            mounts,
            none: Mounts::default(),
        }
    }

    /// Returns the secret mounts of a file.
    pub(super) fn mounts(&self, path: &str) -> &Mounts {
        self.mounts.get(path).unwrap_or(&self.none)
    }

    /// Returns the report of a file that was checked.
    pub(super) fn checked(&self, path: &Path) -> Option<&FileReport> {
        self.checked.get(path).copied()
    }

    /// Returns the first of these that exists.
    pub(super) fn first(&self, paths: &[PathBuf]) -> Option<&FileReport> {
        let mut paths = paths.iter().map(|path| cleaned(path));
        paths.find_map(|path| {
            self.checked
                .get(&path)
                .copied()
                .or_else(|| self.read.get(&path))
        })
    }
}

/// Reads a Dockerfile without checking it.
fn read(path: &Path) -> FileReport {
    let mut report = FileReport::new(path);
    if let Ok(bytes) = input::bytes(path) {
        let (text, file) = dockerfile::read_bytes(&bytes);
        report.lines = LineIndex::new(&text);
        report.masked = changed(masked_dockerfile(&text));
        report.text = text;
        report.file = file.ok();
    }
    report
}

/// Returns a place in another file.
pub(super) fn place(report: &FileReport, span: Span, label: String) -> Elsewhere {
    let line = report.lines.line(span.start);
    let start = report.lines.start(line).unwrap_or(0);
    let shown = report.shown().get(start..).unwrap_or_default();
    let source = shown.lines().next().unwrap_or_default().to_owned();
    let clip = |offset: usize| offset.saturating_sub(start).min(source.len());
    let span = Span::new(clip(span.start), clip(span.end));
    Elsewhere {
        path: report.path.clone(),
        line,
        span,
        source,
        label,
    }
}

/// Returns the file beside a Dockerfile and its caller that usually holds this secret: `.npmrc` for `npmrc`.
pub(super) fn file_beside(dockerfile: &str, caller: &Path, id: &str) -> Option<String> {
    let folder = |path: &Path| path.parent().map(cleaned);
    let (folder, of_caller) = (folder(Path::new(dockerfile))?, folder(caller)?);
    let name = format!(".{}", id.trim_start_matches('.'));
    (folder == of_caller && folder.join(&name).is_file()).then_some(name)
}
