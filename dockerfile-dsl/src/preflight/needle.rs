//! Looks for a value in a text: as it is, in base64, percent-encoded, and behind the quoting of a shell or of a Dockerfile.
//!
//! In: a value. Out: texts to look for, wiped when they are dropped. A short value is found only where it is a word of its own;
//! one of less than four bytes is not looked for. Of a file with several entries, the credentials are looked for one by one.

use zeroize::Zeroizing;

use super::value::Value;

/// Shorter than this, a value says nothing: it stands everywhere.
const SHORTEST: usize = 4;
/// From this length on, a value is looked for inside of words, and encoded.
const LONG: usize = 8;

/// The texts to look for.
pub(super) struct Needles(Vec<Needle>);

struct Needle {
    text: Zeroizing<String>,
    /// Whether it counts only between characters that are no letter and no digit.
    whole_word: bool,
}

impl Needles {
    pub(super) fn of(value: &Value) -> Self {
        let mut needles = Self(Vec::new());
        let bytes = trim(value.bytes());
        needles.add_encodings(bytes);
        for part in credentials(bytes) {
            needles.add_encodings(part);
        }
        needles
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The place of the first one in the text.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        if let Some(offset) = first(&self.0, text) {
            return Some(offset);
        }
        // Quoting puts backslashes and quotes into a value and takes none away, so that without them both are equal.
        let plain = without_quoting(text);
        let mut needles = Vec::new();
        for needle in &self.0 {
            needles.push(Needle {
                text: Zeroizing::new(without_quoting(&needle.text)),
                whole_word: needle.whole_word,
            });
        }
        let found = first(&needles, &plain)?;
        // The line is the same one: no line break was taken away.
        let line = plain[..found].matches('\n').count();
        Some(
            text.match_indices('\n')
                .nth(line.wrapping_sub(1))
                .map_or(0, |(offset, _)| offset + 1),
        )
    }

    fn add_encodings(&mut self, bytes: &[u8]) {
        if bytes.len() < SHORTEST {
            return;
        }
        self.add(bytes);
        if bytes.len() >= LONG {
            for alignment in 0..3 {
                self.add(&base64(bytes, alignment, b"+/"));
                self.add(&base64(bytes, alignment, b"-_"));
            }
            self.add(&percent(bytes, b"0123456789ABCDEF"));
            self.add(&percent(bytes, b"0123456789abcdef"));
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        // A text can only hold what is text.
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        if self.0.iter().all(|known| known.text.as_str() != text) {
            self.0.push(Needle {
                text: Zeroizing::new(text.to_owned()),
                whole_word: text.len() < LONG,
            });
        }
    }
}

/// The place of the first one in the text.
fn first(needles: &[Needle], text: &str) -> Option<usize> {
    let mut first: Option<usize> = None;
    for needle in needles {
        if let Some(at) = needle.find(text) {
            first = Some(first.map_or(at, |first| first.min(at)));
        }
    }
    first
}

impl Needle {
    fn find(&self, text: &str) -> Option<usize> {
        if self.text.is_empty() {
            return None;
        }
        let is_inside_word = |neighbour: Option<char>| {
            self.whole_word && neighbour.is_some_and(char::is_alphanumeric)
        };
        text.match_indices(self.text.as_str())
            .find(|(at, found)| {
                !is_inside_word(text[..*at].chars().next_back())
                    && !is_inside_word(text[at + found.len()..].chars().next())
            })
            .map(|(at, _)| at)
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii()
}

/// The values of entries whose key says that they are credentials, in files of several lines or entries:
/// `//host/:_authToken=VALUE`, `"password": "VALUE"`, `<password>VALUE</password>`, `login x password VALUE`.
fn credentials(bytes: &[u8]) -> Vec<&[u8]> {
    const KEYS: [&[u8]; 6] = [
        b"token",
        b"passw",
        b"secret",
        b"auth",
        b"key",
        b"credential",
    ];
    let mut found = Vec::new();
    let (mut start, mut after_key) = (0, false);
    for end in 0..=bytes.len() {
        let separator = bytes.get(end).copied().unwrap_or(b'\n');
        if !separator.is_ascii_whitespace() && !b"=:\"'<>,;{}".contains(&separator) {
            continue;
        }
        let word = &bytes[start..end];
        start = end + 1;
        if !word.is_empty() {
            if after_key && word.len() >= LONG && word != bytes {
                found.push(word);
            }
            let lower = Zeroizing::new(word.to_ascii_lowercase());
            let is_key = KEYS
                .iter()
                .any(|key| lower.windows(key.len()).any(|window| window == *key));
            // `Bearer` and `Basic` stand between the key and the value.
            after_key = is_key || (after_key && matches!(lower.as_slice(), b"bearer" | b"basic"));
        }
        after_key &= separator != b'\n';
    }
    found
}

/// The characters of base64 that depend on these bytes only, if `alignment` other bytes come first.
fn base64(bytes: &[u8], alignment: usize, last: &[u8; 2]) -> Zeroizing<Vec<u8>> {
    let digit = |six: u32| -> u8 {
        match six & 63 {
            letter @ 0..=25 => b'A' + letter as u8,
            letter @ 26..=51 => b'a' + (letter - 26) as u8,
            number @ 52..=61 => b'0' + (number - 52) as u8,
            62 => last[0],
            _ => last[1],
        }
    };
    let mut digits = Zeroizing::new(Vec::with_capacity(bytes.len().div_ceil(3) * 4 + 4));
    let first_bit = alignment * 8;
    let end_bit = first_bit + bytes.len() * 8;
    let mut bit = first_bit.next_multiple_of(6);
    while bit + 6 <= end_bit {
        let byte = bit / 8 - alignment;
        let pair =
            u32::from(bytes[byte]) << 8 | u32::from(bytes.get(byte + 1).copied().unwrap_or(0));
        digits.push(digit(pair >> (10 - bit % 8)));
        bit += 6;
    }
    digits
}

fn percent(bytes: &[u8], hex: &[u8; 16]) -> Zeroizing<Vec<u8>> {
    let mut encoded = Zeroizing::new(Vec::with_capacity(bytes.len() * 3));
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte);
        } else {
            encoded.extend([
                b'%',
                hex[usize::from(byte >> 4)],
                hex[usize::from(byte & 15)],
            ]);
        }
    }
    encoded
}

