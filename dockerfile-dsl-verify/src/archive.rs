//! Scans the blobs of an image, in any form of archive, directory or stream.
//!
//! A docker archive or OCI archive is a tar whose members are the blobs, an OCI layout is a directory of them. A seekable source
//! is scanned by several threads, a stream in order. Every member is scanned, whether a manifest names it or not.

mod members;
mod seekable;

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

pub(crate) use members::digest_in_name;
use members::{Members, Step, read_full, wants_digest};

use crate::contents::{Contents, Kind, ROOTS, is_root};
use crate::digest::Digester;
use crate::file::Opened;
use crate::nested::{self, Compression, Sniffed, tar};
use crate::report::{Gap, Reason};
use crate::scan::{Counted, Hashing, Scan};
use crate::stream::{PEEK, Span, Tap};
use crate::{Error, Progress};

/// Expected form of the image at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Detected from the bytes. A directory has to contain an image.
    Any,
    /// Detected, but not text: a script or a note with the name of an image.
    NamedAsImage,
    /// The directory of an OCI layout or of an exported cache.
    Layout,
    /// A tar with an `index.json`.
    OciArchive,
    /// A tar with a `manifest.json`.
    DockerArchive,
    /// A directory that is a root file system, or any tree of files.
    Tree,
}

/// Scans a file or a directory.
pub(crate) fn scan_path(
    path: &Path,
    form: Form,
    scan: &Scan,
    progress: &Progress,
) -> Result<Contents, Error> {
    let cannot = |error| Error::io(format!("cannot read {}", path.display()), error);
    let opened = Opened::new(path).map_err(cannot)?;
    let metadata = opened.file().metadata().map_err(cannot)?;
    if metadata.is_dir() {
        let kind = match form {
            Form::Tree => Kind::Tree,
            _ => Kind::Image,
        };
        return seekable::scan_directory(path, kind, scan, progress).map_err(cannot);
    }
    progress.set_total(metadata.len());
    // A pipe has a name too (`/dev/stdin`, `<(docker save app)`), and cannot be sought in.
    if !metadata.is_file() {
        let mut reader = BufReader::with_capacity(256 * 1024, opened);
        return scan_reader(&path.display().to_string(), &mut reader, scan);
    }
    let file = opened.file().try_clone().map_err(cannot)?;
    let mut reader = BufReader::with_capacity(256 * 1024, file);
    if tar::is_header(reader.fill_buf().map_err(cannot)?) {
        if let Some(contents) = seekable::scan_archive(path, &mut reader, scan).map_err(cannot)? {
            return Ok(contents);
        }
        reader.seek(SeekFrom::Start(0)).map_err(cannot)?;
    }
    scan_reader(&path.display().to_string(), &mut reader, scan)
}

/// Whether a directory has a file that names the blobs of an image.
pub(crate) fn is_layout(path: &Path) -> bool {
    ROOTS.iter().any(|root| path.join(root).is_file())
}

/// Scans a stream.
pub(crate) fn scan_reader(
    name: &str,
    reader: &mut dyn BufRead,
    scan: &Scan,
) -> Result<Contents, Error> {
    let cannot = |error| Error::io(format!("cannot read {name}"), error);
    let mut head = vec![0; tar::BLOCK * 2];
    let count = read_full(reader, &mut head).map_err(cannot)?;
    head.truncate(count);
    if head.is_empty() {
        return Err(Error::usage(format!("{name} is empty: expected an image")));
    }
    let sniffed = nested::sniff(&head, b"");
    // The start of a tar header is text as well (the name of its first member), but on one line.
    let is_text = !head.contains(&0) && (head.contains(&b'\n') || head.len() > tar::BLOCK);
    let mut reader = Counted::new(io::Cursor::new(head).chain(reader), scan);
    match sniffed {
        Some(Sniffed::Tar) => Ok(scan_tar(&mut reader, scan)),
        Some(Sniffed::Compressed(compression)) if compression != Compression::Zlib => {
            scan_packed(compression, &mut reader, scan).map_err(cannot)
        }
        _ if is_text => Ok(scan_log(&mut reader, scan)),
        _ => Err(Error::usage(format!(
            "{name} is neither an image archive (docker or OCI, also compressed) nor text: make \
             one with `docker save` or `docker buildx build --output type=oci`"
        ))),
    }
}

