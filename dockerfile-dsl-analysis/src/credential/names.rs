//! Names of variables that mark a secret, and values that are not secrets.
//!
//! In: a name, a value, or the text of a Dockerfile. Out: BuildKit's verdict for a name, with more words and without public names; the
//! spans of the values of such names.

use crate::Span;

/// BuildKit's word list.
const SECRET_WORDS: [&str; 10] = [
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
];
/// Further words: log-ins of registries and hosts.
const FURTHER_WORDS: [&str; 4] = ["creds", "netrc", "npmrc", "passphrase"];
/// Words that mark a secret at the end of a longer name alone: `GITHUB_PAT`, and neither `PAT` nor `PASS_THROUGH`.
const LAST_WORDS: [&str; 2] = ["pass", "pat"];
/// BuildKit's exceptions, and further ones: names that a browser receives, and names with another meaning.
const PUBLIC_WORDS: [&str; 20] = [
    "public",
    "file",
    "version",
    "id",
    "ids",
    "publishable",
    "anon",
    "sitekey",
    "dummy",
    "expiry",
    "ttl",
    "url",
    "path",
    "dir",
    "fingerprint",
    "type",
    "method",
    "mode",
    "provider",
    "domain",
];
/// Prefixes of variables that bundlers publish in the browser's code.
const BROWSER_PREFIXES: [&str; 9] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "EXPO_PUBLIC_",
    "VUE_APP_",
    "PUBLIC_",
    "NG_APP_",
];
/// Usual names of keys that every visitor receives.
const BROWSER_NAMES: [&str; 8] = [
    "SITE_KEY",
    "MAPS_API_KEY",
    "MAPBOX_TOKEN",
    "MAPBOX_ACCESS_TOKEN",
    "POSTHOG_KEY",
    "POSTHOG_API_KEY",
    "SEGMENT_WRITE_KEY",
    "ALGOLIA_SEARCH_KEY",
];

