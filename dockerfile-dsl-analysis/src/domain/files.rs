//! The file system of a step: what is known of the files that the scripts touched, by path.
//!
//! A path is a [`SymbolicPath`]. Names point to contents, so that a hard link and a rename keep them. A file that no script touched is not
//! here: its content is unknown and public.
//!
//! One file, because names, links and contents are one table, and every change of one changes the others.

mod mounts;
mod names;
mod path;
mod tainted;
mod written;

use super::asked::Asked;
use super::symbol::{Component, SymbolicPath};
pub(crate) use mounts::{MountKind, Mounts};
use names::Names;
pub(crate) use path::{Unit, spelled, text_of, units, value_of};
use path::{may_be_absolute, normal, of_this_process};
use written::Written;

use std::rc::Rc;

use crate::domain::map::{Join, Joined, Marked, PersistentMap};
use crate::domain::symbol::ContentId;
use crate::domain::value::{PieceKind, Taint, Text, Value};
use std::collections::BTreeMap;

/// The kind of entry that a name refers to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A file with this content.
    File(ContentId),
    /// A symbolic link with this target.
    Link(Value),
    /// A directory that a script created.
    Directory,
}

/// A name in the file system.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) node: Node,
    /// Taint of the name itself.
    pub(crate) name: Taint,
}

impl Entry {
    /// Mark of an entry whose name has a taint.
    const NAME: u8 = 1;
    /// Mark of a link whose target has a taint.
    const TARGET: u8 = 2;
}

impl Marked for Entry {
    fn marks(&self) -> u8 {
        let name = if self.name.is_some() { Self::NAME } else { 0 };
        match &self.node {
            Node::Link(target) if target.is_tainted() => name | Self::TARGET,
            _ => name,
        }
    }
}

/// The storage that a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilePlace {
    /// Part of the image.
    Layer,
    /// Discarded after the step.
    Discarded,
    /// In the cache mount of this id.
    Cache(Rc<str>),
    /// A secret mount: writing fails.
    Secret,
    /// The author's value for this hole decides.
    Hole(usize),
}

/// What is known of the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    entries: PersistentMap<SymbolicPath, Entry>,
    contents: PersistentMap<ContentId, Value>,
    names: Names,
    written: Written,
    /// Contents that a join merged into one summary node, because one name led to either: each content with its representative.
    merged: Rc<BTreeMap<ContentId, ContentId>>,
    /// Number of loop iterations, function calls, returns and evaluated texts on the path to this state. A command is executed again only
    /// after one of them, so a site and this number identify one execution.
    executions: u32,
    pub(crate) mounts: Rc<Mounts>,
    /// Destinations of files from the build context.
    pub(crate) context: Rc<Vec<SymbolicPath>>,
    /// The record of lookups in directories that only the base image knows, if the caller needs one.
    pub(crate) asked: Option<Rc<Asked>>,
}

/// The components after a directory in a path.
pub(crate) type Rest = Rc<[Component]>;

/// A path that a word refers to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    pub(crate) key: SymbolicPath,
    /// Taint of its text.
    pub(crate) name: Taint,
}

/// Returns the name that represents the home directory of a user. No real path begins with it.
pub(crate) fn home_of(user: &str) -> SymbolicPath {
    SymbolicPath::from(&format!("~{user}"))
}

impl Path {
    /// Returns the secrets in the file, where its name is unknown and the taint says which files it may be.
    pub(crate) fn reached(&self, root_is_certain: bool) -> Taint {
        if self.name.is_none() || !self.key.is_symbolic() {
            return Taint::NONE;
        }
        self.name.reached(root_is_certain)
    }
}

impl Files {
    /// Creates a file system with only the files that every step has.
    pub(crate) fn new() -> Self {
        thread_local! {
            static USUAL: Files = Files::usual();
        }
        USUAL.with(Self::clone)
    }

