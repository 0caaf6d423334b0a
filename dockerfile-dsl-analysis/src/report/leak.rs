//! A leak, with everything that a report needs.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::domain::{Sink, Step, SymbolicPath, Way};
use crate::{Rule, Span};

/// A value at a sink, and the context of the finding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leak<'a> {
    pub(crate) sink: &'a Sink,
    /// The author's name for the sink, if it has one: an unknown path is shown as it is written.
    pub(crate) called: Option<&'a str>,
    /// The provenance of the value, newest step first.
    pub(crate) way: &'a Rc<Way>,
    /// The id of the secret, or the name of its hole.
    pub(crate) secret: &'a str,
    /// Whether it is a derived secret, which a program opened, fetched or issued with the given one.
    pub(crate) is_derived: bool,
    /// Name of the hole whose public value causes the leak.
    pub(crate) hole: Option<&'a str>,
    /// Span of the sink in the checked text.
    pub(crate) span: Span,
    /// The script that contains it.
    pub(crate) script: &'a str,
    /// Span in that script.
    pub(crate) place: Option<Span>,
    pub(crate) author: Author<'a>,
    /// Whether a last command of the script removes the file: known at the end of a step.
    pub(crate) removes: Option<Removes<'a>>,
}

/// What one more command at the end of a script does.
#[derive(Clone, Copy)]
pub(crate) struct Removes<'a> {
    script: &'a str,
    /// Whether the script keeps no secret in a file after this command.
    removes: &'a dyn Fn(&str, &SymbolicPath) -> bool,
    /// Whether the command is not the last one that runs.
    goes_on: bool,
}

impl<'a> Removes<'a> {
    pub(crate) fn new(script: &'a str, removes: &'a dyn Fn(&str, &SymbolicPath) -> bool) -> Self {
        Self {
            script,
            removes,
            goes_on: goes_on(script),
        }
    }
}

/// Whether a script writes something after its last line, or runs nothing there.
fn goes_on(script: &str) -> bool {
    let last = script.trim_end().rsplit('\n').next().unwrap_or_default();
    ["trap ", "exec >"].iter().any(|word| script.contains(word))
        || runs_beside(script)
        || last.trim_start().starts_with("exec ")
}

/// Whether the script leaves a command in the background, which may write after the last one.
fn runs_beside(script: &str) -> bool {
    let mut lines = script.lines();
    let is_background = |line: &str| {
        let line = line.trim_end();
        line.ends_with('&') && !line.ends_with("&&")
    };
    lines.any(is_background) && !script.contains("wait")
}

impl fmt::Debug for Removes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Removes")
    }
}

impl<'a> Leak<'a> {
    /// Returns the rule that it violates.
    pub(crate) const fn rule(&self) -> Rule {
        match (self.is_derived, self.sink.rule()) {
            (true, Rule::SecretInLayer) => Rule::DerivedSecretInLayer,
            (true, Rule::SecretInBuildLog) => Rule::DerivedSecretInBuildLog,
            (_, rule) => rule,
        }
    }

    /// Returns the program that issued the derived secret, with its sub-command.
    pub(crate) fn issued_by(&self) -> Option<&'a str> {
        let mut steps = std::iter::successors(Some(&**self.way), |way| way.previous.as_deref());
        steps.find_map(|way| match &way.step {
            Step::Issued { program } => Some(&**program),
            _ => None,
        })
    }

    /// Whether a command at the end of the script is not the last one that runs.
    pub(crate) fn goes_on(&self) -> bool {
        // A long script has many files, and each of its files is asked for.
        let known = self
            .removes
            .filter(|end| std::ptr::eq(end.script, self.script));
        known.map_or_else(|| goes_on(self.script), |end| end.goes_on)
    }

    /// Whether the command removes the file if it is the last one of the script. If that is not known, it is taken as it is.
    pub(crate) fn is_removed_by(&self, command: &str, path: &SymbolicPath) -> bool {
        self.removes.is_none_or(|end| (end.removes)(command, path))
    }

    /// Returns the oldest step: where the value comes from.
    pub(crate) fn source(&self) -> &'a Step {
        let steps = std::iter::successors(Some(&**self.way), |way| way.previous.as_deref());
        &steps.last().unwrap_or(self.way).step
    }

    /// Returns the text of the script at the sink.
    pub(crate) fn written(&self) -> Option<&'a str> {
        Some(self.place?.of(self.script))
    }

    /// Returns the author's name for the sink.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        self.called.map_or_else(|| self.sink.name(), Cow::Borrowed)
    }
}

/// The author's language, and the name of the secret in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author<'a> {
    /// `sh!`, with the secret in a hole of this name.
    Hole(&'a str),
    /// `sh!`, with the secret in a mount.
    Mount,
    /// A Dockerfile, with a secret of this id.
    File(&'a str),
}
