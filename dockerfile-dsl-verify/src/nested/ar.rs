//! The members of an `ar` archive: Debian packages, static libraries.

use std::rc::Rc;

use super::probe::{Sight, Sniffed, Sure};
use crate::report::Reason;
use crate::stream::Tap;
use crate::worker::{ScanPlace, Worker};

const HEADER: usize = 60;

/// Detects a valid first header.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    let fits = sight.head.get(66..68) == Some(b"`\n");
    (sight.is_start || fits).then_some(Sniffed::Ar)
}

/// Reads the members up to the offset `end` of the tap, or to the first invalid header: the format has no end mark.
pub(super) fn walk(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    sure: Sure,
) {
    let container = place.inside();
    tap.take(&mut [0; 8], end);
    let mut is_first = true;
    while tap.offset() < end {
        let mut header = [0; HEADER];
        let count = tap.take(&mut header, end);
        // A newline may pad the last member.
        if count <= 1 {
            return;
        }
        let size = std::str::from_utf8(&header[48..58])
            .ok()
            .and_then(|digits| digits.trim_end().parse::<u64>().ok());
        let Some(size) = size.filter(|_| count == HEADER && header[58..] == *b"`\n") else {
            if sure != Sure::Start && !is_first {
                tap.move_to(tap.offset() - count as u64);
                return;
            }
            return worker.gap(
                Reason::Broken,
                place,
                "an ar header is invalid; the rest was searched as bytes only",
            );
        };
        let name: Rc<[u8]> = header[..16].trim_ascii_end().into();
        let member = place.member(&container, &name);
        tap.mark(member.mark(tap.offset()));
        let content_end = tap.offset().saturating_add(size);
        worker.content(tap, content_end.min(end), &member);
        if content_end > end || tap.offset() < content_end {
            return worker.gap(
                Reason::Truncated,
                &member,
                "the ar archive ends inside of this member",
            );
        }
        tap.skip_to((content_end + size % 2).min(end));
        is_first = false;
    }
}
