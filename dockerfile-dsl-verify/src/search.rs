//! Searches bytes for needles, at several times the speed of decompression.
//!
//! A hit contains at least `window` contiguous bytes of its needle. So it is enough to look up the 8 bytes at every `step`-th
//! offset of the text, where `step` is the shortest window (or run of bytes without a line end) minus 7, if the index contains
//! the 8 bytes of every needle at the right offsets. A Bloom filter answers nearly all of these lookups; the others are compared byte
//! by byte. The crate aho-corasick does not fit: a hit may begin anywhere in a needle, so every window of it would be a pattern.
//! A value in several forms at once has no such bytes: `mixed.rs` searches for it, if any value has such forms.

mod hit;
mod mixed;

use zeroize::Zeroize;

use dockerfile_dsl_analysis::secret_text::{Encoding, LEAST_LENGTH, is_varied};

use crate::needle::Needle;
pub(crate) use hit::Hit;
use mixed::Mixed;

/// Number of bytes per lookup.
const GRAM: usize = LEAST_LENGTH;

/// Max. length of a line end with indentation between two bytes of a wrapped needle.
const LONGEST_BREAK: usize = 80;

/// Max. previous hits that are checked for an overlap with a new one.
const NEIGHBOURS: usize = 64;

/// Number of entries above which the index does not fit into the nearer caches: about 50 secrets.
const LARGE: usize = 100_000;

/// Spreads the bits of a gram; the odd number is 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The needles, indexed.
pub(crate) struct Matcher {
    needles: Vec<Needle>,
    /// Distance between two lookups in the text.
    step: usize,
    /// Max. length of a hit in the text.
    reach: usize,
    /// A Bloom filter: the upper bits of a gram's hash say which word, the next ones which two or three bits of it are set.
    filter: Vec<u64>,
    /// Whether three are: the third one costs a little at each lookup, and halves those that go on to the buckets of a large index.
    is_large: bool,
    filter_shift: u32,
    /// Entries of the bucket `b` are `entries[buckets[b]..buckets[b + 1]]`.
    buckets: Vec<u32>,
    bucket_shift: u32,
    entries: Vec<Entry>,
    mixed: Option<Mixed>,
}

#[derive(Clone, Copy)]
struct Entry {
    gram: u64,
    needle: u32,
    offset: u32,
}

impl Matcher {
    pub(crate) fn new(needles: Vec<Needle>) -> Self {
        // Larger steps are no faster and would only need more code.
        let shortest = needles
            .iter()
            .filter(|needle| needle.encoding != Encoding::Mixed)
            .map(|needle| needle.window.min(needle.run).max(GRAM))
            .min()
            .unwrap_or(usize::MAX);
        let step = STEPS
            .iter()
            .copied()
            .rfind(|&step| step + GRAM - 1 <= shortest)
            .unwrap_or(1);
        let mut entries = Vec::new();
        let indexed = needles.iter().enumerate();
        for (index, needle) in indexed.filter(|(_, one)| one.encoding != Encoding::Mixed) {
            for offset in indexed_offsets(needle, step) {
                let gram = gram_at(&needle.bytes, offset);
                entries.push(Entry {
                    gram,
                    needle: index as u32,
                    offset: offset as u32,
                });
            }
        }
        let bucket_bits = (entries.len().max(2).ilog2() + 1).clamp(4, 24);
        let bucket_shift = 64 - bucket_bits;
        entries.sort_unstable_by_key(|entry| {
            (
                hash(entry.gram) >> bucket_shift,
                entry.gram,
                entry.needle,
                entry.offset,
            )
        });
        let mut buckets = vec![0_u32; (1 << bucket_bits) + 1];
        for entry in &entries {
            buckets[(hash(entry.gram) >> bucket_shift) as usize + 1] += 1;
        }
        for bucket in 1..buckets.len() {
            buckets[bucket] += buckets[bucket - 1];
        }
        // Between 32 and 64 bits for a gram: then one lookup in 256 to 1024 goes on to the buckets. At most a megabyte.
        let word_bits = (entries.len().max(1) * 32)
            .next_power_of_two()
            .ilog2()
            .clamp(16, 23)
            - 6;
        let filter_shift = 64 - word_bits;
        let mut filter = vec![0_u64; 1 << word_bits];
        let is_large = entries.len() > LARGE;
        for entry in &entries {
            let hash = hash(entry.gram);
            filter[(hash >> filter_shift) as usize] |= match is_large {
                true => bits_of::<true>(hash),
                false => bits_of::<false>(hash),
            };
        }
        let longest = needles
            .iter()
            .map(|needle| needle.bytes.len())
            .max()
            .unwrap_or(0);
        let mixed = Mixed::new(&needles);
        let spelt = mixed.as_ref().map_or(0, Mixed::reach);
        Self {
            step,
            reach: (longest + longest / 16 + 2 * LONGEST_BREAK).max(spelt),
            mixed,
            needles,
            filter,
            is_large,
            filter_shift,
            buckets,
            bucket_shift,
            entries,
        }
    }

