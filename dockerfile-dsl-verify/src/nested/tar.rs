//! The members of a tar archive: ustar, pax and GNU, parsed like Go's `archive/tar`, which builders and engines use. An archive
//! without its end mark, or with an invalid header, is noted as partly read.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use super::probe::{Sight, Sniffed, Sure};
use crate::report::Reason;
use crate::stream::{Mark, MemberPart, Tap};
use crate::tree::Tree;
use crate::worker::{ScanPlace, Worker};

pub(crate) const BLOCK: usize = 512;
/// Max. size of an extended header that is parsed for names, in bytes; larger ones are only searched.
const LARGEST_EXTENSION: u64 = 1 << 20;

/// Fields of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) kind: u8,
    /// Whether a block with more of a sparse file's map follows, before its content.
    pub(crate) map_follows: bool,
}

impl Header {
    /// Returns `None` if the checksum or a number is invalid.
    pub(crate) fn read(block: &[u8; BLOCK]) -> Option<Self> {
        let sum = number(&block[148..156])?;
        // The checksum counts as eight spaces; old writers summed signed bytes.
        let fields = || block[..148].iter().chain(&block[156..]);
        let unsigned: u64 = 256 + fields().map(|&byte| u64::from(byte)).sum::<u64>();
        let signed: i64 = 256 + fields().map(|&byte| i64::from(byte as i8)).sum::<i64>();
        if sum != unsigned && i64::try_from(sum) != Ok(signed) {
            return None;
        }
        let kind = block[156];
        let mut name = text(&block[..100]).to_vec();
        let prefix = text(&block[345..500]);
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        // Links, directories and devices have no content, whatever their size field.
        let size = if matches!(kind, b'1'..=b'6') {
            0
        } else {
            number(&block[124..136])?
        };
        Some(Self {
            name,
            link: text(&block[157..257]).to_vec(),
            size,
            kind,
            map_follows: kind == b'S' && block[482] != 0,
        })
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.kind, b'0' | 0 | b'7' | b'S')
    }
}

/// Whether one more block follows this block of a sparse file's map.
pub(crate) fn map_goes_on(block: &[u8; BLOCK]) -> bool {
    block[504] != 0
}

/// Whether a content begins with a tar header.
pub(crate) fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<BLOCK>() else {
        return false;
    };
    &block[257..262] == b"ustar" && Header::read(block).is_some()
}

/// Checks the checksum of the header.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    is_header(sight.head).then_some(Sniffed::Tar)
}

/// Parses octal digits, or big-endian bytes if the highest bit of the first is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let (first, rest) = (field[0] & 0x7f, &field[1..]);
        return rest.iter().try_fold(u64::from(first), |value, &byte| {
            value.checked_mul(256)?.checked_add(u64::from(byte))
        });
    }
    let digits = field
        .iter()
        .copied()
        .skip_while(|&byte| byte == b' ')
        .take_while(|&byte| byte != b' ' && byte != 0);
    digits.into_iter().try_fold(0_u64, |value, digit| {
        matches!(digit, b'0'..=b'7').then(|| value * 8 + u64::from(digit - b'0'))
    })
}

fn text(field: &[u8]) -> &[u8] {
    &field[..field
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(field.len())]
}

/// Fields of extended headers, for the next member or for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extension {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Extension {
    /// Applies an extended header's content.
    pub(crate) fn read(&mut self, kind: u8, content: &[u8]) {
        match kind {
            b'L' => self.name = Some(text(content).to_vec()),
            b'K' => self.link = Some(text(content).to_vec()),
            _ => self.pax(content),
        }
    }

    /// Parses repeated `LENGTH KEY=VALUE
    /// `.
    fn pax(&mut self, mut content: &[u8]) {
        while let Some(space) = content.iter().position(|&byte| byte == b' ') {
            let length = std::str::from_utf8(&content[..space])
                .ok()
                .and_then(|digits| digits.parse::<usize>().ok());
            let Some(record) =
                length.and_then(|length| content.get(space + 1..length.checked_sub(1)?))
            else {
                return;
            };
            // The last one may lack its line end.
            content = content.get(space + record.len() + 2..).unwrap_or_default();
            let Some(equals) = record.iter().position(|&byte| byte == b'=') else {
                continue;
            };
            let value = &record[equals + 1..];
            match &record[..equals] {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => {
                    self.size = std::str::from_utf8(value)
                        .ok()
                        .and_then(|digits| digits.parse().ok())
                }
                _ => {}
            }
        }
    }

    pub(crate) fn apply(self, header: &mut Header) {
        header.name = self.name.unwrap_or(std::mem::take(&mut header.name));
        header.link = self.link.unwrap_or(std::mem::take(&mut header.link));
        header.size = self
            .size
            .filter(|_| header.is_file())
            .unwrap_or(header.size);
    }

    pub(crate) fn is_kind(kind: u8) -> bool {
        matches!(kind, b'x' | b'g' | b'L' | b'K' | b'X')
    }
}

