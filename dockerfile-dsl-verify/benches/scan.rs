//! The scan against what is the least that can be done with an image: decompress it and check its digests.
//!
//! Makes an image of about 1 GB from the files of this machine (`/usr`), once, in `target/tmp`, and prints a table of ratios;
//! every row is measured in the same run as what it is compared to, turn by turn: the medians of five. It runs what users get:
//! the default features. Where other programs keep the machine busy (the first line says how busy), look at the seconds of
//! processor time.
//! One file, because each row is compared with another one.
//!
//! ```text
//! cargo bench -p dockerfile-dsl-verify [-- ROW]
//! ```
#![expect(clippy::print_stdout, reason = "the table is the product")]

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use dockerfile_dsl_verify::{Image, Limits, Secret, Verdict, Verify, bench};
use sha2::{Digest, Sha256};

const SIZE: u64 = 1_100_000_000;
const LAYERS: u64 = 3;
const ROUNDS: usize = 5;
/// Number of secrets, number of passwords among them, and the least speed in parts of memcpy's.
const SEARCHES: [(usize, usize, f64); 4] =
    [(20, 0, 0.3), (200, 0, 0.2), (20, 2, 0.1), (200, 20, 0.08)];

fn main() {
    if let Some(image) = std::env::var_os("DOCKERFILE_DSL_BENCH_IMAGE") {
        scan(Path::new(&image), 20, 8);
        return println!("{}", largest_memory());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scan-bench");
    fs::create_dir_all(&folder).unwrap();
    let layers = layers(&folder);
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before: {}", load.trim());
    let wanted = |row: &str| only.as_ref().is_none_or(|only| row.contains(only.as_str()));
    println!(
        "{:44} {:>9} {:>9} {:>7} {:>7} {:>9} {:>9}",
        "row", "scan s", "other s", "ratio", "limit", "scan cpu", "other cpu"
    );
    for (packing, flat, nested) in [("gzip", 1.15, 1.6), ("zstd", 1.30, 1.6)] {
        let image = image(&folder, &layers, packing);
        for (what, depth, limit) in [("no nesting", 2, flat), ("nesting", 8, nested)] {
            let row = format!("{packing}, {what}, against decode + sha256");
            if wanted(&row) {
                compare(
                    &row,
                    limit,
                    || scan(&image, 20, depth),
                    || decode_and_digest(&image, packing),
                );
            }
        }
    }
    let plain = image(&folder, &layers, "plain");
    let row = "uncompressed, against openssl sha256";
    if wanted(row) {
        let openssl = || shell("openssl dgst -sha256 \"$1\"", &[&plain]);
        compare(row, 1.2, || scan(&plain, 20, 8), openssl);
    }
    let row = "zstd, against zstd -dc | openssl sha256";
    if wanted(row) {
        let packed = image(&folder, &layers, "zstd");
        let parts: Vec<PathBuf> = (0..LAYERS)
            .map(|index| packed_layer(&folder, index, "zstd"))
            .collect();
        let parts: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
        let other = || shell("zstd -dc \"$@\" | openssl dgst -sha256", &parts);
        compare(row, 1.2, || scan(&packed, 20, 8), other);
    }
    for (count, passwords, least) in SEARCHES {
        let row = match passwords {
            0 => format!("search of {count} tokens, against memcpy"),
            _ => format!("the same, {passwords} of {count} are passwords"),
        };
        if wanted(&row) {
            let text = head(&layers[0], 256 << 20);
            let mut copy = vec![0; text.len()];
            let of_both = [secrets(count - passwords), short_passwords(passwords)].concat();
            let search = bench::Search::new(&of_both);
            compare(
                &row,
                1.0 / least,
                || {
                    for _ in 0..4 {
                        std::hint::black_box(search.count(std::hint::black_box(&text)));
                    }
                },
                || {
                    for _ in 0..4 {
                        copy.copy_from_slice(std::hint::black_box(&text));
                        std::hint::black_box(&mut copy);
                    }
                },
            );
        }
    }
    let row = "200 secrets, against 20 (gzip, nesting)";
    if wanted(row) {
        let image = image(&folder, &layers, "gzip");
        compare(row, 1.5, || scan(&image, 200, 8), || scan(&image, 20, 8));
    }
    if wanted("false starts") {
        false_starts(&folder);
    }
    for packing in ["plain", "gzip", "zstd"] {
        let row = format!("memory, {packing}");
        if wanted(&row) {
            let megabytes = memory(&image(&folder, &layers, packing));
            println!("{row:44} {megabytes:9.1} MB, limit 64");
        }
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load after: {}", load.trim());
}

/// What a place that looks like the beginning of something costs, if it is none.
fn false_starts(folder: &Path) {
    const COUNT: usize = 200_000;
    let magics: [&[u8]; 6] = [
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"x\x9c",
        b"\x28\xb5\x2f\xfd",
        b"PK\x03\x04",
        b"hsqs",
        b"\x5d\0\0\x80\0",
    ];
    for magic in magics {
        let mut state = 1_u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        let mut file = |magic: &[u8]| {
            let mut text = vec![0];
            for _ in 0..COUNT {
                text.extend(magic);
                text.extend((0..62).map(|_| noise()));
            }
            let path = folder.join(format!("starts-{}", magic[0]));
            fs::write(&path, &text).unwrap();
            path
        };
        let (with, without) = (file(magic), file(&vec![b'.'; magic.len()]));
        let search = |path: &Path| {
            let started = Instant::now();
            let log = Image::log("starts", File::open(path).unwrap());
            let report = Verify::new(secrets(20)).run(log).unwrap();
            assert_ne!(report.verdict(), Verdict::Leaked);
            started.elapsed().as_secs_f64()
        };
        let mut costs: Vec<f64> = (0..ROUNDS)
            .map(|_| search(&with) - search(&without))
            .collect();
        costs.sort_by(f64::total_cmp);
        let row = format!(
            "a false start of {:?}",
            String::from_utf8_lossy(&magic[..2])
        );
        println!(
            "{row:44} {:9.3} microseconds",
            costs[ROUNDS / 2] * 1e6 / COUNT as f64
        );
    }
}

/// The largest resident memory of a process that does nothing but one scan, in megabytes.
fn memory(image: &Path) -> f64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .env("DOCKERFILE_DSL_BENCH_IMAGE", image)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().expect("it prints a number")
}

fn largest_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kilobytes / 1000.0
}

