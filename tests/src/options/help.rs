//! The options that a program lists: words that begin with a dash, in the output of its help.
//! A word too many costs a call that fails and does not count, so this only has to miss none.

use std::collections::BTreeSet;

/// The options in the text, in its order, each once.
pub(super) fn options(text: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut add = |option: String| {
        if is_option(&option) && seen.insert(option.clone()) {
            found.push(option);
        }
    };
    let is_separator = |c: char| c.is_whitespace() || "[](){}<>|,;:'\"`=".contains(c);
    for (begin, _) in text.match_indices('-') {
        let before = text[..begin].chars().next_back();
        if before.is_some_and(|c| !is_separator(c)) {
            continue;
        }
        let rest = &text[begin..];
        // `--[no-]quiet` is two options.
        if let Some(name) = rest.strip_prefix("--[no-]") {
            let name = word(name);
            add(format!("--{name}"));
            add(format!("--no-{name}"));
            continue;
        }
        add(word(rest).to_owned());
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', '-'])
}

fn is_option(word: &str) -> bool {
    let name = word
        .strip_prefix("--")
        .or_else(|| word.strip_prefix('-'))
        .unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !(name.len() > 1 && name.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(options(text), expected);
    }

    #[test]
    fn the_forms_of_help_texts() {
        check(
            "    -m, --message <message>\n    --[no-]edit   force edit",
            &["-m", "--message", "--edit", "--no-edit"],
        );
        check(
            "  -S[<key-id>], --gpg-sign[=<key-id>] (or --x|-y) --z.",
            &["-S", "--gpg-sign", "--x", "-y", "--z"],
        );
        check(
            " -in val     Input\n -aes-256-cbc",
            &["-in", "-aes-256-cbc"],
        );
        check("-a is all; not-this nor 1-2 nor -- nor - nor -10", &["-a"]);
        check("-a -a", &["-a"]);
    }
}
