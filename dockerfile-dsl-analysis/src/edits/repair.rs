//! What a fix changes: the edits, and what has to change outside of the Dockerfile.

use crate::Span;

/// Replaces a part of the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The part; empty for an insertion.
    pub span: Span,
    /// The text that takes its place.
    pub text: String,
}

impl Edit {
    /// Creates an edit.
    #[must_use]
    pub const fn new(span: Span, text: String) -> Self {
        Self { span, text }
    }

    /// Creates an insertion.
    #[must_use]
    pub const fn insert(at: usize, text: String) -> Self {
        Self::new(Span::new(at, at), text)
    }
}

/// Whether a fix may be applied without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Only the bytes of the secret leave the image and the log, and nothing that comes later can read them there.
    Safe,
    /// The build or the image may change in another way, too.
    Unsafe,
    /// A decision of trust with a reason: a person makes it.
    Decision,
}

impl Applicability {
    /// Returns the name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Decision => "decision",
        }
    }
}

/// A fix of one finding: all of its edits belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The sentence of the fix.
    pub title: String,
    /// Whether it may be applied without a person.
    pub applicability: Applicability,
    /// The edits of the Dockerfile, in text order. They do not overlap.
    pub edits: Vec<Edit>,
    /// Lines to add to the `.dockerignore` of the build context.
    pub ignore: Vec<String>,
    /// What the callers of the build pass differently afterwards.
    pub callers: Vec<CallerChange>,
}

impl Repair {
    /// Creates a fix without a sentence, of these edits alone.
    #[must_use]
    pub fn new(applicability: Applicability, mut edits: Vec<Edit>) -> Self {
        edits.sort();
        Self {
            title: String::new(),
            applicability,
            edits,
            ignore: Vec::new(),
            callers: Vec::new(),
        }
    }
}

/// A secret that the callers of the build pass after the fix, and did not pass before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerChange {
    /// The id of the secret.
    pub id: String,
    /// How its value came into the build before.
    pub passed: Passed,
}

impl CallerChange {
    pub(super) fn new(id: &str, passed: Passed) -> Self {
        let id = id.to_owned();
        Self { id, passed }
    }

    /// Returns the flag of `docker build` that passes the secret.
    #[must_use]
    pub fn flag(&self) -> String {
        match &self.passed {
            Passed::Argument(name) => format!("--secret id={},env={name}", self.id),
            Passed::File(path) => format!("--secret id={},src={path}", self.id),
            Passed::Not => format!("--secret id={0},env={0}", self.id),
        }
    }
}

/// How a value came into a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// As the build argument of this name.
    Argument(String),
    /// As a file of the build context.
    File(String),
    /// Not at all.
    Not,
}

/// Returns the text after the edits, which are in text order. `None` if they overlap or do not fit into the text.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edited = String::new();
    let mut at = 0;
    for Edit { span, text: new } in edits {
        edited.push_str(text.get(at..span.start)?);
        edited.push_str(new);
        text.get(span.start..span.end)?;
        at = span.end;
    }
    edited.push_str(text.get(at..)?);
    Some(edited)
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply};
    use crate::Span;

    #[test]
    fn edits_are_applied_in_order() {
        let edits = [
            Edit::insert(0, "x".into()),
            Edit::new(Span::new(1, 2), String::new()),
            Edit::insert(3, "y".into()),
        ];
        assert_eq!(apply("abc", &edits).as_deref(), Some("xacy"));
        let beyond = [Edit::insert(4, "y".into())];
        assert_eq!(apply("abc", &beyond), None);
        let overlapping = [
            Edit::new(Span::new(0, 2), String::new()),
            Edit::new(Span::new(1, 3), String::new()),
        ];
        assert_eq!(apply("abc", &overlapping), None);
        let inside_a_character = [Edit::insert(1, "y".into())];
        assert_eq!(apply("ü", &inside_a_character), None);
    }
}
