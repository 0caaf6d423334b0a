//! Containers that lie, end early, blow up or loop: an answer in bounded time and memory, never *clean*.

mod support;

use std::io::{Cursor, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use dockerfile_dsl_verify::{Image, Limits, Report, Verdict, Verify};
use support::{Fixture, Layer, Packing, TOKEN, gzip, secret, zlib};

fn search(name: &str, content: &[u8]) -> Report {
    search_within(name, content, Limits::default())
}

fn search_within(name: &str, content: &[u8], limits: Limits) -> Report {
    let layer = Layer::new().file(name, content).build();
    let archive = Fixture::new([layer]).oci_archive();
    Verify::new([secret(TOKEN)])
        .limits(limits)
        .run(Image::reader(name, Cursor::new(archive)))
        .unwrap()
}

/// Not all of it could be searched, for that reason.
#[track_caller]
fn check(name: &str, content: &[u8], reason: &str) {
    let report = search(name, content);
    assert_eq!(
        report.verdict(),
        Verdict::Incomplete,
        "{name}: {}",
        report.human()
    );
    let found = report
        .incomplete
        .iter()
        .any(|gap| gap.reason.name() == reason);
    assert!(found, "{name} {reason}: {}", report.human());
}

fn data(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/containers");
    std::fs::read(format!("{folder}/clean.{name}")).unwrap()
}

/// A header of the new form of cpio.
fn cpio_header(size: u32, name: &str) -> Vec<u8> {
    let numbers = [
        1,
        0o100_644,
        0,
        0,
        1,
        0,
        size,
        0,
        0,
        0,
        0,
        name.len() as u32 + 1,
        0,
    ];
    let digits = numbers.map(|number| format!("{number:08X}")).concat();
    let mut header = format!("070701{digits}{name}\0").into_bytes();
    header.resize(header.len().next_multiple_of(4), 0);
    header
}

#[test]
fn sizes_that_lie() {
    let huge = [cpio_header(u32::MAX, "a"), b"short".to_vec()].concat();
    check("huge.cpio", &huge, "truncated");
    check("cut.cpio", &cpio_header(5, "name")[..112], "truncated");
    let broken = [cpio_header(0, "a"), vec![b'x'; 500]].concat();
    check("broken.cpio", &broken, "broken");
    let mut font = b"wOFF\0\x01\0\0\0\0\x10\0\0\x02\0\0".to_vec();
    font.resize(44, 0);
    for (offset, packed) in [(84_u32, 50_u32), (90, 4_000_000_000)] {
        font.extend(b"name");
        font.extend([offset, packed, u32::MAX, 0].map(u32::to_be_bytes).concat());
    }
    font.extend(zlib(&[7; 4000]));
    check("overlap.woff", &font, "truncated");
    // A name longer than what is at hand, in the middle of a file, is no archive.
    let member = [
        &b"prefix of a file PK\x03\x04\x14\0\0\0\x08\0"[..],
        &[0; 12],
        &[0xff; 4],
    ]
    .concat();
    assert_eq!(search("chance", &member).verdict(), Verdict::Clean);
}

#[test]
fn file_systems_that_lie() {
    let whole = data("gzip.squashfs");
    let tables = u64::from_le_bytes(whole[64..72].try_into().unwrap()) as usize;
    // A block of a table that has no byte, goes beyond the end, or is no zlib.
    for header in [0_u16, 0x8000, 0x7fff, 0xffff] {
        let mut lying = whole.clone();
        lying[tables..tables + 2].copy_from_slice(&header.to_le_bytes());
        assert_eq!(
            search("a.squashfs", &lying).verdict(),
            Verdict::Incomplete,
            "{header:x}"
        );
    }
    let mut broken = whole.clone();
    broken[tables + 12] ^= 0x55;
    check("broken.squashfs", &broken, "broken");
    // A block of the files' content, in its middle: two blocks were decoded before it.
    let mut broken = whole.clone();
    let second = 96
        + whole[97..tables]
            .windows(2)
            .position(|two| two == b"x\xda")
            .unwrap()
        + 1;
    broken[second + 900] ^= 0x55;
    check("broken-block.squashfs", &broken, "broken");
    // Sizes that do not fit: at the start of a file it is said.
    for (at, value) in [(12, 7_u8), (22, 30), (28, 3), (64, 0), (71, 0x80), (20, 9)] {
        let mut lying = whole.clone();
        lying[at] = value;
        assert_ne!(
            search("a.squashfs", &lying).verdict(),
            Verdict::Clean,
            "{at}"
        );
    }
    let mut endless = whole.clone();
    endless[40..48].copy_from_slice(&(u64::MAX / 2).to_le_bytes());
    check("endless.squashfs", &endless, "truncated");
    for cut in (100..whole.len() - 1).step_by(97) {
        assert_ne!(
            search("cut.squashfs", &whole[..cut]).verdict(),
            Verdict::Clean,
            "{cut}"
        );
    }
}

#[test]
fn levels_without_end() {
    let mut content = vec![b'x'; 100];
    for _ in 0..200 {
        // As it is: a compressor would make it longer with every level.
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(&content).unwrap();
        let packed = encoder.finish().unwrap();
        content = [b"\x7fELF and more than that", &packed[..], b"tail"].concat();
    }
    check("deep", &content, "depth");
    let mut content = b"x".to_vec();
    for _ in 0..200 {
        content = [cpio_header(content.len() as u32, "x"), content].concat();
    }
    assert_ne!(search("deep.cpio", &content).verdict(), Verdict::Clean);
    let mut content = zlib(&[5; 2000]);
    for _ in 0..40 {
        let head = b"1 0 obj << /Filter /FlateDecode >> stream\n";
        content = zlib(&[&head[..], &content].concat());
    }
    let document = [
        b"%PDF-1.4\n1 0 obj << /Filter /FlateDecode >> stream\n",
        &content[..],
    ]
    .concat();
    check("deep.pdf", &document, "depth");
}

#[test]
fn bombs() {
    let mut limits = Limits::default();
    (limits.decoded, limits.ratio) = (1 << 20, 1);
    let zeros = vec![0; 8 << 20];
    let options = lzma_rust2::LzmaOptions::with_preset(0);
    let mut lzma = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    lzma.write_all(&zeros).unwrap();
    let bombs = [
        ("bomb.lzma", lzma.finish().unwrap()),
        (
            "bomb-in-elf",
            [b"\x7fELF..........", &gzip(&zeros)[..]].concat(),
        ),
        (
            "bomb.swf",
            [b"CWS\x0a\0\0\0\x01", &zlib(&zeros)[..]].concat(),
        ),
        (
            "bomb.pdf",
            [
                b"1 0 obj << /Filter /FlateDecode >> stream\n",
                &zlib(&zeros)[..],
            ]
            .concat(),
        ),
    ];
    for (name, bomb) in bombs {
        let report = search_within(name, &bomb, limits.clone());
        let budget = report
            .incomplete
            .iter()
            .any(|gap| gap.reason.name() == "budget");
        assert!(budget, "{name} {}", report.human());
    }
    // A dictionary of two gigabytes is not made.
    let mut large = b"\x5d\0\0\0\x80\xff\xff\xff\xff\xff\xff\xff\xff\0".to_vec();
    large.extend([1; 300]);
    check("large.lzma", &large, "memory");
}

#[test]
fn nothing_but_signatures() {
    let signatures: [&[u8]; 14] = [
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b",
        b"x\x9c\x4b",
        b"\x28\xb5\x2f\xfd\x04\x58",
        b"BZh91AY&SY",
        b"\x5d\0\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\0",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"ustar\0",
        b"PACK\0\0\0\x02\0\0\0\x01\x35x\x9c",
        b"070701",
        b"hsqs",
        b" /FlateDecode>>stream\n",
        b"\0\0\0\x09zTXta\0\0x\x9c",
        b"CWS\x0a\0\0\0\0x\x9c",
        b"wOFF\0\x01\0\0",
    ];
    let started = Instant::now();
    for signature in signatures {
        let _ = search("flood", &signature.repeat(1_000_000 / signature.len()));
    }
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}

/// The bytes of every container, each changed or cut: no panic, and no end of the scan.
#[test]
fn containers_with_noise() {
    let whole: Vec<Vec<u8>> = [
        "gzip.squashfs",
        "xz.squashfs",
        "zstd.squashfs",
        "br",
        "woff2",
    ]
    .map(data)
    .into();
    let mut state = 7_u64;
    for number in 0..600 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut changed = whole[number % whole.len()].clone();
        let at = (state >> 33) as usize % changed.len();
        changed[at] ^= 1 << (state % 8);
        changed.truncate(changed.len() - (state >> 20) as usize % 3 * 40 % changed.len());
        let _ = search("x.br", &changed);
    }
}

