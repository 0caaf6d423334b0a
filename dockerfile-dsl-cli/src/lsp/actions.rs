//! Code actions: the fixes of the findings in a range, each checked before it is offered, and the comment that accepts one.
//!
//! A safe fix is preferred, so that "fix" applies it; `source.fixAll.dockerfile-dsl` applies all safe ones of the file.

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::edits::{self, Applicability, Applied, Checked, Edit, Settling};
use dockerfile_dsl_analysis::printable::printable;
use dockerfile_dsl_analysis::{Finding, Span};

use super::diagnostics;
use super::documents::Documents;
use super::position::Encoding;
use super::protocol::{
    CodeAction, CodeActionParams, DocumentEdit, InitializeParams, TextEdit, VersionedDocument,
    WorkspaceEdit,
};
use crate::check::Checker;

/// What actions depend on besides the document.
pub(super) struct Setting<'a> {
    pub(super) checker: &'a Checker,
    pub(super) has_versions: bool,
}

/// The kind of an action for one finding.
pub(super) const QUICK_FIX: &str = "quickfix";
/// The kind of the action that applies all safe fixes.
pub(super) const FIX_ALL: &str = "source.fixAll.dockerfile-dsl";

/// Whether the client takes edits for a version of a document.
pub(super) fn has_versions(parameters: &InitializeParams) -> bool {
    let workspace = parameters.capabilities.workspace.as_ref();
    let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
    edit.and_then(|edit| edit.document_changes) == Some(true)
}

/// Returns the actions for a range.
pub(super) fn actions(
    documents: &mut Documents,
    setting: &Setting<'_>,
    parameters: &CodeActionParams,
) -> Vec<CodeAction> {
    let encoding = documents.encoding;
    let Some(document) = documents.get(&parameters.text_document.uri) else {
        return Vec::new();
    };
    let (uri, version) = (document.uri.clone(), document.version);
    let path = document.path.clone();
    let Some(checked) = document.checked(setting.checker) else {
        return Vec::new();
    };
    let write = Writer {
        checked,
        encoding,
        uri,
        version: setting.has_versions.then_some(version),
    };
    let check =
        |text: &str, ignore: &[String]| setting.checker.check_fixed(path.as_deref(), text, ignore);
    let settling = |applicability| Settling {
        applicability,
        check: &check,
        wanted: &|checked| checked.findings.clone(),
    };
    let is_wanted = |kind: &str| {
        let only = parameters.context.only.as_ref();
        only.is_none_or(|only| only.iter().any(|wanted| contains(wanted, kind)))
    };
    let mut actions = Vec::new();
    if is_wanted(QUICK_FIX) {
        let start = encoding.offset(&checked.text, parameters.range.start);
        let end = encoding.offset(&checked.text, parameters.range.end);
        let touches = |span: Span| span.start <= end && start <= span.end;
        let findings = checked.findings.iter().filter(|finding| {
            touches(finding.span) || finding.also.iter().any(|span| touches(*span))
        });
        let repairs = edits::Repairs::new(&checked.file, &checked.text);
        for finding in findings {
            let fixed = settling(Applicability::Unsafe).fix(checked, finding);
            actions.extend(fixed.and_then(|(after, applied)| write.fix(finding, &after, &applied)));
            let decision = repairs.of(finding);
            let decision = decision.filter(|fix| fix.applicability == Applicability::Decision);
            let accepted = repairs.acceptance(finding);
            for repair in decision.into_iter().chain(accepted) {
                let edit = write.edit(&repair.edits);
                actions.push(write.action(finding, &repair.title, edit, false));
            }
        }
    }
    // An editor asks for it by name.
    if parameters.context.only.is_some() && is_wanted(FIX_ALL) {
        let (after, applied) = settling(Applicability::Safe).settle(checked.clone());
        if !applied.is_empty() {
            actions.push(CodeAction {
                title: "apply all safe fixes".to_owned(),
                kind: FIX_ALL,
                diagnostics: Vec::new(),
                edit: write.edit(&[difference(&checked.text, &after.text)]),
                is_preferred: false,
            });
        }
    }
    actions
}

/// Whether a wanted kind is this one or a group that contains it: `source` contains `source.fixAll`.
fn contains(wanted: &str, kind: &str) -> bool {
    wanted.is_empty()
        || kind
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Writes the edits of one document.
struct Writer<'a> {
    checked: &'a Checked,
    encoding: Encoding,
    uri: String,
    /// The version that the edits are for, if the client takes one.
    version: Option<i32>,
}

impl Writer<'_> {
    /// Returns the action of a fix that was checked. Fixes of what it uncovers are part of it.
    fn fix(&self, finding: &Finding, after: &Checked, applied: &[Applied]) -> Option<CodeAction> {
        let (first, others) = applied.split_first()?;
        let edits = if others.is_empty() {
            first.repair.edits.clone()
        } else {
            vec![difference(&self.checked.text, &after.text)]
        };
        let mut fixes = applied.iter().map(|fix| fix.repair.applicability);
        let is_safe = fixes.all(|applicability| applicability == Applicability::Safe);
        let edit = self.edit(&edits);
        Some(self.action(finding, &first.repair.title, edit, is_safe))
    }

    fn action(
        &self,
        finding: &Finding,
        title: &str,
        edit: WorkspaceEdit,
        is_preferred: bool,
    ) -> CodeAction {
        let text = &self.checked.text;
        let diagnostic = diagnostics::diagnostic(text, &self.uri, finding, self.encoding);
        CodeAction {
            title: printable(title),
            kind: QUICK_FIX,
            diagnostics: vec![diagnostic],
            edit,
            is_preferred,
        }
    }

    fn edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let edits = edits.iter().map(|edit| TextEdit {
            range: self.encoding.range(&self.checked.text, edit.span),
            new_text: edit.text.clone(),
        });
        let edits: Vec<TextEdit> = edits.collect();
        let uri = self.uri.clone();
        match self.version {
            Some(version) => WorkspaceEdit {
                document_changes: Some(vec![DocumentEdit {
                    text_document: VersionedDocument { uri, version },
                    edits,
                }]),
                ..WorkspaceEdit::default()
            },
            None => WorkspaceEdit {
                changes: Some(BTreeMap::from([(uri, edits)])),
                ..WorkspaceEdit::default()
            },
        }
    }
}

/// Returns the shortest single edit from one text to another.
fn difference(old: &str, new: &str) -> Edit {
    let pairs = old.char_indices().zip(new.chars());
    let start = pairs
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8())
        .last()
        .unwrap_or(0);
    let pairs = old[start..].chars().rev().zip(new[start..].chars().rev());
    let same = pairs.take_while(|(a, b)| a == b);
    let length: usize = same.map(|(a, _)| a.len_utf8()).sum();
    Edit::new(
        Span::new(start, old.len() - length),
        new[start..new.len() - length].to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_one_edit() {
        for (old, new) in [
            ("abc", "abc"),
            ("aa", "a"),
            ("a", "aa"),
            ("axb", "ayyb"),
            ("", "ü"),
            ("ü", "ö"),
            ("abab", "ab"),
        ] {
            let edit = difference(old, new);
            let edited = edits::apply(old, &[edit]);
            assert_eq!(edited.as_deref(), Some(new), "{old}");
        }
    }

    #[test]
    fn a_group_contains_its_kinds() {
        let contains = |wanted: &str| super::contains(wanted, FIX_ALL);
        assert!(contains("") && contains("source") && contains("source.fixAll"));
        assert!(!contains("source.fix") && !contains("quickfix"));
    }
}
