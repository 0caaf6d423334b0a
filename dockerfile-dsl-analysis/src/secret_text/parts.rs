//! Collects the parts of a secret.
//!
//! A token is one piece. A structured file (JSON, YAML, INI, XML, netrc, PEM, URLs) is mostly text that also occurs in ordinary images:
//! there the pieces are the values of credential keys, private key material, and tokens above a bound of randomness. A text without such a
//! piece is a piece as a whole: everything is either searched for or counted.

use super::piece::{Buffer, FRAGMENT, Forms, LEAST_LENGTH, Need, Piece};
use super::randomness::looks_random;
use super::text::{trim, with_returns, without_returns};

/// Max. length of a piece in bytes; a longer one is searched for in blocks, so that a match fits into the memory of the search.
const BLOCK: usize = 4096;

/// The parts of one secret.
#[derive(Debug)]
pub struct Parts<B> {
    /// The pieces to search for.
    pub pieces: Vec<Piece<B>>,
    /// Number of credentials that are too short to search for.
    pub too_short: usize,
    /// Number of groups of pieces.
    pub groups: usize,
}

impl<B: Buffer> Parts<B> {
    pub(super) fn new() -> Self {
        Self {
            pieces: Vec::new(),
            too_short: 0,
            groups: 0,
        }
    }

    /// Adds a value that is secret from its first to its last byte.
    pub(super) fn value(&mut self, value: &[u8]) {
        let value = trim(value);
        if value.len() < LEAST_LENGTH {
            self.too_short += usize::from(!value.is_empty());
            return;
        }
        if let Some(signature) = signature(value) {
            // The head is that of every such token, and the claims are not secret by themselves.
            self.add(value, Need::Whole, Forms::All);
            return self.value(signature);
        }
        let need = if looks_random(value) {
            Need::Fragment
        } else {
            Need::Whole
        };
        self.add(value, need, Forms::All);
    }

    /// Adds a value of one line or of several.
    pub(super) fn any(&mut self, value: &[u8]) {
        if trim(value).contains(&b'\n') {
            self.text(value);
        } else {
            self.value(value);
        }
    }

    /// Adds the bytes whose digits the last value is.
    pub(super) fn decoded(&mut self, bytes: &[u8]) {
        let (pieces, groups) = (self.pieces.len(), self.groups);
        let need = if looks_random(bytes) {
            Need::Fragment
        } else {
            Need::Whole
        };
        for block in blocks(bytes) {
            self.push(block, need, Forms::Raw);
        }
        self.join_groups(pieces, groups);
    }

    /// Adds a text without known structure: the whole text, and each of its lines that is not a sentence.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.add(text, Need::Whole, Forms::All);
        for line in text.split(|&byte| byte == b'\n').map(trim) {
            if line.len() >= FRAGMENT
                && !line.contains(&b' ')
                && line.iter().any(u8::is_ascii_digit)
            {
                self.value(line);
            }
        }
    }

    /// Adds a line whose parts were found, as an alternative of the first of them.
    pub(super) fn whole_line(&mut self, line: &[u8]) {
        self.add(line, Need::Whole, Forms::All);
        if let [first, .., last] = &mut self.pieces[..] {
            last.group = first.group;
            self.groups -= 1;
        }
    }

    fn add(&mut self, text: &[u8], need: Need, forms: Forms) {
        if self
            .pieces
            .iter()
            .any(|piece| piece.text[..] == *text && piece.forms == Forms::All)
        {
            return;
        }
        if text.contains(&b'\n') {
            return self.lines(text, need);
        }
        for block in blocks(text) {
            self.push(block, need, forms);
            self.groups += 1;
        }
    }

    /// Adds another spelling of the last value, as its alternative.
    pub(super) fn alternative(&mut self, value: &[u8]) {
        let (pieces, groups) = (self.pieces.len(), self.groups);
        self.value(value);
        self.join_groups(pieces, groups);
    }

    /// Marks the pieces since then as alternatives of the pieces before.
    fn join_groups(&mut self, pieces: usize, groups: usize) {
        if groups > 0 {
            self.pieces[pieces..]
                .iter_mut()
                .for_each(|piece| piece.group = groups - 1);
            self.groups = groups;
        }
    }

    /// Adds several lines: joined, because line ends and indentation may change, and in the encodings of the unchanged text.
    pub(super) fn lines(&mut self, text: &[u8], need: Need) {
        let lines = || text.split(|&byte| byte == b'\n').map(trim);
        let longest = lines().map(<[u8]>::len).max();
        let mut joined = B::with_capacity(text.len());
        joined.extend(lines().flatten());
        for block in blocks(&joined) {
            self.push(block, need, Forms::Raw);
            if let Some(piece) = self.pieces.last_mut() {
                piece.longest_line = longest;
            }
            self.groups += 1;
        }
        let unix: B = without_returns(text);
        if need == Need::Fragment {
            return self.same(&unix, need, Forms::Encoded);
        }
        // Short lines may have fewer than 8 bytes at a position that is searched; and no window reveals the line ends of other systems.
        let windows: B = with_returns(&unix);
        self.same(&unix, need, Forms::All);
        self.same(&windows, need, Forms::All);
    }

    /// Adds another spelling of the last group.
    fn same(&mut self, text: &[u8], need: Need, forms: Forms) {
        for block in blocks(text) {
            self.push(block, need, forms);
            if let Some(piece) = self.pieces.last_mut() {
                piece.group = self.groups - 1;
            }
        }
    }

    fn push(&mut self, bytes: &[u8], need: Need, forms: Forms) {
        let mut text = B::with_capacity(bytes.len());
        text.extend_from_slice(bytes);
        self.pieces.push(Piece {
            text,
            need,
            forms,
            longest_line: None,
            group: self.groups,
        });
    }
}

/// Returns the last part of a JSON web token: the signature.
fn signature(value: &[u8]) -> Option<&[u8]> {
    let mut parts = value.split(|&byte| byte == b'.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let is_base64url = |part: &&[u8]| {
        part.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let is_token = parts.next().is_none()
        && head.starts_with(b"eyJ")
        && claims.starts_with(b"eyJ")
        && signature.len() >= FRAGMENT
        && [head, claims, signature].iter().all(is_base64url);
    is_token.then_some(signature)
}

/// Splits a long text so that no block is too short to search for.
fn blocks(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let count = text.len().div_ceil(BLOCK).max(1);
    text.chunks(text.len().div_ceil(count).max(1))
}
