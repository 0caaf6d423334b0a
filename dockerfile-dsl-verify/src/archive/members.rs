//! The headers of the outer archive: the offset of each member, and the role that its name implies. Every header is searched; an
//! invalid one ends the members, and the remaining bytes are a blob without a name.

use std::io::{self, BufRead};

use crate::nested::tar;
use crate::report::{Gap, Reason};
use crate::worker::Worker;

/// Reads the headers of the outer archive.
#[derive(Default)]
pub(super) struct Members {
    /// End of the last header that was read.
    pub(super) offset: u64,
    /// Bytes that were read and are not a header: the blob after the members begins with them.
    pub(super) rejected: Vec<u8>,
    extension: tar::Extension,
}

pub(super) enum Step {
    Member {
        name: String,
        size: u64,
        link: Option<String>,
    },
    Other,
    End(Option<Gap>),
}

impl Members {
    pub(super) fn next(
        &mut self,
        reader: &mut dyn BufRead,
        worker: &mut Worker<'_>,
    ) -> io::Result<Step> {
        let truncated = || {
            Step::End(Some(Gap::new(
                Reason::Truncated,
                "",
                "the archive has no end mark: it is truncated",
            )))
        };
        let mut block = [0; tar::BLOCK];
        let count = read_full(reader, &mut block)?;
        if count < tar::BLOCK {
            self.rejected.extend(&block[..count]);
            return Ok(truncated());
        }
        if block.iter().all(|&byte| byte == 0) {
            self.offset += tar::BLOCK as u64;
            return Ok(Step::End(None));
        }
        let Some(mut header) = tar::Header::read(&block) else {
            self.rejected.extend(block);
            return Ok(Step::End(Some(Gap::new(
                Reason::Broken,
                "",
                "a header of the archive is invalid",
            ))));
        };
        self.offset += tar::BLOCK as u64;
        worker.header(&block);
        let mut map_follows = header.map_follows;
        while map_follows {
            let mut map = [0; tar::BLOCK];
            let count = read_full(reader, &mut map)?;
            self.offset += count as u64;
            worker.header(&map);
            map_follows = count == tar::BLOCK && tar::map_goes_on(&map);
        }
        if tar::Extension::is_kind(header.kind) {
            let size = usize::try_from(header.size)
                .ok()
                .filter(|&size| size <= 1 << 20);
            let Some(size) = size else {
                return Ok(Step::End(Some(Gap::new(
                    Reason::Budget,
                    "",
                    "an extended header of the archive has more than 1 MiB",
                ))));
            };
            let mut text = vec![0; size.next_multiple_of(tar::BLOCK)];
            let count = read_full(reader, &mut text)?;
            self.offset += count as u64;
            worker.header(&text[..count]);
            if count < text.len() {
                return Ok(truncated());
            }
            text.truncate(size);
            if header.kind != b'g' {
                self.extension.read(header.kind, &text);
            }
            return Ok(Step::Other);
        }
        std::mem::take(&mut self.extension).apply(&mut header);
        let name = normal(&String::from_utf8_lossy(&header.name));
        Ok(match header.kind {
            b'1' | b'2' => {
                let target = String::from_utf8_lossy(&header.link).into_owned();
                let target = if header.kind == b'2' {
                    resolve(&name, &target)
                } else {
                    normal(&target)
                };
                Step::Member {
                    name,
                    size: 0,
                    link: Some(target),
                }
            }
            _ if header.is_file() => Step::Member {
                name,
                size: header.size,
                link: None,
            },
            _ if header.size == 0 => Step::Other,
            _ => Step::Member {
                name,
                size: header.size,
                link: None,
            },
        })
    }

    /// Reads the padding of a member's last block. Returns whether it is complete.
    pub(super) fn padding(
        &mut self,
        size: u64,
        reader: &mut dyn BufRead,
        worker: &mut Worker<'_>,
    ) -> io::Result<bool> {
        let used = (size % tar::BLOCK as u64) as usize;
        let mut padding = [0; tar::BLOCK];
        let padding = &mut padding[..(tar::BLOCK - used) % tar::BLOCK];
        let count = read_full(reader, padding)?;
        self.offset += count as u64;
        if padding.iter().any(|&byte| byte != 0) {
            worker.header(padding);
        }
        Ok(count == padding.len())
    }
}

fn normal(name: &str) -> String {
    name.trim_start_matches("./")
        .trim_start_matches('/')
        .to_owned()
}

/// Resolves the target of a symbolic link, relative to the directory that contains the link.
pub(super) fn resolve(name: &str, target: &str) -> String {
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether its name or the config states the SHA-256 of a member.
pub(super) fn wants_digest(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("blobs/sha256/") || file == "layer.tar" || digest_in_name(file).is_some()
}

/// Returns the digest in a file name: `HEX`, the config `HEX.json` of a docker archive, or a layer `HEX.tar` of podman's.
pub(crate) fn digest_in_name(file: &str) -> Option<&str> {
    let named = file
        .strip_suffix(".json")
        .or_else(|| file.strip_suffix(".tar"))
        .unwrap_or(file);
    let is_hex = named.len() == 64 && named.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(named)
}

/// Fills `out` until the stream ends.
pub(super) fn read_full(reader: &mut dyn BufRead, out: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < out.len() {
        match reader.read(&mut out[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
