//! Whether a value that a build gets as an argument is a secret.
//!
//! In: names and the text of a value. Out: how it is known. A value of a store of secrets is one for certain; a name only suggests it.

use dockerfile_dsl_analysis::rules::{is_secret_argument, is_secret_file};

use super::model::Carried;

/// Looks at a build argument. `value` is its text if all of it is written here, `variables` are those in it.
pub(super) fn by_argument<'a>(
    name: &str,
    value: Option<&str>,
    variables: impl IntoIterator<Item = &'a str>,
) -> Option<Carried> {
    let mut variables = variables.into_iter();
    let is_named = is_secret_argument(name, value)
        || variables.any(|variable| is_secret_argument(variable, None));
    is_named.then_some(Carried::Name)
}

/// Looks at the text of a command substitution: which file it reads.
pub(super) fn by_command(text: &str) -> Option<Carried> {
    let is_path = |character: char| character.is_alphanumeric() || "/._~-".contains(character);
    let mut words = text.split(|character| !is_path(character));
    words
        .find(|word| is_secret_file(word.trim_start_matches("~/")))
        .map(|word| Carried::File(word.to_owned()))
}

/// Looks at an expression of GitHub Actions, with its braces.
pub(super) fn by_expression(expression: &str) -> Option<Carried> {
    let inner = expression
        .trim_start_matches("${{")
        .trim_end_matches("}}")
        .trim();
    if inner.contains("secrets.") || inner.contains("secrets[") || inner.contains("github.token") {
        return Some(Carried::Store(expression.to_owned()));
    }
    let is_word =
        |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    let mut words = inner.split(|character| !is_word(character));
    words
        .any(|word| is_secret_argument(&word.replace('-', "_"), None))
        .then_some(Carried::Name)
}

/// Returns the expressions `${{ .. }}` in a text, in order, each with its offset.
pub(crate) fn expressions(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${{").map(|start| at + start) {
        let Some(length) = text[start..].find("}}") else {
            break;
        };
        at = start + length + 2;
        found.push((start, &text[start..at]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_certain_and_names_are_not() {
        let store = |text: &str| matches!(by_expression(text), Some(Carried::Store(_)));
        assert!(store("${{ secrets.NPM_TOKEN }}"));
        assert!(store("${{ secrets['X'] }}"));
        assert!(store("${{ github.token }}"));
        assert_eq!(
            by_expression("${{ steps.app-token.outputs.token }}"),
            Some(Carried::Name)
        );
        assert_eq!(by_expression("${{ github.sha }}"), None);
        assert_eq!(
            by_argument("VERSION", None, ["NPM_TOKEN"]),
            Some(Carried::Name)
        );
        assert_eq!(by_argument("API_KEY", Some(""), []), None);
        assert_eq!(by_argument("API_KEY", None, []), Some(Carried::Name));
        assert_eq!(by_argument("VERSION", Some("1"), []), None);
        assert!(matches!(by_command("cat ~/.netrc"), Some(Carried::File(_))));
        assert_eq!(by_command("cat VERSION"), None);
    }

    #[test]
    fn expressions_are_found_in_order() {
        let found = expressions("a ${{ x }}${{ y }} ${{ z");
        assert_eq!(found, [(2, "${{ x }}"), (10, "${{ y }}")]);
    }
}
