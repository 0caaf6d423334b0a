//! The value of a secret to the pieces of it that are secret by themselves.
//!
//! A token is one piece. A structured file (JSON, YAML, INI, XML, netrc, PEM, URLs) is mostly text that honest images are
//! full of: there the pieces are the values of credential keys, private key material, and tokens above a bound of randomness.
//! Where a text yields no such piece, the whole of it is the piece: nothing is ever left unsearched without being counted.

mod private_key;
mod structure;

pub(crate) use structure::decode_base64;
use zeroize::Zeroizing;

use crate::needle::{FRAGMENT, LEAST_LENGTH};
use crate::secret::{Format, Secret};

/// A longer piece is searched for in blocks, so that a match is never longer than what is held in memory.
const BLOCK: usize = 4096;

/// A text whose presence in an image is a leak.
pub(crate) struct Piece {
    pub(crate) text: Zeroizing<Vec<u8>>,
    pub(crate) need: Need,
    pub(crate) forms: Forms,
    /// The length of its longest line, if line ends stand between its raw bytes.
    pub(crate) longest_line: Option<usize>,
    /// Pieces that say the same share it.
    pub(crate) group: usize,
}

/// How much of a piece makes a leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// All of it: less than that may be an ordinary word.
    Whole,
    /// Any 16 bytes of it: it looks random throughout.
    Fragment,
}

/// In which forms a piece is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forms {
    All,
    /// As it is, and reversed.
    Raw,
    /// In all encodings, but not as it is.
    Encoded,
}

/// What a secret comes down to.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) pieces: Vec<Piece>,
    /// Credentials that are too short to be searched for.
    pub(crate) too_short: usize,
    /// How many groups the pieces make.
    pub(crate) groups: usize,
}

impl Parts {
    /// The pieces of a secret.
    pub(crate) fn of(secret: &Secret) -> Self {
        let mut parts = Self::default();
        let decoded = decode_utf16(secret.value());
        let value = trim(
            decoded
                .as_ref()
                .map_or(secret.value(), |text| text.as_bytes()),
        );
        if value.len() < LEAST_LENGTH {
            parts.too_short = 1;
            return parts;
        }
        let format = secret.chosen_format();
        let lines = value.contains(&b'\n');
        if format != Some(Format::Opaque) {
            structure::collect(value, format, &mut parts);
        }
        if !lines && (!structure::is_structured(value, format) || parts.pieces.is_empty()) {
            parts.value(value);
        } else if parts.pieces.is_empty() && parts.too_short == 0 {
            parts.text(value);
        } else if !lines {
            // A structured line, as a URL: the whole of it is also looked for, for what the guess may have missed.
            parts.add(value, Need::Whole, Forms::All);
            if let [first, .., last] = &mut parts.pieces[..] {
                last.group = first.group;
                parts.groups -= 1;
            }
        }
        parts
    }

    /// A value that is secret from its first to its last byte.
    fn value(&mut self, value: &[u8]) {
        let value = trim(value);
        if value.len() < LEAST_LENGTH {
            self.too_short += usize::from(!value.is_empty());
            return;
        }
        let need = if looks_random(value) {
            Need::Fragment
        } else {
            Need::Whole
        };
        self.add(value, need, Forms::All);
    }

    /// A text of which nothing is known: the whole of it, and each of its lines that is no sentence.
    fn text(&mut self, text: &[u8]) {
        self.add(text, Need::Whole, Forms::All);
        for line in text.split(|&byte| byte == b'\n').map(trim) {
            if line.len() >= FRAGMENT
                && !line.contains(&b' ')
                && line.iter().any(u8::is_ascii_digit)
            {
                self.value(line);
            }
        }
    }

    fn add(&mut self, text: &[u8], need: Need, forms: Forms) {
        if self
            .pieces
            .iter()
            .any(|piece| piece.text[..] == *text && piece.forms == Forms::All)
        {
            return;
        }
        if text.contains(&b'\n') {
            return self.lines(text, need);
        }
        for block in blocks(text) {
            self.push(block.to_vec(), need, forms);
            self.groups += 1;
        }
    }

    /// The same value as the last one, written in another way: one of them is as good as both.
    fn alternative(&mut self, value: &[u8]) {
        let (pieces, groups) = (self.pieces.len(), self.groups);
        self.value(value);
        self.join_groups(pieces, groups);
    }