fn shell(script: &str, arguments: &[&Path]) {
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success());
}

/// Seconds of processor time that this process has had, its finished children included.
fn processor_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_ascii_whitespace();
    // utime, stime, cutime, cstime, in hundredths.
    fields
        .skip(11)
        .take(4)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn compare(row: &str, limit: f64, mut scan: impl FnMut(), mut other: impl FnMut()) {
    let time = |work: &mut dyn FnMut()| {
        let (start, processor) = (Instant::now(), processor_time());
        work();
        (start.elapsed().as_secs_f64(), processor_time() - processor)
    };
    // Turn by turn, so that what else the machine does hits both.
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(time(&mut other));
        ours.push(time(&mut scan));
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let wall = |times: &[(f64, f64)]| median(times.iter().map(|time| time.0).collect());
    let cpu = |times: &[(f64, f64)]| median(times.iter().map(|time| time.1).collect());
    let ratios = median(
        ours.iter()
            .zip(&theirs)
            .map(|(ours, theirs)| ours.0 / theirs.0)
            .collect(),
    );
    println!(
        "{row:44} {:9.3} {:9.3} {ratios:7.2} {limit:7.2} {:9.2} {:9.2}",
        wall(&ours),
        wall(&theirs),
        cpu(&ours),
        cpu(&theirs)
    );
    let _ = io::stdout().flush();
}

/// Tokens of 40 characters, as issuers make them.
fn secrets(count: usize) -> Vec<Secret> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ALPHABET[(state >> 33) as usize % ALPHABET.len()]
    };
    (0..count)
        .map(|index| {
            Secret::new(
                format!("s{index}"),
                (0..40).map(|_| letter()).collect::<Vec<u8>>(),
            )
            .unwrap()
        })
        .collect()
}

/// Passwords of 14 characters that writers escape in many ways.
fn short_passwords(count: usize) -> Vec<Secret> {
    let value = |index: usize| format!("p{index:02}$$w'rd\"x\\y&z");
    let one = |index| Secret::new(format!("p{index}"), value(index)).unwrap();
    (0..count).map(one).collect()
}

fn scan(image: &Path, count: usize, depth: usize) {
    let mut limits = Limits::default();
    limits.depth = depth;
    let report = Verify::new(secrets(count))
        .limits(limits)
        .run(Image::path(image))
        .unwrap();
    assert_ne!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert!(
        depth < 8 || report.incomplete.len() < 20,
        "{}",
        report.human()
    );
}

/// One thread decompresses the blobs, another digests them as they are.
fn decode_and_digest(image: &Path, packing: &str) {
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<u8>>(8);
        scope.spawn(move || {
            let mut sha = Sha256::new();
            receive.iter().for_each(|block| sha.update(&block));
            std::hint::black_box(sha.finalize());
        });
        let mut file = File::open(image).unwrap();
        for (offset, size) in members(&mut file) {
            file.seek(SeekFrom::Start(offset)).unwrap();
            let tee = Tee {
                inner: (&mut file).take(size),
                send: &send,
            };
            let reader = BufReader::with_capacity(256 * 1024, tee);
            let mut decoder: Box<dyn Read> = match packing {
                "gzip" => Box::new(flate2::bufread::GzDecoder::new(reader)),
                _ => Box::new(zstd::stream::read::Decoder::with_buffer(reader).unwrap()),
            };
            let mut block = vec![0; 256 * 1024];
            // The JSON documents are no streams; only what decodes counts.
            while decoder.read(&mut block).is_ok_and(|count| count > 0) {}
        }
        drop(send);
    });
}

