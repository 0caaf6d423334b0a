//! Masks the known values in the output of a build while it is streamed.
//!
//! In: values, and bytes in chunks of any size. Out: the same bytes with a mark in place of a value in any encoding of
//! [`secret_text`], however the chunks split it. Bytes are held back only while they could be the start of a value.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use dockerfile_dsl_analysis::secret_text::{
    self, Encoding, LEAST_LENGTH, Need, Piece, spellings, trim,
};
use zeroize::Zeroizing;

/// Min. bytes in a row of a random-looking or encoded value that are masked: a line break may split the value.
const GRAM: usize = LEAST_LENGTH;
/// Length in bytes above which only the usual encodings are masked, to bound the memory.
const LONG: usize = 1024;
/// Min. length of a value that is masked, in bytes: a shorter one occurs in every text.
const LEAST_VALUE: usize = 3;
const MARK: &[u8] = b"[redacted]";

/// The masked values, indexed.
#[derive(Default)]
pub(crate) struct Mask {
    /// Sorted.
    grams: Zeroizing<Vec<[u8; GRAM]>>,
    /// Texts that count as a whole, by their first bytes.
    texts: BTreeMap<[u8; LEAST_VALUE], Vec<Zeroizing<Vec<u8>>>>,
    /// Length of the longest of them, at least that of a gram.
    longest: usize,
}

impl Mask {
    pub(crate) fn new<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        let mut mask = Self {
            longest: GRAM,
            ..Self::default()
        };
        for value in values {
            let value = trim(value);
            if (LEAST_VALUE..LEAST_LENGTH).contains(&value.len()) {
                mask.add_text(value);
            }
            for piece in secret_text::parts::<Zeroizing<Vec<u8>>>(value, None).pieces {
                mask.add_piece(&piece);
            }
        }
        mask.grams.sort_unstable();
        mask.grams.dedup();
        mask
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.grams.is_empty() && self.texts.is_empty()
    }

    fn add_piece(&mut self, piece: &Piece<Zeroizing<Vec<u8>>>) {
        for (encoding, spelling) in spellings(piece) {
            let is_usual = matches!(
                encoding,
                Encoding::Raw | Encoding::Base64 | Encoding::Hex | Encoding::Base64Url
            );
            if spelling.len() < LEAST_LENGTH || spelling.len() > LONG && !is_usual {
                continue;
            }
            let may_be_cut =
                is_dense(encoding) || encoding == Encoding::Raw && piece.need == Need::Fragment;
            if may_be_cut {
                let grams = spelling.windows(GRAM);
                self.grams
                    .extend(grams.filter_map(|gram| <[u8; GRAM]>::try_from(gram).ok()));
            } else {
                // A builder adds a time stamp to each line.
                for line in spelling.split(|byte| *byte == b'\n') {
                    if line.len() >= LEAST_LENGTH {
                        self.add_text(line);
                    }
                }
            }
        }
    }

    fn add_text(&mut self, text: &[u8]) {
        let Some(key) = text.first_chunk() else {
            return;
        };
        self.longest = self.longest.max(text.len());
        let known = self.texts.entry(*key).or_default();
        if known.iter().all(|known| known[..] != *text) {
            known.push(Zeroizing::new(text.to_vec()));
        }
    }

    /// Marks the bytes of values from `start` on, and returns the offset from which the result is still open.
    fn look(&self, bytes: &[u8], hidden: &mut [bool], start: usize) -> usize {
        let mut decided = bytes.len();
        for at in start..bytes.len() {
            let rest = &bytes[at..];
            if let Some(gram) = rest.first_chunk::<GRAM>() {
                if self.grams.binary_search(gram).is_ok() {
                    hidden[at..at + GRAM].fill(true);
                }
            } else if self.begins_gram(rest) {
                decided = decided.min(at);
            }
            match rest.first_chunk::<LEAST_VALUE>() {
                Some(key) => {
                    for text in self.texts.get(key).into_iter().flatten() {
                        if rest.starts_with(text) {
                            hidden[at..at + text.len()].fill(true);
                        } else if text.starts_with(rest) {
                            decided = decided.min(at);
                        }
                    }
                }
                None if self.texts.keys().any(|key| key.starts_with(rest)) => {
                    decided = decided.min(at);
                }
                None => {}
            }
        }
        decided
    }

    fn begins_gram(&self, bytes: &[u8]) -> bool {
        let at = self.grams.partition_point(|gram| gram[..] < *bytes);
        self.grams
            .get(at)
            .is_some_and(|gram| gram.starts_with(bytes))
    }

    /// Copies everything, masked.
    pub(crate) fn copy(&self, mut from: impl Read, to: &mut dyn Write) -> io::Result<()> {
        let mut masked = Masked::new(self);
        let mut room = Zeroizing::new(vec![0; 16 * 1024]);
        loop {
            match from.read(&mut room) {
                Ok(0) => break,
                Ok(length) => {
                    masked.push(&room[..length]);
                    masked.write_decided(to)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        masked.write_rest(to)
    }
}

/// Whether a few characters of it identify the value: in a list of numbers they are two bytes, and unencoded they may be a word.
fn is_dense(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::Base64
            | Encoding::Base64Url
            | Encoding::Base64Base64
            | Encoding::Base64Utf16
            | Encoding::Base32
            | Encoding::Uuencode
            | Encoding::Hex
    )
}

/// A stream in progress.
struct Masked<'a> {
    mask: &'a Mask,
    pending: Zeroizing<Vec<u8>>,
    hidden: Vec<bool>,
    was_hidden: bool,
}

