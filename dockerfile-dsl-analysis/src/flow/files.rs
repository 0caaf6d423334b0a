//! The file system of a step: what is known of the files that the scripts touched, by path.
//!
//! A path is a [`Key`]. Names point to contents, so that a hard link and a rename keep them. What no script touched is not here: its
//! content is unknown and public.
//!
//! One file, because names, links and contents are one table, and every change of one is a change of the others.

mod key;

pub(crate) use key::{
    Key, begins_symbolic, is_shell, is_symbolic, is_within, key_of, show, value_of,
};
use key::{
    begins_unknown, fits, has_hole, has_unknown, hole_of, is_bare, is_of_other_files, is_one,
    may_alias, normal, of_this_process, unknown,
};

use std::rc::Rc;

use super::symbol::{ContentId, SymbolId};
use super::value::{Taint, Value};
use std::collections::BTreeMap;

/// What a name is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A file: which content it has.
    File(ContentId),
    /// A symbolic link, and what it says.
    Link(Value),
    /// A directory that a script made.
    Directory,
}

/// A name in the file system.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) node: Node,
    /// What the name itself tells about.
    pub(crate) name: Taint,
}

/// Something mounted over the file system of the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MountPoint {
    pub(crate) path: Key,
    pub(crate) kind: MountKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MountKind {
    /// Gone after the step: tmpfs, a writable bind mount, /dev, /proc.
    Discarded,
    /// Kept by the builder under this id.
    Cache(Rc<str>),
    /// A secret: one file, read-only.
    Secret,
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Part of the image.
    Layer,
    /// Gone after the step.
    Discarded,
    /// In the cache mount of this id.
    Cache(Rc<str>),
    /// A secret mount: writing fails.
    Secret,
    /// What the author's value for this hole says.
    Hole(usize),
}

/// What is known of the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    entries: Rc<BTreeMap<Key, Entry>>,
    contents: Rc<BTreeMap<ContentId, Value>>,
    /// Contents that are one node since paths met on which a name led to either: by each, the one that stands for all.
    merged: Rc<BTreeMap<ContentId, ContentId>>,
    /// How many rounds of loops, calls of functions, returns and commands of evaluated texts there were on the path to this state. A command
    /// is executed again only after one of them, so a site and this number are one execution.
    executions: u32,
    pub(crate) mounts: Rc<Vec<MountPoint>>,
    /// Where files of the build context were copied to.
    pub(crate) context: Rc<Vec<Key>>,
}

/// A path that a word names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    pub(crate) key: Key,
    /// What its text tells about.
    pub(crate) name: Taint,
}

/// The name that stands for the home directory of a user: no path begins so.
pub(crate) fn home_of(user: &str) -> String {
    format!("~{user}")
}

impl Path {
    /// The secrets that are in the file, where its name is not known but says which files it may be.
    pub(crate) fn reached(&self, root_is_certain: bool) -> Taint {
        if self.name.is_none() || !is_symbolic(&self.key) {
            return Taint::NONE;
        }
        self.name.reached(root_is_certain)
    }
}

impl Files {
    /// Nothing but what every step has.
    pub(crate) fn new() -> Self {
        thread_local! {
            static USUAL: Files = Files::usual();
        }
        USUAL.with(Self::clone)
    }

    fn usual() -> Self {
        let discarded = |path: &str| MountPoint {
            path: path.into(),
            kind: MountKind::Discarded,
        };
        let mut files = Self {
            mounts: Rc::new(vec![
                discarded("/dev"),
                discarded("/proc"),
                discarded("/sys"),
            ]),
            ..Self::default()
        };
        files.link("/var/run", Value::known("/run"), Taint::NONE);
        files.link("/proc/self/root", Value::known("/"), Taint::NONE);
        files.link("/dev/fd", Value::known("/proc/self/fd"), Taint::NONE);
        files.link("/dev/stdin", Value::known("/proc/self/fd/0"), Taint::NONE);
        files.link("/dev/stdout", Value::known("/proc/self/fd/1"), Taint::NONE);
        files.link("/dev/stderr", Value::known("/proc/self/fd/2"), Taint::NONE);
        files
    }

    pub(crate) fn mount(&mut self, path: &str, kind: MountKind) {
        Rc::make_mut(&mut self.mounts).push(MountPoint {
            path: path.into(),
            kind,
        });
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter()
    }