    fn usual() -> Self {
        let mut files = Self::default();
        for path in ["/dev", "/proc", "/sys"] {
            files.mount(&path.into(), MountKind::Discarded);
        }
        for (path, target) in [
            ("/var/run", "/run"),
            ("/proc/self/root", "/"),
            ("/dev/fd", "/proc/self/fd"),
            ("/dev/stdin", "/proc/self/fd/0"),
            ("/dev/stdout", "/proc/self/fd/1"),
            ("/dev/stderr", "/proc/self/fd/2"),
        ] {
            files.link(&path.into(), Value::known(target), Taint::NONE);
        }
        files
    }

    pub(crate) fn mount(&mut self, path: &SymbolicPath, kind: MountKind) {
        Rc::make_mut(&mut self.mounts).push(path, kind);
    }

    /// Returns the entries in a directory and beneath it, with itself, in order.
    pub(crate) fn entries_in<'f>(
        &'f self,
        directory: &'f [Component],
    ) -> impl Iterator<Item = (&'f SymbolicPath, &'f Entry)> {
        let entries = self.entries.iter_from(directory);
        entries.take_while(move |(path, _)| path.components().starts_with(directory))
    }

    /// Sets the home directory of a user, by name or number: `useradd -d`.
    pub(crate) fn home(&mut self, user: &str, directory: Value) {
        self.link(&home_of(user), directory, Taint::NONE);
    }

    /// Whether a file or link may have this last component. Conservative: `false` means no, `true` means look it up.
    pub(crate) fn may_have(&self, last: &str) -> bool {
        self.entries.len() > 64
            || (self.entries.keys()).any(|path| path.file_name().is_some_and(|name| name.is(last)))
    }

    /// Returns the taint of the file's name, joined with siblings of unknown name that may alias it.
    pub(crate) fn named(&self, key: &SymbolicPath) -> Taint {
        let directory = key
            .parent()
            .filter(|parent| !parent.components().is_empty());
        let directory = directory.unwrap_or_else(SymbolicPath::root);
        let mut taint = Taint::NONE;
        for (other, entry) in self.entries.iter_marked(Entry::NAME) {
            let may_be = || other.is_symbolic() && other.starts_with(&directory);
            if entry.name.is_some() && (other == key || may_be()) {
                taint = taint.join(&entry.name);
            }
        }
        taint
    }

    pub(crate) fn entry(&self, key: &SymbolicPath) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn content(&self, number: ContentId) -> Option<&Value> {
        self.contents.get(&self.node(number))
    }

    /// Returns the node that a content belongs to.
    pub(crate) fn node(&self, number: ContentId) -> ContentId {
        self.merged.get(&number).copied().unwrap_or(number)
    }

    /// Whether it is a summary node: two names that lead to it may be two files.
    fn is_summary(&self, node: ContentId) -> bool {
        node.is_of_every_file() || self.merged.values().any(|summary| *summary == node)
    }

    /// Whether a name leads to the content.
    pub(super) fn has_name(&self, number: ContentId) -> bool {
        let node = self.node(number);
        let leads =
            |entry: &Entry| matches!(entry.node, Node::File(number) if self.node(number) == node);
        self.entries.values().any(leads)
    }

    /// Merges two contents into one summary node. Writes to either become weak updates.
    pub(crate) fn merge(&mut self, a: ContentId, b: ContentId) -> ContentId {
        let (a, b) = (self.node(a), self.node(b));
        if a == b {
            return a;
        }
        let joined = match (self.contents.get(&a), self.contents.get(&b)) {
            (Some(a), Some(b)) => Some(a.join(b)),
            (one, other) => one.or(other).cloned(),
        };
        let merged = Rc::make_mut(&mut self.merged);
        for node in merged.values_mut().filter(|node| **node == b) {
            *node = a;
        }
        merged.insert(b, a);
        if let Some(joined) = joined {
            self.set_content(a, joined);
        }
        self.contents.remove(&b);
        a
    }

    /// Removes the content of a pipe that has no name any more, unless it was merged with another one.
    pub(crate) fn close_pipe(&mut self, number: ContentId) {
        let has_name = self.names.of(number).next().is_some();
        if !has_name && !self.merged.contains_key(&number) && !self.is_summary(number) {
            self.contents.remove(&number);
        }
    }

    /// Takes the content of a pipe that is read to its end.
    pub(crate) fn take_content(&mut self, number: ContentId) -> Value {
        let node = self.node(number);
        self.contents.remove(&node).unwrap_or_else(Value::empty)
    }

    pub(crate) fn set_content(&mut self, number: ContentId, value: Value) {
        let node = self.node(number);
        self.written.add_content(&value);
        self.contents.insert(node, value);
    }

    pub(crate) fn file(&mut self, key: &SymbolicPath, number: ContentId, name: Taint) {
        let node = Node::File(number);
        self.insert(key, Entry { node, name });
    }

    pub(crate) fn link(&mut self, key: &SymbolicPath, target: Value, name: Taint) {
        let node = Node::Link(target);
        self.insert(key, Entry { node, name });
    }

    pub(crate) fn directory(&mut self, key: &SymbolicPath, name: Taint) {
        if self
            .entries
            .get(key)
            .is_none_or(|entry| entry.node == Node::Directory && entry.name != name)
        {
            let node = Node::Directory;
            self.insert(key, Entry { node, name });
        }
    }

    /// Gives a name to a content, a link or a directory.
    pub(crate) fn insert(&mut self, key: &SymbolicPath, entry: Entry) {
        let content = |entry: &Entry| match entry.node {
            Node::File(number) => Some(number),
            _ => None,
        };
        let (old, new) = (self.entries.get(key).and_then(content), content(&entry));
        if old != new {
            if let Some(old) = old {
                self.names.remove(old, key);
            }
            if let Some(new) = new {
                self.names.insert(new, key);
            }
        }
        self.written.add_name(&entry.name);
        self.entries.insert(key.clone(), entry);
    }

    pub(crate) fn remove(&mut self, key: &SymbolicPath) {
        if let Some(entry) = self.entries.remove(key)
            && let Node::File(number) = entry.node
        {
            self.names.remove(number, key);
        }
    }

    /// Returns the names of all contents that belong to a node.
    fn names_of_node(&self, node: ContentId) -> impl Iterator<Item = &SymbolicPath> {
        let merged = self.merged.iter();
        let merged = merged.filter(move |(_, own)| **own == node);
        let numbers = std::iter::once(node).chain(merged.map(|(number, _)| *number));
        numbers.flat_map(|number| self.names.of(number))
    }

    /// Begins another execution: the following commands may have been executed before.
    pub(crate) fn begin_execution(&mut self) {
        self.executions += 1;
    }

    /// Continues the count of executions after another path.
    pub(crate) fn continue_after(&mut self, other: &Self) {
        self.executions = self.executions.max(other.executions + 1);
    }

    /// Returns the number of this execution of a command.
    pub(crate) const fn execution(&self) -> u32 {
        self.executions
    }

    /// Whether an equal path is the same path in every execution (must alias), so that a strong update is sound.
    pub(crate) fn names_one(&self, key: &SymbolicPath) -> bool {
        key.is_one()
    }

    /// Sets the content: a strong update if it belongs to one file, else a weak update.
    pub(crate) fn overwrite(&mut self, number: ContentId, value: Value) {
        let value = match self.content(number) {
            Some(old) if self.is_summary(self.node(number)) => old.join(&value),
            _ => value,
        };
        self.set_content(number, value);
    }

    /// Removes a directory with everything beneath it and returns the entries, with names relative to the directory.
    pub(crate) fn take_tree(&mut self, directory: &SymbolicPath) -> Vec<(Rest, Entry)> {
        let taken: Vec<_> = self
            .entries
            .iter_from(directory)
            .map_while(|(path, entry)| {
                let rest = path.strip_prefix(directory)?;
                Some((path.clone(), (rest.into(), entry.clone())))
            })
            .collect();
        let taken = taken.into_iter().map(|(path, taken)| {
            self.remove(&path);
            taken
        });
        taken.collect()
    }

    /// Inserts a tree. `from` is the directory that it was taken from.
    pub(crate) fn put_tree(
        &mut self,
        directory: &SymbolicPath,
        tree: &[(Rest, Entry)],
        from: &Self,
    ) {
        for (rest, entry) in tree {
            if let Node::File(number) = entry.node
                && let Some(content) = from.content(number)
                && self.content(number) != Some(content)
            {
                self.set_content(number, content.clone());
            }
            self.insert(&directory.join(rest), entry.clone());
        }
    }

    /// Returns the names beneath a directory, without the directory itself.
    pub(crate) fn beneath(
        &self,
        directory: &SymbolicPath,
    ) -> impl Iterator<Item = (&SymbolicPath, &Entry)> {
        let directory = directory.clone();
        self.entries
            .iter_from(&directory)
            .skip_while({
                let directory = directory.clone();
                move |(path, _)| **path == directory
            })
            .take_while(move |(path, _)| path.starts_with(&directory))
    }

    /// Returns the paths that a word refers to, one for each alternative. Relative paths start at `cwd`.
    pub(crate) fn paths(&self, word: &Value, cwd: &Value) -> Vec<Path> {
        let paths = self.paths_unasked(word, cwd);
        paths.iter().for_each(|path| self.ask(&path.key));
        paths
    }

    /// The same for a path of which only the name is used, not the file.
    pub(crate) fn paths_unasked(&self, word: &Value, cwd: &Value) -> Vec<Path> {
        self.paths_by(word, cwd, &|path| self.real(path))
    }

    /// Records the lookup of a path.
    pub(crate) fn ask(&self, key: &SymbolicPath) {
        if let Some(asked) = &self.asked {
            asked.path(key);
        }
    }

    /// Records the listing of a directory.
    pub(crate) fn ask_directory(&self, spelling: &[Component]) {
        if self.asked.is_some() {
            self.ask(&self.real(spelling.to_vec()));
        }
    }

    /// Records that the text of a path may be used for more than a lookup, if it contains a directory that only the base image knows.
    pub(crate) fn ask_value(&self, value: &Value) {
        if let Some(asked) = &self.asked {
            asked.value(value);
        }
    }

    /// Records that a secret's file name is searched in a text, if the file is in a directory that only the base image knows.
    pub(crate) fn ask_name(&self, key: &SymbolicPath) {
        if let Some(asked) = &self.asked
            && key.is_in_marked_place()
        {
            asked.decides();
        }
    }

    /// The same by the rules of `cd -L`: `..` removes the component before it, even if that is a symbolic link.
    pub(crate) fn logical_paths(&self, word: &Value, cwd: &Value) -> Vec<Path> {
        let paths = self.paths_by(word, cwd, &normal);
        let asked = paths.iter().filter(|path| !path.key.is_root());
        asked.for_each(|path| self.ask(&path.key));
        paths
    }

    fn paths_by(
        &self,
        word: &Value,
        cwd: &Value,
        real: &dyn Fn(Vec<Component>) -> SymbolicPath,
    ) -> Vec<Path> {
        let mut paths = Vec::new();
        for text in word.alternatives() {
            if is_empty(text) {
                continue;
            }
            let mut spelling = spelled(text);
            of_this_process(&mut spelling);
            let name = Taint::of_all(text);
            let of_cwd = match spelling.as_slice() {
                [Component::Root, proc, this, cwd, rest @ ..]
                    if proc.is("proc") && this.is("self") && cwd.is("cwd") =>
                {
                    Some(rest)
                }
                _ => None,
            };
            if of_cwd.is_none() && may_be_absolute(text) {
                paths.push(Path {
                    key: real(spelling),
                    name,
                });
                continue;
            }
            let rest = of_cwd.unwrap_or(&spelling);
            for cwd in cwd.alternatives() {
                let mut whole = spelled(cwd);
                if whole.is_empty() {
                    whole.push(Component::Root);
                }
                whole.extend_from_slice(rest);
                paths.push(Path {
                    key: real(whole),
                    name: name.clone(),
                });
            }
        }
        paths
    }

    /// Resolves `..` physically: the parent of a symbolic link is the parent of its target.
    fn real(&self, spelling: Vec<Component>) -> SymbolicPath {
        if !spelling.contains(&Component::Parent) {
            return normal(spelling);
        }
        let mut done = Vec::new();
        for component in &spelling {
            if *component != Component::Parent {
                done.push(component.clone());
                continue;
            }
            let parent = self.follow(&normal(done));
            let above = normal(parent.join(&[Component::Parent]).components().to_vec());
            // The parent is unknown, and so is everything beneath it.
            if above.begins_unknown() && !parent.begins_unknown() {
                return normal(spelling);
            }
            done = above.components().to_vec();
        }
        normal(done)
    }

    /// Follows symbolic links in all components.
    pub(crate) fn follow(&self, key: &SymbolicPath) -> SymbolicPath {
        self.resolve(key, true)
    }

    /// Follows symbolic links in all components but the last.
    pub(crate) fn follow_parent(&self, key: &SymbolicPath) -> SymbolicPath {
        self.resolve(key, false)
    }

    fn resolve(&self, path: &SymbolicPath, last: bool) -> SymbolicPath {
        let mut path = path.clone();
        'again: for _ in 0..16 {
            let components = path.components();
            let most = components.len().saturating_sub(usize::from(!last));
            for end in 1..=most {
                let (link, rest) = components.split_at(end);
                let Some(Entry {
                    node: Node::Link(target),
                    ..
                }) = self.entries.get(link)
                else {
                    continue;
                };
                let [text] = target.alternatives() else {
                    return SymbolicPath::unknown(rest);
                };
                let target = spelled(text);
                let mut whole = if may_be_absolute(text) {
                    target
                } else {
                    [&link[..end - 1], &target].concat()
                };
                whole.extend_from_slice(rest);
                path = normal(whole);
                continue 'again;
            }
            break;
        }
        path
    }

    /// Returns the storage of a path whose links were followed.
    pub(crate) fn place(&self, key: &SymbolicPath) -> FilePlace {
        match key.hole() {
            Some((index, true)) => return FilePlace::Hole(index),
            Some((_, false)) => return FilePlace::Layer,
            None => {}
        }
        if key.begins_unknown() || key.has_hole() {
            return FilePlace::Layer;
        }
        match self.mounts.around(key) {
            None => FilePlace::Layer,
            Some((_, rest)) if !rest.iter().all(Component::stays_beneath) => FilePlace::Layer,
            Some((MountKind::Discarded, _)) => FilePlace::Discarded,
            Some((MountKind::Cache(id), _)) => FilePlace::Cache(id.clone()),
            Some((MountKind::Secret, _)) => FilePlace::Secret,
        }
    }

    /// Whether the path leads into a copy of the build context.
    pub(crate) fn is_of_context(&self, path: &SymbolicPath) -> bool {
        let key = self.follow(path);
        self.context.iter().any(|place| key.is_within(place))
    }

    /// Reads a path whose links were followed: what is known of its content. A pattern yields the join of all files that match.
    pub(crate) fn read(&self, key: &SymbolicPath) -> Option<Value> {
        if let Some(Entry {
            node: Node::File(number),
            ..
        }) = self.entries.get(key)
        {
            return self
                .content(*number)
                .map(|content| self.with_aliases(key, content));
        }
        // A secret in a hole is mounted there. Only its value knows the name.
        let secrets = "/run/secrets";
        if (key.strip_literal(secrets)).is_some_and(|name| !name.is_empty()) {
            let unnamed = |other: &SymbolicPath| {
                (other.strip_literal(secrets)).is_some_and(Component::begin_unknown) && other != key
            };
            let taint = self.taint_of_files(|other, _| unnamed(other));
            if taint.is_some() {
                return Some(Value::nameless(taint));
            }
        }
        if !key.is_symbolic() {
            return self.named_by_programs(key);
        }
        if key.is_of_other_files() {
            return None;
        }
        let bare = key.is_bare();
        let taint = self.taint_of_files(|name, own| {
            let place = self.place(name);
            let is_named = || {
                name.file_name()
                    .is_some_and(|name| key.is_named_by_code(name))
            };
            if bare && place == FilePlace::Secret && !is_named() || !key.fits(name) {
                return false;
            }
            // A file that one hole names is not the file of another hole, as long as nothing is written to it.
            !matches!(place, FilePlace::Hole(_))
                || own.ways().iter().any(|told| told.way.previous.is_some())
        });
        taint.is_some().then(|| Value::nameless(taint))
    }

    /// Reads a known path that no entry has: one of the files whose names the script does not know, as an archive has them.
    fn named_by_programs(&self, key: &SymbolicPath) -> Option<Value> {
        let mut taint = Taint::NONE;
        for directory in std::iter::successors(key.parent(), SymbolicPath::parent) {
            let depth = directory.components().len();
            let is_direct = depth + 1 == key.components().len();
            if !is_direct && directory.is_root() {
                break;
            }
            // Unknown names come before known ones.
            let first = directory.join(&[Component::Mixed(Rc::from([]))]);
            let unknown = self.entries.iter_from(&first).take_while(|(name, _)| {
                let here = name.components().get(depth);
                name.starts_with(&directory) && here.is_some_and(Component::is_symbolic)
            });
            for (name, entry) in unknown {
                let Node::File(number) = entry.node else {
                    continue;
                };
                let is_file = name.components().len() == depth + 1;
                let is_whole = name.components()[depth].known_texts().next().is_none();
                if is_file
                    && !name.has_hole()
                    && !name.is_of_mktemp()
                    && (if is_direct { name.fits(key) } else { is_whole })
                    && let Some(content) = self.content(number)
                {
                    taint = taint.join(&content.taint());
                }
            }
        }
        taint.is_some().then(|| Value::nameless(taint))
    }

    /// Returns the content of a file joined with the contents of files of unknown name that may alias it.
    fn with_aliases(&self, key: &SymbolicPath, content: &Value) -> Value {
        if !key.has_unknown() {
            return content.clone();
        }
        let taint = self.taint_of_files(|other, _| {
            other != key && key.may_alias(other) && self.place(other) != FilePlace::Secret
        });
        content.with(&taint)
    }

    /// Joins two file systems.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.executions = self.executions.max(other.executions);
        if self.context != other.context {
            Rc::make_mut(&mut all.context).extend(other.context.iter().cloned());
        }
        let mut entries = JoinEntries {
            different: Vec::new(),
        };
        all.entries = self.entries.join(&other.entries, 0, &mut entries);
        all.names = self.names.join(&other.names);
        all.written = self.written.join(&other.written);
        let mut contents = JoinContents {
            files: self,
            elsewhere: Vec::new(),
        };
        all.contents = self.contents.join(&other.contents, 0, &mut contents);
        for (number, theirs) in contents.elsewhere {
            let joined = all.content(number).map(|mine| mine.join(&theirs));
            all.set_content(number, joined.unwrap_or(theirs));
        }
        if !Rc::ptr_eq(&self.merged, &other.merged) {
            for (number, node) in other.merged.iter() {
                all.merge(*node, *number);
            }
        }
        // One name leads to two files. Descriptors and other names may lead to either.
        for (a, b) in entries.different {
            all.merge(a, b);
        }
        all
    }

    /// Makes the contents and targets unknown that changed since `before`.
    pub(crate) fn widen(&mut self, before: &Self) {
        let unknown = Value::summary;
        let mut contents = Vec::new();
        (self.contents).all_differences(&before.contents, 0, &mut |number, now, before| {
            if let (Some(now), Some(before)) = (now, before)
                && now != before
            {
                contents.push((*number, unknown(now)));
            }
            true
        });
        let mut links = Vec::new();
        (self.entries).all_differences(&before.entries, 0, &mut |path, now, before| {
            if let (Some(now), Some(before)) = (now, before)
                && let Node::Link(target) = &now.node
                && before.node != now.node
            {
                let (node, name) = (Node::Link(unknown(target)), now.name.clone());
                links.push((path.clone(), Entry { node, name }));
            }
            true
        });
        for (number, content) in contents {
            self.contents.insert(number, content);
        }
        for (path, link) in links {
            self.entries.insert(path, link);
        }
    }

    /// Returns the names that `other` does not have with the same content.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let news = self.news_since(other).into_iter();
        let entries = news.map(|(key, entry)| (key.clone(), entry.clone()));
        Self {
            entries: entries.collect(),
            ..self.clone()
        }
    }

    /// Returns the entries that `before` does not have with the same content, in order.
    pub(crate) fn news_since(&self, before: &Self) -> Vec<(&SymbolicPath, &Entry)> {
        let held = |files: &Self, entry: &Entry| match entry.node {
            Node::File(number) => files.content(number).cloned(),
            _ => None,
        };
        let is_known = |entry: &Entry, old: Option<&Entry>| {
            old.is_some_and(|old| old == entry && held(self, entry) == held(before, old))
        };
        // A content that is new belongs to names that are new.
        let is_same = |now: Option<&Value>, old: Option<&Value>| old.is_none() || now == old;
        let mut names = Vec::new();
        let has_new_contents_only = Rc::ptr_eq(&self.merged, &before.merged)
            && (self.contents)
                .all_differences(&before.contents, 0, &mut |_, now, old| is_same(now, old));
        if !has_new_contents_only {
            let all = self.entries.iter();
            let is_new =
                |(key, entry): &(&SymbolicPath, &Entry)| !is_known(entry, before.entries.get(*key));
            return all.filter(is_new).collect();
        }
        self.entries
            .all_differences(&before.entries, 0, &mut |key, now, old| {
                if now.is_some_and(|now| !is_known(now, old)) {
                    names.push(key.clone());
                }
                true
            });
        let entries = names
            .iter()
            .filter_map(|name| self.entries.get_key_value(name));
        entries.collect()
    }

    /// Whether both are equal.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.entries == other.entries
            && self.contents == other.contents
            && (Rc::ptr_eq(&self.merged, &other.merged) || self.merged == other.merged)
    }

    /// Whether both have the same secrets in the same contents, named or not.
    pub(crate) fn same_contents(&self, other: &Self) -> bool {
        let held = |content: Option<&Value>| content.map(|content| content.taint().told());
        (self.contents).all_differences(&other.contents, Value::TAINT, &mut |_, a, b| {
            held(a).unwrap_or_default() == held(b).unwrap_or_default()
        })
    }

    /// Whether the files of known names have texts of the same shape in both.
    pub(crate) fn same_shapes(&self, other: &Self) -> bool {
        if self.entries.is_shared_with(&other.entries)
            && self.contents.is_shared_with(&other.contents)
        {
            return true;
        }
        let shape = |files: &Self, entry: Option<&Entry>| {
            entry.map(|entry| match &entry.node {
                Node::File(number) => files.content(*number).map(Value::shape),
                Node::Link(target) => Some(target.shape()),
                Node::Directory => None,
            })
        };
        let is_same = |key: &SymbolicPath, mine: Option<&Entry>, theirs: Option<&Entry>| {
            key.has_unknown() || shape(self, mine) == shape(other, theirs)
        };
        if self.merged != other.merged {
            let has_same = |(key, entry)| is_same(key, Some(entry), other.entries.get(key));
            let is_there = |key: &SymbolicPath| key.has_unknown() || self.entries.contains_key(key);
            return self.entries.iter().all(has_same) && other.entries.keys().all(is_there);
        }
        // A content that changed belongs to names that did not.
        let has_same_names = |number: &ContentId| {
            let mut names = self.names_of_node(*number);
            names.all(|key| is_same(key, self.entries.get(key), other.entries.get(key)))
        };
        (self.entries).all_differences(&other.entries, 0, &mut |key, a, b| is_same(key, a, b))
            && (self.contents).all_differences(&other.contents, 0, &mut |number, a, b| {
                a.map(Value::shape) == b.map(Value::shape) || has_same_names(number)
            })
    }

    /// Whether both have the same secrets at the same names.
    pub(crate) fn same_secrets(&self, other: &Self) -> bool {
        if self.entries.is_shared_with(&other.entries)
            && self.contents.is_shared_with(&other.contents)
        {
            return true;
        }
        let taint = |files: &Self, entry: &Entry| match &entry.node {
            Node::File(number) => files.content(*number).map_or(Taint::NONE, Value::taint),
            Node::Link(target) => target.taint(),
            Node::Directory => Taint::NONE,
        };
        let tainted = |files: &Self| -> Vec<(SymbolicPath, Taint)> {
            let all = files
                .tainted_entries()
                .into_iter()
                .map(|(key, entry)| (key.clone(), taint(files, entry).join(&entry.name)));
            all.filter(|(_, taint)| taint.is_some()).collect()
        };
        tainted(self) == tainted(other)
    }
}

