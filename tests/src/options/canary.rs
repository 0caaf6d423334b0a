//! The secret of the calls, and the search for it in what a call leaves: raw, reversed, in pieces, base64, base32, hex, quoted for
//! URLs, and inside gzip and zlib streams (objects of git).

use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

/// The value of the secret. It is in no file of the system.
pub(super) const VALUE: &str = "ghp_9fQ2xZk7LmN4pRtVw8YbC3dE6gH1jK5s0uXa";

/// A piece of this length is a leak.
const PIECE: usize = 12;

/// The largest file that is searched.
const LARGEST: u64 = 64 << 20;

/// Finds the value.
#[derive(Debug)]
pub(super) struct Search {
    needles: Vec<Vec<u8>>,
}

impl Search {
    pub(super) fn new() -> Self {
        let value = VALUE.as_bytes();
        let reversed: Vec<u8> = value.iter().rev().copied().collect();
        let mut needles: Vec<Vec<u8>> = Vec::new();
        for text in [value, &reversed] {
            needles.extend(text.windows(PIECE).step_by(4).map(<[u8]>::to_vec));
        }
        for shift in 0..3 {
            let padded: Vec<u8> = std::iter::repeat_n(0, shift)
                .chain(value[..36].iter().copied())
                .collect();
            let text = base64(&padded);
            // The characters at the ends depend on what is beside the value.
            needles.push(text[4..text.len() - 8].to_vec());
        }
        let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        needles.push(hex[..PIECE * 2].to_uppercase().into_bytes());
        needles.push(hex[..PIECE * 2].to_owned().into_bytes());
        let spaced: Vec<String> = value.iter().map(|byte| format!("{byte:02x}")).collect();
        needles.push(spaced[..PIECE].join(" ").into_bytes());
        needles.push(spaced[..PIECE].join(":").into_bytes());
        needles.push(VALUE[..PIECE * 2].to_uppercase().into_bytes());
        needles.push(VALUE[..PIECE * 2].to_lowercase().into_bytes());
        let wide: Vec<u8> = value.iter().flat_map(|byte| [*byte, 0]).collect();
        needles.push(wide[..PIECE * 2].to_vec());
        Self { needles }
    }

    /// Whether the bytes hold the value, or a compressed text that does.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        if self.is_plain_in(bytes) {
            return true;
        }
        let folded: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        if self.is_plain_in(&folded) {
            return true;
        }
        let mut inner = Vec::new();
        match bytes {
            [0x1f, 0x8b, ..] => {
                // What was unpacked before a mistake is searched, too.
                let _ = MultiGzDecoder::new(bytes).read_to_end(&mut inner);
                self.is_plain_in(&inner)
            }
            [0x78, ..] => {
                let _ = ZlibDecoder::new(bytes).read_to_end(&mut inner);
                self.is_plain_in(&inner)
            }
            // A pack of git, an archive: streams begin anywhere.
            [b'P', b'A', b'C', b'K', ..] | [b'P', b'K', 3, 4, ..] => self.is_in_streams(bytes),
            _ => false,
        }
    }

    fn is_plain_in(&self, bytes: &[u8]) -> bool {
        self.needles
            .iter()
            .any(|needle| memchr::memmem::find(bytes, needle).is_some())
    }

    fn is_in_streams(&self, bytes: &[u8]) -> bool {
        (0..bytes.len()).any(|at| {
            let mut inner = Vec::new();
            if bytes[at] == 0x78 {
                let _ = ZlibDecoder::new(&bytes[at..]).read_to_end(&mut inner);
            } else if bytes[..4] == *b"PK\x03\x04" && at >= 30 {
                let stream = &bytes[at..];
                let _ = flate2::read::DeflateDecoder::new(stream).read_to_end(&mut inner);
            }
            self.is_plain_in(&inner)
        })
    }

    /// The first file below the folder that holds the value, in its content, its name or its target.
    pub(super) fn in_tree(&self, folder: &Path) -> Option<String> {
        let mut folders = vec![folder.to_path_buf()];
        let mut found: Vec<String> = Vec::new();
        while let Some(next) = folders.pop() {
            let Ok(entries) = fs::read_dir(&next) else {
                continue;
            };
            for entry in entries.flatten() {
                let path = entry.path();
                let Ok(metadata) = fs::symlink_metadata(&path) else {
                    continue;
                };
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let is_named = self.is_in(entry.file_name().as_encoded_bytes());
                let holds = if metadata.is_symlink() {
                    fs::read_link(&path)
                        .is_ok_and(|target| self.is_in(target.as_os_str().as_encoded_bytes()))
                } else if metadata.is_dir() {
                    folders.push(path.clone());
                    false
                } else {
                    metadata.is_file()
                        && metadata.len() <= LARGEST
                        && fs::read(&path).is_ok_and(|bytes| self.is_in(&bytes))
                };
                if is_named || holds {
                    let name = name.to_string_lossy().replace(VALUE, "VALUE");
                    found.push(format!("/{name}"));
                }
            }
        }
        found.sort();
        found.into_iter().next()
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).map_or(0, |byte| u32::from(*byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for shift in [18, 12, 6, 0] {
            text.push(LETTERS[(bits >> shift & 63) as usize]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[track_caller]
    fn found(bytes: &[u8]) {
        assert!(Search::new().is_in(bytes));
    }

    #[test]
    fn encodings_are_found() {
        found(format!("x{VALUE}y").as_bytes());
        found(&VALUE.as_bytes()[5..30]);
        for before in ["", "a", "ab"] {
            found(&base64(format!("{before}{VALUE}\n").as_bytes()));
        }
        let hex: String = VALUE.bytes().map(|byte| format!("{byte:02x}")).collect();
        found(hex.as_bytes());
        let lines: String = VALUE.chars().map(|c| format!("{c}\n")).collect();
        found(lines.as_bytes());
    }

    #[test]
    fn compressed_texts_are_found() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(VALUE.as_bytes()).unwrap();
        found(&gzip.finish().unwrap());
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(VALUE.as_bytes()).unwrap();
        let stream = zlib.finish().unwrap();
        found(&stream);
        found(&[b"PACK\0\0\0\x02", &stream[..]].concat());
    }

    #[test]
    fn other_texts_are_not() {
        let search = Search::new();
        assert!(!search.is_in(b"ghp_9fQ2xZ"));
        assert!(!search.is_in(&base64(b"ghp_0000000000000000000000000000")));
        assert!(!search.is_in(b""));
    }

    #[test]
    fn names_and_links_of_a_tree_count() {
        let folder = tempfile::tempdir().unwrap();
        let search = Search::new();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), "clean").unwrap();
        assert_eq!(search.in_tree(folder.path()), None);
        std::os::unix::fs::symlink(VALUE, folder.path().join("a/link")).unwrap();
        assert_eq!(search.in_tree(folder.path()).as_deref(), Some("/a/link"));
        fs::write(folder.path().join("a/b/c"), VALUE).unwrap();
        assert_eq!(search.in_tree(folder.path()).as_deref(), Some("/a/b/c"));
    }
}
