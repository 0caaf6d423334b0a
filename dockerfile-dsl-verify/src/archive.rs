//! An image, in any of the forms in which it is passed around, to its blobs, each of them scanned.
//!
//! A docker archive or OCI archive is a tar whose members are the blobs, an OCI layout is a directory of them. What can be
//! sought in is scanned by several threads, a stream as it comes. Every member is scanned, whether a manifest names it or not.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::digest::Digester;
use crate::nested::{self, Compression, Sniffed, tar};
use crate::report::{Gap, Reason};
use crate::scan::{Blob, Scan, Worker};
use crate::{Error, Progress};

/// More members than this are no image's blobs.
const MOST_BLOBS: usize = 65_536;

/// What kind of thing was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blobs with a manifest or an index.
    Image,
    /// A tree of files, as `type=tar` and `type=local` outputs are.
    Tree,
    /// Text.
    Log,
}

/// The blobs of an image, scanned.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) kind: Kind,
    pub(crate) blobs: Vec<Blob>,
    /// SHA-256 of those whose name or manifest says what it should be, by their index.
    pub(crate) digests: HashMap<usize, String>,
    /// Members that are links to other members: old docker archives have these for layers that occur twice.
    pub(crate) links: HashMap<String, String>,
    pub(crate) gaps: Vec<Gap>,
    /// Of the members that were not worth keeping.
    pub(crate) other_files: u64,
    /// Members of the archive, or files of the directory.
    pub(crate) members: u64,
}

impl Contents {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            blobs: Vec::new(),
            digests: HashMap::new(),
            links: HashMap::new(),
            gaps: Vec::new(),
            other_files: 0,
            members: 0,
        }
    }
}

/// Scans a file or a directory.
pub(crate) fn scan_path(path: &Path, scan: &Scan, progress: &Progress) -> Result<Contents, Error> {
    let cannot = |error| Error::io(format!("cannot read {}", path.display()), error);
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        return scan_directory(path, scan, progress).map_err(cannot);
    }
    let file = File::open(path).map_err(cannot)?;
    let size = file.metadata().map_err(cannot)?.len();
    progress.set_total(size);
    let mut reader = BufReader::with_capacity(256 * 1024, file);
    let head = reader.fill_buf().map_err(cannot)?;
    if tar::is_header(head) {
        let mut index = Index::default();
        index.read(&mut reader, scan).map_err(cannot)?;
        if index.is_image() && index.jobs.len() <= MOST_BLOBS {
            return Ok(run_jobs(index, scan, |job| {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(job.offset))?;
                Ok(file)
            }));
        }
        reader.seek(SeekFrom::Start(0)).map_err(cannot)?;
    }
    scan_reader(&path.display().to_string(), &mut reader, scan)
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
        return Err(Error::usage(format!(
            "{name} is empty: there is no image in it"
        )));
    }
    let sniffed = nested::sniff(&head, b"");
    // The first bytes of a tar header are text as well, the name of its first member, but on one line.
    let is_text = !head.contains(&0) && (head.contains(&b'\n') || head.len() > tar::BLOCK);
    let mut reader = io::Cursor::new(head).chain(reader);
    match sniffed {
        Some(Sniffed::Tar) => Ok(scan_tar(&mut reader, scan)),
        Some(Sniffed::Compressed(compression)) if compression != Compression::Zlib => {
            let mut held = 0;
            let decoder = nested::open(compression, &mut reader, &mut held, scan.limits.window)
                .map_err(cannot)?;
            let mut decoder = BufReader::with_capacity(256 * 1024, decoder);
            let mut head = vec![0; tar::BLOCK];
            let count = read_full(&mut decoder, &mut head).map_err(cannot)?;
            head.truncate(count);
            let is_tar = tar::is_header(&head);
            let mut decoder = io::Cursor::new(head).chain(decoder);
            Ok(if is_tar {
                scan_tar(&mut decoder, scan)
            } else {
                scan_log(&mut decoder, scan)
            })
        }
        _ if is_text => Ok(scan_log(&mut reader, scan)),
        _ => Err(Error::usage(format!(
            "{name} is neither an image archive (docker or OCI, also compressed) nor text: make one with `docker save` or `docker buildx build --output type=oci`"
        ))),
    }
}

/// Searches text, from a build or a file.
pub(crate) fn scan_log(reader: &mut dyn Read, scan: &Scan) -> Contents {
    let mut contents = Contents::new(Kind::Log);
    contents
        .blobs
        .push(Worker::new(scan).scan_blob("", u64::MAX, reader));
    contents
}

