//! Finds values whose characters are in several forms at once: a text that was escaped by hand, or by two writers in turn.
//!
//! An anchor is 3 bytes of the value that occur unchanged in the text. From there each further character is compared in all forms
//! of the table of alphabets. Of the two pairs of bytes in an anchor, one begins at an even offset: so every second offset of the
//! text is looked up, with one bitmap of pairs for all values. A second bitmap has the anchors, for the few pairs that occur.

use std::ops::Range;
use std::sync::LazyLock;

use dockerfile_dsl_analysis::secret_text::{Encoding, forms};
use zeroize::Zeroize;

use super::hit::Hit;
use crate::needle::{LONGEST_MIXED, Needle};

const ANCHOR: usize = 3;
/// Max. length of a character in any form, in bytes.
const LONGEST_FORM: usize = 12;
/// By a pair of bytes: 1 if an anchor contains it. Bytes, since the lookup of a bit takes twice the time.
type Pairs = [u8; 1 << 16];
const BITS: u32 = 17;
type Bitmap = [u64; 1 << (BITS - 6)];
/// Number of pairs that are looked up before the next branch, in words of 8 bytes.
const IN_BLOCK: usize = 16;
const IN_WORD: usize = 4;
const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";
/// Max. alternative ends that are tracked: several forms may match at one place.
const MOST_ENDS: usize = 8;

/// First bytes of the forms of any character: at another byte, no form begins.
static LEADS: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut leads = [false; 256];
    for byte in 0..=u8::MAX {
        let mut is_raw = true;
        forms(&[byte], &mut |form| {
            if !std::mem::take(&mut is_raw) {
                leads[usize::from(form[0])] = true;
            }
        });
    }
    leads
});

/// The anchors of the needles in mixed spellings.
pub(super) struct Mixed {
    /// The pairs of neighbouring bytes in all anchors.
    pairs: Box<Pairs>,
    /// The anchors, by a hash.
    bitmap: Box<Bitmap>,
    /// Sorted by their bytes.
    anchors: Vec<Anchor>,
    reach: usize,
}

#[derive(Clone, Copy)]
struct Anchor {
    bytes: u32,
    needle: u32,
    offset: u32,
    /// Length of the value in bytes.
    length: u32,
}

impl Mixed {
    pub(super) fn new(needles: &[Needle]) -> Option<Self> {
        let mut anchors = Vec::new();
        let mut longest = 0;
        let mixed = |(_, needle): &(usize, &Needle)| needle.encoding == Encoding::Mixed;
        for (index, needle) in needles.iter().enumerate().filter(mixed) {
            longest = longest.max(needle.bytes.len().min(LONGEST_MIXED));
            for (offset, bytes) in needle.bytes.windows(ANCHOR).enumerate() {
                // The same byte 3 times occurs in too many places.
                let is_run = bytes.iter().all(|byte| *byte == bytes[0]);
                if !is_run {
                    anchors.push(Anchor {
                        bytes: gram(bytes, 0),
                        needle: index as u32,
                        offset: offset as u32,
                        length: ANCHOR as u32,
                    });
                }
            }
            // A percent-encoded character of punctuation is an equally good anchor, also for values whose letters are encoded,
            // too.
            let is_sign = |(_, byte): &(usize, &u8)| byte.is_ascii_punctuation();
            for (offset, &byte) in needle.bytes.iter().enumerate().filter(is_sign) {
                for form in [[LOWER; 2], [UPPER; 2], [LOWER, UPPER], [UPPER, LOWER]] {
                    let digits = [byte >> 4, byte & 15].map(usize::from);
                    let form = [b'%', form[0][digits[0]], form[1][digits[1]]];
                    anchors.push(Anchor {
                        bytes: gram(&form, 0),
                        needle: index as u32,
                        offset: offset as u32,
                        length: 1,
                    });
                }
            }
        }
        if anchors.is_empty() {
            return None;
        }
        anchors.sort_unstable_by_key(|anchor| (anchor.bytes, anchor.needle, anchor.offset));
        anchors.dedup_by_key(|anchor| (anchor.bytes, anchor.needle, anchor.offset));
        let mut pairs: Box<Pairs> = Box::new([0; 1 << 16]);
        let mut bitmap: Box<Bitmap> = Box::new([0; 1 << (BITS - 6)]);
        for anchor in &anchors {
            let bit = hash(anchor.bytes);
            bitmap[bit >> 6] |= 1 << (bit & 63);
            for pair in [anchor.bytes as u16, (anchor.bytes >> 8) as u16] {
                pairs[usize::from(pair)] = 1;
            }
        }
        Some(Self {
            pairs,
            bitmap,
            anchors,
            reach: longest * LONGEST_FORM,
        })
    }

