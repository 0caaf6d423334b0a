//! A reader that searches the bytes read through it.
//!
//! A parser of a container reads from a [`Tap`] and marks the offset of each member. Every byte is searched, whether it is parsed
//! or not, and each hit is assigned to the member in which it begins. The tap buffers one block and the length of two hits,
//! whatever the size of the stream.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::search::{Hit, Matcher};

/// Max. bytes per read.
const BLOCK: usize = 256 * 1024;
/// Max. bytes per read of nested data: such streams are many and small.
const SMALL_BLOCK: usize = 64 * 1024;
/// Max. hits of one secret in one stream; further ones are dropped.
const MOST_PLACED: usize = 4096;
/// Distance in bytes after which hits are assigned to their members early, if there are many: headers are shorter.
const LONGEST_HEADER: u64 = 8 << 20;
/// Max. bytes that can be peeked.
pub(crate) const PEEK: usize = 4096;
/// Max. bytes that can be moved back.
pub(crate) const BEHIND: usize = 8192;

/// Member to which a part of the stream belongs.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Offset of its first byte.
    pub(crate) start: u64,
    /// `outer.tar!`: the containers around it; empty for the outermost.
    pub(crate) container: Rc<str>,
    /// Name of the member in its container.
    pub(crate) name: Rc<[u8]>,
    /// Containers and compressions inside the file, outermost first.
    pub(crate) chain: Rc<[&'static str]>,
    /// Part of the member that begins here.
    pub(crate) part: MemberPart,
}

/// Part of a member that contains a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MemberPart {
    /// Name, link target, owner, extended attributes.
    Header,
    Content,
}

/// A hit and its place.
pub(crate) struct Placed {
    pub(crate) hit: Hit,
    /// Offset in the decoded stream.
    pub(crate) offset: u64,
    /// Member and part.
    pub(crate) mark: Mark,
}

/// A stream that is searched while it is read.
pub(crate) struct Tap<'a> {
    inner: &'a mut dyn Read,
    matcher: &'a Matcher,
    buffer: Vec<u8>,
    /// Offset in the stream of the first byte of the buffer.
    base: u64,
    /// Next byte to be read, end of the filled part, next offset to be searched.
    read: usize,
    filled: usize,
    looked: usize,
    /// Whether the stream has ended, and the error if it ended early.
    ended: bool,
    error: Option<io::Error>,
    hits: Vec<Hit>,
    pending: Vec<(u64, Hit)>,
    marks: VecDeque<Mark>,
    placed: Vec<Placed>,
    /// Number of hits by secret.
    counts: HashMap<usize, usize>,
}

impl<'a> Tap<'a> {
    /// `buffer` is reused memory, returned by [`Self::finish`].
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

    /// Returns the offset of the next byte to be read.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.read as u64
    }

    /// Returns the next bytes without consuming them: at least `count`, if the stream has that many.
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

    /// Returns the last bytes read, up to [`BEHIND`], and the buffered bytes after them.
    pub(crate) fn around(&self) -> (&[u8], &[u8]) {
        let (before, after) = self.buffer[..self.filled].split_at(self.read);
        (&before[before.len().saturating_sub(BEHIND)..], after)
    }

    /// Moves to a buffered offset: at most [`BEHIND`] bytes back, and not beyond the peeked bytes. Returns whether it succeeded.
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

    /// Fills `out` from the stream, but not beyond the offset `end`; returns the number of bytes.
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

    /// Moves to the next occurrence of these few bytes. Returns whether there is one before `end`.
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

    /// Assigns the bytes from `start` on to another member. Marks come in the order of their offsets.
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

    /// Reads to the end, and returns all hits, the buffer, and the error of a stream that ended early.
    pub(crate) fn finish(mut self) -> (Vec<Placed>, Vec<u8>, Option<io::Error>) {
        self.skip_to(u64::MAX);
        self.settle(u64::MAX);
        (self.placed, self.buffer, self.error)
    }

    /// Assigns the hits before `end` to the members in which they begin.
    fn settle(&mut self, end: u64) {
        // A longer hit that overlaps one may still begin in the unsearched bytes.
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
        // Keeps the bytes in which a later hit may begin, and the unread ones.
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
        // A hit that may continue in the next block waits for it.
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