    /// A user, by name or number, has this home directory: `useradd -d`.
    pub(crate) fn home(&mut self, user: &str, directory: Value) {
        self.link(&home_of(user), directory, Taint::NONE);
    }

    /// How many names and contents there are.
    pub(crate) fn size(&self) -> usize {
        self.entries.len() + self.contents.len()
    }

    /// Whether a file or link may have this last component: surely not, or else it has to be looked for.
    pub(crate) fn may_have(&self, last: &str) -> bool {
        self.entries.len() > 64
            || self.entries.iter().any(|(key, _)| {
                key.strip_suffix(last)
                    .is_some_and(|directory| directory.ends_with('/'))
            })
    }

    /// What the name of a file tells about, and those beside it that nobody knows and that may be this one.
    pub(crate) fn named(&self, key: &str) -> Taint {
        let directory = key.rsplit_once('/').map_or("", |(directory, _)| directory);
        let mut taint = Taint::NONE;
        for (other, entry) in self.entries.iter() {
            let may_be = || is_symbolic(other) && is_within(other, directory);
            if entry.name.is_some() && (&**other == key || may_be()) {
                taint = taint.join(&entry.name);
            }
        }
        taint
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn content(&self, number: ContentId) -> Option<&Value> {
        self.contents.get(&self.node(number))
    }

    /// The node that a content is part of.
    pub(crate) fn node(&self, number: ContentId) -> ContentId {
        self.merged.get(&number).copied().unwrap_or(number)
    }

    /// Whether it is a summary: a name that leads to it may lead to another file than another name does.
    fn is_summary(&self, node: ContentId) -> bool {
        self.merged.values().any(|summary| *summary == node)
    }

    /// The two become one node, a summary: what is written to either keeps what was there.
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
        Rc::make_mut(&mut self.contents).remove(&b);
        a
    }

    /// The content of a pipe that is read to its end.
    pub(crate) fn take_content(&mut self, number: ContentId) -> Value {
        let node = self.node(number);
        Rc::make_mut(&mut self.contents)
            .remove(&node)
            .unwrap_or_else(Value::empty)
    }

    pub(crate) fn set_content(&mut self, number: ContentId, value: Value) {
        let node = self.node(number);
        Rc::make_mut(&mut self.contents).insert(node, value);
    }

    pub(crate) fn file(&mut self, key: &str, number: ContentId, name: Taint) {
        let node = Node::File(number);
        Rc::make_mut(&mut self.entries).insert(key.into(), Entry { node, name });
    }

    pub(crate) fn link(&mut self, key: &str, target: Value, name: Taint) {
        let node = Node::Link(target);
        Rc::make_mut(&mut self.entries).insert(key.into(), Entry { node, name });
    }

    pub(crate) fn directory(&mut self, key: &str, name: Taint) {
        if self
            .entries
            .get(key)
            .is_none_or(|entry| entry.node == Node::Directory && entry.name != name)
        {
            let node = Node::Directory;
            Rc::make_mut(&mut self.entries).insert(key.into(), Entry { node, name });
        }
    }

    pub(crate) fn insert(&mut self, key: &str, entry: Entry) {
        Rc::make_mut(&mut self.entries).insert(key.into(), entry);
    }

    /// What follows may have been executed before.
    pub(super) fn begin_execution(&mut self) {
        self.executions += 1;
    }

    /// The number of this execution of a command.
    pub(super) const fn execution(&self) -> u32 {
        self.executions
    }

    /// Whether a path that is equal to this one is the same path in every execution (must alias), so that a strong update is sound.
    pub(crate) fn names_one(&self, key: &str) -> bool {
        is_one(key)
    }

    /// The content is then this: a strong update if it is the content of one file, else a weak one.
    pub(crate) fn overwrite(&mut self, number: ContentId, value: Value) {
        let value = match self.content(number) {
            Some(old) if self.is_summary(self.node(number)) => old.join(&value),
            _ => value,
        };
        self.set_content(number, value);
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if self.entries.contains_key(key) {
            Rc::make_mut(&mut self.entries).remove(key);
        }
    }