fn without_quoting(text: &str) -> String {
    text.replace(['\\', '\'', '"'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "ghp_x7Kq/0+Zt9~R";

    #[track_caller]
    fn check(value: &str, text: &str, expected: bool) {
        assert_eq!(
            Needles::of(&Value::new(value)).find(text).is_some(),
            expected,
            "{value:?} in {text:?}"
        );
    }

    #[test]
    fn the_value_itself_is_found() {
        check(TOKEN, &format!("ENV A=\"{TOKEN}\""), true);
        check(&format!("{TOKEN}\n"), &format!("x{TOKEN}y"), true);
        check(TOKEN, "ENV A=\"ghp_x7Kq/0+Zt9~S\"", false);
    }

    #[test]
    fn encodings_are_found() {
        // printf 'x-access-token:ghp_x7Kq/0+Zt9~R' | base64
        check(
            TOKEN,
            "Basic eC1hY2Nlc3MtdG9rZW46Z2hwX3g3S3EvMCtadDl+Ug==",
            true,
        );
        check(
            TOKEN,
            "Basic eC1hY2Nlc3MtdG9rZW46Z2hwX3g3S3EvMCtadDl-Ug",
            true,
        );
        check(TOKEN, "https://u:ghp_x7Kq%2F0%2BZt9~R@host/", true);
        check(TOKEN, "https://u:ghp_x7Kq%2f0%2bZt9~R@host/", true);
    }

    /// Each alignment against an independent encoder's output.
    #[test]
    fn base64_is_base64() {
        assert_eq!(
            *base64(b"Many hands make light work.", 0, b"+/"),
            b"TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu"
        );
        assert_eq!(
            *base64(b"any hands make light work.", 1, b"+/"),
            b"FueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu"
        );
        assert_eq!(
            *base64(b"ny hands make light work.", 2, b"+/"),
            b"ueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu"
        );
        assert_eq!(*base64(b"light wor", 0, b"+/"), b"bGlnaHQgd29y");
        assert_eq!(*base64(b"light wo", 0, b"+/"), b"bGlnaHQgd2");
    }

    #[test]
    fn quoting_hides_nothing() {
        check("it's$a\"b\\c", r#"ENV A="it's\$a\"b\\c""#, true);
        check("it's$a\"b\\c", r#"RUN echo 'it'\''s$a"b\c'"#, true);
        check("it's$a\"b\\c", r#"ENV A="its$abd""#, false);
    }

    #[test]
    fn a_short_value_is_a_word_of_its_own() {
        check("test", "RUN echo test", true);
        check("test", "RUN apt-get install libtest-perl testing", false);
        check("abc", "RUN echo abc", false);
        assert!(Needles::of(&Value::new("abc\n")).is_empty());
    }

    #[test]
    fn credentials_of_a_file_are_found_one_by_one() {
        let npmrc = "registry=https://npm.acme.test/\n//npm.acme.test/:_authToken=npm_9fK2mQ7xWz\nalways-auth=true\n";
        check(npmrc, "ENV NPM=npm_9fK2mQ7xWz", true);
        check(npmrc, "RUN npm ci --registry=https://npm.acme.test/", false);
        check(
            "machine git.acme.test login bot password 9fK2mQ7xWz\n",
            "RUN git clone https://bot:9fK2mQ7xWz@git.acme.test/x",
            true,
        );
        check(
            "machine git.acme.test login bot password 9fK2mQ7xWz\n",
            "RUN git clone https://git.acme.test/x",
            false,
        );
        check(
            "{\"auths\": {\"r.test\": {\"auth\": \"Ym90OnMzY3IzdA\"}}}",
            "ENV A=Ym90OnMzY3IzdA",
            true,
        );
        check(
            "<server><password>9fK2mQ7xWz</password></server>",
            "ENV A=9fK2mQ7xWz",
            true,
        );
    }

    #[test]
    fn the_place_is_in_the_right_line() {
        let needles = Needles::of(&Value::new("it's$a\"b\\c"));
        let text = "FROM x\nRUN 'a'\nENV A=\"it's\\$a\\\"b\\\\c\"\n";
        let offset = needles.find(text).unwrap();
        assert_eq!(text[..offset].matches('\n').count(), 2);
        let text = "it's\\$a\\\"b\\\\c";
        assert_eq!(needles.find(text), Some(0));
    }
}
