//! The formats: a prefix with a body, a key between its delimiter lines, a password at the position of passwords.
//!
//! In: a text. Out: the credentials of each format. Placeholders (`xxxx`, `changeme`) do not count.

use super::names::is_placeholder;
use crate::Span;

/// A literal credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// Its span in the searched text.
    pub(crate) span: Span,
    /// Its kind, as a noun after "a": `GitHub token`.
    pub(crate) kind: &'static str,
    /// Whether the format alone identifies it; else its position does, as in `--password=..`.
    pub(crate) is_certain: bool,
}

/// The characters of a token after its prefix.
#[derive(Clone, Copy)]
enum TokenBody {
    /// Letters and digits.
    Plain,
    /// Also `_` and `-`.
    Word,
    /// Also `.`
    Dotted,
    /// Exactly 16 capital letters and digits.
    AccessKey,
}

/// Prefix, body, min. length, and kind. Shorter than the issued tokens, so that a truncated one matches, too.
const TOKENS: &[(&str, TokenBody, usize, &str)] = &[
    ("ghp_", TokenBody::Plain, 30, "GitHub token"),
    ("gho_", TokenBody::Plain, 30, "GitHub token"),
    ("ghs_", TokenBody::Plain, 30, "GitHub token"),
    ("ghu_", TokenBody::Plain, 30, "GitHub token"),
    ("ghr_", TokenBody::Plain, 30, "GitHub token"),
    ("github_pat_", TokenBody::Word, 40, "GitHub token"),
    ("glpat-", TokenBody::Word, 16, "GitLab token"),
    ("gldt-", TokenBody::Word, 16, "GitLab token"),
    ("glrt-", TokenBody::Word, 16, "GitLab token"),
    ("npm_", TokenBody::Plain, 30, "npm token"),
    ("pypi-", TokenBody::Word, 40, "PyPI token"),
    ("xoxa-", TokenBody::Word, 20, "Slack token"),
    ("xoxb-", TokenBody::Word, 20, "Slack token"),
    ("xoxp-", TokenBody::Word, 20, "Slack token"),
    ("xoxr-", TokenBody::Word, 20, "Slack token"),
    ("xoxs-", TokenBody::Word, 20, "Slack token"),
    ("sk_live_", TokenBody::Plain, 16, "Stripe key"),
    ("rk_live_", TokenBody::Plain, 16, "Stripe key"),
    ("SG.", TokenBody::Dotted, 40, "SendGrid key"),
    ("dop_v1_", TokenBody::Plain, 40, "DigitalOcean token"),
    ("hf_", TokenBody::Plain, 30, "Hugging Face token"),
    ("dckr_pat_", TokenBody::Word, 20, "Docker Hub token"),
    ("AKIA", TokenBody::AccessKey, 16, "AWS access key"),
    ("ASIA", TokenBody::AccessKey, 16, "AWS access key"),
];

impl TokenBody {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::Plain => byte.is_ascii_alphanumeric(),
            Self::Word => is_word(byte),
            Self::Dotted => is_word(byte) || byte == b'.',
            Self::AccessKey => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        }
    }

    fn fits(self, body: &str, least: usize) -> bool {
        body.len() >= least
            && match self {
                Self::AccessKey => body.len() == 16,
                Self::Dotted => body.split_once('.').is_some_and(|(id, key)| {
                    id.len() >= 16 && key.len() >= 16 && !key.contains('.')
                }),
                Self::Plain | Self::Word => true,
            }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Min. length of a run of word characters that may be a token.
const LEAST_WORD: usize = 20;

pub(super) fn tokens(text: &str) -> Vec<Credential> {
    words(text).filter_map(|start| token(text, start)).collect()
}

/// Returns the starts of the runs of word characters that may be tokens. All prefixes are compared there, in one pass over the text.
fn words(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + bytes[at..].iter().position(|byte| is_word(*byte))?;
            let length = bytes[start..]
                .iter()
                .take_while(|byte| is_word(**byte))
                .count();
            at = start + length;
            // The parts of a SendGrid key follow dots.
            if length >= LEAST_WORD || &text[start..at] == "SG" {
                return Some(start);
            }
        }
    })
}

/// Returns the token that begins there.
fn token(text: &str, start: usize) -> Option<Credential> {
    TOKENS.iter().find_map(|(prefix, body, least, kind)| {
        let rest = text[start..].strip_prefix(prefix)?;
        let length = rest.bytes().take_while(|byte| body.holds(*byte)).count();
        // A letter outside the body's characters belongs to a longer word.
        let goes_on = rest.as_bytes().get(length).copied().is_some_and(is_word);
        let is_token =
            !goes_on && body.fits(&rest[..length], *least) && !is_made_up(&rest[..length]);
        is_token.then(|| Credential {
            span: Span::new(start, start + prefix.len() + length),
            kind,
            is_certain: true,
        })
    })
}

