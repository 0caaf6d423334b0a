//! State changes on reading, writing, renaming and removing: descriptors and files together.

use std::rc::Rc;

use crate::Span;
use crate::domain::files::{Entry, FilePlace, Files, Node, Path};
use crate::domain::state::{OpenDescriptor, State};
use crate::domain::symbol::ContentId;
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{Taint, Value};
use crate::domain::{Cause, Sink, Step};
use crate::interpreter::Machine;

impl State {
    /// Reads from the descriptor.
    pub(crate) fn input(&self, number: u32) -> Value {
        let descriptor = self.process.descriptors.get(&number);
        descriptor.map_or_else(Value::empty, |descriptor| self.input_of(descriptor))
    }

    fn input_of(&self, descriptor: &OpenDescriptor) -> Value {
        match descriptor {
            OpenDescriptor::Input(value) => value.clone(),
            OpenDescriptor::Content(content)
            | OpenDescriptor::File {
                number: content, ..
            } => self
                .files
                .content(*content)
                .cloned()
                .unwrap_or_else(Value::empty),
            OpenDescriptor::Either(all) => {
                let all = all.iter().map(|one| self.input_of(one));
                all.reduce(|all, one| all.join(&one))
                    .unwrap_or_else(Value::empty)
            }
            OpenDescriptor::Log | OpenDescriptor::Null => Value::empty(),
        }
    }

    /// Writes to the descriptor.
    pub(crate) fn output(
        &mut self,
        machine: &mut Machine<'_>,
        number: u32,
        value: &Value,
        span: Span,
        how: &Cause,
    ) {
        let value = value.with(&self.choice);
        if let Some(descriptor) = self.process.descriptors.get(&number).cloned() {
            self.output_to(machine, &descriptor, &value, span, how);
        }
    }

    fn output_to(
        &mut self,
        machine: &mut Machine<'_>,
        descriptor: &OpenDescriptor,
        value: &Value,
        span: Span,
        how: &Cause,
    ) {
        match descriptor {
            OpenDescriptor::Log => {
                machine.event(Sink::BuildLog(how.clone()), &value.taint(), span, None)
            }
            &OpenDescriptor::Content(content) => {
                let old = self
                    .files
                    .content(content)
                    .cloned()
                    .unwrap_or_else(Value::empty);
                self.files.set_content(content, old.concat(value));
            }
            &OpenDescriptor::File {
                number: content,
                ref name,
                span: sink,
            } => {
                let old = self
                    .files
                    .content(content)
                    .cloned()
                    .unwrap_or_else(Value::empty);
                let value = value.step_if(sink, &|| Step::Wrote {
                    path: name.clone(),
                    cause: how.clone(),
                });
                self.files.set_content(content, old.concat(&value));
            }
            OpenDescriptor::Either(all) => {
                for one in all.iter() {
                    self.output_to(machine, one, value, span, how);
                }
            }
            OpenDescriptor::Null | OpenDescriptor::Input(_) => {}
        }
    }

    /// Reads a file by a path whose links were not followed.
    pub(crate) fn read(&self, key: &SymbolicPath) -> Option<Value> {
        let key = self.files.follow(key);
        if let Some(number) = key.descriptor() {
            return Some(self.input(number));
        }
        if let Some([process @ .., Component::Known(file)]) = key.strip_literal("/proc")
            && let Some(taint) = self.of_processes(process, file)
        {
            return Some(Value::nameless(taint));
        }
        self.files.read(&key)
    }

    /// Returns the taint of a file in `/proc`.
    fn of_processes(&self, process: &[Component], file: &str) -> Option<Taint> {
        let aside = &self.process.aside;
        Some(match (file, process) {
            ("environ", []) => return None,
            // The process that reads it is a child of the shell, with the exported variables.
            ("environ", [this]) if this.is("self") || this.is("thread-self") => {
                self.process.environment()
            }
            ("environ", [shell]) if shell.is_shell() => aside.initial_environment.clone(),
            ("environ", _) => aside.initial_environment.join(&aside.environments),
            // All running processes, including the shell.
            ("cmdline", _) => aside.command_lines.clone(),
            // The list of mounts contains the names of the mounted secrets.
            ("mounts" | "mountinfo", _) => self.mounted_secrets().located(),
            _ => return None,
        })
    }

    /// Writes to the path of a word: a strong update if it is one path, else a weak update of each.
    pub(crate) fn write(
        &mut self,
        machine: &mut Machine<'_>,
        paths: &[Path],
        content: &Value,
        span: Span,
        how: &Cause,
        append: bool,
    ) {
        for path in paths {
            self.write_to(machine, path, content, span, how, append || paths.len() > 1);
        }
    }

