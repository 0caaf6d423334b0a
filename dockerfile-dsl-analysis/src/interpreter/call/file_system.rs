//! Operations of programs on names: copy, rename, link, remove, create.

use crate::Span;
use crate::domain::Argument;
use crate::domain::files::{Entry, FilePlace, Node, Path, Rest, spelled};
use crate::domain::state::Status;
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{Taint, Value};
use crate::domain::{Cause, Step};
use crate::interpreter::call::Call;
use crate::programs::Effect;

/// Max. symbolic links followed in a tree copy, because a link may lead back to its own directory.
const MAX_LINKS: usize = 4;

impl Call<'_, '_> {
    /// Copies a file, or a tree, to a file or into a directory.
    pub(crate) fn copy(&mut self, source: &Argument, target: &Argument, tree: bool, follow: bool) {
        self.quote_in_errors(source);
        let how = Cause::Program(self.name.clone());
        let into = self.goes_into(target);
        let targets = self.paths(target);
        let sources = self.paths(source);
        let contents_only = source
            .value
            .literal()
            .is_some_and(|text| text.ends_with("/.") || text.as_ref() == ".");
        for path in &sources {
            self.may_alias(&path.key, source.span);
            let resolved = if follow {
                self.state.files.follow(&path.key)
            } else {
                self.state.files.follow_parent(&path.key)
            };
            for to in &targets {
                let to = if into && !contents_only {
                    to.join(path.key.last(), &path.name)
                } else {
                    to.clone()
                };
                if let Some(Entry {
                    node: Node::Link(link),
                    ..
                }) = self.state.files.entry(&resolved).cloned()
                {
                    let key = self.state.files.follow(&to.key);
                    self.state.files.link(&key, link, to.name.clone());
                    continue;
                }
                if tree {
                    let links = if follow { MAX_LINKS } else { 0 };
                    let own_files = self.means_own_files(source, &resolved);
                    self.copy_tree(&resolved, own_files, &to, target.span, &how, links);
                }
                // Without -r a directory is not copied.
                if !self.state.files.is_directory(&resolved) {
                    let content = self
                        .state
                        .read(&resolved)
                        .unwrap_or_else(|| self.machine.unknown(Taint::NONE));
                    let content = content.with(&self.reached(path));
                    let content = content.step_if(source.span, &|| Step::Read {
                        program: self.name.clone(),
                    });
                    let certain = sources.len() == 1 && targets.len() == 1;
                    self.state
                        .write_to(self.machine, &to, &content, target.span, &how, !certain);
                } else if tree {
                    self.state.make_directory(&to);
                }
            }
        }
    }

    /// `links`: number of symbolic links to follow; deeper ones are copied as links.
    fn copy_tree(
        &mut self,
        from: &SymbolicPath,
        own_files: bool,
        to: &Path,
        span: Span,
        how: &Cause,
        links: usize,
    ) {
        let beneath: Vec<(SymbolicPath, Entry)> = self
            .state
            .files
            .beneath(from)
            .filter(|(key, _)| !own_files || self.state.files.place(key) != FilePlace::Secret)
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect();
        for (key, entry) in beneath {
            let rest = key.strip_prefix(from).unwrap_or_default();
            let to = to.join(rest, &entry.name);
            match entry.node {
                Node::File(number) => {
                    let content = self
                        .state
                        .files
                        .content(number)
                        .cloned()
                        .unwrap_or_else(Value::empty);
                    let content = content.step(
                        self.span,
                        Step::CopiedTree {
                            program: self.name.clone(),
                        },
                    );
                    self.state
                        .write_to(self.machine, &to, &content, span, how, false);
                }
                Node::Link(_) if links > 0 => {
                    let target = self.state.files.follow(&key);
                    if let Some(content) = self.state.read(&target) {
                        let content = content.step(
                            self.span,
                            Step::CopiedLink {
                                program: self.name.clone(),
                            },
                        );
                        self.state
                            .write_to(self.machine, &to, &content, span, how, false);
                    }
                    self.copy_tree(&target, false, &to, span, how, links - 1);
                }
                Node::Link(target) => {
                    let key = self.state.files.follow_parent(&to.key);
                    self.state.files.link(&key, target, to.name);
                }
                Node::Directory => self.state.make_directory(&to),
            }
        }
    }

    /// Renames a file or a directory. Both the old and the new names are known afterwards.
    pub(crate) fn rename(&mut self, source: &Argument, target: &Argument) {
        self.quote_in_errors(source);
        let into = self.goes_into(target);
        let targets = self.paths(target);
        let sources = self.paths(source);
        let certain = sources.len() == 1 && targets.len() == 1;
        self.shows_in(source, &Taint::NONE);
        for path in &sources {
            let from = self.state.files.follow_parent(&path.key);
            for to in &targets {
                let to = if into {
                    to.join(path.key.last(), &path.name)
                } else {
                    to.clone()
                };
                self.state
                    .rename(self.machine, &from, &to, target.span, certain);
            }
        }
    }