    pub(crate) fn needles(&self) -> &[Needle] {
        &self.needles
    }

    /// Returns the max. length of a hit in the text.
    pub(crate) fn reach(&self) -> usize {
        self.reach
    }

    /// Finds the hits in a whole text.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.search(text, 0, text.len(), &mut hits);
        let mut placed = hits
            .into_iter()
            .map(|hit| (hit.place.start as u64, hit))
            .collect();
        self.prune(&mut placed);
        placed.into_iter().map(|(_, hit)| hit).collect()
    }

    /// Sorts hits by their offsets, and drops those that only cover a part of a longer hit of the same secret: the encodings of a
    /// value have fragments in common.
    pub(crate) fn prune(&self, hits: &mut Vec<(u64, Hit)>) {
        hits.sort_by_key(|(offset, hit)| (*offset, usize::MAX - hit.place.len(), hit.needle));
        let end = |(offset, hit): &(u64, Hit)| offset + hit.place.len() as u64;
        let mut kept: Vec<(u64, Hit)> = Vec::with_capacity(hits.len());
        for hit in hits.drain(..) {
            let of = |hit: &Hit| self.needles[hit.needle].secret;
            let form = |hit: &Hit| self.needles[hit.needle].encoding;
            // Only neighbours overlap; two pieces of one encoding are both kept, so that whole values are recognised.
            let near = kept.len().saturating_sub(NEIGHBOURS);
            let is_rival = |other: &(u64, Hit)| of(&other.1) == of(&hit.1) && end(other) > hit.0;
            let rival = kept[near..]
                .iter()
                .rposition(is_rival)
                .map(|index| near + index);
            match rival {
                Some(index) if form(&kept[index].1) == form(&hit.1) => kept.push(hit),
                Some(index) => {
                    // UTF-16 of one byte order is that of the other one byte later, but an odd offset is unlikely.
                    let rank = |(offset, hit): &(u64, Hit)| (hit.place.len(), offset % 2 == 0);
                    if rank(&kept[index]) < rank(&hit) {
                        kept[index] = hit;
                    }
                }
                None => kept.push(hit),
            }
        }
        *hits = kept;
    }

    /// Looks up every `step`-th offset of `text[from..to]`; a hit may begin before `from` and end after `to`. Returns the offset
    /// at which to continue, which may be beyond `to`.
    pub(crate) fn search(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) -> usize {
        if self.entries.is_empty() {
            return to.max(from);
        }
        let end = match self.is_large {
            true => self.search_spelt::<true>(text, from, to, hits),
            false => self.search_spelt::<false>(text, from, to, hits),
        };
        if let Some(mixed) = &self.mixed {
            mixed.search(&self.needles, text, from..end, hits);
        }
        end
    }

    fn search_spelt<const LARGE: bool>(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        hits: &mut Vec<Hit>,
    ) -> usize {
        match self.step {
            1 => self.look::<1, LARGE>(text, from, to, hits),
            2 => self.look::<2, LARGE>(text, from, to, hits),
            3 => self.look::<3, LARGE>(text, from, to, hits),
            5 => self.look::<5, LARGE>(text, from, to, hits),
            7 => self.look::<7, LARGE>(text, from, to, hits),
            9 => self.look::<9, LARGE>(text, from, to, hits),
            13 => self.look::<13, LARGE>(text, from, to, hits),
            _ => self.look::<17, LARGE>(text, from, to, hits),
        }
    }

    fn look<const STEP: usize, const LARGE: bool>(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        hits: &mut Vec<Hit>,
    ) -> usize {
        let mut at = from;
        let end = to.min((text.len() + 1).saturating_sub(GRAM));
        // Eight offsets at a time: one branch for all of them, and one bounds check.
        while at + 7 * STEP < end {
            let block = &text[at..at + 7 * STEP + GRAM];
            let mut found = 0;
            for place in 0..8 {
                found |= self.bit::<LARGE>(gram_at(block, place * STEP)) << place;
            }
            while found != 0 {
                let place = at + found.trailing_zeros() as usize * STEP;
                self.compare(text, place, hits);
                found &= found - 1;
            }
            at += 8 * STEP;
        }
        while at < end {
            if self.bit::<LARGE>(gram_at(text, at)) != 0 {
                self.compare(text, at, hits);
            }
            at += STEP;
        }
        at.max(to.min(text.len()))
    }

    #[inline(always)]
    fn bit<const LARGE: bool>(&self, gram: u64) -> u64 {
        let hash = hash(gram);
        let word = self.filter[(hash >> self.filter_shift) as usize];
        let bits = bits_of::<LARGE>(hash);
        u64::from(word & bits == bits)
    }

    /// Compares the needles that contain these 8 bytes, on both sides of them.
    #[cold]
    #[inline(never)]
    fn compare(&self, text: &[u8], at: usize, hits: &mut Vec<Hit>) {
        let gram = gram_at(text, at);
        let bucket = (hash(gram) >> self.bucket_shift) as usize;
        for entry in &self.entries[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize]
        {
            let index = entry.needle as usize;
            if entry.gram != gram
                || hits
                    .iter()
                    .rev()
                    .take(32)
                    .any(|hit| hit.needle == index && hit.place.contains(&at))
            {
                continue;
            }
            let needle = &self.needles[index];
            let hit = extend(needle, index, text, at, entry.offset as usize);
            let whole = hit.part.len() == needle.bytes.len();
            if whole
                || hit.part.len() >= needle.window && is_varied(&needle.bytes[hit.part.clone()])
            {
                hits.push(hit);
            }
        }
    }
}

