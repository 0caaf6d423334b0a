//! Redacts text from an image before it is shown. A path or an instruction may contain the value that was found; any 6
//! consecutive bytes of a form of a value are replaced by a mark.

use dockerfile_dsl_analysis::printable;
use dockerfile_dsl_analysis::secret_text::Encoding;
use zeroize::Zeroizing;

use crate::needle::Needle;

const GRAM: usize = 6;
const MARK: &str = "[redacted]";
/// Max. length in bytes up to which all encodings are redacted; of a longer value only the usual ones, to bound the memory.
const LONG: usize = 1024;
/// Max. length of an instruction that is shown, in characters.
const LONGEST: usize = 400;

/// Index of the runs of bytes that occur in a value.
pub(crate) struct Redactor {
    /// Sorted.
    grams: Zeroizing<Vec<[u8; GRAM]>>,
    /// Values that are too short to search for, but are redacted.
    short: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    pub(crate) fn new<'v>(needles: &[Needle], values: impl Iterator<Item = &'v [u8]>) -> Self {
        let is_shown = |needle: &&Needle| {
            needle.bytes.len() <= LONG
                || matches!(
                    needle.encoding,
                    Encoding::Raw | Encoding::Base64 | Encoding::Hex
                )
        };
        let shown = || needles.iter().filter(is_shown);
        let count = shown()
            .map(|needle| (needle.bytes.len() + 1).saturating_sub(GRAM))
            .sum();
        let mut grams = Zeroizing::new(Vec::with_capacity(count));
        for needle in shown() {
            let windows = needle.bytes.windows(GRAM);
            grams.extend(windows.filter_map(|gram| <[u8; GRAM]>::try_from(gram).ok()));
        }
        grams.sort_unstable();
        grams.dedup();
        let short = values
            .filter(|value| (3..8).contains(&value.len()))
            .map(|value| Zeroizing::new(value.to_vec()))
            .collect();
        Self { grams, short }
    }

    /// Replaces every such run by a mark, and escapes control characters.
    pub(crate) fn text(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut hidden = vec![false; bytes.len()];
        for (at, gram) in bytes.windows(GRAM).enumerate() {
            if self
                .grams
                .binary_search_by(|known| known[..].cmp(gram))
                .is_ok()
            {
                hidden[at..at + GRAM].fill(true);
            }
        }
        for value in &self.short {
            for (at, window) in bytes.windows(value.len()).enumerate() {
                if window == &value[..] {
                    hidden[at..at + value.len()].fill(true);
                }
            }
        }
        let mut out = String::new();
        let mut was_hidden = false;
        for (at, character) in text.char_indices() {
            if out.len() > LONGEST {
                out.push_str("...");
                break;
            }
            let hide = hidden[at..at + character.len_utf8()].contains(&true);
            match (hide, was_hidden) {
                (true, false) => out.push_str(MARK),
                (true, true) => {}
                (false, _) => printable::push(&mut out, character),
            }
            was_hidden = hide;
        }
        out
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}
