//! What can be sought in, an archive on disk or a directory, to its blobs: scanned by several threads, the largest first.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::members::{Members, Step, is_root, resolve, wants_digest};
use super::{Contents, Kind, MOST_BLOBS};
use crate::Progress;
use crate::digest::Digester;
use crate::report::{Gap, Reason};
use crate::scan::{Blob, Counted, Scan, Worker};

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

/// Scans the blobs of an image, if the archive is one whose blobs can be scanned one by one.
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
    Ok(Some(run_jobs(index, scan, |job| {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(job.offset))?;
        Ok(file)
    })))
}

/// Scans all files of a directory.
pub(super) fn scan_directory(
    root: &Path,
    scan: &Scan,
    progress: &Progress,
) -> io::Result<Contents> {
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