/// Fills `out` as far as the stream goes.
fn read_full(reader: &mut dyn BufRead, out: &mut [u8]) -> io::Result<usize> {
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

/// A member of a seekable archive, or a file of a directory.
struct Job {
    name: String,
    path: PathBuf,
    offset: u64,
    size: u64,
}

/// The members of a tar archive, without their contents.
#[derive(Default)]
struct Index {
    jobs: Vec<Job>,
    links: HashMap<String, String>,
    gaps: Vec<Gap>,
    headers: Option<Blob>,
}

impl Index {
    fn is_image(&self) -> bool {
        self.jobs.iter().any(|job| is_root(&job.name))
    }

    fn read(&mut self, reader: &mut BufReader<File>, scan: &Scan) -> io::Result<()> {
        let mut worker = Worker::new(scan);
        let mut members = Members::default();
        loop {
            match members.next(reader, &mut worker)? {
                Step::Member { name, size, link } => {
                    let offset = members.offset;
                    match link {
                        Some(link) => drop(self.links.insert(name, link)),
                        None => self.jobs.push(Job {
                            name,
                            path: PathBuf::new(),
                            offset,
                            size,
                        }),
                    }
                    if self.jobs.len() > MOST_BLOBS {
                        return Ok(());
                    }
                    // A lying size leads behind the end, which the next header then misses.
                    let padded = size
                        .div_ceil(tar::BLOCK as u64)
                        .saturating_mul(tar::BLOCK as u64);
                    members.offset = members.offset.saturating_add(padded);
                    match i64::try_from(padded) {
                        Ok(padded) => reader.seek_relative(padded)?,
                        Err(_) => drop(reader.seek(SeekFrom::End(0))?),
                    }
                }
                Step::Other => {}
                Step::End(gap) => {
                    self.gaps.extend(gap);
                    // What stands behind the end mark is searched as one more blob.
                    let end = reader.seek(SeekFrom::End(0))?;
                    if end > members.offset {
                        self.jobs.push(Job {
                            name: "(after the end mark)".into(),
                            path: PathBuf::new(),
                            offset: members.offset,
                            size: end - members.offset,
                        });
                    }
                    self.headers = Some(worker.take_headers());
                    return Ok(());
                }
            }
        }
    }
}

/// Reads the headers of the outer archive.
#[derive(Default)]
struct Members {
    /// After the last header that was read.
    offset: u64,
    extension: tar::Extension,
}

enum Step {
    Member {
        name: String,
        size: u64,
        link: Option<String>,
    },
    Other,
    End(Option<Gap>),
}

impl Members {
    fn next(&mut self, reader: &mut dyn BufRead, worker: &mut Worker<'_>) -> io::Result<Step> {
        let truncated = || {
            Step::End(Some(Gap::new(
                Reason::Truncated,
                "",
                "the archive has no end mark: it is not whole",
            )))
        };
        let mut block = [0; tar::BLOCK];
        let count = read_full(reader, &mut block)?;
        self.offset += count as u64;
        if count < tar::BLOCK {
            return Ok(truncated());
        }
        if block.iter().all(|&byte| byte == 0) {
            return Ok(Step::End(None));
        }
        worker.header(&block);
        let Some(mut header) = tar::Header::read(&block) else {
            self.offset -= tar::BLOCK as u64;
            return Ok(Step::End(Some(Gap::new(
                Reason::Broken,
                "",
                "a header of the archive makes no sense",
            ))));
        };
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
            if count < text.len() {
                return Ok(truncated());
            }
            text.truncate(size);
            worker.header(&text);
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
}

fn normal(name: &str) -> String {
    name.trim_start_matches("./")
        .trim_start_matches('/')
        .to_owned()
}

/// The target of a symbolic link, from the directory that holds the link.
fn resolve(name: &str, target: &str) -> String {
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

/// Whether a member says what belongs to the image.
fn is_root(name: &str) -> bool {
    matches!(name, "manifest.json" | "index.json" | "oci-layout")
}

/// What the SHA-256 of a member should be, if its name or the config tells.
fn wants_digest(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("blobs/sha256/")
        || file == "layer.tar"
        || file.strip_suffix(".json").unwrap_or(file).len() == 64
}

/// Scans an archive as it comes.
fn scan_tar(reader: &mut dyn BufRead, scan: &Scan) -> Contents {
    std::thread::scope(|scope| {
        let mut contents = Contents::new(Kind::Tree);
        let mut worker = Worker::new(scan);
        let mut headers = Worker::new(scan);
        let mut digester = Digester::start(scope);
        let mut members = Members::default();
        loop {
            match members.next(reader, &mut headers) {
                Ok(Step::Member {
                    name,
                    link: Some(link),
                    ..
                }) => drop(contents.links.insert(name, link)),
                Ok(Step::Member {
                    name,
                    size,
                    link: None,
                }) => {
                    let mut limited = (&mut *reader).take(size);
                    let digest = scan.digests && wants_digest(&name);
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
                    keep(&mut contents, blob, digest.then_some(&mut digester));
                    let padding =
                        (tar::BLOCK as u64 - size % tar::BLOCK as u64) % tar::BLOCK as u64;
                    let padded =
                        io::copy(&mut (&mut *reader).take(padding), &mut io::sink()).unwrap_or(0);
                    if short || padded < padding {
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
        let rest = worker.scan_blob("(after the end mark)", u64::MAX, reader);
        keep(&mut contents, rest, None);
        contents.blobs.push(headers.take_headers());
        contents.digests = digester.finish().into_iter().collect();
        contents
    })
}

/// Keeps a blob for the questions of the manifests, or only its figures where nothing can be asked about it.
fn keep(contents: &mut Contents, blob: Blob, digester: Option<&mut Digester<'_>>) {
    let dull = blob.sightings.is_empty()
        && blob.gaps.is_empty()
        && digester.is_none()
        && !is_root(&blob.name)
        && blob.facts.is_none();
    if dull || contents.blobs.len() >= MOST_BLOBS {
        contents.other_files += blob.files;
        if !dull && contents.gaps.iter().all(|gap| gap.reason != Reason::Budget) {
            contents.gaps.push(Gap::new(
                Reason::Budget,
                "",
                "the archive has more members than can be kept track of",
            ));
        }
    } else {
        contents.blobs.push(blob);
    }
    if let Some(digester) = digester {
        // A blob that was not kept has no number; its digest is thrown away by one that does not exist.
        digester.end(contents.blobs.len().wrapping_sub(1));
    }
}

/// Scans all files of a directory.
fn scan_directory(root: &Path, scan: &Scan, progress: &Progress) -> io::Result<Contents> {
    let mut index = Index::default();
    let mut names = Worker::new(scan);
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root.join(&directory))? {
            let entry = entry?;
            let path = directory.join(entry.file_name());
            let name = path.to_string_lossy().replace('\\', "/");
            names.header(name.as_bytes());
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                directories.push(path);
            } else if metadata.is_file() {
                index.jobs.push(Job {
                    name,
                    path,
                    offset: 0,
                    size: metadata.len(),
                });
            } else if metadata.is_symlink() {
                let target = fs::read_link(root.join(&path))?
                    .to_string_lossy()
                    .into_owned();
                names.header(target.as_bytes());
                index.links.insert(name.clone(), resolve(&name, &target));
            }
        }
    }
    index.headers = Some(names.take_headers());
    progress.set_total(index.jobs.iter().map(|job| job.size).sum());
    let kind = if index.is_image() {
        Kind::Image
    } else {
        Kind::Tree
    };
    let mut contents = run_jobs(index, scan, |job| File::open(root.join(&job.path)));
    contents.kind = kind;
    Ok(contents)
}

/// Scans the members on several threads, the largest first.
fn run_jobs(
    mut index: Index,
    scan: &Scan,
    open: impl Fn(&Job) -> io::Result<File> + Sync,
) -> Contents {
    let mut contents = Contents::new(Kind::Image);
    contents.links = index.links;
    contents.gaps = index.gaps;
    contents.members = index.jobs.len() as u64;
    index.jobs.sort_by(|one, other| {
        one.size
            .cmp(&other.size)
            .then_with(|| other.name.cmp(&one.name))
    });
    let threads = scan.limits.threads.clamp(1, index.jobs.len().max(1));
    let queue = Mutex::new(index.jobs);
    let results = Mutex::new((&mut contents, HashMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (queue, results, open) = (&queue, &results, &open);
            scope.spawn(move || {
                let mut worker = Worker::new(scan);
                let mut digester = Digester::start(scope);
                let mut stream = 0;
                let mut numbers = HashMap::new();
                loop {
                    let job = queue.lock().map_or(None, |mut jobs| jobs.pop());
                    let Some(job) = job else { break };
                    let digest = scan.digests && wants_digest(&job.name);
                    let blob = match open(&job) {
                        Ok(file) => {
                            let mut limited = file.take(job.size);
                            if digest {
                                worker.scan_blob(
                                    &job.name,
                                    job.size,
                                    &mut digester.tee(&mut limited),
                                )
                            } else {
                                worker.scan_blob(&job.name, job.size, &mut limited)
                            }
                        }
                        Err(error) => Blob {
                            gaps: vec![Gap::new(Reason::of(&error), &job.name, error.to_string())],
                            name: job.name.clone(),
                            ..Blob::default()
                        },
                    };
                    if digest {
                        digester.end(stream);
                    }
                    if let Ok(mut results) = results.lock() {
                        results.0.blobs.push(blob);
                        numbers.insert(stream, results.0.blobs.len() - 1);
                    }
                    stream += 1;
                }
                let digests = digester.finish();
                if let Ok(mut results) = results.lock() {
                    results.1.extend(
                        digests
                            .into_iter()
                            .filter_map(|(stream, digest)| Some((*numbers.get(&stream)?, digest))),
                    );
                }
            });
        }
    });
    if let Ok((_, digests)) = results.into_inner() {
        contents.digests = digests;
    }
    contents.blobs.extend(index.headers);
    contents
}