const STEPS: &[usize] = &[1, 2, 3, 5, 7, 9, 13, 17];

/// The bits of a word, by those bits of the hash that follow the upper ones.
#[inline(always)]
fn bits_of<const LARGE: bool>(hash: u64) -> u64 {
    let two = 1 << (hash >> 40 & 63) | 1 << (hash >> 34 & 63);
    if LARGE {
        two | 1 << (hash >> 28 & 63)
    } else {
        two
    }
}

#[inline(always)]
fn hash(gram: u64) -> u64 {
    gram.wrapping_mul(SPREAD)
}

#[inline(always)]
fn gram_at(text: &[u8], at: usize) -> u64 {
    let bytes: [u8; GRAM] = text[at..at + GRAM]
        .try_into()
        .expect("the slice is eight bytes long");
    u64::from_le_bytes(bytes)
}

/// Returns the offsets whose 8 bytes the index has to contain so that every window of the needle is found.
///
/// A lookup hits an unknown one of `step` neighbouring offsets; each window contains a run of `step` indexed ones if such runs
/// begin every `period` offsets.
fn indexed_offsets(needle: &Needle, step: usize) -> Vec<usize> {
    let last = needle.bytes.len() - GRAM;
    // Computed once for each offset: a secret may have half a million.
    let distinct: Vec<u8> = (0..=last)
        .map(|offset| {
            let mut gram = gram_at(&needle.bytes, offset).to_le_bytes();
            gram.sort_unstable();
            gram.windows(2).filter(|pair| pair[0] != pair[1]).count() as u8
        })
        .collect();
    // The run with the rarest grams, so that text of one repeated byte is not compared at every step.
    let run_at = |start: usize| start..(start + step).min(last + 1);
    let best = (0..=(last + 1).saturating_sub(step))
        .max_by_key(|&start| {
            (
                run_at(start).map(|offset| distinct[offset]).min(),
                start == 0,
            )
        })
        .unwrap_or(0);
    if needle.window == needle.bytes.len() {
        // If line ends may occur inside, any bytes may be the contiguous ones.
        let half = needle.bytes.len() / 2;
        return match needle.wrapped {
            // One of the two halves is on one line.
            true if needle.run >= half && half + 1 >= step + GRAM => (run_at(0))
                .chain(run_at(needle.bytes.len() - half))
                .collect(),
            true => (0..=last).collect(),
            false => run_at(best).collect(),
        };
    }
    let period = (needle.window + 2 - GRAM).saturating_sub(step).max(step);
    (0..=last)
        .filter(|&offset| {
            run_at(best).contains(&offset) || offset % period < step && distinct[offset] >= 2
        })
        .collect()
}

