//! Fix for a secret in the URL of a git command: a credential helper provides the value instead.
//!
//! In: a leak in a git command, and the file that stores the URL. Out: [`Fix::CredentialHelper`], if the script has an `http(s)` URL with a user that is expanded.

use super::fix::Fix;
use super::leak::Author;
use super::leak::Leak;
use crate::domain::{Step, SymbolicPath};
use crate::git_host;

/// Moves the value from a URL that git stores to a credential helper for this one command.
pub(super) fn credential_helper(leak: &Leak<'_>, path: &SymbolicPath) -> Option<Fix> {
    let span = leak.place?;
    let before = leak.script.get(..span.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (at, user) = user_in_url(&leak.script[line_start..])
        .map(|(at, user)| (line_start + at, user))
        .or_else(|| user_in_url(leak.script))?;
    let user = user.to_owned();
    let scheme = leak.script[..at]
        .rsplit(['"', '\'', ' ', '=', '\t', '\n'])
        .next()?;
    let after = &leak.script[at + user.len()..];
    let host = &after[..after.find(|c: char| !(c.is_ascii_alphanumeric() || ".:-".contains(c)))?];
    let command = &leak.script[..at];
    let git = command.rmatch_indices("git ").find(|(at, _)| {
        let before = command[..*at].chars().next_back();
        before.is_none_or(|character| character.is_whitespace() || ";&|(\"'/".contains(character))
    });
    let mut git_at = git?.0;
    let words = &command[git_at..];
    let mut subcommand = words
        .split_whitespace()
        .nth(1)
        .filter(|word| word.starts_with(char::is_alphabetic));
    if matches!(subcommand, Some("remote" | "config")) {
        // These only store the URL: the next command that uses it needs the value.
        const REMOTE: &[&str] = &["fetch", "pull", "push", "clone", "ls-remote", "submodule"];
        let next = after.match_indices("git ").find_map(|(at, git)| {
            let word = after[at + git.len()..].split_whitespace().next()?;
            let start = leak.script.len() - after.len() + at;
            REMOTE.contains(&word).then_some((start, word))
        });
        let (start, word) = next?;
        (git_at, subcommand) = (start, Some(word));
    }
    let subcommand = subcommand.map_or_else(String::new, |word| format!(" {word}"));
    if user.contains('`') || host.is_empty() {
        return None;
    }
    let (name, value) = match two_values(leak.script, user.trim_end_matches('@')) {
        Some(both) => both,
        None => (own_name(&user, host), value(leak)?),
    };
    Some(Fix::CredentialHelper {
        value,
        name,
        site: format!("{scheme}{host}"),
        user,
        file: path.as_known().filter(|_| path.is_absolute()),
        user_at: at,
        git_at,
        subcommand,
    })
}

/// Returns the user name of the URL if it is a plain one, else the one that the host wants.
fn own_name(user: &str, host: &str) -> String {
    let is_plain = |name: &&str| {
        let mut chars = name.chars();
        !name.is_empty() && chars.all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    let name = user.split_once(':').map(|(name, _)| name).filter(is_plain);
    name.unwrap_or_else(|| git_host::user(host, user))
        .to_owned()
}

/// Returns the user and the password of a URL if both are expansions, for a shell that git starts.
fn two_values(script: &str, user: &str) -> Option<(String, String)> {
    let mut depth = 0_usize;
    let colon = user.char_indices().find_map(|(at, character)| {
        match character {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        (character == ':' && depth == 0).then_some(at)
    })?;
    let (name, password) = (&user[..colon], &user[colon + 1..]);
    let is_expansion = |part: &str| part.starts_with(['$', '{']);
    (is_expansion(name) && is_expansion(password))
        .then(|| Some((from_source(script, name)?, from_source(script, password)?)))?
}

/// Returns an expansion that reads a value where it comes from: a shell's variable is not in the environment of git.
fn from_source(script: &str, part: &str) -> Option<String> {
    let is_plain = |text: &str| !text.contains(['\'', '\n', '`', '"']);
    let name = part
        .strip_prefix('$')
        .map(|name| name.trim_matches(['{', '}']));
    let is_name = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let assigned = name.filter(is_name).and_then(|name| {
        let start = script.find(&format!("{name}="))? + name.len() + 1;
        let value = script[start..].trim_start_matches('"');
        let end = value.find(')').filter(|_| value.starts_with("$("))?;
        Some(&value[..=end])
    });
    let is_assigned = name.is_some_and(|name| script.contains(&format!("{name}=")));
    let value = match assigned {
        Some(value) => value,
        None if is_assigned => return None,
        None => part,
    };
    is_plain(value).then(|| value.to_owned())
}

/// Returns the user of the first URL with an expansion in it, and its offset.
fn user_in_url(text: &str) -> Option<(usize, &str)> {
    text.match_indices("://").find_map(|(at, _)| {
        let start = at + 3;
        let user = &text[start..start + user_length(&text[start..])?];
        let scheme = text[..at]
            .rsplit(|c: char| !c.is_ascii_alphanumeric())
            .next();
        let is_user = matches!(scheme, Some("http" | "https")) && user.contains(['$', '{']);
        is_user.then_some((start, user))
    })
}

/// Returns the length including the `@`, if only a user precedes it: blanks and quotes are allowed in a substitution only.
fn user_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            '@' if depth == 0 => return Some(at + 1),
            '/' | '"' | '\'' | ';' | '|' | '&' if depth == 0 => return None,
            '\n' => return None,
            blank if blank.is_whitespace() && depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Returns an expansion of the secret's value for a shell that git starts.
fn value(leak: &Leak<'_>) -> Option<String> {
    Some(match (leak.author, leak.source()) {
        (Author::Hole(name), Step::HoleValue { .. }) => format!("{{{name}}}"),
        (Author::Hole(name), _) => format!("$(cat {{{name}}})"),
        (_, source) => match source.path() {
            Some(path) => format!("$(cat {})", path.as_known()?),
            None => format!("${}", source.variable()?),
        },
    })
}
