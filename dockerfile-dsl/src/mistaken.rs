//! Detects the path of a secret's file where its value was meant: `Authorization: Bearer {TOKEN}`.
//!
//! In: the text of a file, and its secrets. Out: one problem per occurrence. It is not a leak; but the server refuses the path,
//! and its answer does not say why.

use std::cell::LazyCell;

use crate::secret::SecretsById;
use dockerfile_dsl_analysis::LineIndex;

use crate::problem::Problems;

/// Text before a value, and never before a path, in lower case.
const BEFORE_VALUES: &[&str] = &["bearer ", "basic ", "authorization: token ", "_authtoken="];

pub(crate) fn check(text: &str, secrets: &SecretsById, problems: &mut Problems) {
    let lines = LazyCell::new(|| LineIndex::new(text));
    for id in secrets.keys() {
        let path = format!("/run/secrets/{id}");
        for (at, _) in text.match_indices(&path) {
            let follows = text[at + path.len()..].chars().next();
            let is_longer =
                follows.is_some_and(|next| next.is_ascii_alphanumeric() || "_.-/".contains(next));
            if !is_longer && wants_value(&text[..at], follows) {
                problems.place = format!("line {}", lines.line(at));
                problems.wrong(format!(
                    "the path of secret `{id}` is used where its value is expected: write `$(cat \
                     {{{id}}})` with the name of its constant, or use `.value()`"
                ));
            }
        }
    }
    problems.place = String::new();
}

fn wants_value(before: &str, follows: Option<char>) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let line = line.to_ascii_lowercase();
    let word = line
        .rsplit([' ', '"', '\'', '='])
        .next()
        .unwrap_or_default();
    let in_address = word.starts_with("https://") || word.starts_with("http://");
    BEFORE_VALUES.iter().any(|words| line.ends_with(words))
        || (in_address && matches!(follows, Some('@' | ':')))
}