/// Whether it was never issued: one repeated character, or placeholder words.
fn is_made_up(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let first = lower.chars().next();
    lower.chars().all(|char| Some(char) == first)
        || [
            "example",
            "xxxx",
            "your",
            "placeholder",
            "0000000000",
            "dummy",
            "changeme",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// Returns the positions of a text. Its first byte is rare, so that this is faster than a search for all of it in a short text.
fn positions(text: &str, of: &'static str) -> impl Iterator<Item = usize> {
    let first = of.chars().next().unwrap_or_default();
    let positions = text.match_indices(first).map(|(at, _)| at);
    positions.filter(move |at| text[*at..].starts_with(of))
}

/// Finds keys from the first line to the last, or to the end of the text.
pub(super) fn private_keys(text: &str) -> Vec<Credential> {
    const END: &str = "PRIVATE KEY-----";
    let mut found = Vec::new();
    const BEGIN: &str = "-----BEGIN ";
    for start in positions(text, BEGIN) {
        let title = &text[start + BEGIN.len()..];
        let Some(length) = title.find("-----").filter(|length| *length < 40) else {
            continue;
        };
        if !title[..length].ends_with("PRIVATE KEY") {
            continue;
        }
        let body_at = start + BEGIN.len() + length + 5;
        // No key is longer.
        let mut most = (body_at + 16_384).min(text.len());
        while !text.is_char_boundary(most) {
            most -= 1;
        }
        let body = &text[body_at..most];
        let end = body.find(END).map_or(body.len(), |at| at + END.len());
        // Line ends may be escaped.
        let is_key = body[..end]
            .split(['\n', '\r', ' ', '\\', '"', '\''])
            .any(|part| {
                part.len() >= 40
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
            });
        if is_key {
            found.push(Credential {
                span: Span::new(start, body_at + end),
                kind: "private key",
                is_certain: true,
            });
        }
    }
    found
}

pub(super) fn json_web_tokens(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    // `J` is rarer than `e`.
    for start in text
        .match_indices('J')
        .filter_map(|(at, _)| at.checked_sub(2))
    {
        if !text.as_bytes()[start..].starts_with(b"eyJ") {
            continue;
        }
        if text[..start]
            .bytes()
            .next_back()
            .is_some_and(|byte| is_word(byte) || byte == b'.')
        {
            continue;
        }
        let length = text[start..]
            .bytes()
            .take_while(|byte| is_word(*byte) || *byte == b'.')
            .count();
        let token = &text[start..start + length];
        let parts: Vec<&str> = token.trim_end_matches('.').split('.').collect();
        if let [header, payload, signature] = parts[..]
            && header.len() >= 10
            && payload.len() >= 10
            && payload.starts_with("eyJ")
            && signature.len() >= 10
        {
            found.push(Credential {
                span: Span::new(start, start + token.trim_end_matches('.').len()),
                kind: "JSON web token",
                is_certain: true,
            });
        }
    }
    found
}

/// Finds `scheme://user:PASSWORD@host`.
pub(super) fn addresses(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    const SEPARATOR: &str = "://";
    for at in positions(text, SEPARATOR) {
        let start = at + SEPARATOR.len();
        let authority = &text[start..];
        let end = authority
            .find(|char: char| char.is_whitespace() || "/?#\"'`,;)<>\\".contains(char))
            .unwrap_or(authority.len());
        let Some((user, host)) = authority[..end].rsplit_once('@') else {
            continue;
        };
        let Some((name, password)) = user.split_once(':') else {
            continue;
        };
        let name_of_host = host.split(':').next().unwrap_or(host);
        let is_local = matches!(
            name_of_host,
            "localhost" | "127.0.0.1" | "0.0.0.0" | "host.docker.internal"
        );
        if password.contains(['$', '{', '}', '*', '%']) && !is_percent_encoded(password)
            || password.is_empty()
            || password == name
            || is_local
            || is_placeholder(password)
        {
            continue;
        }
        let from = start + name.len() + 1;
        found.push(Credential {
            span: Span::new(from, from + password.len()),
            kind: "password in an address",
            is_certain: false,
        });
    }
    found
}

fn is_percent_encoded(text: &str) -> bool {
    !text.contains(['$', '{', '}', '*'])
        && text.match_indices('%').all(|(at, _)| {
            text.as_bytes()
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

/// Finds `--password=VALUE` and the like.
pub(super) fn options(text: &str) -> Vec<Credential> {
    const NAMES: [&str; 8] = [
        "password",
        "passwd",
        "passphrase",
        "token",
        "api-key",
        "apikey",
        "secret-key",
        "secret",
    ];
    let is_of_option = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let mut found = Vec::new();
    for option_at in positions(text, "--") {
        if text[..option_at].ends_with(is_of_option) {
            continue;
        }
        let option = &text[option_at..];
        let option = &option[..option
            .find(|char| !is_of_option(char))
            .unwrap_or(option.len())];
        let start = option_at + option.len() + 1;
        let is_secret = NAMES.iter().any(|name| {
            let before = option.strip_suffix(name);
            before.is_some_and(|before| before == "--" || before.ends_with('-'))
        });
        if !is_secret || !text[start - 1..].starts_with('=') {
            continue;
        }
        let rest = &text[start..];
        let (from, length) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => (1, rest[1..].find(quote).unwrap_or_default()),
            _ => (
                0,
                rest.find(|char: char| char.is_whitespace() || "\"';|&)\\".contains(char))
                    .unwrap_or(rest.len()),
            ),
        };
        let value = &rest[from..from + length];
        let is_elsewhere = value.starts_with(['/', '@', '~', '.', '-', '<', '[', '('])
            || value.contains(['$', '`', '{', '*', '%'])
            || value.contains(':') && !value.contains(' ');
        // The name of a secret: `gcloud secrets versions access latest --secret=npm-token`.
        let is_of_name = |char: char| char.is_ascii_lowercase() || "-_".contains(char);
        let is_secret_name = option == "--secret" && value.chars().all(is_of_name);
        if value.len() < 3 || is_elsewhere || is_secret_name || is_placeholder(value) {
            continue;
        }
        found.push(Credential {
            span: Span::new(start + from, start + from + length),
            kind: "password on a command line",
            is_certain: false,
        });
    }
    found
}