/// Scans an archive or a text that is compressed as a whole, and its compressed bytes, too.
fn scan_packed(
    compression: Compression,
    reader: &mut dyn BufRead,
    scan: &Scan,
) -> io::Result<Contents> {
    let mut tap = Tap::new(reader, &scan.matcher, Vec::new(), 0);
    let mut contents = scan_unpacked(compression, &mut tap, scan)?;
    // The decoder leaves the bytes after its stream, which are searched without a format.
    let follows = nested::sniff(tap.peek(PEEK), b"").is_some();
    let mut packed = nested::worker(scan).scan_bytes("(the archive, compressed)", tap);
    let is_known = |secret| {
        let mut known = contents.blobs.iter().flat_map(|blob| &blob.sightings);
        known.any(|sighting| sighting.secret == secret)
    };
    packed.sightings.retain(|one| !is_known(one.secret));
    if follows {
        let detail = "other data follows the compressed archive: it was searched as bytes only";
        packed
            .gaps
            .push(Gap::new(Reason::Unsupported, &packed.name, detail));
    }
    contents.blobs.push(packed);
    Ok(contents)
}

fn scan_unpacked(compression: Compression, tap: &mut Tap<'_>, scan: &Scan) -> io::Result<Contents> {
    let end = u64::MAX;
    let mut packed = Span { tap, end };
    let mut decoder = nested::open(compression, &mut packed, scan.limits.window)?;
    let decoder = Hashing::new(&mut decoder, scan, false);
    let mut decoder = BufReader::with_capacity(256 * 1024, decoder);
    let mut head = vec![0; tar::BLOCK];
    let count = read_full(&mut decoder, &mut head)?;
    head.truncate(count);
    let is_tar = tar::is_header(&head);
    let mut decoder = io::Cursor::new(head).chain(decoder);
    Ok(if is_tar {
        scan_tar(&mut decoder, scan)
    } else {
        scan_log(&mut decoder, scan)
    })
}

/// Searches the text output of a build.
pub(crate) fn scan_text(reader: &mut dyn Read, scan: &Scan) -> Contents {
    scan_log(&mut Counted::new(reader, scan), scan)
}

fn scan_log(reader: &mut dyn Read, scan: &Scan) -> Contents {
    let mut contents = Contents::new(Kind::Log);
    contents
        .blobs
        .push(nested::worker(scan).scan_blob("", u64::MAX, reader));
    contents
}

/// Scans an archive as a stream.
fn scan_tar(reader: &mut dyn BufRead, scan: &Scan) -> Contents {
    std::thread::scope(|scope| {
        let mut contents = Contents::new(Kind::Tree);
        let mut worker = nested::worker(scan);
        let mut headers = nested::worker(scan);
        let mut digester = Digester::start(scope);
        let mut members = Members::default();
        loop {
            match members.next(reader, &mut headers) {
                Ok(Step::Member {
                    name,
                    link: Some(link),
                    ..
                }) => contents.link(name, link),
                Ok(Step::Member {
                    name,
                    size,
                    link: None,
                }) => {
                    let mut limited = (&mut *reader).take(size);
                    let is_named = wants_digest(&name);
                    let digest = scan.digests && is_named;
                    let blob = if digest {
                        worker.scan_blob(&name, size, &mut digester.tee(&mut limited))
                    } else {
                        worker.scan_blob(&name, size, &mut limited)
                    };
                    let short = limited.limit() > 0;
                    if is_root(&name) {
                        contents.kind = Kind::Image;
                    }
                    contents.members += 1;
                    let number = contents.keep(blob, is_named);
                    if digest {
                        // The digest of a blob that was not kept is assigned to a number without a blob.
                        digester.end(number.unwrap_or(usize::MAX));
                    }
                    let is_padded = members.padding(size, reader, &mut headers);
                    if short || !is_padded.unwrap_or(false) {
                        contents.gaps.push(Gap::new(
                            Reason::Truncated,
                            name,
                            "the archive ends inside of this member",
                        ));
                        break;
                    }
                }
                Ok(Step::Other) => {}
                Ok(Step::End(gap)) => {
                    contents.gaps.extend(gap);
                    break;
                }
                Err(error) => {
                    contents
                        .gaps
                        .push(Gap::new(Reason::of(&error), "", error.to_string()));
                    break;
                }
            }
        }
        let mut rest = io::Cursor::new(std::mem::take(&mut members.rejected)).chain(reader);
        let rest = worker.scan_blob("(after the end mark)", u64::MAX, &mut rest);
        contents.keep(rest, false);
        contents.blobs.push(headers.take_headers());
        contents.digests = digester.finish().into_iter().collect();
        contents
    })
}