    /// Takes a directory with everything beneath it away; what was there comes back, with names relative to the directory.
    pub(crate) fn take_tree(&mut self, directory: &str) -> Vec<(String, Entry)> {
        let mut taken = Vec::new();
        if let Some(entry) = self.entries.get(directory).cloned() {
            taken.push((String::new(), entry));
        }
        taken.extend(self.beneath(directory).map(|(key, entry)| {
            (
                key[directory.trim_end_matches('/').len()..].to_owned(),
                entry.clone(),
            )
        }));
        let entries = Rc::make_mut(&mut self.entries);
        for (rest, _) in &taken {
            entries.remove(format!("{}{rest}", directory.trim_end_matches('/')).as_str());
        }
        taken
    }

    /// Puts a tree there: the contents come from where it was taken.
    pub(crate) fn put_tree(&mut self, directory: &str, tree: &[(String, Entry)], from: &Self) {
        for (rest, entry) in tree {
            if let Node::File(number) = entry.node
                && let Some(content) = from.content(number)
                && self.content(number) != Some(content)
            {
                self.set_content(number, content.clone());
            }
            self.insert(
                &format!("{}{rest}", directory.trim_end_matches('/')),
                entry.clone(),
            );
        }
    }

    /// The names beneath a directory, itself not among them.
    pub(crate) fn beneath(&self, directory: &str) -> impl Iterator<Item = (&Key, &Entry)> {
        let prefix: Key = if directory.ends_with('/') {
            directory.into()
        } else {
            format!("{directory}/").into()
        };
        self.entries
            .range(prefix.clone()..)
            .take_while(move |(key, _)| key.starts_with(&*prefix))
    }

    /// The paths that a word names, relative ones in `cwd`; one for each spelling.
    pub(crate) fn paths(&self, word: &Value, cwd: &Value) -> Vec<Path> {
        self.paths_by(word, cwd, &|path| self.real(path))
    }

    /// The same as `cd` reads them: `..` takes back the component before it, be that a symbolic link or not.
    pub(crate) fn logical_paths(&self, word: &Value, cwd: &Value) -> Vec<Path> {
        self.paths_by(word, cwd, &normal)
    }

    fn paths_by(&self, word: &Value, cwd: &Value, real: &dyn Fn(&str) -> Key) -> Vec<Path> {
        let mut paths = Vec::new();
        for text in word.alternatives() {
            let key = of_this_process(key_of(text));
            if key.is_empty() {
                continue;
            }
            let name = Taint::of_all(text);
            let of_cwd = key
                .strip_prefix("/proc/self/cwd")
                .filter(|rest| rest.is_empty() || rest.starts_with('/'));
            if of_cwd.is_none() && (key.starts_with('/') || begins_symbolic(&key)) {
                paths.push(Path {
                    key: real(&key),
                    name,
                });
                continue;
            }
            let rest = of_cwd.unwrap_or(&key);
            for cwd in cwd.alternatives() {
                paths.push(Path {
                    key: real(&format!("{}/{rest}", key_of(cwd))),
                    name: name.clone(),
                });
            }
        }
        paths
    }

    /// The path without `.` and `..`: what is above a symbolic link is above what the link says.
    fn real(&self, path: &str) -> Key {
        if !path.contains("/..") {
            return normal(path);
        }
        let mut done = String::new();
        for part in path.split_inclusive('/') {
            if part.trim_end_matches('/') == ".." {
                let parent = self.follow(&normal(&done));
                let above = normal(&format!("{parent}/.."));
                // Nobody knows what is above: nor then what is beneath that.
                if begins_unknown(&above) && !begins_unknown(&parent) {
                    return normal(path);
                }
                done.clear();
                done.push_str(above.trim_end_matches('/'));
                done.push('/');
            } else {
                done.push_str(part);
            }
        }
        normal(&done)
    }

    /// The path after following symbolic links in all its components.
    pub(crate) fn follow(&self, key: &str) -> Key {
        self.resolve(key, true)
    }

    /// The same, except that the last component is not followed.
    pub(crate) fn follow_parent(&self, key: &str) -> Key {
        self.resolve(key, false)
    }