    /// Writes to a path: replaces the content, or keeps it as well (`keep`, a weak update).
    pub(crate) fn write_to(
        &mut self,
        machine: &mut Machine<'_>,
        path: &Path,
        content: &Value,
        span: Span,
        how: &Cause,
        keep: bool,
    ) {
        let key = self.files.follow(&path.key);
        if let Some(number) = key.descriptor() {
            return self.output(machine, number, content, span, how);
        }
        if key.is_sink() || self.files.place(&key) == FilePlace::Secret {
            return;
        }
        let number = self.make_file(machine, path, &key, span, how);
        let choice = self.choice.clone();
        let content = content.with(&choice).step_if(span, &|| Step::Wrote {
            path: key.clone(),
            cause: how.clone(),
        });
        let old = self
            .files
            .content(number)
            .cloned()
            .unwrap_or_else(Value::empty);
        let keep = keep || !self.files.names_one(&key);
        let new = if keep { old.concat(&content) } else { content };
        self.files.overwrite(number, new);
    }

    /// Returns the content of a file by its followed path, and creates it if it is unknown.
    pub(crate) fn make_file(
        &mut self,
        machine: &Machine<'_>,
        path: &Path,
        key: &SymbolicPath,
        span: Span,
        how: &Cause,
    ) -> ContentId {
        let name = path.name.join(&self.choice);
        let name = name.step_if(span, &|| Step::Named {
            path: key.clone(),
            cause: how.clone(),
        });
        if let Some(Entry {
            node: Node::File(number),
            name: old,
        }) = self.files.entry(key)
        {
            let (number, old) = (*number, old.clone());
            if name.is_some() {
                self.files.file(key, number, old.join(&name));
            }
            return number;
        }
        let number = machine.births.content_among(&self.files);
        self.files.set_content(number, Value::empty());
        self.files.file(key, number, name);
        number
    }

    /// Creates a directory.
    pub(crate) fn make_directory(&mut self, path: &Path) {
        let key = self.files.follow(&path.key);
        self.files.directory(&key, path.name.join(&self.choice));
    }

    /// Renames a followed path, with everything beneath it.
    pub(crate) fn rename(
        &mut self,
        machine: &mut Machine<'_>,
        from: &SymbolicPath,
        to: &Path,
        span: Span,
        certain: bool,
    ) {
        let target = self.files.follow_parent(&to.key);
        // A path that may be several files keeps its entry, and does not replace another one.
        let certain = certain && self.files.names_one(from) && self.files.names_one(&target);
        if self.files.place(from) == FilePlace::Secret || *from == target {
            return;
        }
        let told = |taint: &Taint| {
            taint.step_if(span, &|| Step::Renamed {
                path: target.clone(),
            })
        };
        let beneath: Vec<(SymbolicPath, Entry)> = self
            .files
            .beneath(from)
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect();
        // The working directory moves with its directory.
        if certain
            && let cwd = self.process.cwd.literal()
            && let Some(cwd) = cwd.map(|cwd| SymbolicPath::from(&*cwd))
            && let Some(rest) = cwd.strip_prefix(from)
        {
            self.process.cwd = target.join(rest).to_value(&self.process.cwd.taint());
        }
        let own = self.files.entry(from).cloned();
        if let Some(entry) = own {
            if certain {
                self.files.remove(from);
            }
            if let Node::File(number) = entry.node
                && let Some(content) = self.files.content(number)
            {
                let content = content.map_taint(&told);
                self.files.set_content(number, content);
            }
            if target.is("/dev/null") {
                return;
            }
            let name = entry.name.join(&to.name);
            self.files.insert(
                &target,
                Entry {
                    node: entry.node,
                    name,
                },
            );
        } else if beneath.is_empty() {
            // An unknown file replaces the target.
            let number = self.make_file(machine, to, &target, span, &Cause::Renamed);
            if certain {
                let unknown = self
                    .files
                    .read(from)
                    .unwrap_or_else(|| machine.unknown(Taint::NONE));
                self.files.set_content(number, unknown);
            }
        }
        for (key, entry) in beneath {
            if self.files.place(&key) == FilePlace::Secret {
                continue;
            }
            if certain {
                self.files.remove(&key);
            }
            if let Node::File(number) = entry.node
                && let Some(content) = self.files.content(number)
            {
                let content = content.map_taint(&told);
                self.files.set_content(number, content);
            }
            let name = entry.name.join(&to.name);
            self.files.insert(
                &target.join(key.strip_prefix(from).unwrap_or_default()),
                Entry {
                    node: entry.node,
                    name,
                },
            );
        }
    }

    /// The existence or the state of a file depends on `taint` (implicit flow). Creates the file if it is unknown.
    pub(crate) fn shows_in(
        &mut self,
        machine: &Machine<'_>,
        key: &SymbolicPath,
        told: &Taint,
        span: Span,
        program: &Rc<str>,
    ) {
        let key = self.files.follow(key);
        if self.files.entry(&key).is_none() {
            let number = machine.births.content_among(&self.files);
            let unknown = machine.unknown(Taint::NONE);
            self.files.set_content(number, unknown);
            self.files.file(&key, number, Taint::NONE);
        }
        if let Some(mut entry) = self.files.entry(&key).cloned() {
            let told = told.step(
                span,
                Step::Shown {
                    path: key.clone(),
                    program: program.clone(),
                },
            );
            entry.name = entry.name.join(&told);
            self.files.insert(&key, entry);
        }
    }