/// Returns the longest match of the needle around the common gram.
fn extend(needle: &Needle, index: usize, text: &[u8], at: usize, offset: usize) -> Hit {
    let bytes = &needle.bytes[..];
    let (mut start, mut first) = (at, offset);
    while first > 0 {
        if start > 0 && text[start - 1] == bytes[first - 1] {
            start -= 1;
            first -= 1;
            continue;
        }
        let skipped = break_before(&text[..start], needle.encoding);
        // A line end may replace the blank of a list.
        if let (Some(skipped), b' ', Encoding::HexList | Encoding::Numbers) =
            (skipped, bytes[first - 1], needle.encoding)
        {
            start -= skipped;
            first -= 1;
            continue;
        }
        match skipped {
            Some(skipped)
                if needle.wrapped
                    && skipped > 0
                    && start > skipped
                    && text[start - skipped - 1] == bytes[first - 1] =>
            {
                start -= skipped
            }
            _ => break,
        }
    }
    let (mut end, mut last) = (at + GRAM, offset + GRAM);
    while last < bytes.len() {
        if end < text.len() && text[end] == bytes[last] {
            end += 1;
            last += 1;
            continue;
        }
        let skipped = break_after(&text[end..], needle.encoding);
        if let (Some(skipped), b' ', Encoding::HexList | Encoding::Numbers) =
            (skipped, bytes[last], needle.encoding)
        {
            end += skipped;
            last += 1;
            continue;
        }
        match skipped {
            Some(skipped) if needle.wrapped && text.get(end + skipped) == Some(&bytes[last]) => {
                end += skipped
            }
            _ => break,
        }
    }
    Hit {
        needle: index,
        part: first..last,
        place: start..end,
    }
}

/// Returns the length of a line end with indentation at the head of the text, as itself or as `
/// ` in a string.
fn break_after(text: &[u8], encoding: Encoding) -> Option<usize> {
    let mut at = 0;
    // A line of uuencode begins with its length.
    if encoding == Encoding::Uuencode
        && let [b'\n', _, ..] | [b'\r', b'\n', _, ..] = text
    {
        return Some(if text[0] == b'\n' { 2 } else { 3 });
    }
    while at < LONGEST_BREAK {
        at += match &text[at.min(text.len())..] {
            [b'\n' | b'\r' | b' ' | b'\t', ..] => 1,
            [b'\\', b'\n', ..] => 2,
            [b'\\', b'n' | b'r' | b't', ..] => 2,
            [b'\\', b'\\', b'n' | b'r' | b't', ..] => 3,
            _ => break,
        };
    }
    (at > 0).then_some(at)
}

/// The same at the end of the text.
fn break_before(text: &[u8], encoding: Encoding) -> Option<usize> {
    let mut at = text.len();
    if encoding == Encoding::Uuencode {
        match text {
            [.., b'\r', b'\n', _] => return Some(3),
            [.., b'\n', _] => return Some(2),
            _ => {}
        }
    }
    while text.len() - at < LONGEST_BREAK {
        at -= match &text[..at] {
            [.., b'\\', b'\\', b'n' | b'r' | b't'] => 3,
            [.., b'\\', b'n' | b'r' | b't'] => 2,
            [.., b'\\', b'\n'] => 2,
            [.., b'\n' | b'\r' | b' ' | b'\t'] => 1,
            _ => break,
        };
    }
    (at < text.len()).then_some(text.len() - at)
}

impl Drop for Matcher {
    fn drop(&mut self) {
        for entry in &mut self.entries {
            entry.gram.zeroize();
        }
    }
}