/// Whether a name contains a word that marks a secret, and none that marks a public value.
#[must_use]
pub(crate) fn is_secret_name(name: &str) -> bool {
    let has = |words: &[&str]| {
        name.split('_')
            .any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    let upper = name.to_ascii_uppercase();
    let is_for_browsers = BROWSER_PREFIXES
        .iter()
        .any(|prefix| upper.starts_with(prefix))
        || BROWSER_NAMES.iter().any(|known| upper.ends_with(known));
    let is_last = name.rsplit_once('_').is_some_and(|(_, last)| {
        LAST_WORDS
            .iter()
            .any(|word| last.eq_ignore_ascii_case(word))
    });
    let is_secret = has(&SECRET_WORDS) || has(&FURTHER_WORDS) || is_last;
    is_secret && !has(&PUBLIC_WORDS) && !is_for_browsers
}

/// Whether a value is a placeholder for a secret.
#[must_use]
pub(crate) fn is_placeholder(value: &str) -> bool {
    const WHOLE: [&str; 34] = [
        "",
        "changeme",
        "change-me",
        "change_me",
        "dummy",
        "example",
        "placeholder",
        "test",
        "testing",
        "none",
        "null",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "required",
        "optional",
        "enabled",
        "disabled",
        "xxx",
        "todo",
        "tbd",
        "unset",
        "undefined",
        "n/a",
        "foo",
        "bar",
        "fake",
        "not-used",
        "unused",
        "secret_key_base_dummy",
    ];
    const PARTS: [&str; 12] = [
        "dummy",
        "placeholder",
        "changeme",
        "change-me",
        "change_me",
        "example",
        "your-",
        "your_",
        "xxxx",
        "replace",
        "not-a-real",
        "notreal",
    ];
    let lower = value.trim_matches(['"', '\'']).to_ascii_lowercase();
    let is_short_number = lower.len() <= 2 && lower.bytes().all(|byte| byte.is_ascii_digit());
    WHOLE.contains(&lower.as_str())
        || PARTS.iter().any(|part| lower.contains(part))
        || is_short_number
        || lower.starts_with('<') && lower.ends_with('>')
        || lower
            .bytes()
            .all(|byte| matches!(byte, b'*' | b'x' | b'.' | b'-'))
}

/// Fingerprints and ids of public keys: hexadecimal, in groups of 8, 16, 32 or 40 digits.
#[must_use]
pub(crate) fn is_fingerprint(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let mut groups = value
        .split([' ', ',', '\t', '\n', '\\'])
        .filter(|group| !group.is_empty())
        .peekable();
    groups.peek().is_some()
        && groups.all(|group| {
            let digits = group.strip_prefix("0x").unwrap_or(group);
            matches!(digits.len(), 8 | 16 | 32 | 40 | 64)
                && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// Whether name and value are those of a public key's fingerprint: `ENV GPG_KEY A035C8C19219BA821ECEA86B64E628F8D684696D`.
#[must_use]
pub(crate) fn is_public_key(name: &str, value: &str) -> bool {
    let is_key = name.split('_').any(|part| {
        ["GPG", "PGP", "KEYS", "FINGERPRINT", "SIGNING"]
            .iter()
            .any(|word| part.to_ascii_uppercase().starts_with(word))
    });
    let is_browsers = ["pk_live_", "pk_test_", "pk."]
        .iter()
        .any(|prefix| value.starts_with(prefix));
    is_key && is_fingerprint(value) || is_browsers
}

/// Returns the spans of the values that ENV and ARG assign to names of secrets. Works on lines, so that it accepts a file with syntax
/// errors.
pub(super) fn values(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut inside = false;
    // ENV has no bare words: one after a secret's name is the rest of an unquoted value.
    let mut after_secret = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim_start();
        let content = start + (line.len() - trimmed.len());
        if trimmed.starts_with('#') {
            continue;
        }
        let body = trimmed.trim_end();
        let goes_on = body.ends_with(['\\', '`']);
        let rest = if inside {
            Some(body)
        } else {
            after_keyword(body)
        };
        if !inside {
            let keyword = rest.map_or(body, |rest| &body[..body.len() - rest.len()]);
            after_secret = keyword
                .trim_end()
                .to_ascii_uppercase()
                .ends_with("ENV")
                .then_some(false);
        }
        inside = goes_on && rest.is_some();
        if let Some(rest) = rest {
            let offset = content + (body.len() - rest.len());
            pairs(rest, offset, &mut after_secret, &mut found);
        }
    }
    found
}

/// Returns the text after `ENV` or `ARG`, optionally after `ONBUILD`.
fn after_keyword(line: &str) -> Option<&str> {
    let (keyword, rest) = line.split_once([' ', '\t'])?;
    match keyword.to_ascii_uppercase().as_str() {
        "ONBUILD" => after_keyword(rest.trim_start()),
        "ENV" | "ARG" => Some(rest.trim_start()),
        _ => None,
    }
}

fn pairs(text: &str, offset: usize, after_secret: &mut Option<bool>, found: &mut Vec<Span>) {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let blanks = rest.len() - rest.trim_start().len();
        at += blanks;
        let rest = &text[at..];
        let end = rest
            .find(|char: char| char == '=' || char.is_whitespace())
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let separator = rest[end..].chars().next();
        let value_at = at + end + separator.map_or(0, char::len_utf8);
        match separator {
            Some('=') => {
                let length = word(&text[value_at..]);
                if let Some(after) = after_secret {
                    *after |= is_secret_name(name);
                }
                add(
                    name,
                    text,
                    Span::new(value_at, value_at + length),
                    offset,
                    found,
                );
                at = value_at + length;
            }
            // `ENV NAME the rest`; in ARG, and at the end of a line, the next name follows.
            Some(_) if !text[value_at..].contains('=') && is_secret_name(name) => {
                let mut start = value_at;
                for part in text[value_at..].split_inclusive(char::is_whitespace) {
                    let part_length = part.trim_end().trim_end_matches('\\').len();
                    if !is_secret_name(part.trim()) {
                        add(
                            name,
                            text,
                            Span::new(start, start + part_length),
                            offset,
                            found,
                        );
                    }
                    start += part.len();
                }
                return;
            }
            _ => {
                if *after_secret == Some(true) && !matches!(name, "" | "\\" | "`") {
                    found.push(Span::new(at + offset, at + end + offset));
                }
                at += end.max(1);
            }
        }
    }
}

fn add(name: &str, text: &str, span: Span, offset: usize, found: &mut Vec<Span>) {
    let value = span.of(text);
    let plain = value.trim_matches(['"', '\'']);
    let is_none =
        plain.is_empty() || plain.starts_with(['$', '/', '~', '\\']) || is_placeholder(plain);
    if is_secret_name(name) && !is_none && !is_public_key(name, plain) {
        found.push(Span::new(span.start + offset, span.end + offset));
    }
}

/// Returns the length of a word: quotes may contain blanks, and a backslash escapes the next character.
fn word(text: &str) -> usize {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match (quote, char) {
            (None, char) if char.is_whitespace() => return at,
            (None | Some('"'), '\\') => drop(chars.next()),
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), char) if open == char => quote = None,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in [
            "API_KEY",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "auth",
            "NPM_TOKEN",
            "SECRET_KEY_BASE",
            "GITHUB_PAT",
            "DB_PASS",
            "MY_CREDS",
            "GPG_PASSPHRASE",
            "NPMRC_CONTENT",
            "NETRC",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "TOKENS",
            "AUTHOR",
            "PASSWORD_FILE",
            "PUBLIC_KEY",
            "KEY_VERSION",
            "AWS_ACCESS_KEY_ID",
            "AUTH_CLIENT_ID",
            "SECRET_KEY_BASE_DUMMY",
            "VITE_API_KEY",
            "NEXT_PUBLIC_TOKEN",
            "REACT_APP_MAPS_KEY",
            "STRIPE_PUBLISHABLE_KEY",
            "SUPABASE_ANON_KEY",
            "RECAPTCHA_SITE_KEY",
            "PAT",
            "PASS",
            "PASS_THROUGH",
            "BYPASS",
            "NPMRC_PATH",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn fingerprints_are_public_and_other_values_are_not() {
        assert!(is_public_key(
            "GPG_KEY",
            "A035C8C19219BA821ECEA86B64E628F8D684696D"
        ));
        assert!(is_public_key("NGINX_GPGKEY", "\"0x1234567890ABCDEF\""));
        assert!(!is_public_key("GPG_KEY", "hunter2hunter2"));
        assert!(!is_public_key(
            "API_KEY",
            "A035C8C19219BA821ECEA86B64E628F8D684696D"
        ));
    }
}
