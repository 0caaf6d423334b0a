//! The streams of a PDF. Only the dictionary before a stream is read: the signature is the name of its filter. Objects are not
//! resolved, and text whose letters are placed one by one is not reassembled.

use super::probe::{self, Sight, Sniffed};

/// Max. length of a dictionary and the text before it, in bytes.
const LONGEST: usize = 1024;

/// Detects `12 0 obj << .. /Filter /FlateDecode .. >> stream`: a zlib stream follows, or it is encrypted or broken.
pub(super) fn probe_flate(sight: &Sight<'_>) -> Option<Sniffed> {
    let start = stream(sight)?;
    // Another filter precedes it in the list, and was reported already.
    let before = &sight.before[sight.before.len().saturating_sub(80)..];
    if [&b"/ASCII85Decode"[..], b"/LZWDecode"]
        .iter()
        .any(|filter| memchr::memmem::find(before, filter).is_some())
    {
        return None;
    }
    if probe::is_zlib_header(&sight.head[start..]) {
        return Some(Sniffed::Zlib(start, "pdf"));
    }
    is_object(sight).then_some(Sniffed::Unread("an encrypted stream of a PDF"))
}

/// Detects the other filters.
pub(super) fn probe_other(sight: &Sight<'_>) -> Option<Sniffed> {
    stream(sight)?;
    is_object(sight).then_some(Sniffed::Unread("a stream of a PDF by LZW or in base 85"))
}

/// Returns the start of the stream whose dictionary ends here.
fn stream(sight: &Sight<'_>) -> Option<usize> {
    let head = &sight.head[..sight.head.len().min(LONGEST)];
    let at = memchr::memmem::find(head, b"stream")?;
    if !head[..at].trim_ascii_end().ends_with(b">>")
        || memchr::memmem::find(&head[..at], b"endobj").is_some()
    {
        return None;
    }
    let start = at + b"stream".len();
    match sight.head.get(start..)? {
        [b'\r', b'\n', ..] => Some(start + 2),
        [b'\n' | b'\r', ..] => Some(start + 1),
        _ => None,
    }
}

/// Whether the dictionary is that of a numbered object, and not text in a program that writes PDFs.
fn is_object(sight: &Sight<'_>) -> bool {
    let before = &sight.before[sight.before.len().saturating_sub(LONGEST)..];
    let Some(at) = memchr::memmem::rfind(before, b"obj") else {
        return false;
    };
    let mut words = before[..at]
        .trim_ascii_end()
        .rsplit(|byte| byte.is_ascii_whitespace());
    let mut is_number = || {
        words
            .next()
            .is_some_and(|word| !word.is_empty() && word.iter().all(u8::is_ascii_digit))
    };
    memchr::memmem::find(&before[at..], b"<<").is_some() && is_number() && is_number()
}
