//! A reader that searches what is read through it.
//!
//! Whoever parses a container reads from a [`Tap`] and marks at which offset which member begins; every byte that passes is
//! searched, whether it is parsed or not, and each hit is laid to the member in which it begins.
//! Holds one block and the length of two hits, whatever the size of the stream.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::search::{Hit, Matcher};

/// How much is read at once at most.
const BLOCK: usize = 256 * 1024;
/// The same for what stands inside of files: these are many and small.
const SMALL_BLOCK: usize = 64 * 1024;
/// So many hits of one secret in one stream are kept: more say nothing new.
const MOST_PLACED: usize = 4096;
/// Where hits are many they are laid to their members early, but no member begins so far back: its headers are shorter.
const LONGEST_HEADER: u64 = 8 << 20;
/// So many bytes can be looked at before they are read.
pub(crate) const PEEK: usize = 4096;
/// So many bytes can be given back after they were read.
pub(crate) const BEHIND: usize = 8192;

/// Where in a container a part of the stream belongs.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The offset of its first byte.
    pub(crate) start: u64,
    /// `outer.tar!`: the containers around it, empty at the outside.
    pub(crate) container: Rc<str>,
    /// The member's name, as the container has it.
    pub(crate) name: Rc<[u8]>,
    /// The containers and compressions inside of the file, from outside.
    pub(crate) chain: Rc<[&'static str]>,
    /// What part of the member begins here.
    pub(crate) part: MemberPart,
}

/// What part of a container's member a hit stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MemberPart {
    /// Name, link target, owner, extended attributes.
    Header,
    Content,
}

/// A hit, and where it stands.
pub(crate) struct Placed {
    pub(crate) hit: Hit,
    /// In the decoded stream.
    pub(crate) offset: u64,
    /// In the member.
    pub(crate) mark: Mark,
}

/// A stream under search.
pub(crate) struct Tap<'a> {
    inner: &'a mut dyn Read,
    matcher: &'a Matcher,
    buffer: Vec<u8>,
    /// Offset in the stream of the first byte of the buffer.
    base: u64,
    /// Next byte to be read, end of what is filled, next place to be looked at.
    read: usize,
    filled: usize,
    looked: usize,
    /// Whether the stream has ended, and why, if it should not have.
    ended: bool,
    error: Option<io::Error>,
    hits: Vec<Hit>,
    pending: Vec<(u64, Hit)>,
    marks: VecDeque<Mark>,
    placed: Vec<Placed>,
    /// How many of each secret.
    counts: HashMap<usize, usize>,
}

impl<'a> Tap<'a> {
    /// `buffer` is any old one, to be had back by [`Self::finish`].
    pub(crate) fn new(
        inner: &'a mut dyn Read,
        matcher: &'a Matcher,
        mut buffer: Vec<u8>,
        depth: usize,
    ) -> Self {
        let block = if depth <= 1 { BLOCK } else { SMALL_BLOCK };
        buffer.resize(block + 2 * matcher.reach() + PEEK + BEHIND, 0);
        Self {
            inner,
            matcher,
            buffer,
            base: 0,
            read: 0,
            filled: 0,
            looked: 0,
            ended: false,
            error: None,
            hits: Vec::new(),
            pending: Vec::new(),
            marks: VecDeque::new(),
            placed: Vec::new(),
            counts: HashMap::new(),
        }
    }