    /// Says that the pieces since then are only other ways to write what was there before.
    fn join_groups(&mut self, pieces: usize, groups: usize) {
        if groups > 0 {
            self.pieces[pieces..]
                .iter_mut()
                .for_each(|piece| piece.group = groups - 1);
            self.groups = groups;
        }
    }

    /// Several lines: joined, as line ends and indentation may change, and in the encodings of the text as it is.
    fn lines(&mut self, text: &[u8], need: Need) {
        let lines = || text.split(|&byte| byte == b'\n').map(trim);
        let longest = lines().map(<[u8]>::len).max();
        let joined = Zeroizing::new(lines().flatten().copied().collect::<Vec<u8>>());
        for block in blocks(&joined) {
            self.push(block.to_vec(), need, Forms::Raw);
            if let Some(piece) = self.pieces.last_mut() {
                piece.longest_line = longest;
            }
            self.groups += 1;
        }
        let unix = Zeroizing::new(without_returns(text));
        if need == Need::Fragment {
            return self.same(&unix, need, Forms::Encoded);
        }
        // Short lines may have no eight bytes at a place that is looked at; and no window tells the line ends of other systems.
        let windows = Zeroizing::new(with_returns(&unix));
        self.same(&unix, need, Forms::All);
        self.same(&windows, need, Forms::All);
    }

    /// Another way to write the last group.
    fn same(&mut self, text: &[u8], need: Need, forms: Forms) {
        for block in blocks(text) {
            self.push(block.to_vec(), need, forms);
            if let Some(piece) = self.pieces.last_mut() {
                piece.group = self.groups - 1;
            }
        }
    }

    fn push(&mut self, text: Vec<u8>, need: Need, forms: Forms) {
        self.pieces.push(Piece {
            text: Zeroizing::new(text),
            need,
            forms,
            longest_line: None,
            group: self.groups,
        });
    }
}