/// Reads the members up to the offset `end` of the tap.
pub(super) fn walk(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    sure: Sure,
) {
    let container = place.inside();
    let mut tree = place.outermost.then(Tree::default);
    let mut extension = Extension::default();
    let mut member_start = tap.offset();
    let mut marked_end = false;
    let mut empty_blocks = 0;
    while tap.offset() < end {
        let mut block = [0; BLOCK];
        let count = tap.take(&mut block, end);
        if count < BLOCK {
            if count > 0 || !marked_end {
                worker.gap(Reason::Truncated, place, "the tar archive has no end mark");
            }
            marked_end = true;
            break;
        }
        if block.iter().all(|&byte| byte == 0) {
            marked_end = true;
            empty_blocks += 1;
            member_start = tap.offset();
            continue;
        }
        let Some(mut header) = Header::read(&block) else {
            // Two empty blocks end an archive: other data follows, which is searched for containers again.
            let is_over = empty_blocks >= 2 || sure != Sure::Start;
            if is_over && tap.move_to(tap.offset() - BLOCK as u64) {
                marked_end = true;
                break;
            }
            worker.gap(
                Reason::Broken,
                place,
                "a tar header is invalid; the rest was searched as bytes only",
            );
            marked_end = true;
            break;
        };
        marked_end = false;
        empty_blocks = 0;
        let mut map_follows = header.map_follows;
        while map_follows {
            let mut map = [0; BLOCK];
            map_follows = tap.take(&mut map, end) == BLOCK && map_goes_on(&map);
        }
        let content_start = tap.offset();
        if Extension::is_kind(header.kind) {
            let size = usize::try_from(header.size.min(LARGEST_EXTENSION)).unwrap_or(0);
            let mut text = vec![0; size.min(64 * 1024)];
            let mut taken = tap.take(&mut text, end);
            if taken == text.len() && size > text.len() {
                text.resize(size, 0);
                taken += tap.take(&mut text[taken..], end);
            }
            text.truncate(taken);
            if header.size > LARGEST_EXTENSION {
                worker.gap(
                    Reason::Budget,
                    place,
                    "an extended tar header has more than 1 MiB: the names in it were not read",
                );
            }
            if header.kind != b'g' {
                extension.read(header.kind, &text);
            }
            if !skip(tap, content_start, header.size, end) {
                worker.gap(
                    Reason::Truncated,
                    place,
                    "the tar archive ends inside of a header",
                );
                marked_end = true;
                break;
            }
            continue;
        }
        std::mem::take(&mut extension).apply(&mut header);
        let name: Rc<[u8]> = std::mem::take(&mut header.name).into();
        let member = place.member(&container, &name);
        tap.mark(Mark {
            part: MemberPart::Header,
            ..member.mark(member_start)
        });
        tap.mark(member.mark(content_start));
        if header.kind != b'5'
            && let Some(tree) = &mut tree
            && worker.scan.paths.fetch_add(1, Ordering::Relaxed) < worker.scan.limits.paths
        {
            tree.add(&name);
        }
        if header.is_file() {
            worker.blob.files += 1;
        }
        let content_end = content_start.saturating_add(header.size).min(end);
        if header.size > 0 {
            worker.content(tap, content_end, &member);
        }
        if !skip(tap, content_start, header.size, end) {
            worker.gap(
                Reason::Truncated,
                &member,
                "the tar archive ends inside of this member",
            );
            marked_end = true;
            break;
        }
        member_start = tap.offset();
    }
    if !marked_end {
        worker.gap(Reason::Truncated, place, "the tar archive has no end mark");
    }
    if tree.is_some() && worker.blob.tree.is_none() {
        worker.blob.tree = tree;
    }
}

/// Skips to the block after a content.
fn skip(tap: &mut Tap<'_>, start: u64, size: u64, end: u64) -> bool {
    let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
    let next = start.saturating_add(padded);
    next <= end && tap.skip_to(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_longer_than_its_header_by_a_byte() {
        let mut extension = Extension::default();
        extension.read(b'x', b"9 path=a\n13 path=abcd");
        assert_eq!(extension.name.as_deref(), Some(&b"abcd"[..]));
    }
}