    /// Removes a name; with `tree` everything beneath it, too.
    pub(crate) fn remove(&mut self, key: &SymbolicPath, tree: bool) {
        if !self.files.names_one(key) {
            return;
        }
        if self.files.place(key) != FilePlace::Secret {
            self.files.remove(key);
        }
        if tree {
            let beneath: Vec<SymbolicPath> = self
                .files
                .beneath(key)
                .map(|(key, _)| key.clone())
                .collect();
            for key in beneath {
                if self.files.place(&key) != FilePlace::Secret {
                    self.files.remove(&key);
                }
            }
        }
    }
}

impl Files {
    /// Returns the existing files and links, each with the joined taint of its content, its target and its name.
    pub(crate) fn tainted(&self) -> impl Iterator<Item = (&SymbolicPath, Taint)> {
        self.tainted_of(self.tainted_entries().into_iter())
    }

    /// Whether it is one of them.
    pub(crate) fn is_tainted(&self, key: &SymbolicPath) -> bool {
        let entry = self.entry(key).map(|entry| (key, entry));
        self.tainted_of(entry.into_iter()).next().is_some()
    }

    /// The same without those that `before` has with the same content.
    pub(crate) fn tainted_since(
        &self,
        before: &Self,
    ) -> impl Iterator<Item = (&SymbolicPath, Taint)> {
        self.tainted_of(self.news_since(before).into_iter())
    }

    fn tainted_of<'f>(
        &'f self,
        entries: impl Iterator<Item = (&'f SymbolicPath, &'f Entry)>,
    ) -> impl Iterator<Item = (&'f SymbolicPath, Taint)> {
        entries.filter_map(|(key, entry)| {
            let held = match &entry.node {
                Node::File(number) => self.content(*number).map_or(Taint::NONE, Value::taint),
                Node::Link(target) => target.taint(),
                Node::Directory => Taint::NONE,
            };
            let taint = held.join(&entry.name).told();
            taint.is_some().then_some((key, taint))
        })
    }

    /// Returns the taint of everything beneath a followed path, contents and names.
    pub(crate) fn tree_taint(&self, key: &SymbolicPath) -> Taint {
        self.taint_beneath(key, |_| true)
    }

    /// The same without mounted secrets.
    pub(crate) fn own_tree_taint(&self, key: &SymbolicPath) -> Taint {
        self.taint_beneath(key, |key| self.place(key) != FilePlace::Secret)
    }

    fn taint_beneath(&self, key: &SymbolicPath, counts: impl Fn(&SymbolicPath) -> bool) -> Taint {
        let mut taint = Taint::NONE;
        let is_beneath = |path: &SymbolicPath| path != key && path.starts_with(key) && counts(path);
        for (path, entry) in self.tainted_entries() {
            if !is_beneath(path) {
                continue;
            }
            taint = taint.join(&entry.name);
            match &entry.node {
                Node::File(number) => {
                    taint = taint.join(&self.content(*number).map_or(Taint::NONE, Value::taint))
                }
                Node::Link(target) => taint = taint.join(&target.taint()),
                Node::Directory => {}
            }
        }
        taint
    }

    /// Returns the taint of files that scripts wrote outside the path; nothing if that path itself was written.
    pub(crate) fn written_besides(&self, key: &SymbolicPath) -> Taint {
        let content = |entry: &Entry| match entry.node {
            Node::File(number) => self.content(number).map(Value::taint),
            _ => None,
        };
        let is_written = |own: &Taint| {
            own.is_none() || own.ways().iter().any(|told| told.way.previous.is_some())
        };
        let own = self.entry(key).and_then(content);
        if own.is_some_and(|own| is_written(&own)) {
            return Taint::NONE;
        }
        let entries = self.tainted_entries().into_iter();
        let others = entries.filter(|(name, _)| !name.is_within(key));
        let others = others.filter_map(|(_, entry)| content(entry));
        others.filter(is_written).collect()
    }

    /// Whether a followed path is known to be a directory.
    pub(crate) fn is_directory(&self, key: &SymbolicPath) -> bool {
        const USUAL: [&str; 26] = [
            "/",
            "/bin",
            "/boot",
            "/dev",
            "/dev/shm",
            "/etc",
            "/home",
            "/lib",
            "/media",
            "/mnt",
            "/opt",
            "/proc",
            "/root",
            "/run",
            "/sbin",
            "/srv",
            "/sys",
            "/tmp",
            "/usr",
            "/usr/bin",
            "/usr/lib",
            "/usr/local",
            "/usr/local/bin",
            "/usr/share",
            "/var",
            "/var/tmp",
        ];
        USUAL.iter().any(|usual| key.is(usual))
            || matches!(
                self.entry(key),
                Some(Entry {
                    node: Node::Directory,
                    ..
                })
            )
            || self.mounts.has_directory(key)
            || self.beneath(key).next().is_some()
    }
}
