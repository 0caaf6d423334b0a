//! Finds the credentials in structured text, by the words in its keys.
//! Lenient, because it does not decide what is clean: a value without such a key is still taken if it looks random.

use super::encoding::{decode_base64, decode_hex, decode_percent, decode_xml};
use super::format::Format;
use super::json::{self, Scalar};
use super::parts::Parts;
use super::piece::{Buffer, FRAGMENT, LEAST_LENGTH};
use super::private_key;
use super::randomness::{changes_of_class, is_varied};
use super::text::{find, trim, utf8, without_blanks};

/// Max. nesting of documents in credentials: a kubeconfig in base64, a key in JSON.
const DEPTH: usize = 4;

/// Collects the credentials of a text.
pub(super) fn collect<B: Buffer>(text: &[u8], format: Option<Format>, parts: &mut Parts<B>) {
    Collector { parts, depth: 0 }.document(text, format);
}

/// Collects a value without further structure.
pub(super) fn collect_value<B: Buffer>(value: &[u8], parts: &mut Parts<B>) {
    Collector { parts, depth: 0 }.value(value);
}

/// Whether a text is base64, rather than a word or a token with the same characters.
fn is_encoded(text: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| text.iter().any(class);
    let is_mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let is_token = text.iter().any(|byte| b"-_".contains(byte));
    text.len() >= FRAGMENT * 4 / 3
        && text.len() & 3 == 0
        && (text.ends_with(b"=") || is_mixed && !is_token)
}

/// Whether a text is base64 on several lines.
pub(super) fn is_wrapped_base64(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    text.contains(&b'\n') && text.iter().all(is_digit)
}

/// Whether one line is a document: `{"token": ".."}`, `https://user:password@host`, `KEY=value`.
pub(super) fn is_structured(line: &[u8], format: Option<Format>) -> bool {
    if matches!(format, Some(Format::Opaque)) {
        return false;
    }
    let keyed = |(key, _): &(&str, &str)| {
        format.is_some()
            || key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
                && is_credential(key)
    };
    line.starts_with(b"{")
        || line.starts_with(b"<")
        || find(line, b"://").is_some()
        || utf8(line).and_then(pair).is_some_and(|pair| keyed(&pair))
}

struct Collector<'p, B> {
    parts: &'p mut Parts<B>,
    depth: usize,
}

