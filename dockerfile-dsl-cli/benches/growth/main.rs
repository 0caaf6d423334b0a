//! The growth of `check` with the size of one file: each shape is doubled until it takes a second, or 64 times.
//!
//! Prints per shape the largest size, its processor time, and the exponent of the time over the last doublings (least squares): 1 is linear.
//! The last table is the memory of long scripts. Fails if an exponent or the memory is over its limit.
//!
//! ```text
//! cargo bench -p dockerfile-dsl-cli --bench growth
//! cargo bench -p dockerfile-dsl-cli --bench growth -- COPY    # the shapes whose names contain it
//! ```
#![expect(clippy::print_stdout, reason = "the table is the product")]

mod shapes;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use shapes::{SHAPES, Shape, named};
use tempfile::TempDir;

/// The smallest size, and the largest.
const SIZES: [usize; 2] = [256, 256 << 10];
/// Seconds of processor time after which a shape is not doubled again.
const ENOUGH: f64 = 1.0;
/// Seconds below which the start of the program hides the growth: a size counts only above.
const START: f64 = 0.04;
/// Number of doublings whose times give the exponent.
const LAST: usize = 4;
/// The largest exponent: 1.1, and what a busy machine adds.
const MAX_EXPONENT: f64 = 1.15;
/// Bytes of memory per byte of a long script.
const MAX_MEMORY: f64 = 10.5;

/// What a run took.
struct Cost {
    /// Length of the file in bytes.
    bytes: f64,
    /// Processor time in seconds.
    time: f64,
    /// Peak of the resident memory in bytes.
    memory: f64,
}

fn main() -> ExitCode {
    // `cargo test --benches` passes no `--bench`.
    let (flags, names): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with('-'));
    if !flags.iter().any(|flag| flag == "--bench") {
        return ExitCode::SUCCESS;
    }
    let is_wanted = |shape: &Shape| {
        names.is_empty() || names.iter().any(|name| shape.name.contains(name.as_str()))
    };
    let folder = TempDir::new().expect("can be made");
    let mut over = Vec::new();
    println!("exponent  seconds     bytes  format  shape");
    for shape in SHAPES.iter().filter(|shape| is_wanted(shape)) {
        for format in shape.formats() {
            let Some((exponent, last)) = grow(folder.path(), shape, format) else {
                println!(
                    "       -        -         -  {format:6}  {} (refused)",
                    shape.name
                );
                over.push(shape.name);
                continue;
            };
            let Cost { bytes, time, .. } = last;
            let name = shape.name;
            println!("{exponent:8.2}  {time:7.2}  {bytes:8}  {format:6}  {name}");
            if exponent > MAX_EXPONENT {
                over.push(name);
            }
        }
    }
    println!("\nmemory per byte     bytes  shape");
    let long = ["commands", "`test && x || y`", "background jobs", "steps"].map(named);
    for shape in long.into_iter().filter(|shape| is_wanted(shape)) {
        let name = shape.name;
        let size = 9_000_000 / shape.text(1_000).len() * 1_000;
        let (small, large) = (
            run(folder.path(), &shape.text(10), "json"),
            run(folder.path(), &shape.text(size), "json"),
        );
        let (Some(small), Some(large)) = (small, large) else {
            over.push(name);
            continue;
        };
        let each = (large.memory - small.memory) / large.bytes;
        println!("{each:15.1}  {:8}  {name}", large.bytes);
        if name == "commands" && each > MAX_MEMORY {
            over.push(name);
        }
    }
    if over.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\na limit is passed: {}", over.join(", "));
    ExitCode::FAILURE
}

/// Returns the exponent and the cost of the largest size; `None` if the file is refused.
fn grow(folder: &Path, shape: &Shape, format: &str) -> Option<(f64, Cost)> {
    let mut costs = Vec::new();
    let mut size = SIZES[0];
    while size <= shape.most().min(SIZES[1]) {
        let cost = run(folder, &shape.text(size), format)?;
        let is_enough = cost.time > ENOUGH;
        costs.push(cost);
        if is_enough {
            break;
        }
        size *= 2;
    }
    let points = costs.iter().filter(|cost| cost.time > START);
    let points: Vec<(f64, f64)> = points
        .map(|cost| (cost.bytes.ln(), cost.time.ln()))
        .collect();
    let points = &points[points.len().saturating_sub(LAST)..];
    // Too fast to be measured.
    let exponent = if points.len() < 3 { 0.0 } else { slope(points) };
    costs.pop().map(|last| (exponent, last))
}

/// Returns the slope of the line through the points: least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let with = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y));
    let own = points.iter().map(|(x, _)| (x - mean_x).powi(2));
    with.sum::<f64>() / own.sum::<f64>()
}

/// Checks a file; `None` if it is refused.
fn run(folder: &Path, text: &str, format: &str) -> Option<Cost> {
    let file = folder.join("Dockerfile");
    fs::write(&file, text).expect("can be written");
    let before = processor_time();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(["check", "--format", format])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("can be run");
    let mut memory = 0.0_f64;
    let status = loop {
        memory = memory.max(peak(child.id()));
        if let Some(status) = child.try_wait().expect("can be awaited") {
            break status;
        }
        sleep(Duration::from_millis(1));
    };
    matches!(status.code(), Some(0 | 1)).then(|| Cost {
        bytes: text.len() as f64,
        time: processor_time() - before,
        memory,
    })
}

/// Peak of the resident memory of a process in bytes.
fn peak(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0
}

/// Seconds of processor time of the children that have ended.
fn processor_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may contain blanks.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(13).take(2);
    // cutime and cstime, in hundredths.
    let hundredths: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    hundredths / 100.0
}