impl<'a> Masked<'a> {
    fn new(mask: &'a Mask) -> Self {
        Self {
            mask,
            pending: Zeroizing::new(Vec::new()),
            hidden: Vec::new(),
            was_hidden: false,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        self.hidden.resize(self.pending.len(), false);
    }

    fn write_decided(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let decided = self.mask.look(&self.pending, &mut self.hidden, 0);
        self.write(decided, to)
    }

    fn write_rest(&mut self, to: &mut dyn Write) -> io::Result<()> {
        self.write(self.pending.len(), to)
    }

    fn write(&mut self, end: usize, to: &mut dyn Write) -> io::Result<()> {
        let mut at = 0;
        while at < end {
            let hide = self.hidden[at];
            let run = self.hidden[at..end]
                .iter()
                .take_while(|hidden| **hidden == hide);
            let length = run.count();
            if !hide {
                to.write_all(&self.pending[at..at + length])?;
            } else if !self.was_hidden {
                to.write_all(MARK)?;
            }
            self.was_hidden = hide;
            at += length;
        }
        self.pending.drain(..end);
        self.hidden.drain(..end);
        to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "ghp_x7Kq/0+Zt9~RmW2vB4nD8sF1";

    fn masked(values: &[&str], text: &str, size: usize) -> String {
        let mask = Mask::new(values.iter().map(|value| value.as_bytes()));
        let mut masked = Masked::new(&mask);
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            masked.push(chunk);
            masked.write_decided(&mut out).unwrap();
        }
        masked.write_rest(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// For every size of chunks.
    #[track_caller]
    fn check(values: &[&str], text: &str, expected: &str) {
        for size in [1, 2, 3, 5, 7, 8, 16, 1000] {
            assert_eq!(masked(values, text, size), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn value_is_masked_for_any_chunk_size() {
        check(
            &[TOKEN],
            &format!("#8 0.1 token={TOKEN} ok\n"),
            "#8 0.1 token=[redacted] ok\n",
        );
        check(
            &[TOKEN],
            &format!("{TOKEN}{TOKEN}\n{TOKEN}"),
            "[redacted]\n[redacted]",
        );
    }

    #[test]
    fn every_encoding_is_masked() {
        // printf 'x-access-token:ghp_x7Kq/0+Zt9~RmW2vB4nD8sF1' | base64
        let basic = "eC1hY2Nlc3MtdG9rZW46Z2hwX3g3S3EvMCtadDl+Um1XMnZCNG5EOHNGMQ==";
        let shown = masked(&[TOKEN], &format!("Authorization: Basic {basic}\n"), 1000);
        assert!(shown.starts_with("Authorization: Basic ") && shown.contains("[redacted]"));
        assert!(
            !shown.contains("Z2hwX3g3S3Ev") && !shown.contains("NG5EOHNG"),
            "{shown}"
        );
        check(
            &[TOKEN],
            "https://u:ghp_x7Kq%2F0%2BZt9~RmW2vB4nD8sF1@host/\n",
            "https://u:[redacted]@host/\n",
        );
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
        check(&[TOKEN], &format!("<{hex}>"), "<[redacted]>");
        // A log breaks lines anywhere.
        let broken = format!("{}\n#8 0.2 {}\n", &TOKEN[..14], &TOKEN[14..]);
        check(&[TOKEN], &broken, "[redacted]\n#8 0.2 [redacted]\n");
    }

    #[test]
    fn ordinary_text_is_kept() {
        check(
            &[TOKEN],
            "ghp_ is a prefix, ghp_x7K not all\n",
            "ghp_ is a prefix, ghp_x7K not all\n",
        );
        check(
            &["postgres-password"],
            "apt-get install postgres; password\n",
            "apt-get install postgres; password\n",
        );
        check(
            &["postgres-password"],
            "-> postgres-password <-",
            "-> [redacted] <-",
        );
        check(&[], "a\u{e9}\u{0}\n", "a\u{e9}\u{0}\n");
    }

    #[test]
    fn short_values_and_parts_of_files_are_masked() {
        check(&["s3c"], "PIN s3c.\n", "PIN [redacted].\n");
        check(
            &["machine git.acme.test login bot password 9fK2mQ7xWz\n"],
            "login to git.acme.test with 9fK2mQ7xWz\n",
            "login to git.acme.test with [redacted]\n",
        );
        check(
            &["one-line-of-it\nanother-line-1\n"],
            "is another-line-1.",
            "is [redacted].",
        );
    }

    /// A line that cannot be the start of a value is shown at once.
    #[test]
    fn no_line_waits_for_the_next() {
        let mask = Mask::new([TOKEN.as_bytes()]);
        let mut masked = Masked::new(&mask);
        for (pushed, shown) in [
            ("#5 DONE 0.2s\n", "#5 DONE 0.2s\n"),
            ("x ghp_", "x "),
            ("other\n", "ghp_other\n"),
        ] {
            let mut out = Vec::new();
            masked.push(pushed.as_bytes());
            masked.write_decided(&mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), shown);
        }
    }
}
