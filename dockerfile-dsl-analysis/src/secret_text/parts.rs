//! Collects the parts of a secret.
//!
//! A token is one piece. A structured file (JSON, YAML, INI, XML, netrc, PEM, URLs) is mostly text that honest images are
//! full of: there the pieces are the values of credential keys, private key material, and tokens above a bound of randomness.
//! Where a text yields no such piece, the whole of it is the piece: nothing is ever left unsearched without being counted.

use super::piece::{Buffer, FRAGMENT, Forms, LEAST_LENGTH, Need, Piece};
use super::randomness::looks_random;
use super::text::{trim, with_returns, without_returns};

/// A longer piece is searched for in blocks, so that a match is never longer than what is held in memory.
const BLOCK: usize = 4096;

/// The parts of one secret.
#[derive(Debug)]
pub struct Parts<B> {
    /// What is searched for.
    pub pieces: Vec<Piece<B>>,
    /// Credentials that are too short to be searched for.
    pub too_short: usize,
    /// How many groups the pieces make.
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

    /// A value that is secret from its first to its last byte.
    pub(super) fn value(&mut self, value: &[u8]) {
        let value = trim(value);
        if value.len() < LEAST_LENGTH {
            self.too_short += usize::from(!value.is_empty());
            return;
        }
        if let Some(signature) = signature(value) {
            // Its head is that of every such token, and its claims are no secret by themselves.
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

    /// A value of one line or of several.
    pub(super) fn any(&mut self, value: &[u8]) {
        if trim(value).contains(&b'\n') {
            self.text(value);
        } else {
            self.value(value);
        }
    }

    /// The bytes that the last value is the digits of.
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

    /// A text of which nothing is known: the whole of it, and each of its lines that is no sentence.
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

    /// A line whose parts were found, as one part more. It says the same as the first of them.
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

    /// The same value as the last one, written in another way: one of them is as good as both.
    pub(super) fn alternative(&mut self, value: &[u8]) {
        let (pieces, groups) = (self.pieces.len(), self.groups);
        self.value(value);
        self.join_groups(pieces, groups);
    }

    /// Says that the pieces since then are only other ways to write what was there before.
    fn join_groups(&mut self, pieces: usize, groups: usize) {
        if groups > 0 {
            self.pieces[pieces..]
                .iter_mut()
                .for_each(|piece| piece.group = groups - 1);
            self.groups = groups;
        }
    }

    /// Several lines: joined, as line ends and indentation may change, and in the encodings of the text as it is.
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
        // Short lines may have no eight bytes at a place that is looked at; and no window tells the line ends of other systems.
        let windows: B = with_returns(&unix);
        self.same(&unix, need, Forms::All);
        self.same(&windows, need, Forms::All);
    }

    /// Another way to write the last group.
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

/// The last part of a JSON web token: what makes it valid.
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

/// Cuts a long text so that no block is too short to be searched for.
fn blocks(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let count = text.len().div_ceil(BLOCK).max(1);
    text.chunks(text.len().div_ceil(count).max(1))
}