    fn resolve(&self, key: &str, last: bool) -> Key {
        let mut key: Key = key.into();
        'again: for _ in 0..16 {
            let mut end = 0;
            while end < key.len() {
                // The next component ends at a slash, or at the end of the path.
                let from = end + usize::from(key[end..].starts_with('/'));
                end = key[from..].find('/').map_or(key.len(), |at| from + at);
                if end == key.len() && !last {
                    break;
                }
                let Some(Entry {
                    node: Node::Link(target),
                    ..
                }) = self.entries.get(&key[..end])
                else {
                    continue;
                };
                let [text] = target.alternatives() else {
                    return format!("{}{}", unknown(&SymbolId::Any), &key[end..]).into();
                };
                let target = key_of(text);
                let rest = &key[end..];
                let parent = key[..end].rsplit_once('/').map_or("", |(parent, _)| parent);
                key = if target.starts_with('/') || begins_symbolic(&target) {
                    normal(&format!("{target}{rest}"))
                } else {
                    normal(&format!("{parent}/{target}{rest}"))
                };
                continue 'again;
            }
            break;
        }
        key
    }

    /// Where a followed path leads.
    pub(crate) fn place(&self, key: &str) -> Place {
        if let Some((index, rest)) = hole_of(key) {
            let plain = (rest.is_empty() || rest.starts_with('/')) && !is_symbolic(rest);
            return if plain {
                Place::Hole(index)
            } else {
                Place::Layer
            };
        }
        if begins_unknown(key) || has_hole(key) {
            return Place::Layer;
        }
        let best = self
            .mounts
            .iter()
            .filter(|mount| is_within(key, &mount.path))
            .max_by_key(|mount| mount.path.len());
        match best.map(|mount| &mount.kind) {
            None => Place::Layer,
            Some(MountKind::Discarded) => Place::Discarded,
            Some(MountKind::Cache(id)) => Place::Cache(id.clone()),
            Some(MountKind::Secret) => Place::Secret,
        }
    }

    /// What a followed path holds, as far as it is known; a pattern holds what any name that fits it does.
    pub(crate) fn read(&self, key: &str) -> Option<Value> {
        if let Some(Entry {
            node: Node::File(number),
            ..
        }) = self.entries.get(key)
        {
            return self
                .content(*number)
                .map(|content| self.with_aliases(key, content));
        }
        // A secret in a hole is mounted there under a name that only its value knows.
        if let Some(name) = key.strip_prefix("/run/secrets/") {
            let unnamed = |other: &str| {
                let rest = other.strip_prefix("/run/secrets/");
                rest.is_some_and(|rest| begins_unknown(rest) && rest != name)
            };
            let contents = self
                .entries
                .iter()
                .filter_map(|(other, entry)| match entry.node {
                    Node::File(number) if unnamed(other) => self.content(number),
                    _ => None,
                });
            let taint = contents.fold(Taint::NONE, |taint, content| taint.join(&content.taint()));
            if taint.is_some() {
                return Some(Value::nameless(taint));
            }
        }
        if !is_symbolic(key) || is_of_other_files(key) {
            return None;
        }
        let bare = is_bare(key);
        let mut taint = Taint::NONE;
        for (name, entry) in self.entries.iter() {
            let Node::File(number) = entry.node else {
                continue;
            };
            let place = self.place(name);
            if bare && place == Place::Secret || !fits(key, name) {
                continue;
            }
            let Some(content) = self.content(number) else {
                continue;
            };
            // The file that a hole of the author's names is no other hole's, as long as nothing is written to it.
            let written = |own: &Taint| {
                !matches!(place, Place::Hole(_))
                    || own.ways().iter().any(|told| told.way.previous.is_some())
            };
            let own = content.taint();
            if written(&own) {
                taint = taint.join(&own);
            }
        }
        taint.is_some().then(|| Value::nameless(taint))
    }

    /// The content of a file, and what it holds if another file of unknown name is the same one (may alias).
    fn with_aliases(&self, key: &str, content: &Value) -> Value {
        let mut content = content.clone();
        if has_unknown(key) {
            for (other, entry) in self.entries.iter() {
                if let Node::File(number) = entry.node
                    && &**other != key
                    && may_alias(key, other)
                    && self.place(other) != Place::Secret
                    && let Some(alias) = self.content(number)
                {
                    content = content.with(&alias.taint());
                }
            }
        }
        content
    }

    /// What either side knows.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.executions = self.executions.max(other.executions);
        if self.context != other.context {
            Rc::make_mut(&mut all.context).extend(other.context.iter().cloned());
        }
        let mut different = Vec::new();
        if !Rc::ptr_eq(&self.entries, &other.entries) {
            for (key, entry) in other.entries.iter() {
                match (self.entries.get(key), entry) {
                    (Some(mine), theirs) if mine == theirs => {}
                    (
                        Some(Entry {
                            node: Node::File(a),
                            name,
                        }),
                        Entry {
                            node: Node::File(b),
                            name: other_name,
                        },
                    ) => {
                        different.push((*a, *b));
                        all.file(key, *a, name.join(other_name));
                    }
                    (
                        Some(Entry {
                            node: Node::Link(a),
                            name,
                        }),
                        Entry {
                            node: Node::Link(b),
                            name: other_name,
                        },
                    ) => all.link(key, a.join(b), name.join(other_name)),
                    (
                        Some(_),
                        Entry {
                            node: Node::File(_),
                            ..
                        },
                    )
                    | (None, _) => {
                        all.insert(key, entry.clone());
                    }
                    (Some(_), _) => {}
                }
            }
        }
        if !Rc::ptr_eq(&self.contents, &other.contents) {
            for (number, theirs) in other.contents.iter() {
                match all.content(*number) {
                    Some(mine) if mine == theirs => {}
                    Some(mine) => {
                        let joined = mine.join(theirs);
                        all.set_content(*number, joined);
                    }
                    None => all.set_content(*number, theirs.clone()),
                }
            }
        }
        if !Rc::ptr_eq(&self.merged, &other.merged) {
            for (number, node) in other.merged.iter() {
                all.merge(*node, *number);
            }
        }
        // One name, two files: whichever it is, descriptors and other names may lead there, too.
        for (a, b) in different {
            all.merge(a, b);
        }
        all
    }

    /// Without the names that another one knows with the same content.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let held = |files: &Self, entry: &Entry| match entry.node {
            Node::File(number) => files.content(number).cloned(),
            _ => None,
        };
        let mut all = self.clone();
        for (key, entry) in self.entries.iter() {
            let theirs = other.entries.get(key);
            if theirs
                .is_some_and(|theirs| theirs == entry && held(self, entry) == held(other, theirs))
            {
                all.remove(key);
            }
        }
        all
    }

    /// Whether both know the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        (Rc::ptr_eq(&self.entries, &other.entries) || self.entries == other.entries)
            && (Rc::ptr_eq(&self.contents, &other.contents) || self.contents == other.contents)
            && (Rc::ptr_eq(&self.merged, &other.merged) || self.merged == other.merged)
    }

    /// Whether both hold the same secrets in the same contents, named or not.
    pub(crate) fn same_contents(&self, other: &Self) -> bool {
        let held = |files: &Self| -> Vec<(ContentId, Taint)> {
            let all = files.contents.iter();
            let all = all.map(|(number, content)| (*number, content.taint().told()));
            all.filter(|(_, taint)| taint.is_some()).collect()
        };
        held(self) == held(other)
    }

    /// Whether the files of known names hold texts of the same shape in both.
    pub(crate) fn same_shapes(&self, other: &Self) -> bool {
        if Rc::ptr_eq(&self.entries, &other.entries) && Rc::ptr_eq(&self.contents, &other.contents)
        {
            return true;
        }
        let shapes = |files: &Self| -> Vec<(Key, Option<(bool, bool)>)> {
            let named = files.entries.iter().filter(|(key, _)| !has_unknown(key));
            let shape = |entry: &Entry| match &entry.node {
                Node::File(number) => files.content(*number).map(Value::shape),
                Node::Link(target) => Some(target.shape()),
                Node::Directory => None,
            };
            named
                .map(|(key, entry)| (key.clone(), shape(entry)))
                .collect()
        };
        shapes(self) == shapes(other)
    }

    /// Whether both know the same secrets in the same names.
    pub(crate) fn same_secrets(&self, other: &Self) -> bool {
        if Rc::ptr_eq(&self.entries, &other.entries) && Rc::ptr_eq(&self.contents, &other.contents)
        {
            return true;
        }
        let taint = |files: &Self, entry: &Entry| match &entry.node {
            Node::File(number) => files.content(*number).map_or(Taint::NONE, Value::taint),
            Node::Link(target) => target.taint(),
            Node::Directory => Taint::NONE,
        };
        let tainted = |files: &Self| -> Vec<(Key, Taint)> {
            let all = files
                .entries
                .iter()
                .map(|(key, entry)| (key.clone(), taint(files, entry).join(&entry.name)));
            all.filter(|(_, taint)| taint.is_some()).collect()
        };
        tainted(self) == tainted(other)
    }
}
