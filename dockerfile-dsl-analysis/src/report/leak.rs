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

/// Whether the script keeps no secret in a file if it has one more command.
#[derive(Clone, Copy)]
pub(crate) struct Removes<'a>(pub(crate) &'a dyn Fn(&str, &SymbolicPath) -> bool);

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
