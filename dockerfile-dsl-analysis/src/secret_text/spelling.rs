//! Spellings of a piece of a secret in which it is searched for: each alphabet, each encoding of blocks, and pairs of them.

use super::alphabet::{ALPHABETS, Alphabet};
use super::block::BLOCKS;
use super::encoding::Encoding;
use super::piece::{Buffer, Forms, Piece};

/// Max. length in bytes for all spellings; a longer text is searched for in those of JSON and URLs, and in those that nest.
const LONG: usize = 512;
/// Max. length in bytes for the spellings of JSON and URLs; a longer text is searched for only in those of them that nest.
const LONGER: usize = 2048;
/// Max. length in bytes for spellings of every character in another form.
const LONG_AS_A_WHOLE: usize = 256;
/// Max. length in bytes for two spellings, one inside the other.
const LONG_AS_A_PAIR: usize = 128;
/// Max. spellings of one piece; later ones are rarer, and dropped.
pub const MOST_SPELLINGS: usize = 1024;

/// Lists all spellings for people, as rows of a Markdown table: encoding, writers. The guarantees contain it, and a test compares.
#[must_use]
pub fn spelling_table() -> String {
    let blocks = BLOCKS.iter().map(|block| (block.encoding, block.writers));
    let alphabets = ALPHABETS
        .iter()
        .map(|alphabet| (alphabet.encoding, alphabet.writers));
    blocks
        .chain(alphabets)
        .map(|(encoding, writers)| format!("| {encoding} | {writers} |\n"))
        .collect()
}

/// Returns the spellings of a piece, most literal first.
#[must_use]
pub fn spellings<B: Buffer>(piece: &Piece<B>) -> Vec<(Encoding, B)> {
    let text = &piece.text[..];
    let mut spellings = Spellings(Vec::new());
    if piece.forms != Forms::Encoded {
        let mut raw = B::with_capacity(text.len());
        raw.extend_from_slice(text);
        spellings.add(Encoding::Raw, raw);
    }
    let blocks = BLOCKS.iter().filter(|block| match block.encoding {
        Encoding::Reversed => piece.forms != Forms::Encoded,
        _ => piece.forms != Forms::Raw && text.len() <= block.longest,
    });
    for block in blocks {
        block.spell(text, &mut |spelt| spellings.add(block.encoding, spelt));
    }
    if piece.forms == Forms::Raw {
        return spellings.0;
    }
    for alphabet in ALPHABETS {
        let is_of_data = matches!(alphabet.encoding, Encoding::Json | Encoding::Percent);
        let length = text.len();
        let is_fit = if alphabet.changes_all() {
            length <= LONG_AS_A_WHOLE
        } else if length <= LONG {
            true
        } else if length <= LONGER {
            is_of_data || alphabet.nests
        } else {
            is_of_data && alphabet.nests
        };
        if is_fit
            && alphabet.changes(text)
            && let Some(spelt) = alphabet.spell(text)
        {
            spellings.add(alphabet.encoding, spelt);
        }
    }
    if text.len() <= LONG_AS_A_PAIR {
        spellings.pairs(text);
    }
    spellings.0
}

/// Spellings without duplicates.
struct Spellings<B>(Vec<(Encoding, B)>);

impl<B: Buffer> Spellings<B> {
    fn add(&mut self, encoding: Encoding, spelt: B) {
        let is_new = self.0.iter().all(|(_, known)| known[..] != spelt[..]);
        if is_new && self.0.len() < MOST_SPELLINGS {
            self.0.push((encoding, spelt));
        }
    }

    /// Adds pairs: one spelling inside another.
    fn pairs(&mut self, text: &[u8]) {
        let nesting = || ALPHABETS.iter().filter(|alphabet| alphabet.nests);
        for inner in nesting().filter(|inner| inner.changes(text)) {
            let Some(once) = inner.spell::<B>(text) else {
                continue;
            };
            for outer in nesting().filter(|outer| outer.changes(&once)) {
                if let Some(twice) = outer.spell(&once) {
                    self.add(Encoding::Twice, twice);
                }
            }
        }
        if let [json, ..] = ALPHABETS
            && json.changes(text)
        {
            let twice = json
                .spell::<B>(text)
                .and_then(|once| json.spell::<B>(&once));
            if let Some(thrice) = twice.and_then(|twice| json.spell(&twice)) {
                self.add(Encoding::Twice, thrice);
            }
        }
        for inner in nesting().filter(|inner| inner.changes(text)) {
            if let Some(once) = inner.spell::<B>(text) {
                self.blocks_of(&once);
            }
        }
        // The symbols of base64 in a URL, and the slash of PHP's JSON.
        let outer = |alphabet: &&Alphabet| {
            matches!(alphabet.encoding, Encoding::Percent | Encoding::Json)
                && !alphabet.changes_all()
        };
        for block in BLOCKS
            .iter()
            .filter(|block| block.encoding == Encoding::Base64)
        {
            block.spell(text, &mut |once: B| {
                for alphabet in ALPHABETS
                    .iter()
                    .filter(outer)
                    .filter(|outer| outer.changes(&once))
                {
                    if let Some(twice) = alphabet.spell(&once) {
                        self.add(Encoding::Twice, twice);
                    }
                }
            });
        }
    }

    /// Adds a spelling in base64 and in UTF-16.
    fn blocks_of(&mut self, text: &[u8]) {
        let outer = [Encoding::Base64, Encoding::Utf16Le];
        for block in BLOCKS
            .iter()
            .filter(|block| outer.contains(&block.encoding))
        {
            block.spell(text, &mut |spelt| self.add(Encoding::Twice, spelt));
        }
    }
}