    /// Returns the max. length of a hit.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Checks every anchor that begins in the range.
    pub(super) fn search(
        &self,
        needles: &[Needle],
        text: &[u8],
        range: Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        let end = range.end.min(text.len().saturating_sub(ANCHOR - 1));
        let range = range.start..end;
        let mut at = range.start;
        while at + 2 * IN_BLOCK <= end {
            let block = &text[at..at + 2 * IN_BLOCK];
            let mut found = 0;
            for index in 0..IN_BLOCK / IN_WORD {
                let word = word_at(block, 8 * index);
                for place in 0..IN_WORD {
                    found |= self.pairs[usize::from((word >> (16 * place)) as u16)];
                }
            }
            if found != 0 {
                for place in (at..at + 2 * IN_BLOCK).step_by(2) {
                    self.around(needles, text, place, &range, hits);
                }
            }
            at += 2 * IN_BLOCK;
        }
        // The pair at `end` is the second one of the last anchor.
        while at <= end && at + 2 <= text.len() {
            self.around(needles, text, at, &range, hits);
            at += 2;
        }
    }

    /// Checks the two anchors that contain the pair at an offset, if there are any.
    #[inline(always)]
    fn around(
        &self,
        needles: &[Needle],
        text: &[u8],
        pair: usize,
        range: &Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        if self.pairs[usize::from(u16::from_le_bytes([text[pair], text[pair + 1]]))] == 0 {
            return;
        }
        for at in [pair.wrapping_sub(1), pair] {
            if range.contains(&at) {
                let bit = hash(gram(text, at));
                if self.bitmap[bit >> 6] >> (bit & 63) & 1 != 0 {
                    self.compare(needles, text, at, hits);
                }
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn compare(&self, needles: &[Needle], text: &[u8], at: usize, hits: &mut Vec<Hit>) {
        let gram = gram(&text[at..at + ANCHOR], 0);
        let first = self.anchors.partition_point(|anchor| anchor.bytes < gram);
        for anchor in self.anchors[first..]
            .iter()
            .take_while(|anchor| anchor.bytes == gram)
        {
            let index = anchor.needle as usize;
            let value = &needles[index].bytes[..];
            let (before, after) = value.split_at(anchor.offset as usize);
            let is_known = |hit: &Hit| hit.needle == index && hit.place.contains(&at);
            if hits.iter().rev().take(32).any(is_known) {
                continue;
            }
            let Some(end) = spelt_after(text, at + ANCHOR, &after[anchor.length as usize..]) else {
                continue;
            };
            if let Some(start) = spelt_before(text, at, before) {
                hits.push(Hit {
                    needle: index,
                    part: 0..value.len(),
                    place: start..end,
                });
            }
        }
    }
}

#[inline(always)]
fn gram(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0])
}

#[inline(always)]
fn word_at(text: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(
        text[at..at + 8]
            .try_into()
            .expect("the slice has eight bytes"),
    )
}

/// Of three bytes.
#[inline(always)]
fn hash(gram: u32) -> usize {
    ((gram << 8).wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

/// Returns the end of the value that begins here, in any mix of forms.
fn spelt_after(text: &[u8], at: usize, value: &[u8]) -> Option<usize> {
    let mut ends = vec![at];
    let mut rest = value;
    while !rest.is_empty() {
        let mut next: Vec<usize> = Vec::new();
        let may_be_spelt = ends
            .iter()
            .any(|&end| text.get(end).is_some_and(|&byte| LEADS[usize::from(byte)]));
        let mut length = 1;
        if may_be_spelt {
            length = forms(rest, &mut |form| {
                for &end in &ends {
                    if is_form(text.get(end..end + form.len()), form) {
                        push(&mut next, end + form.len());
                    }
                }
            });
        } else {
            for &end in &ends {
                if text.get(end) == Some(&rest[0]) {
                    push(&mut next, end + 1);
                }
            }
        }
        if next.is_empty() {
            return None;
        }
        ends = next;
        rest = &rest[length.max(1)..];
    }
    ends.into_iter().max()
}

/// Returns the start of the value that ends here.
fn spelt_before(text: &[u8], at: usize, value: &[u8]) -> Option<usize> {
    let mut starts = vec![at];
    let mut left = value.len();
    while left > 0 {
        // Start of the last character.
        let head = (0..left)
            .rev()
            .take(4)
            .find(|&head| value[head] & 0xc0 != 0x80)
            .unwrap_or(left - 1);
        let mut next = Vec::new();
        let mut compare = |form: &[u8]| {
            for &start in &starts {
                let from = start.checked_sub(form.len());
                if let Some(from) = from.filter(|&from| is_form(text.get(from..start), form)) {
                    push(&mut next, from);
                }
            }
        };
        let length = forms(&value[head..left], &mut compare);
        if length < left - head {
            // Not a character of UTF-8.
            forms(&value[left - 1..left], &mut compare);
            left -= 1;
        } else {
            left = head;
        }
        if next.is_empty() {
            return None;
        }
        starts = next;
    }
    starts.into_iter().min()
}

fn push(places: &mut Vec<usize>, place: usize) {
    if places.len() < MOST_ENDS && !places.contains(&place) {
        places.push(place);
    }
}

/// Whether the text is that form, with digits of either case.
fn is_form(text: Option<&[u8]>, form: &[u8]) -> bool {
    text.is_some_and(|text| match form.len() {
        0..=2 => text == form,
        _ => text.eq_ignore_ascii_case(form),
    })
}

impl Drop for Mixed {
    fn drop(&mut self) {
        for anchor in &mut self.anchors {
            anchor.bytes.zeroize();
        }
        self.pairs.zeroize();
        self.bitmap.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    /// Only `abc` is unchanged.
    const VALUE: &[u8] = b"\"'abc\\\"";
    const SPELT: &[u8] = b"&quot;&#39;abc&#92;&#x22;";

    fn needles() -> Vec<Needle> {
        vec![Needle {
            bytes: Zeroizing::new(VALUE.to_vec()),
            secret: 0,
            group: 0,
            encoding: Encoding::Mixed,
            window: VALUE.len(),
            run: VALUE.len(),
            wrapped: false,
        }]
    }

    #[test]
    fn one_anchor_is_found_at_every_offset() {
        let needles = needles();
        let mixed = Mixed::new(&needles).unwrap();
        for before in 0..80 {
            for after in [0, 1, 2, 40] {
                let mut text = vec![b'.'; before];
                text.extend(SPELT);
                text.extend(vec![b'.'; after]);
                let mut hits = Vec::new();
                mixed.search(&needles, &text, 0..text.len(), &mut hits);
                assert_eq!(hits.len(), 1, "{before} {after}");
                assert_eq!(hits[0].place, before..before + SPELT.len());
            }
        }
    }

    /// A text is searched block by block: each anchor belongs to the block in which it begins.
    #[test]
    fn one_anchor_is_found_in_exactly_one_block() {
        let needles = needles();
        let mixed = Mixed::new(&needles).unwrap();
        let mut text = vec![b'.'; 50];
        text.extend(SPELT);
        text.extend(vec![b'.'; 50]);
        for split in 0..text.len() {
            let mut hits = Vec::new();
            mixed.search(&needles, &text, 0..split, &mut hits);
            mixed.search(&needles, &text, split..text.len(), &mut hits);
            assert_eq!(hits.len(), 1, "{split}");
        }
    }
}
