//! Ten times the input takes at most eleven times the time: `cargo bench -p dockerfile-dsl-tests --bench ten_times`.
//!
//! Prints per kind of work the processor time for one large input, for ten of a tenth of its size, and their ratio: 1 is linear. Fails if a
//! ratio is over 1.1. Each time is the least of some runs, in turn. `growth` of dockerfile-dsl-cli does more for `check`.
#![expect(clippy::print_stdout, reason = "the table is the product")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{self, Cursor, Read};
use std::process::ExitCode;

use dockerfile_dsl::{Dockerfile, LayerPath, Secret, Stage, import, sh};
use dockerfile_dsl_verify::{Image, Verdict, Verify};

const TOKEN: Secret = Secret::env("TOKEN");
const ROUNDS: usize = 3;
/// Seconds that a measurement takes.
const ENOUGH: f64 = 0.5;
const MAX_RATIO: f64 = 1.1;

/// A kind of work, and the size of its large input.
struct Work {
    name: &'static str,
    size: usize,
    /// Prepares an input of a size; what it returns is measured.
    prepare: fn(usize) -> Box<dyn Fn()>,
}

const ALL: [Work; 8] = [
    Work {
        name: "render: steps of a stage",
        size: 20_000,
        prepare: |size| Box::new(move || drop(black_box(steps(size).render()))),
    },
    Work {
        name: "render: steps with a secret",
        size: 6_000,
        prepare: |size| Box::new(move || drop(black_box(secret_steps(size).render()))),
    },
    Work {
        name: "render: stages",
        size: 6_000,
        prepare: |size| Box::new(move || drop(black_box(stages(size).render()))),
    },
    Work {
        name: "command line: stages",
        size: 6_000,
        prepare: |size| {
            let file = stages(size);
            Box::new(move || drop(black_box(file.build_command().tag("app").shell())))
        },
    },
    Work {
        name: "bind: steps with a secret",
        size: 6_000,
        prepare: |size| {
            let text = secret_steps(size).render();
            Box::new(move || {
                let parsed = import::parse(&text).expect("we wrote it");
                drop(black_box(parsed.bind(&[TOKEN]).expect("it has no leak")));
            })
        },
    },
    Work {
        name: "import: code of the builder",
        size: 3_000,
        prepare: |size| {
            let text = secret_steps(size).render();
            Box::new(move || {
                let parsed = import::parse(&text).expect("we wrote it");
                drop(black_box(parsed.to_rust(&[TOKEN]).expect("it has no leak")));
            })
        },
    },
    Work {
        name: "import: code of the macro",
        size: 3_000,
        prepare: |size| {
            let text = secret_steps(size).render();
            Box::new(move || {
                let parsed = import::parse(&text).expect("we wrote it");
                drop(black_box(
                    parsed.to_macro(&[TOKEN]).expect("it has no leak"),
                ));
            })
        },
    },
    Work {
        name: "verify: files of a layer",
        size: 60_000,
        prepare: |size| Box::new(move || verify(size)),
    },
];

fn main() -> ExitCode {
    let (flags, names): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with('-'));
    // `cargo test --benches` passes no `--bench`.
    if !flags.iter().any(|flag| flag == "--bench") {
        return ExitCode::SUCCESS;
    }
    let mut over = Vec::new();
    println!("ratio  one large  ten small  work");
    for Work {
        name,
        size,
        prepare,
    } in ALL
    {
        if !names.is_empty() && !names.iter().any(|wanted| name.contains(wanted.as_str())) {
            continue;
        }
        let (large, small) = (prepare(size), prepare(size / 10));
        // The clock has hundredths of a second.
        let times = (ENOUGH / seconds(&large).max(0.01)).ceil();
        let (mut one, mut ten) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            let all = seconds(|| (0..times as usize).for_each(|_| large()));
            one = one.min(all / times);
            let all = seconds(|| (0..10 * times as usize).for_each(|_| small()));
            ten = ten.min(all / times);
        }
        let ratio = one / ten;
        println!("{ratio:5.2}  {one:7.3} s  {ten:7.3} s  {name}");
        if ratio > MAX_RATIO {
            over.push(name);
        }
    }
    if over.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nthe limit of {MAX_RATIO} is passed: {}", over.join(", "));
    ExitCode::FAILURE
}

