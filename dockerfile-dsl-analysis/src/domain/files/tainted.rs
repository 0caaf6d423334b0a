//! The files that have a taint, and an upper bound for states that have too many of them.
//!
//! In: each content and each name as it is written. Out: the entries with a taint, or the join of everything that was ever written. The
//! bound is never smaller than the taint of the files that are there; it may contain that of a file that was removed.

use super::{Entry, Files, Node};
use crate::domain::value::{Taint, Value};
use crate::domain::{ContentId, SymbolicPath};

/// Max. entries with a taint that a read of an unknown name compares with it. Beyond it, the read yields everything that was ever written.
const MAX_COMPARED: usize = 64;

impl Files {
    /// Returns the entries whose content, target or name may have a taint, in the order of their paths.
    pub(crate) fn tainted_entries(&self) -> Vec<(&SymbolicPath, &Entry)> {
        let contents = self.tainted_contents();
        self.with_paths(self.tainted_paths(contents).collect())
    }

    /// The same, if neither the contents nor their names are more than `most`.
    pub(crate) fn few_tainted_entries(&self, most: usize) -> Option<Vec<(&SymbolicPath, &Entry)>> {
        // A content without a name counts: the file was removed.
        let contents: Vec<ContentId> = self.tainted_contents().take(most + 1).collect();
        if contents.len() > most {
            return None;
        }
        let paths: Vec<_> = self
            .tainted_paths(contents.into_iter())
            .take(most + 1)
            .collect();
        (paths.len() <= most).then(|| self.with_paths(paths))
    }

    /// Returns the join of the contents of those tainted files that the condition holds for.
    pub(super) fn taint_of_files(
        &self,
        condition: impl Fn(&SymbolicPath, &Taint) -> bool,
    ) -> Taint {
        let Some(entries) = self.few_tainted_entries(MAX_COMPARED) else {
            return self.written.contents();
        };
        let contents = entries.into_iter().filter_map(|(path, entry)| {
            let Node::File(number) = entry.node else {
                return None;
            };
            let taint = self.content(number)?.taint();
            condition(path, &taint).then_some(taint)
        });
        contents.collect()
    }

    /// Returns the join of the taints of all names.
    pub(crate) fn taint_of_names(&self) -> &Taint {
        &self.written.names
    }

    fn tainted_contents(&self) -> impl Iterator<Item = ContentId> {
        let contents = self.contents.iter_marked(Value::TAINT);
        let summaries = self.merged.iter().filter(|(_, node)| {
            let content = self.contents.get(*node);
            content.is_some_and(Value::is_tainted)
        });
        let contents = contents.map(|(number, _)| *number);
        contents.chain(summaries.map(|(number, _)| *number))
    }

    /// Returns the paths of the contents, and of the entries with another taint; some of them twice.
    fn tainted_paths(
        &self,
        contents: impl Iterator<Item = ContentId>,
    ) -> impl Iterator<Item = &SymbolicPath> {
        let marked = self.entries.iter_marked(Entry::NAME | Entry::TARGET);
        let marked = marked.map(|(path, _)| path);
        marked.chain(contents.flat_map(|number| self.names.of(number)))
    }

    fn with_paths<'f>(
        &'f self,
        mut paths: Vec<&'f SymbolicPath>,
    ) -> Vec<(&'f SymbolicPath, &'f Entry)> {
        paths.sort_unstable();
        paths.dedup();
        let entries = paths.into_iter();
        let entries = entries.filter_map(|path| self.entries.get_key_value(path));
        entries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_COMPARED;
    use crate::Span;
    use crate::domain::symbol::{Site, SymbolicPath};
    use crate::domain::value::{Taint, Value};
    use crate::domain::{Allocator, Files, Step};

    fn secret(source: u16) -> Value {
        let path = SymbolicPath::from("/run/secrets/t");
        Value::nameless(Taint::source(
            source,
            Span::default(),
            Step::Mounted { path },
        ))
    }

    /// Returns the sources in the files of `/dev/shm` whose names are not known, if there are that many files with source 0.
    #[track_caller]
    fn check(files_count: usize, expected: &[u16]) {
        let births = Allocator::at(Site::default());
        let mut files = Files::new();
        for number in 0..files_count {
            let content = births.content();
            files.set_content(content, secret(0));
            files.file(
                &format!("/dev/shm/f{number}").as_str().into(),
                content,
                Taint::NONE,
            );
        }
        let elsewhere = births.content();
        files.set_content(elsewhere, secret(1));
        files.file(&"/srv/other".into(), elsewhere, Taint::NONE);
        let name = Value::unknown(births.symbol(), Taint::NONE);
        let word = Value::known("/dev/shm/f").concat(&name);
        let paths = files.paths(&word, &Value::known("/"));
        let found = files
            .read(&paths[0].key)
            .map_or(Taint::NONE, |value| value.taint());
        let found: Vec<u16> = found.ways().iter().map(|told| told.source).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_read_of_an_unknown_name_compares_few_files() {
        check(0, &[]);
        check(1, &[0]);
        check(MAX_COMPARED - 1, &[0]);
    }

    #[test]
    fn a_read_of_an_unknown_name_yields_everything_if_the_files_are_many() {
        check(MAX_COMPARED, &[0, 1]);
        check(1_000, &[0, 1]);
    }
}
