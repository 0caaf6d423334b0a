//! Searches a text for a value: as it is, in every encoding, and inside the quoting of a shell or of a Dockerfile.
//!
//! In: a value. Out: texts to search for, wiped on drop. [`secret_text`] decides which parts of a value are secret and how they
//! are encoded, as for the search of the built image. A short value is found only as a whole word.

use dockerfile_dsl_analysis::LineIndex;
use dockerfile_dsl_analysis::secret_text::{self, LEAST_LENGTH, Piece, spellings, trim};
use zeroize::Zeroizing;

use super::value::SecretBytes;

/// Min. length of a value to search for, in bytes. The text has a few kilobytes, so a whole word may be shorter than the
/// [`LEAST_LENGTH`] of an image: `PASSWORD=test`. This does not apply to a part of a file: among several passwords, one is
/// `root`.
const LEAST_WORD: usize = 4;

/// The texts to search for.
pub(super) struct Needles(Vec<Needle>);

struct Needle {
    text: Zeroizing<String>,
    /// Whether it counts only between characters that are neither letters nor digits.
    whole_word: bool,
}

impl Needles {
    pub(super) fn new(value: &SecretBytes) -> Self {
        let mut needles = Self(Vec::new());
        let value = trim(value.bytes());
        if value.len() >= LEAST_WORD {
            // A file of many lines has parts, and may also be pasted as a whole.
            needles.add(value);
        }
        for piece in secret_text::parts(value, None).pieces {
            needles.add_piece(&piece);
        }
        needles
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the first occurrence in the text.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        if let Some(offset) = first(&self.0, text) {
            return Some(offset);
        }
        // Quoting only adds backslashes and quotes to a value, so that without them both are equal.
        let plain = without_quoting(text);
        let needles = self.0.iter().map(|needle| Needle {
            text: Zeroizing::new(without_quoting(&needle.text)),
            whole_word: needle.whole_word,
        });
        let found = first(&needles.collect::<Vec<_>>(), &plain)?;
        // Line breaks were kept, so the line number is unchanged.
        LineIndex::new(text).start(LineIndex::new(&plain).line(found))
    }

    fn add_piece(&mut self, piece: &Piece<Zeroizing<Vec<u8>>>) {
        for (_, spelling) in spellings(piece) {
            if spelling.len() >= LEAST_LENGTH {
                self.add(&spelling);
            }
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        // A text can only contain UTF-8.
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        if self.0.iter().all(|known| known.text.as_str() != text) {
            self.0.push(Needle {
                text: Zeroizing::new(text.to_owned()),
                whole_word: text.len() < LEAST_LENGTH,
            });
        }
    }
}

/// Returns the first occurrence of any needle in the text.
fn first(needles: &[Needle], text: &str) -> Option<usize> {
    needles.iter().filter_map(|needle| needle.find(text)).min()
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
            Needles::new(&SecretBytes::new(value)).find(text).is_some(),
            expected,
            "{value:?} in {text:?}"
        );
    }

    #[test]
    fn plain_value_is_found() {
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

    #[test]
    fn value_is_found_inside_quoting() {
        check("it's$a\"b\\c", r#"ENV A="it's\$a\"b\\c""#, true);
        check("it's$a\"b\\c", r#"RUN echo 'it'\''s$a"b\c'"#, true);
        check("it's$a\"b\\c", r#"ENV A="its$abd""#, false);
    }

    #[test]
    fn short_value_is_found_as_a_whole_word() {
        check("test", "RUN echo test", true);
        check("test", "RUN apt-get install libtest-perl testing", false);
        check("abc", "RUN echo abc", false);
        assert!(Needles::new(&SecretBytes::new("abc\n")).is_empty());
    }

    #[test]
    fn each_credential_of_a_file_is_found() {
        let npmrc = "registry=https://npm.acme.test/\n//npm.acme.test/:_authToken=npm_9fK2mQ7xWz\n\
                     always-auth=true\n";
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
    fn short_credentials_of_a_file_are_ignored() {
        check("DB_USER=app\nDB_PASSWORD=root\n", "USER root", false);
        check("DB_PASSWORD=swordfish\n", "ENV A=swordfish", true);
    }

    #[test]
    fn parts_of_every_format_are_found_in_every_encoding() {
        check(
            "postgres://app:kJ8f-2lQx@db/app",
            "ENV PGPASSWORD=kJ8f-2lQx",
            true,
        );
        check(
            "<server><password>a&amp;b-kJ8f</password></server>",
            "ENV A=a&b-kJ8f",
            true,
        );
        // printf tr0ub4dor-and-3 | od -An -tx1
        check(
            "machine a.b login x password tr0ub4dor-and-3",
            "ENV A=74723075623464 6f722d616e642d33",
            false,
        );
        check(
            "machine a.b login x password tr0ub4dor-and-3",
            "ENV A=747230756234646f722d616e642d33",
            true,
        );
    }

    #[test]
    fn occurrence_is_reported_in_its_line() {
        let needles = Needles::new(&SecretBytes::new("it's$a\"b\\c"));
        let text = "FROM x\nRUN 'a'\nENV A=\"it's\\$a\\\"b\\\\c\"\n";
        let offset = needles.find(text).unwrap();
        assert_eq!(text[..offset].matches('\n').count(), 2);
        let text = "it's\\$a\\\"b\\\\c";
        assert_eq!(needles.find(text), Some(0));
    }
}