fn without_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, &byte) in text.iter().enumerate() {
        if byte != b'\r' || text.get(at + 1) != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

fn with_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

/// Text that begins with the mark of UTF-16, as Windows writes it.
fn decode_utf16(value: &[u8]) -> Option<Zeroizing<String>> {
    let unit = match value {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = value[2..].chunks(2).map(|pair| pair.try_into().map(unit));
    let units = Zeroizing::new(units.collect::<Result<Vec<u16>, _>>().ok()?);
    let mut text = Zeroizing::new(String::with_capacity(value.len() * 2));
    for character in char::decode_utf16(units.iter().copied()) {
        text.push(character.ok()?);
    }
    Some(text)
}

/// Cuts a long text so that no block is too short to be searched for.
fn blocks(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let count = text.len().div_ceil(BLOCK).max(1);
    text.chunks(text.len().div_ceil(count).max(1))
}

pub(crate) fn trim(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii()
}

/// Whether 16 bytes of it, wherever they are cut, are hardly found anywhere by chance.
fn looks_random(value: &[u8]) -> bool {
    if value.len() < FRAGMENT {
        return false;
    }
    if std::str::from_utf8(value).is_err() {
        return value.windows(FRAGMENT).all(is_varied);
    }
    // Words with separators take turns as well, but hold neither digits nor capitals.
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed =
        value.iter().any(u8::is_ascii_uppercase) && changes_of_class(value) * 3 >= value.len();
    (digits >= 2 || mixed)
        && !value.iter().any(u8::is_ascii_whitespace)
        && changes_of_class(value) * 5 >= value.len()
        && is_varied(value)
}

/// How often letter case, digit and punctuation take turns: often in random text, seldom in words.
fn changes_of_class(text: &[u8]) -> usize {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    text.windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count()
}

/// Whether a fragment is neither a run of few characters nor a piece of an alphabet.
pub(crate) fn is_varied(text: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut distinct = 0;
    for &byte in text {
        distinct += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
    }
    let steps = text
        .windows(2)
        .filter(|pair| pair[0].abs_diff(pair[1]) <= 1)
        .count();
    distinct >= 7 && steps * 2 < text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text, one per line, each with `*` where a fragment of it counts.
    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let parts = Parts::of(&Secret::new("s", value).unwrap());
        let mut pieces: Vec<String> = parts
            .pieces
            .iter()
            .map(|piece| {
                format!(
                    "{}{}",
                    String::from_utf8_lossy(&piece.text),
                    if piece.need == Need::Fragment {
                        "*"
                    } else {
                        ""
                    }
                )
            })
            .collect();
        pieces.extend((0..parts.too_short).map(|_| "(too short)".to_owned()));
        assert_eq!(pieces, expected, "{value}");
    }

    #[test]
    fn a_token_is_one_piece_and_each_16_bytes_of_it_count() {
        check(
            "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0\n",
            &["ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0*"],
        );
        check(
            "d41d8cd98f00b204e9800998ecf8427e",
            &["d41d8cd98f00b204e9800998ecf8427e*"],
        );
    }

    #[test]
    fn words_must_be_seen_whole() {
        check(
            "correct-horse-battery-staple",
            &["correct-horse-battery-staple"],
        );
        check(
            "abcdefghijklmnopqrstuvwxyz012345",
            &["abcdefghijklmnopqrstuvwxyz012345"],
        );
    }

    #[test]
    fn a_short_value_is_counted() {
        check("hunter2", &["(too short)"]);
        check("hunter22", &["hunter22"]);
        check("", &["(too short)"]);
    }

    #[test]
    fn npmrc_yields_its_token() {
        check(
            "registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken=npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5\nalways-auth=true\n",
            &["npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5*"],
        );
    }

    #[test]
    fn settings_xml_yields_its_password() {
        check(
            "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.0.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n xsi:schemaLocation=\"http://maven.apache.org/SETTINGS/1.0.0 http://maven.apache.org/xsd/settings-1.0.0.xsd\">\n<servers><server><id>central</id><username>deploy</username><password>p&amp;ss w0rd!</password></server></servers></settings>\n",
            &["p&amp;ss w0rd!", "p&ss w0rd!"],
        );
    }

    #[test]
    fn netrc_yields_its_passwords() {
        check(
            "machine github.com\n  login me\n  password tr0ub4dor-and-3\nmachine a.b login x password y\n",
            &["tr0ub4dor-and-3", "(too short)"],
        );
    }

    #[test]
    fn dotenv_yields_credentials_and_passwords_in_urls() {
        check(
            "NODE_ENV=production\nexport DB_PASSWORD='s3cr3t-pa55'\nDATABASE_URL=postgres://app:kJ8f-2lQx@db.internal:5432/app\nDEBUG=false\n",
            &["kJ8f-2lQx", "s3cr3t-pa55"],
        );
    }

    #[test]
    fn docker_config_yields_the_field_and_the_password_in_it() {
        // base64("robot:Zq7-vT2_pLx9")
        check(
            "{\n\t\"auths\": {\n\t\t\"registry.example.com\": {\n\t\t\t\"auth\": \"cm9ib3Q6WnE3LXZUMl9wTHg5\"\n\t\t}\n\t}\n}\n",
            &["cm9ib3Q6WnE3LXZUMl9wTHg5*", "Zq7-vT2_pLx9"],
        );
    }

    #[test]
    fn a_placeholder_is_no_credential() {
        check(
            "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\npassword_file=/run/secrets/x\n_password=Zm9vYmFyYmF6cXV4\n",
            &["Zm9vYmFyYmF6cXV4*", "foobarbazqux"],
        );
    }

    #[test]
    fn the_samples_of_mavens_own_file_are_no_credentials() {
        check(
            "<settings>\n<!-- <privateKey>/path/to/private/key</privateKey>\n<passphrase>optional; leave empty if not used.</passphrase>\nusername/password OR privateKey, see 'id' or 'name'\n<password>repopwd</password> -->\n<password>kJ8f-2lQx/a/b</password></settings>\n",
            &["kJ8f-2lQx/a/b"],
        );
    }

    #[test]
    fn an_unknown_text_is_searched_for_as_a_whole() {
        check(
            "three blind mice\nsee how they run\n",
            &[
                "three blind micesee how they run",
                "three blind mice\nsee how they run",
                "three blind mice\r\nsee how they run",
            ],
        );
    }

    #[test]
    fn a_url_is_its_password_and_the_whole() {
        check(
            "postgres://app:kJ8f-2lQx@db/app",
            &["kJ8f-2lQx", "postgres://app:kJ8f-2lQx@db/app"],
        );
    }
}