/// One stage.
fn steps(count: usize) -> Dockerfile {
    let mut stage = Stage::from_image("debian:bookworm-slim");
    for index in 0..count / 2 {
        let name = format!("service-{index}");
        stage.copy(format!("{name}/"), path(&format!("/srv/{name}/")));
        stage.run(sh!("make -C /srv/{name} install"));
    }
    Dockerfile::from_stage(&stage.build()).expect("it has no secret")
}

/// One stage in which each step mounts a secret.
fn secret_steps(count: usize) -> Dockerfile {
    let mut stage = Stage::from_image("debian:bookworm-slim");
    for index in 0..count {
        let to = path(&format!("/srv/{index}"));
        stage.run(sh!(
            r#"curl -fsS -H "Authorization: Bearer $(cat {TOKEN})" -o {to} https://example.com/x"#
        ));
    }
    Dockerfile::from_stage(&stage.build()).expect("it has no leak")
}

/// Stages of which each copies from the one before.
fn stages(count: usize) -> Dockerfile {
    let mut last = Stage::from_image("rust:1.95").named("stage-first").build();
    for index in 1..count {
        last = Stage::from_image("debian:bookworm-slim")
            .named(format!("service-{index}"))
            .copy_from(&last, path("/srv/a"), path("/srv/a"))
            .run(sh!("make -C /srv install"))
            .build();
    }
    Dockerfile::from_stage(&last).expect("it has no secret")
}

fn path(text: &str) -> LayerPath {
    LayerPath::parse(text).expect("it is absolute")
}

/// Searches an archive as `docker save` wrote it, with a number of files of text in one layer.
fn verify(files: usize) {
    let value = b"Hn5qWz8Lk2Rv7Tb4Yc9Xm3Pd".to_vec();
    let secret = dockerfile_dsl_verify::Secret::new("token", value).expect("it is long enough");
    let report = Verify::new([secret])
        .run(Image::reader("image", image(files)))
        .expect("it can be read");
    // Its config has no digest.
    assert_ne!(report.verdict(), Verdict::Leaked, "{}", report.human());
}

/// Returns the archive as a stream, so that its size does not matter to the memory.
fn image(files: usize) -> impl Read {
    let mut text = String::new();
    for line in 0..100 {
        let _ = writeln!(text, "line {line} of a file, which is text like any other");
    }
    let mut file = Vec::new();
    add(&mut file, "srv/file", text.as_bytes());
    let end = [0; 1024];
    let size = files * file.len() + end.len();
    let name = "0".repeat(64);
    let start = header(&format!("{name}/layer.tar"), size);
    let mut rest = end.to_vec();
    let config = br#"{"rootfs":{"diff_ids":[]},"history":[],"config":{}}"#;
    add(&mut rest, &format!("{name}.json"), config);
    let manifest =
        format!(r#"[{{"Config":"{name}.json","RepoTags":null,"Layers":["{name}/layer.tar"]}}]"#);
    add(&mut rest, "manifest.json", manifest.as_bytes());
    rest.extend(end);
    let files = Repeated {
        content: file,
        left: files,
        at: 0,
    };
    Cursor::new(start).chain(files).chain(Cursor::new(rest))
}

/// Some bytes, several times.
struct Repeated {
    content: Vec<u8>,
    left: usize,
    at: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let length = buffer.len().min(self.content.len() - self.at);
        buffer[..length].copy_from_slice(&self.content[self.at..self.at + length]);
        self.at += length;
        if self.at == self.content.len() {
            (self.left, self.at) = (self.left - 1, 0);
        }
        Ok(length)
    }
}

/// Appends a file to a tar archive.
fn add(archive: &mut Vec<u8>, name: &str, content: &[u8]) {
    archive.extend(header(name, content.len()));
    archive.extend(content);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

/// Returns the header of a file in a tar archive.
fn header(name: &str, size: usize) -> [u8; 512] {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, field: &str| {
        header[at..at + field.len()].copy_from_slice(field.as_bytes());
    };
    put(0, name);
    put(100, "0000644\0");
    put(124, &format!("{size:011o}\0"));
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\u{0}00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// Seconds of processor time, of all threads.
fn seconds(run: impl Fn()) -> f64 {
    let before = processor_time();
    run();
    processor_time() - before
}

fn processor_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may contain blanks.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    // utime and stime, in hundredths.
    let times = fields.split_whitespace().skip(11).take(2);
    let hundredths: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    hundredths / 100.0
}
