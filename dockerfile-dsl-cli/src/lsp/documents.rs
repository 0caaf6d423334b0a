//! The documents that the editor has open, with the result of the last check of each.
//!
//! In: open, change and close. Invariant: a text is the one that the editor shows; changes of an older version are refused.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dockerfile_dsl_analysis::dockerfile::ReadError;
use dockerfile_dsl_analysis::edits::Checked;

use super::paths::path_of;
use super::position::Encoding;
use super::protocol::{ContentChange, DidChangeParams, DidOpenParams};
use crate::check::Checker;

pub(super) struct Documents {
    pub(super) encoding: Encoding,
    all: BTreeMap<String, Document>,
}

/// One document.
pub(super) struct Document {
    pub(super) uri: String,
    /// `None` for a document that is not a file.
    pub(super) path: Option<PathBuf>,
    pub(super) version: i32,
    pub(super) text: String,
    /// The result for this text, once it is checked.
    result: Option<Result<Checked, Vec<ReadError>>>,
    /// Whether the editor has the diagnostics of this text: a hover may have checked it before they were sent.
    is_published: bool,
}

impl Document {
    /// Checks the text, unless that was done.
    pub(super) fn result(&mut self, checker: &Checker) -> &Result<Checked, Vec<ReadError>> {
        let (path, text) = (self.path.as_deref(), &self.text);
        self.result.get_or_insert_with(|| checker.check(path, text))
    }

    /// Returns the checked text, if it is a valid Dockerfile.
    pub(super) fn checked(&mut self, checker: &Checker) -> Option<&Checked> {
        self.result(checker).as_ref().ok()
    }
}

impl Documents {
    pub(super) const fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            all: BTreeMap::new(),
        }
    }

    pub(super) fn get(&mut self, uri: &str) -> Option<&mut Document> {
        self.all.get_mut(uri)
    }

    pub(super) fn open(&mut self, opened: DidOpenParams) {
        let item = opened.text_document;
        let document = Document {
            path: path_of(&item.uri),
            version: item.version,
            text: item.text,
            result: None,
            is_published: false,
            uri: item.uri.clone(),
        };
        self.all.insert(item.uri, document);
    }

    /// Applies changes, in order.
    pub(super) fn change(&mut self, changed: DidChangeParams) -> Result<(), String> {
        let uri = changed.text_document.uri;
        let version = changed.text_document.version;
        let encoding = self.encoding;
        let Some(document) = self.get(&uri) else {
            return Err(format!("a change of `{}`, which is not open", uri));
        };
        if version <= document.version {
            return Err(format!(
                "a change to version {version} of `{}`, which has version {} already",
                uri, document.version
            ));
        }
        for change in changed.content_changes {
            apply(&mut document.text, change, encoding);
        }
        document.version = version;
        document.result = None;
        document.is_published = false;
        Ok(())
    }

    pub(super) fn close(&mut self, uri: &str) {
        self.all.remove(uri);
    }

    /// Whether a document changed since its diagnostics were sent.
    pub(super) fn has_unpublished(&self) -> bool {
        self.all.values().any(|document| !document.is_published)
    }

    pub(super) fn forget_results(&mut self) {
        for document in self.all.values_mut() {
            document.result = None;
            document.is_published = false;
        }
    }

    /// Checks the documents whose diagnostics have to be sent, and returns them.
    pub(super) fn check_all(&mut self, checker: &Checker) -> Vec<&mut Document> {
        let all = self.all.values_mut();
        let mut changed: Vec<&mut Document> =
            all.filter(|document| !document.is_published).collect();
        for document in &mut changed {
            document.result(checker);
            document.is_published = true;
        }
        changed
    }
}

/// Applies one change: of a range, or of the whole text.
fn apply(text: &mut String, change: ContentChange, encoding: Encoding) {
    let Some(range) = change.range else {
        *text = change.text;
        return;
    };
    let start = encoding.offset(text, range.start);
    let end = encoding.offset(text, range.end);
    text.replace_range(start.min(end)..end.max(start), &change.text);
}

#[cfg(test)]
mod tests {
    use super::super::protocol::{Position, Range};
    use super::*;

    #[track_caller]
    fn check(text: &str, range: Option<(u32, u32, u32, u32)>, new: &str, expected: &str) {
        let mut text = text.to_owned();
        let range = range.map(|(a, b, c, d)| Range {
            start: Position::new(a, b),
            end: Position::new(c, d),
        });
        let change = ContentChange {
            range,
            text: new.to_owned(),
        };
        apply(&mut text, change, Encoding::Utf16);
        assert_eq!(text, expected);
    }

    #[test]
    fn ranges_are_replaced() {
        check("ab\ncd", Some((0, 1, 1, 1)), "x", "axd");
        check("ab", Some((0, 2, 0, 2)), "\n", "ab\n");
        check("𝄞b", Some((0, 2, 0, 3)), "", "𝄞");
        check("ab", None, "new", "new");
        // Ends that are swapped, and ends after the text.
        check("abc", Some((0, 2, 0, 1)), "x", "axc");
        check("abc", Some((7, 0, 9, 9)), "x", "abcx");
    }
}
