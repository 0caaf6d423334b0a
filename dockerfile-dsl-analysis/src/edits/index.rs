//! What the findings of a file share: its instructions in order, and its scripts, each parsed once.
//!
//! In: a file. Out: the instruction at an offset, the later ones that remove files, and the tree of a script in either dialect.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use super::later::{Users, containers};
use crate::Span;
use crate::dockerfile::{File, Instruction, Kind, SourceText};
use crate::shell::{self, Dialect, Options};

/// The instructions and scripts of a file.
#[derive(Debug)]
pub(super) struct Index<'a> {
    /// The instructions of all stages, in order.
    instructions: Vec<&'a Instruction>,
    /// The ones that remove a file without `-f`, in order.
    removing: Vec<&'a Instruction>,
    /// Whether each stage sets what its container runs.
    containers: Vec<bool>,
    /// The scripts by their start in the file. None is not understood.
    scripts: RefCell<BTreeMap<usize, Option<Rc<Script>>>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        let instructions = file.stages.iter().flat_map(|stage| &stage.instructions);
        let instructions: Vec<_> = instructions.collect();
        let is_removing = |instruction: &&&Instruction| {
            let script = match &instruction.kind {
                Kind::Run(run) => run.command.shell_text(),
                _ => None,
            };
            script.is_some_and(|script| script.contains("rm ") && !script.contains("rm -"))
        };
        Self {
            removing: instructions.iter().filter(is_removing).copied().collect(),
            instructions,
            containers: containers(file),
            scripts: RefCell::default(),
        }
    }

    /// Returns the instruction that contains an offset.
    pub(super) fn instruction_at(&self, at: usize) -> Option<&'a Instruction> {
        let after = self.instructions.partition_point(|own| own.span.end < at);
        let instruction = *self.instructions.get(after)?;
        (instruction.span.start <= at).then_some(instruction)
    }

    /// Returns the instructions after an offset, to the one that ends at `end`, that remove a file without `-f`.
    pub(super) fn removing(&self, after: usize, end: usize) -> &[&'a Instruction] {
        let from = |offset| (self.removing).partition_point(|own| own.span.start <= offset);
        &self.removing[from(after)..from(end).max(from(after))]
    }

    /// Returns whether each stage sets what its container runs.
    pub(super) fn containers(&self) -> &[bool] {
        &self.containers
    }

    /// Parses a script of either dialect.
    pub(super) fn script(&self, text: &SourceText) -> Option<Rc<Script>> {
        let start = text.span(Span::new(0, 0)).start;
        let mut scripts = self.scripts.borrow_mut();
        let script = scripts.entry(start).or_insert_with(|| Script::parse(text));
        script.clone()
    }
}

/// The tree of a script, and what its findings ask of it.
#[derive(Debug)]
pub(super) struct Script {
    tree: shell::Script,
    users: OnceCell<Users>,
    /// Whether it contains `>>`.
    appends: bool,
}

impl Script {
    fn parse(text: &str) -> Option<Rc<Self>> {
        let parse = |dialect| {
            let options = Options {
                dialect,
                ..Options::default()
            };
            shell::parse(text, &options).ok()
        };
        let tree = parse(Dialect::Sh).or_else(|| parse(Dialect::Bash))?;
        Some(Rc::new(Self {
            tree,
            users: OnceCell::new(),
            appends: text.contains(">>"),
        }))
    }

    /// Whether it may append to a file.
    pub(super) fn appends(&self) -> bool {
        self.appends
    }

    /// Returns the commands that may use a file which an earlier one wrote.
    pub(super) fn users(&self) -> &Users {
        self.users.get_or_init(|| Users::of(&self.tree))
    }
}

impl Deref for Script {
    type Target = shell::Script;

    fn deref(&self) -> &shell::Script {
        &self.tree
    }
}
