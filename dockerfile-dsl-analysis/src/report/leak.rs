//! A leak, with all that a report says of it.

use std::borrow::Cow;
use std::rc::Rc;

use crate::domain::{Sink, Step, Way};
use crate::{Rule, Span};

/// A value at a sink, and what a finding says besides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leak<'a> {
    pub(crate) sink: &'a Sink,
    /// What the author calls the sink, if that is not its name: a path that is not known is shown as it is written.
    pub(crate) called: Option<&'a str>,
    /// The path of the value, newest step first.
    pub(crate) way: &'a Rc<Way>,
    /// The id of the secret, or the name of its hole.
    pub(crate) secret: &'a str,
    /// It is not the secret itself, but what a program opened, fetched or issued with it.
    pub(crate) is_derived: bool,
    /// The name of the hole whose public value makes it a leak.
    pub(crate) hole: Option<&'a str>,
    /// The place of the sink, in the text that was given to the check.
    pub(crate) span: Span,
    /// The script that it happens in.
    pub(crate) script: &'a str,
    /// Where in that script.
    pub(crate) place: Option<Span>,
    pub(crate) author: Author<'a>,
}

impl<'a> Leak<'a> {
    /// The rule that it breaks.
    pub(crate) const fn rule(&self) -> Rule {
        match (self.is_derived, self.sink.rule()) {
            (true, Rule::SecretInLayer) => Rule::DerivedSecretInLayer,
            (true, Rule::SecretInBuildLog) => Rule::DerivedSecretInBuildLog,
            (_, rule) => rule,
        }
    }

    /// The program that issued the value, with its sub-command.
    pub(crate) fn issued_by(&self) -> Option<&'a str> {
        let mut steps = std::iter::successors(Some(&**self.way), |way| way.previous.as_deref());
        steps.find_map(|way| match &way.step {
            Step::Issued { program } => Some(&**program),
            _ => None,
        })
    }

    /// What the author calls the sink.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        self.called.map_or_else(|| self.sink.name(), Cow::Borrowed)
    }
}

/// What the author writes, and what the secret is called there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author<'a> {
    /// `sh!`, with the secret in a hole of this name.
    Hole(&'a str),
    /// `sh!`, with the secret in a mount.
    Mount,
    /// A Dockerfile, with a secret of this id.
    File(&'a str),
}
