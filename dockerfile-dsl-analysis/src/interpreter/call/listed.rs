//! Listings of files: the taint of their names, and secrets in files whose names were read from such a listing.

use crate::domain::Argument;
use crate::domain::files::{FilePlace, Node, Path};
use crate::domain::value::{Taint, Value};
use crate::interpreter::call::Call;
use crate::programs::Effect;

impl Call<'_, '_> {
    /// Returns the content reachable through a name taken from a directory listing.
    pub(crate) fn reached(&self, path: &Path) -> Taint {
        if path.name.is_none() || self.replaces_what_it_reads() {
            return Taint::NONE;
        }
        if path.name.is_in_root() {
            self.machine.log.used_assumed_cwd.set(true);
        }
        path.reached(self.machine.frame.root_is_certain)
    }

    /// `sed -i`, `perl -pi`: a mounted file cannot be replaced, and its content goes nowhere else.
    fn replaces_what_it_reads(&self) -> bool {
        let is_option = |word: &Argument| {
            let prefix = word.value.known_prefix();
            let letters = prefix
                .strip_prefix('-')
                .filter(|rest| !rest.starts_with('-'));
            letters.is_some_and(|letters| letters.contains('i')) || prefix.starts_with("--in")
        };
        self.has_effect(Effect::EditsInPlace) && self.arguments.iter().any(is_option)
    }

    /// Returns the taint of a listing: names, link targets, and which files contain a secret. `depth`: number of directory levels; `links`:
    /// whether it prints link targets.
    pub(crate) fn listed(&self, path: &Argument, depth: usize, links: bool) -> Taint {
        let mut taint = Taint::NONE;
        for place in self.paths(path) {
            let own = self.state.files.follow_parent(&place.key);
            let directory = self.state.files.follow(&place.key);
            let own_files = self.means_own_files(path, &directory);
            let itself = self.state.files.entry(&own).map(|entry| (&own, entry));
            let beneath = self.state.files.beneath(&directory).filter(|(key, _)| {
                let rest = key.strip_prefix(&directory);
                rest.is_some_and(|rest| rest.len() <= depth)
            });
            for (key, entry) in itself.into_iter().chain(beneath) {
                taint = taint.join(&entry.name);
                match &entry.node {
                    Node::Link(target) if links => taint = taint.join(&target.taint()),
                    Node::File(number) => {
                        let content = self.state.files.content(*number).map(Value::taint);
                        let content = content.unwrap_or_default();
                        taint = taint.join(&if own_files
                            && self.state.files.place(key) == FilePlace::Secret
                        {
                            content.located_in_root()
                        } else {
                            content.located()
                        });
                    }
                    Node::Link(_) | Node::Directory => {}
                }
            }
        }
        taint
    }
}