    /// Creates a hard link; with `tree` one for each file in a directory.
    pub(crate) fn hard_link(&mut self, source: &Argument, target: &Argument, tree: bool) {
        self.quote_in_errors(source);
        self.quote_in_errors(target);
        let into = self.goes_into(target);
        if target.value.taint().is_some() && !into {
            // Also of a file that the script does not know.
            self.create(target, false);
        }
        for path in self.paths(source) {
            let from = self.state.files.follow_parent(&path.key);
            for to in self.paths(target) {
                let to = if into {
                    to.join(path.key.last(), &path.name)
                } else {
                    to
                };
                let mut linked: Vec<(Rest, Option<Entry>)> =
                    vec![([].into(), self.state.files.entry(&from).cloned())];
                if tree {
                    let beneath = self.state.files.beneath(&from);
                    linked.extend(beneath.filter_map(|(key, entry)| {
                        Some((key.strip_prefix(&from)?.into(), Some(entry.clone())))
                    }));
                }
                let key = self.state.files.follow_parent(&to.key);
                for (rest, entry) in linked {
                    let from = from.join(&rest);
                    if let Some(entry) = entry
                        && self.state.files.place(&from) != FilePlace::Secret
                    {
                        let name = entry.name.join(&to.name).join(&self.state.choice);
                        let node = entry.node;
                        let linked = Entry { node, name };
                        self.state.files.insert(&key.join(&rest), linked);
                    }
                }
            }
        }
    }

    /// Whether `target` is an existing directory, so that a copy, rename or link goes into it.
    fn goes_into(&self, target: &Argument) -> bool {
        let is_itself = self.has_effect(Effect::TargetIsFile);
        // A symbolic link does not count as a directory, even if it leads to one.
        let is_link = |path: &Path| {
            let key = self.state.files.follow_parent(&path.key);
            self.state
                .files
                .entry(&key)
                .is_some_and(|entry| matches!(entry.node, Node::Link(_)))
        };
        let is_kept =
            self.has_effect(Effect::TargetIsLink) && self.paths(target).iter().any(is_link);
        !is_itself && !is_kept && self.is_directory(target)
    }

    /// Creates a symbolic link to `target`, at `path` or in that directory.
    pub(crate) fn symlink(&mut self, target: &Argument, path: &Argument) {
        let into = self.goes_into(path);
        for at in self.paths(path) {
            // The last component may be unknown.
            let says = target.value.alternatives().first().map(spelled);
            let base = says.as_ref().and_then(|says| says.last());
            let at = match base
                .filter(|base| into && !matches!(base, Component::Root | Component::Parent))
            {
                Some(base) => at.join(std::slice::from_ref(base), &target.value.taint()),
                None => at,
            };
            let key = self.state.files.follow_parent(&at.key);
            let says = target.value.step(
                path.span,
                Step::Linked {
                    path: key.clone(),
                    program: self.name.clone(),
                },
            );
            self.state.files.link(
                &key,
                says,
                at.name.join(&self.state.choice).step(
                    path.span,
                    Step::NamedLink {
                        program: self.name.clone(),
                    },
                ),
            );
        }
    }

    /// Removes a file, or a directory with everything in it.
    pub(crate) fn remove(&mut self, path: &Argument, tree: bool) {
        self.quote_in_errors(path);
        let paths = self.paths(path);
        let text = path.text().unwrap_or_default();
        let [place] = paths.as_slice() else { return };
        let key = self.state.files.follow_parent(&place.key);
        // `.` and `..` are rejected. A trailing slash means a directory.
        let last = text.trim_end_matches('/').rsplit('/').next();
        let is_file = |entry: &Entry| entry.node != Node::Directory;
        if matches!(last, Some("." | ".."))
            || text.ends_with('/') && self.state.files.entry(&key).is_some_and(is_file)
        {
            if !(self.has("-f") && text.ends_with('/')) {
                self.status(Status::Failure);
            }
            return;
        }
        // Whether it still exists depends on the branch (implicit flow).
        self.shows_in(path, &Taint::NONE);
        if self.state.choice.is_none() {
            self.state.remove(&key, tree);
        }
    }

    /// Whether a secret may be mounted at the path.
    pub(crate) fn is_mounted_secret(&self, path: &Argument) -> bool {
        let files = &self.state.files;
        let mut paths = self.paths(path).into_iter();
        paths.any(|path| files.place(&files.follow(&path.key)) == FilePlace::Secret)
    }

    /// Creates an empty file or a directory.
    pub(crate) fn create(&mut self, path: &Argument, directory: bool) {
        for path in self.paths(path) {
            if directory {
                self.state.make_directory(&path);
            } else {
                let key = self.state.files.follow(&path.key);
                if self.state.files.entry(&key).is_none() {
                    self.state.write_to(
                        self.machine,
                        &path,
                        &Value::empty(),
                        self.span,
                        &Cause::Program(self.name.clone()),
                        true,
                    );
                }
            }
        }
    }

    /// Prints a name that has a secret, in the message that nothing is called so.
    pub(crate) fn quote_in_errors(&mut self, path: &Argument) {
        if path.value.taint().is_some() {
            // The message for a missing file appears on every branch.
            let choice = std::mem::take(&mut self.state.choice);
            self.print_error(&path.value);
            self.state.choice = choice;
        }
    }
}