impl<B: Buffer> Collector<'_, B> {
    fn document(&mut self, text: &[u8], format: Option<Format>) {
        let before = self.parts.pieces.len() + self.parts.too_short;
        let json = matches!(format, None | Some(Format::Json))
            && matches!(text.trim_ascii_start(), [b'{' | b'[', ..]);
        // Keys in its strings have their line ends only after unescaping, one string after the other.
        if json && json::visit::<B>(text, &mut |key, value| self.scalar(key, value)) {
            if let Some(text) = utf8(text) {
                self.urls(text);
                self.tokens(text);
            }
            return;
        }
        let rest: B = private_key::collect(text, self.parts);
        let Some(rest) = utf8(&rest) else { return };
        self.urls(rest);
        if format == Some(Format::Netrc) || rest.split_ascii_whitespace().next() == Some("machine")
        {
            self.netrc(rest);
        } else if format == Some(Format::Xml) || rest.trim_start().starts_with('<') {
            self.xml(rest);
        } else {
            self.lines(rest);
        }
        // One line without a key is a value, which the caller adds; the tokens of a document count in addition to its credentials.
        if rest.contains('\n') || self.parts.pieces.len() + self.parts.too_short > before {
            self.tokens(rest);
        }
    }

    /// Parses `key = value` and `key: value`, also with `export`, quotes, and a comment sign: a commented password is one, too.
    fn lines(&mut self, text: &str) {
        for line in text.lines() {
            let Some((key, value)) = pair(line) else {
                continue;
            };
            // `==` at the end of base64 is no assignment, whatever words its letters make.
            let is_padding = value == "=" && is_encoded(line.trim().as_bytes());
            if !is_padding {
                self.keyed(key, value);
            }
        }
    }

    fn netrc(&mut self, text: &str) {
        let mut words = text.split_ascii_whitespace();
        while let Some(word) = words.next() {
            if matches!(word, "password" | "account")
                && let Some(value) = words.next()
            {
                self.credential(value.trim_matches('"'));
            }
        }
    }

    fn scalar(&mut self, key: &str, value: Scalar<'_>) {
        match value {
            Scalar::String(text) => self.keyed(key, text),
            Scalar::Number(number) if is_credential(key) => self.credential(number),
            Scalar::Number(_) => {}
        }
    }

    /// Parses the text of elements and the values of attributes, including NuGet's `<add key="ClearTextPassword" value=".."/>`.
    fn xml(&mut self, text: &str) {
        for element in text.split('<').skip(1) {
            let (tag, content) = element.split_once('>').unwrap_or((element, ""));
            let name = tag
                .split(|c: char| c.is_whitespace() || c == '/')
                .next()
                .unwrap_or_default();
            self.xml_value(name, content.trim());
            let mut named = "";
            for attribute in tag
                .split_inclusive(['"', '\''])
                .collect::<Vec<_>>()
                .chunks(2)
            {
                let [name, value] = attribute else { continue };
                // Comments contain quotes, too, but not `NAME="`.
                let name = name.trim_end_matches(['"', '\'']).trim_end();
                let Some(name) = name.strip_suffix('=') else {
                    continue;
                };
                let key = name
                    .split_ascii_whitespace()
                    .next_back()
                    .unwrap_or_default();
                let value = &value[..value.len() - 1];
                if key == "key" {
                    named = value;
                }
                self.xml_value(if key == "value" { named } else { key }, value);
            }
        }
    }

    fn xml_value(&mut self, key: &str, value: &str) {
        self.keyed(key, value);
        let plain: B = decode_xml(value.as_bytes());
        if let Some(plain) = utf8(&plain).filter(|plain| *plain != value) {
            self.keyed(key, plain);
        }
    }

    fn keyed(&mut self, key: &str, value: &str) {
        if is_public(key) {
            return;
        }
        if is_credential(key) && !is_placeholder(value) {
            self.credential(value);
        } else if value.contains('\n') {
            self.nested(value.as_bytes());
        }
    }

    /// Adds a value under a credential key, and its decoded base64.
    fn credential(&mut self, value: &str) {
        let value = value.trim();
        let value = ["Bearer ", "bearer ", "Basic ", "basic ", "token "]
            .iter()
            .find_map(|scheme| value.strip_prefix(scheme))
            .unwrap_or(value)
            .trim();
        if value.contains('\n') {
            let before = self.parts.pieces.len();
            self.nested(value.as_bytes());
            if self.parts.pieces.len() == before {
                self.parts.text(value.as_bytes());
            }
            return;
        }
        self.value(value.as_bytes());
    }

    /// Adds a value, and its decoded base64 or hexadecimal digits: the step may decode it.
    fn value(&mut self, value: &[u8]) {
        let digits: B = without_blanks(value);
        let Some(inner) = decode_base64::<B>(&digits).filter(|it| it.len() >= LEAST_LENGTH) else {
            return self.parts.value(value);
        };
        let is_text = |text: &&str| text.chars().all(|c| !c.is_control() || c.is_whitespace());
        match utf8(&inner).filter(is_text) {
            // A document in base64 is searched for in all encodings: its head is not secret in this encoding either.
            Some(text) if text.contains('\n') => {
                let before = self.parts.pieces.len();
                self.nested(text.as_bytes());
                if self.parts.pieces.len() == before {
                    self.parts.any(value);
                }
            }
            Some(text) => {
                self.parts.any(value);
                let password = match text.split_once(':') {
                    Some((user, password)) if !user.contains([' ', '/']) => password,
                    _ => text,
                };
                self.parts.alternative(password.as_bytes());
            }
            None => {
                self.parts.any(value);
                if let Some(bytes) = decode_hex::<B>(&digits) {
                    self.parts.decoded(&bytes);
                } else if is_encoded(&digits) {
                    self.parts.decoded(&inner);
                }
            }
        }
    }

    fn nested(&mut self, text: &[u8]) {
        if self.depth < DEPTH {
            Collector {
                parts: self.parts,
                depth: self.depth + 1,
            }
            .document(trim(text), None);
        }
    }

    /// Parses `scheme://user:password@host`.
    fn urls(&mut self, text: &str) {
        for (at, _) in text.match_indices("://") {
            let rest = &text[at + 3..];
            let end = rest
                .find(|c: char| c.is_whitespace() || "/\"'<>?#".contains(c))
                .unwrap_or(rest.len());
            let Some((user, _)) = rest[..end].rsplit_once('@') else {
                continue;
            };
            let (user, password) = user.split_once(':').unwrap_or(("", user));
            let _ = user;
            if is_placeholder(password) {
                continue;
            }
            self.parts.value(password.as_bytes());
            if password.contains('%') {
                let decoded: B = decode_percent(password.as_bytes());
                self.parts.alternative(&decoded);
            }
        }
    }

    /// Adds values that look like tokens, under any key but one that marks a public value.
    fn tokens(&mut self, text: &str) {
        for line in text.lines() {
            // The value of a key alone on its line was decided with it, and so was the content of a block, such as a certificate.
            let is_word = |key: &str| {
                key.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
            };
            let decided =
                |(key, _): (&str, &str)| is_word(key) && (is_public(key) || is_credential(key));
            if pair(line).is_some_and(decided) || line.contains("-----BEGIN ") {
                continue;
            }
            for token in line.split(|c: char| !(c.is_ascii_alphanumeric() || "_+~=".contains(c))) {
                let token = token.trim_matches('=');
                let token = token
                    .rsplit_once('=')
                    .map_or(token, |(_, value)| value)
                    .as_bytes();
                let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
                let known = self
                    .parts
                    .pieces
                    .iter()
                    .any(|piece| find(&piece.text, token).is_some());
                if token.len() >= FRAGMENT
                    && digits >= 2
                    && changes_of_class(token) * 4 >= token.len()
                    && is_varied(token)
                    && !known
                {
                    self.parts.value(token);
                }
            }
        }
    }
}

