//! Encodings that spell several bytes together, or each byte as a number: base64, base32, uuencode, digits, UTF-16 and UTF-32.
//! Only the part of the output that the text alone determines is used, regardless of the bytes before and after it.

use super::encoding::Encoding;
use super::piece::Buffer;

/// An encoding of blocks of bytes.
#[derive(Debug)]
pub struct Block {
    /// The encoding that a finding names.
    pub encoding: Encoding,
    /// The writers, for people.
    pub writers: &'static str,
    /// Max. length of a text that is searched for in it: the rare encodings would enlarge the index.
    pub(super) longest: usize,
    how: How,
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// Digits of 5 or 6 bits, encoded this number of times, at each alignment.
    Digits(&'static [u8], usize),
    /// The same of UTF-16.
    DigitsOfUtf16(&'static [u8]),
    /// Each byte as a number in this base and number of digits, with a prefix and a separator.
    Numbers(u32, usize, bool, &'static str, &'static str),
    /// Each byte as a decimal number in a column of this width.
    Columns(usize),
    /// Two digits for each byte, a blank between pairs of bytes.
    Pairs(bool),
    Utf16([usize; 2]),
    Utf32([usize; 4]),
    Reversed,
}

use How::{Columns, Digits, DigitsOfUtf16, Numbers, Pairs, Reversed, Utf16, Utf32};

const ANY: usize = usize::MAX;
const LONG: usize = 1024;
const SHORT: usize = 128;

macro_rules! blocks {
    ($($encoding:ident $writers:literal $longest:ident $how:expr;)*) => {
        /// All of them, most literal first.
        pub const BLOCKS: &[Block] = &[$(Block {
            encoding: Encoding::$encoding,
            writers: $writers,
            longest: $longest,
            how: $how,
        }),*];
    };
}

#[rustfmt::skip]
blocks! {
    Reversed "the last byte first" ANY Reversed;
    Base64 "base64, wrapped or not" ANY Digits(STANDARD, 1);
    Base64Url "base64 with `-` and `_`" ANY Digits(URL_SAFE, 1);
    Hex "hexadecimal digits, small" ANY Numbers(16, 2, false, "", "");
    Hex "hexadecimal digits, capital" ANY Numbers(16, 2, true, "", "");
    Base64Utf16 "base64 of UTF-16: `powershell -EncodedCommand`" LONG DigitsOfUtf16(STANDARD);
    Base64Base64 "base64 of base64: a docker login in a Kubernetes secret" LONG Digits(STANDARD, 2);
    Base64Base64Base64 "base64 three deep" SHORT Digits(STANDARD, 3);
    Base32 "base32, capital letters" LONG Digits(BASE32, 1);
    Base32 "base32, small letters" LONG Digits(BASE32_SMALL, 1);
    Uuencode "uuencode, grave accents for blanks" LONG Digits(UUENCODE, 1);
    Uuencode "uuencode, blanks" LONG Digits(UUENCODE_BLANK, 1);
    HexList "`70:34`: fingerprints, openssl" LONG Numbers(16, 2, false, "", ":");
    HexList "`5C:34`" LONG Numbers(16, 2, true, "", ":");
    HexList "`70 34`: od, hexdump" LONG Numbers(16, 2, false, "", " ");
    HexList "`5C 34`" LONG Numbers(16, 2, true, "", " ");
    HexList "`5C-34`: BitConverter of .NET" LONG Numbers(16, 2, true, "", "-");
    HexList "`7034 2424`: xxd" LONG Pairs(false);
    HexList "`7034 2424` in capital digits" LONG Pairs(true);
    HexList "`0x70, 0x34`: arrays of C and Java" LONG Numbers(16, 2, false, "0x", ", ");
    HexList "`0x70,0x34`" LONG Numbers(16, 2, false, "0x", ",");
    HexList "`0x5C, 0x34`" LONG Numbers(16, 2, true, "0x", ", ");
    Numbers "`112, 52`: lists of numbers, Buffer of node" LONG Numbers(10, 1, false, "", ", ");
    Numbers "`112,52`" LONG Numbers(10, 1, false, "", ",");
    Numbers "`112 52`" LONG Numbers(10, 1, false, "", " ");
    Numbers "` 112  52`: `od -tu1`" LONG Columns(4);
    Utf16Le "UTF-16, little-endian" ANY Utf16([0, 1]);
    Utf16Be "UTF-16, big-endian" ANY Utf16([1, 0]);
    Utf32Le "UTF-32, little-endian" LONG Utf32([0, 1, 2, 3]);
    Utf32Be "UTF-32, big-endian" LONG Utf32([3, 2, 1, 0]);
}

const STANDARD: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE32_SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
const UUENCODE: &[u8] = b"`!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_";
const UUENCODE_BLANK: &[u8] = b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_";

impl Block {
    /// Calls `add` with each spelling of the text: one, or one for each alignment.
    pub(super) fn spell<B: Buffer>(&self, text: &[u8], add: &mut dyn FnMut(B)) {
        match self.how {
            Digits(alphabet, times) => digits_of(text, alphabet, times, add),
            DigitsOfUtf16(alphabet) => {
                let wide: B = utf16(text, [0, 1]);
                digits_of(&wide, alphabet, 1, add);
            }
            Numbers(base, least, is_capital, before, between) => {
                add(numbers(text, |text, at, out| {
                    if at > 0 {
                        out(between.as_bytes());
                    }
                    out(before.as_bytes());
                    digits(text[at], base, least, is_capital, out);
                }));
            }
            Columns(width) => {
                add(numbers(text, |text, at, out| {
                    let digits_count = match text[at] {
                        0..10 => 1,
                        10..100 => 2,
                        _ => 3,
                    };
                    let blanks = if at > 0 { width - digits_count } else { 0 };
                    (0..blanks).for_each(|_| out(b" "));
                    digits(text[at], 10, 1, false, out);
                }));
            }
            Pairs(is_capital) => {
                for alignment in 0..2 {
                    add(numbers(text, |text, at, out| {
                        if at > 0 && at % 2 == alignment {
                            out(b" ");
                        }
                        digits(text[at], 16, 2, is_capital, out);
                    }));
                }
            }
            Utf16(order) => add(utf16(text, order)),
            Utf32(order) => add(utf32(text, order)),
            Reversed => {
                let mut out = B::with_capacity(text.len());
                out.extend(text.iter().rev());
                add(out);
            }
        }
    }
}

/// Calls `add` with the digits of a text at each alignment, encoded this number of times.
fn digits_of<B: Buffer>(text: &[u8], alphabet: &[u8], times: usize, add: &mut dyn FnMut(B)) {
    // Five bytes are eight digits of base32, three are four of base64.
    let alignments = if alphabet.len() == 32 { 5 } else { 3 };
    for shift in 0..alignments {
        let once: B = aligned(text, shift, alphabet);
        match times {
            0 | 1 => add(once),
            _ => digits_of(&once, alphabet, times - 1, add),
        }
    }
}

/// Returns the digits that `text` alone determines, if it begins `shift` bytes after the start of a block.
fn aligned<B: Buffer>(text: &[u8], shift: usize, alphabet: &[u8]) -> B {
    let bits = alphabet.len().ilog2() as usize;
    let first = (shift * 8).div_ceil(bits);
    let last = (shift + text.len()) * 8 / bits;
    let byte = |index: usize| {
        index
            .checked_sub(shift)
            .and_then(|index| text.get(index))
            .copied()
            .unwrap_or(0)
    };
    let mut out = B::with_capacity(last.saturating_sub(first));
    out.extend((first..last).map(|digit| {
        let bit = digit * bits;
        let pair = u16::from_be_bytes([byte(bit / 8), byte(bit / 8 + 1)]);
        alphabet[usize::from(pair >> (16 - bits - bit % 8)) & (alphabet.len() - 1)]
    }));
    out
}

/// Writes every byte of a text by `write`: once to count, once into a buffer of that size.
fn numbers<B: Buffer>(text: &[u8], write: impl Fn(&[u8], usize, &mut dyn FnMut(&[u8]))) -> B {
    let mut length = 0;
    (0..text.len()).for_each(|at| write(text, at, &mut |part| length += part.len()));
    let mut out = B::with_capacity(length);
    (0..text.len()).for_each(|at| write(text, at, &mut |part| out.extend_from_slice(part)));
    out
}

fn digits(byte: u8, base: u32, least: usize, is_capital: bool, out: &mut dyn FnMut(&[u8])) {
    let value = u32::from(byte);
    let count = (1..).find(|&count| base.pow(count) > value).unwrap_or(1);
    for place in (0..count.max(least as u32)).rev() {
        let digit = char::from_digit(value / base.pow(place) % base, base).unwrap_or('0');
        let digit = if is_capital {
            digit.to_ascii_uppercase()
        } else {
            digit
        };
        out(&[digit as u8]);
    }
}

/// Encodes text as UTF-16; bytes that are not UTF-8 are widened one by one, as Latin-1.
fn utf16<B: Buffer>(text: &[u8], order: [usize; 2]) -> B {
    let bytes = |unit: u16| order.map(|at| unit.to_le_bytes()[at]);
    let mut out = B::with_capacity(text.len() * 2);
    match std::str::from_utf8(text) {
        Ok(text) => out.extend(text.encode_utf16().flat_map(bytes)),
        Err(_) => out.extend(text.iter().flat_map(|&byte| bytes(byte.into()))),
    }
    out
}

fn utf32<B: Buffer>(text: &[u8], order: [usize; 4]) -> B {
    let bytes = |point: u32| order.map(|at| point.to_le_bytes()[at]);
    let mut out = B::with_capacity(text.len() * 4);
    match std::str::from_utf8(text) {
        Ok(text) => out.extend(text.chars().flat_map(|character| bytes(character.into()))),
        Err(_) => out.extend(text.iter().flat_map(|&byte| bytes(byte.into()))),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::Plain;
    use super::*;

    #[track_caller]
    fn check(actual: &Plain, expected: &str) {
        assert_eq!(String::from_utf8_lossy(actual), expected);
    }

    #[test]
    fn base64_holds_only_what_the_text_determines() {
        check(&aligned(b"light work", 0, STANDARD), "bGlnaHQgd29ya"); // "bGlnaHQgd29yaw=="
        // ".light work" = "LmxpZ2h0IHdvcms="
        check(&aligned(b"light work", 1, STANDARD), "xpZ2h0IHdvcm");
        // "..light work" = "Li5saWdodCB3b3Jr"
        check(&aligned(b"light work", 2, STANDARD), "saWdodCB3b3Jr");
        // "foobar" = "MZXW6YTBOI======"
        check(&aligned(b"foobar", 0, BASE32), "MZXW6YTBO");
        check(&aligned(b"bar", 3, BASE32), "YTBO");
    }

    #[test]
    fn digits_of_the_whole_contain_each_alignment() {
        let value = b"p/s+s?w0rd~";
        for alphabet in [STANDARD, BASE32, UUENCODE] {
            for before in 0..10 {
                let mut text = vec![b'u'; before];
                text.extend(value);
                text.extend(b"\n....");
                let whole: Plain = aligned(&text, 0, alphabet);
                let alignments = if alphabet.len() == 32 { 5 } else { 3 };
                let needle: Plain = aligned(value, before % alignments, alphabet);
                let is_in = whole
                    .windows(needle.len())
                    .any(|window| window == &needle[..]);
                assert!(is_in, "{before}");
            }
        }
    }

    #[test]
    fn lists_of_digits() {
        let spelt = |writers: &str| {
            let block = BLOCKS.iter().find(|block| block.writers.contains(writers));
            let mut found = Vec::new();
            block.unwrap().spell(b"p4\\\x01", &mut |text: Plain| {
                found.push(String::from_utf8_lossy(&text).into_owned());
            });
            found.join("|")
        };
        assert_eq!(spelt("openssl"), "70:34:5c:01");
        assert_eq!(spelt("BitConverter"), "70-34-5C-01");
        assert_eq!(spelt("xxd"), "7034 5c01|70 345c 01");
        assert_eq!(spelt("arrays of C"), "0x70, 0x34, 0x5c, 0x01");
        assert_eq!(spelt("Buffer of node"), "112, 52, 92, 1");
    }
}
