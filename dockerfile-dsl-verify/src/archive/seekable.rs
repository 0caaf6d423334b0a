//! Scans the blobs of a seekable source, an archive on disk or a directory, on several threads, the largest first.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::members::{Members, Step, resolve, wants_digest};
use crate::Progress;
use crate::contents::{Contents, Kind, MOST_BLOBS, is_root};
use crate::digest::Digester;
use crate::nested;
use crate::report::{Gap, Reason};
use crate::scan::{Counted, Scan};
use crate::worker::Blob;

/// A member of a seekable archive, or a file of a directory.
struct Job {
    name: String,
    at: JobSource,
    size: u64,
}

enum JobSource {
    Offset(u64),
    Path(PathBuf),
}

impl Job {
    /// Opens the bytes: a file below `source`, or an offset in it.
    fn open(&self, source: &Path) -> io::Result<File> {
        match &self.at {
            JobSource::Path(path) => File::open(source.join(path)),
            JobSource::Offset(offset) => {
                let mut file = File::open(source)?;
                file.seek(SeekFrom::Start(*offset))?;
                Ok(file)
            }
        }
    }
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
        let mut worker = nested::worker(scan);
        let mut members = Members::default();
        loop {
            match members.next(reader, &mut worker)? {
                Step::Member { name, size, link } => {
                    let offset = members.offset;
                    match link {
                        Some(link) if self.links.len() < MOST_BLOBS => {
                            self.links.insert(name, link);
                        }
                        Some(_) => {}
                        None => self.jobs.push(Job {
                            name,
                            at: JobSource::Offset(offset),
                            size,
                        }),
                    }
                    if self.jobs.len() > MOST_BLOBS {
                        return Ok(());
                    }
                    // A wrong size leads beyond the end, so the next header is missing.
                    members.offset = members.offset.saturating_add(size);
                    match i64::try_from(size) {
                        Ok(size) => reader.seek_relative(size)?,
                        Err(_) => drop(reader.seek(SeekFrom::End(0))?),
                    }
                    members.padding(size, reader, &mut worker)?;
                }
                Step::Other => {}
                Step::End(gap) => {
                    self.gaps.extend(gap);
                    // Bytes after the end mark are searched as one more blob.
                    let end = reader.seek(SeekFrom::End(0))?;
                    if end > members.offset {
                        self.jobs.push(Job {
                            name: "(after the end mark)".into(),
                            at: JobSource::Offset(members.offset),
                            // Its length is unknown, as in a stream.
                            size: u64::MAX,
                        });
                    }
                    self.headers = Some(worker.take_headers());
                    return Ok(());
                }
            }
        }
    }
}

/// Scans the blobs of an image, if the blobs of the archive can be scanned separately.
pub(super) fn scan_archive(
    path: &Path,
    reader: &mut BufReader<File>,
    scan: &Scan,
) -> io::Result<Option<Contents>> {
    let mut index = Index::default();
    index.read(reader, scan)?;
    if !index.is_image() || index.jobs.len() > MOST_BLOBS {
        return Ok(None);
    }
    let mut contents = Contents::new(Kind::Image);
    contents.links = index.links;
    contents.gaps = index.gaps;
    run_jobs(&mut contents, index.jobs, path, scan);
    contents.blobs.extend(index.headers);
    Ok(Some(contents))
}

/// Scans all files of a directory: those of an image, or a tree that may contain files of the same names.
pub(super) fn scan_directory(
    root: &Path,
    kind: Kind,
    scan: &Scan,
    progress: &Progress,
) -> io::Result<Contents> {
    let mut contents = Contents::new(kind);
    let mut names = nested::worker(scan);
    let mut directories = vec![PathBuf::new()];
    let (mut jobs, mut total) = (Vec::new(), 0);
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
                total += metadata.len();
                jobs.push(Job {
                    name,
                    at: JobSource::Path(path),
                    size: metadata.len(),
                });
            } else if metadata.is_symlink() {
                let target = fs::read_link(root.join(&path))?
                    .to_string_lossy()
                    .into_owned();
                names.header(target.as_bytes());
                let target = resolve(&name, &target);
                contents.link(name, target);
            }
            // A tree of a million files must not be held in memory as a list.
            if jobs.len() >= MOST_BLOBS {
                progress.set_total(total);
                run_jobs(&mut contents, std::mem::take(&mut jobs), root, scan);
            }
        }
    }
    progress.set_total(total);
    run_jobs(&mut contents, jobs, root, scan);
    contents.blobs.push(names.take_headers());
    Ok(contents)
}

/// Scans the members on several threads, the largest first.
fn run_jobs(contents: &mut Contents, mut jobs: Vec<Job>, source: &Path, scan: &Scan) {
    contents.members += jobs.len() as u64;
    let is_tree = contents.kind == Kind::Tree;
    jobs.sort_by(|one, other| {
        one.size
            .cmp(&other.size)
            .then_with(|| other.name.cmp(&one.name))
    });
    let threads = scan.limits.threads.clamp(1, jobs.len().max(1));
    let (queue, results) = (Mutex::new(jobs), Mutex::new(contents));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (queue, results) = (&queue, &results);
            scope.spawn(move || {
                let mut worker = match is_tree {
                    true => nested::worker(scan).of_files(),
                    false => nested::worker(scan),
                };
                let mut digester = Digester::start(scope);
                let mut stream = 0;
                let mut numbers = HashMap::new();
                loop {
                    let job = queue.lock().map_or(None, |mut jobs| jobs.pop());
                    let Some(job) = job else { break };
                    let is_named = wants_digest(&job.name);
                    let digest = scan.digests && is_named;
                    let blob = match job.open(source) {
                        Ok(file) => {
                            let mut limited = Counted::new(file.take(job.size), scan);
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
                        let number = results.keep(blob, is_named);
                        if let (true, Some(number)) = (digest, number) {
                            numbers.insert(stream, number);
                        }
                    }
                    stream += usize::from(digest);
                }
                let digests = digester.finish();
                if let Ok(mut results) = results.lock() {
                    results.digests.extend(
                        digests
                            .into_iter()
                            .filter_map(|(stream, digest)| Some((*numbers.get(&stream)?, digest))),
                    );
                }
            });
        }
    });
}