/// Parses `key = value` or `key: value` in one line.
fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['#', ';', '-', ' ']);
    let line = line.strip_prefix("export ").unwrap_or(line);
    // The first `=` ends a key, also in `//host/:_authToken=value`; without one the first `: ` does.
    let at = match (line.find('='), line.find(": ")) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (equals, colon) => equals.or(colon)?,
    };
    let (key, value) = (
        line[..at].trim(),
        line[at + 1..].trim().trim_end_matches(','),
    );
    let key = key
        .rsplit(':')
        .next()
        .unwrap_or(key)
        .trim()
        .trim_matches(['"', '\'']);
    let value = match value.as_bytes() {
        [quote @ (b'"' | b'\''), ..] => value[1..].split(*quote as char).next().unwrap_or_default(),
        _ => value,
    };
    (!key.is_empty() && !key.contains(char::is_whitespace) && !value.is_empty())
        .then_some((key, value))
}

/// Whether the words of a key mark a credential.
fn is_credential(key: &str) -> bool {
    const WORDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pwd",
        "secret",
        "token",
        "credential",
        "apikey",
        "api_key",
        "api-key",
        "accesskey",
        "access_key",
        "access-key",
        "privatekey",
        "private_key",
        "private-key",
        "signingkey",
        "signing_key",
        "signing-key",
        "encryption_key",
        "masterkey",
        "master_key",
        "key-data",
        "auth",
        "cookie",
        "bearer",
        "webhook",
    ];
    let lower = key.to_ascii_lowercase();
    let last = lower.rsplit(['_', '-', '.']).next().unwrap_or_default();
    !is_public(&lower)
        && (WORDS.iter().any(|word| lower.contains(word))
            || matches!(last, "pass" | "key" | "pw" | "pin" | "salt" | "dsn"))
}

/// Whether the words of a key mark a public value.
fn is_public(key: &str) -> bool {
    const ENDS: &[&str] = &[
        "_uri",
        "_url",
        "-url",
        "_id",
        "-id",
        "_file",
        "-file",
        "_path",
        "-path",
        "_type",
        "-type",
        "_email",
        "_name",
        "-name",
        "_host",
        "-host",
        "_port",
        "_expiry",
        "_expires",
        "_ttl",
        "_method",
        "always-auth",
        "author",
        "authors",
        "integrity",
        "-certificate",
        "_certificate",
        "-authority-data",
        "certificate-data",
        "authority",
        "_enabled",
        "checksum",
        "digest",
        "fingerprint",
        "public_key",
        "publickey",
        "public-key",
    ];
    let lower = key.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.ends_with(end))
        || lower.starts_with("xmlns")
        || lower.ends_with("schemalocation")
}

/// Placeholders for credentials in the comments of files that programs ship: Maven's `settings.xml`.
const SAMPLES: &[&str] = &["proxypass", "repopwd", "optional; leave empty if not used."];

/// Whether it is a placeholder: `${VAR}`, `/path/to/key`, `true`, `<your token>`.
fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    if SAMPLES.contains(&value) {
        return true;
    }
    let inside = |open: &str, close: &str| value.starts_with(open) && value.ends_with(close);
    inside("${", "}")
        || inside("{{", "}}")
        || inside("<", ">")
        || inside("%", "%")
        || value.starts_with('$')
            && value[1..]
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        || matches!(
            value,
            "" | "true" | "false" | "null" | "none" | "yes" | "no" | "{" | "[" | "|" | ">" | "|-"
        )
        || ["/", "~/", "./"]
            .iter()
            .any(|start| value.starts_with(start))
            && value.matches('/').count() >= 2
            && value
                .split('/')
                .map(|name| changes_of_class(name.as_bytes()))
                .sum::<usize>()
                * 3
                < value.len()
        || (value.starts_with("http://") || value.starts_with("https://"))
            && !value.contains(['@', '?'])
}