struct Tee<'a, R> {
    inner: R,
    send: &'a std::sync::mpsc::SyncSender<Vec<u8>>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let _ = self.send.send(out[..count].to_vec());
        Ok(count)
    }
}

/// Offset and size of the members of a tar.
fn members(file: &mut File) -> Vec<(u64, u64)> {
    let mut archive = tar::Archive::new(file);
    archive
        .entries_with_seek()
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.raw_file_position(), entry.size()))
        .collect()
}

fn head(path: &Path, size: u64) -> Vec<u8> {
    let mut text = Vec::new();
    File::open(path)
        .unwrap()
        .take(size)
        .read_to_end(&mut text)
        .unwrap();
    text
}

/// Tar archives of the files under /usr, in the order of their paths.
fn layers(folder: &Path) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = (0..LAYERS)
        .map(|index| folder.join(format!("layer{index}.tar")))
        .collect();
    if paths.iter().all(|path| path.exists()) {
        return paths;
    }
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("/usr")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.is_file() {
                files.push((entry.path(), metadata.len()));
            }
        }
    }
    files.sort();
    let mut files = files.into_iter();
    for path in &paths {
        let mut builder = tar::Builder::new(io::BufWriter::new(File::create(path).unwrap()));
        let mut written = 0;
        for (file, size) in files.by_ref() {
            if builder
                .append_path_with_name(&file, file.strip_prefix("/").unwrap())
                .is_ok()
            {
                written += size;
            }
            if written > SIZE / LAYERS {
                break;
            }
        }
        builder.into_inner().unwrap().flush().unwrap();
    }
    paths
}

/// A layer of the image by itself.
fn packed_layer(folder: &Path, index: u64, packing: &str) -> PathBuf {
    folder.join(format!("layer{index}.tar.{packing}"))
}

/// An OCI archive of the layers.
fn image(folder: &Path, layers: &[PathBuf], packing: &str) -> PathBuf {
    let path = folder.join(format!("{packing}.tar"));
    if path.exists() {
        return path;
    }
    let unfinished = folder.join("unfinished");
    let mut builder = tar::Builder::new(io::BufWriter::new(File::create(&unfinished).unwrap()));
    let mut descriptors = Vec::new();
    let mut diff_ids = Vec::new();
    for layer in layers {
        let packed = packed_layer(folder, descriptors.len() as u64, packing);
        let mut input = BufReader::new(File::open(layer).unwrap());
        let mut output = File::create(&packed).unwrap();
        match packing {
            "gzip" => {
                let mut encoder =
                    flate2::write::GzEncoder::new(output, flate2::Compression::new(6));
                io::copy(&mut input, &mut encoder).unwrap();
                encoder.finish().unwrap();
            }
            "zstd" => zstd::stream::copy_encode(&mut input, output, 3).unwrap(),
            _ => drop(io::copy(&mut input, &mut output).unwrap()),
        }
        diff_ids.push(format!("\"sha256:{}\"", digest(layer)));
        let hex = digest(&packed);
        builder
            .append_path_with_name(&packed, format!("blobs/sha256/{hex}"))
            .unwrap();
        descriptors.push(format!("{{\"digest\":\"sha256:{hex}\"}}"));
        if packing != "zstd" {
            fs::remove_file(&packed).unwrap();
        }
    }
    let mut put = |name: Option<&str>, text: String| {
        let hex = Sha256::digest(text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        let path = name.map_or_else(|| format!("blobs/sha256/{hex}"), str::to_owned);
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
        format!("{{\"digest\":\"sha256:{hex}\"}}")
    };
    let config = put(
        None,
        format!(
            "{{\"rootfs\":{{\"diff_ids\":[{}]}},\"history\":[]}}",
            diff_ids.join(",")
        ),
    );
    let manifest = put(
        None,
        format!(
            "{{\"config\":{config},\"layers\":[{}]}}",
            descriptors.join(",")
        ),
    );
    put(
        Some("index.json"),
        format!("{{\"manifests\":[{manifest}]}}"),
    );
    builder.into_inner().unwrap().flush().unwrap();
    // A run that was interrupted leaves nothing that looks like a whole image.
    fs::rename(unfinished, &path).unwrap();
    path
}

fn digest(path: &Path) -> String {
    let mut sha = Sha256::new();
    let mut file = File::open(path).unwrap();
    let mut block = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut block).unwrap();
        if count == 0 {
            return sha
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
        }
        sha.update(&block[..count]);
    }
}