    /// Offset of the next byte to be read.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.read as u64
    }

    /// What follows, without reading it: at least `count` bytes if the stream has so many.
    pub(crate) fn peek(&mut self, count: usize) -> &[u8] {
        let needed = count + 2 * self.matcher.reach() + PEEK + BEHIND;
        if self.buffer.len() < needed {
            self.buffer.resize(needed, 0);
        }
        while self.filled - self.read < count && !self.ended {
            self.refill();
        }
        &self.buffer[self.read..self.filled]
    }

    /// What was read last, up to [`BEHIND`] bytes of it, and what follows, as far as it is at hand.
    pub(crate) fn around(&self) -> (&[u8], &[u8]) {
        let (before, after) = self.buffer[..self.filled].split_at(self.read);
        (&before[before.len().saturating_sub(BEHIND)..], after)
    }

    /// Goes back or forth to an offset that is at hand: not more than [`BEHIND`] bytes back, nor beyond what was peeked at.
    /// Returns whether it is.
    pub(crate) fn move_to(&mut self, offset: u64) -> bool {
        let index = offset
            .checked_sub(self.base)
            .and_then(|index| usize::try_from(index).ok())
            .filter(|&index| index <= self.filled);
        if let Some(index) = index {
            self.read = index;
        }
        index.is_some()
    }

    /// Fills `out` from the stream, but not beyond the offset `end`; returns how many bytes there were.
    pub(crate) fn take(&mut self, out: &mut [u8], end: u64) -> usize {
        let left = usize::try_from(end.saturating_sub(self.offset())).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let mut taken = 0;
        while taken < wanted {
            let some = self.peek(1);
            if some.is_empty() {
                break;
            }
            let count = some.len().min(wanted - taken);
            out[taken..taken + count].copy_from_slice(&some[..count]);
            self.read += count;
            taken += count;
        }
        taken
    }

    /// Reads up to the offset `end`, or to the end of the stream. Returns whether `end` was reached.
    pub(crate) fn skip_to(&mut self, end: u64) -> bool {
        while self.offset() < end {
            let some = self.peek(1).len();
            if some == 0 {
                return end == u64::MAX;
            }
            self.read += usize::try_from(end - self.offset())
                .unwrap_or(usize::MAX)
                .min(some);
        }
        true
    }

    /// Goes to the next place where the stream has these few bytes. Returns whether there is one before `end`.
    pub(crate) fn seek(&mut self, bytes: &[u8], end: u64) -> bool {
        loop {
            let left = usize::try_from(end.saturating_sub(self.offset())).unwrap_or(usize::MAX);
            let some = self.peek(bytes.len());
            let some = &some[..some.len().min(left)];
            if some.len() < bytes.len() {
                return false;
            }
            match memchr::memmem::find(some, bytes) {
                Some(at) => {
                    self.read += at;
                    return true;
                }
                None => self.read += some.len() - (bytes.len() - 1),
            }
        }
    }

    /// Says that what begins at `start` belongs to another member. Marks come in the order of their offsets.
    pub(crate) fn mark(&mut self, mark: Mark) {
        if !self.pending.is_empty() {
            self.settle(mark.start);
        }
        // No later hit begins before this.
        let settled = self.base + self.looked.saturating_sub(self.matcher.reach()) as u64;
        while self.pending.is_empty() && self.marks.get(1).is_some_and(|next| next.start <= settled)
        {
            self.marks.pop_front();
        }
        self.marks.push_back(mark);
    }

    /// Reads to the end, and returns all hits, the buffer, and what ended the stream before its end.
    pub(crate) fn finish(mut self) -> (Vec<Placed>, Vec<u8>, Option<io::Error>) {
        self.skip_to(u64::MAX);
        self.settle(u64::MAX);
        (self.placed, self.buffer, self.error)
    }

    /// Lays the hits before `end` to the members in which they begin.
    fn settle(&mut self, end: u64) {
        // A longer hit that overlaps one may still come from what was not looked at yet.
        let safe = if self.ended {
            u64::MAX
        } else {
            (self.base + self.looked as u64).saturating_sub(2 * self.matcher.reach() as u64)
        };
        let end = end.min(safe);
        if self.pending.iter().all(|(offset, _)| *offset >= end) {
            return;
        }
        self.matcher.prune(&mut self.pending);
        let settled = self.pending.partition_point(|(offset, _)| *offset < end);
        for (offset, hit) in self.pending.drain(..settled) {
            let index = self.marks.partition_point(|mark| mark.start <= offset);
            let mark = match index.checked_sub(1).and_then(|index| self.marks.get(index)) {
                Some(mark) => mark.clone(),
                None => Mark {
                    start: 0,
                    container: "".into(),
                    name: Rc::from(&b""[..]),
                    chain: Rc::from([]),
                    part: MemberPart::Content,
                },
            };
            let secret = self.matcher.needles()[hit.needle].secret;
            let seen = self.placed.iter().rev().take(16).any(|placed| {
                placed.mark.start == mark.start
                    && placed.hit.needle == hit.needle
                    && placed.hit.part == hit.part
            });
            let count = self.counts.entry(secret).or_default();
            if !seen && *count < MOST_PLACED {
                *count += 1;
                self.placed.push(Placed { offset, hit, mark });
            }
        }
    }

    fn refill(&mut self) {
        // What a later hit may begin in is kept, and what is not read yet.
        let keep = self
            .read
            .saturating_sub(BEHIND)
            .min(self.looked.saturating_sub(self.matcher.reach()));
        if keep > 0 && self.buffer.len() - self.filled < self.buffer.len() / 2 {
            self.buffer.copy_within(keep..self.filled, 0);
            self.base += keep as u64;
            self.read -= keep;
            self.filled -= keep;
            self.looked -= keep;
        }
        let before = self.filled;
        while self.filled < self.buffer.len() && self.filled - before < SMALL_BLOCK {
            match self.inner.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                    break;
                }
            }
        }
        // A hit that may go on in the next block waits for it.
        let to = if self.ended {
            self.filled
        } else {
            self.filled.saturating_sub(self.matcher.reach())
        };
        if to > self.looked {
            self.looked =
                self.matcher
                    .search(&self.buffer[..self.filled], self.looked, to, &mut self.hits);
            for hit in self.hits.drain(..) {
                self.pending.push((self.base + hit.place.start as u64, hit));
            }
            if self.pending.len() > MOST_PLACED {
                self.settle(self.offset().saturating_sub(LONGEST_HEADER));
            }
        }
    }
}

/// The bytes of a tap up to an offset.
pub(crate) struct Span<'t, 'a> {
    pub(crate) tap: &'t mut Tap<'a>,
    pub(crate) end: u64,
}

impl Read for Span<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let some = self.fill_buf()?;
        let count = some.len().min(out.len());
        out[..count].copy_from_slice(&some[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Span<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left =
            usize::try_from(self.end.saturating_sub(self.tap.offset())).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(&[]);
        }
        let some = self.tap.peek(1);
        Ok(&some[..some.len().min(left)])
    }

    fn consume(&mut self, count: usize) {
        self.tap.read += count;
    }
}