struct JoinEntries {
    /// Contents that one name leads to.
    different: Vec<(ContentId, ContentId)>,
}

impl Join<SymbolicPath, Entry> for JoinEntries {
    fn both(&mut self, _: &SymbolicPath, mine: &Entry, theirs: &Entry) -> Joined<Entry> {
        if mine == theirs {
            return Joined::Mine;
        }
        let name = || mine.name.join(&theirs.name);
        let joined = match (&mine.node, &theirs.node) {
            (Node::File(a), Node::File(b)) => {
                self.different.push((*a, *b));
                let (node, name) = (Node::File(*a), name());
                if name == mine.name {
                    return Joined::MineWithEffect;
                }
                Entry { node, name }
            }
            (Node::Link(a), Node::Link(b)) => {
                let (node, name) = (Node::Link(a.join(b)), name());
                Entry { node, name }
            }
            (_, Node::File(_)) => theirs.clone(),
            _ => return Joined::Mine,
        };
        if joined == *mine {
            Joined::Mine
        } else {
            Joined::New(joined)
        }
    }

    fn only_mine(&mut self, _: &SymbolicPath, _: &Entry) -> Option<Entry> {
        None
    }

    fn only_theirs(&mut self, _: &SymbolicPath, theirs: &Entry) -> Option<Entry> {
        Some(theirs.clone())
    }
}

struct JoinContents<'f> {
    /// The first file system.
    files: &'f Files,
    /// Contents of the second one that the first one has merged into others.
    elsewhere: Vec<(ContentId, Value)>,
}

impl Join<ContentId, Value> for JoinContents<'_> {
    fn both(&mut self, _: &ContentId, mine: &Value, theirs: &Value) -> Joined<Value> {
        let joined = mine.join(theirs);
        if joined == *mine {
            Joined::Mine
        } else {
            Joined::New(joined)
        }
    }

    fn only_mine(&mut self, _: &ContentId, _: &Value) -> Option<Value> {
        None
    }

    fn only_theirs(&mut self, number: &ContentId, theirs: &Value) -> Option<Value> {
        if self.files.node(*number) == *number {
            return Some(theirs.clone());
        }
        self.elsewhere.push((*number, theirs.clone()));
        None
    }
}

/// Whether it contains no character and nothing unknown.
fn is_empty(text: &Text) -> bool {
    (text.iter()).all(|piece| matches!(&piece.kind, PieceKind::Known(known) if known.is_empty()))
}