const CHILD: &str = "DOCKERFILE_DSL_TEST_LARGE_WINDOWS";

/// Four layers at once, whose decoders each ask for as much as one may have.
#[test]
fn windows_of_all_layers_together_are_bounded() {
    if let Ok(path) = std::env::var(CHILD) {
        let mut limits = Limits::default();
        limits.threads = 4;
        let report = Verify::new([secret(TOKEN)])
            .limits(limits)
            .run(Image::path(path))
            .unwrap();
        assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        return eprintln!(
            "<{}>",
            line.trim_end_matches(" kB")
                .rsplit(|c: char| !c.is_ascii_digit())
                .next()
                .unwrap()
        );
    }
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 30 << 20;
    let layers = (0..4_u8).map(|number| {
        let mut content = vec![number; 40 << 20];
        content
            .iter_mut()
            .step_by(4096)
            .enumerate()
            .for_each(|(index, byte)| *byte = index as u8);
        let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options.clone()).unwrap();
        encoder.write_all(&content).unwrap();
        Layer::new()
            .file("large.xz", encoder.finish().unwrap())
            .build()
    });
    let archive = Fixture {
        packing: Packing::Plain,
        ..Fixture::new(layers)
    }
    .oci_archive();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), archive).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "windows_of_all_layers_together_are_bounded",
            "--exact",
            "--nocapture",
        ])
        .env(CHILD, file.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let kilobytes = text
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(number, _)| number.parse::<u64>());
    let Some(Ok(kilobytes)) = kilobytes else {
        panic!("{text} {}", String::from_utf8_lossy(&output.stdout));
    };
    assert!(kilobytes < 64_000, "{kilobytes}");
}
