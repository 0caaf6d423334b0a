//! A value inside of every kind of container, at the start of a file and in the middle of one: found, or said to be not
//! searched. Each has a twin without the value, which is clean: nothing is called incomplete by chance.

#[path = "support/containers.rs"]
mod containers;
mod support;

use containers::{containers, crc, join, noise, pdf, prebuilt, program, text};
use dockerfile_dsl_verify::{Report, Verdict};
use support::{Fixture, Layer, TOKEN, gzip, scan, secret, zlib};

const OTHER: &str = "ghp_000000000000000000000000000000000000";

/// With the value, or with another one.
fn all(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let kind = if value == TOKEN { "leaked" } else { "clean" };
    let mut all = containers(&text(value));
    all.extend(prebuilt(kind));
    all
}

/// What is known to hold other files, and not read.
fn unread() -> Vec<(&'static str, Vec<u8>)> {
    let squashfs = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/containers/clean.lz4.squashfs"
    );
    let header = [&[0; 12][..], &[9; 8]].concat();
    vec![
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
        (
            "setup.exe",
            join(&[
                b"MZ",
                &noise(5000, 2),
                b"7z\xbc\xaf\x27\x1c\0\x04",
                &crc(&header).to_le_bytes(),
                &header,
                &noise(900, 3),
            ]),
        ),
        ("a.rar", b"Rar!\x1a\x07\x01\0".to_vec()),
        ("a.lz4", b"\x04\x22\x4d\x18\x64\x40\xa7".to_vec()),
        ("disk.qcow2", join(&[b"QFI\xfb\0\0\0\x03", &[0; 500]])),
        ("lz4.squashfs", std::fs::read(squashfs).unwrap()),
        ("encrypted.pdf", pdf(&noise(500, 6), "/FlateDecode")),
        ("lzw.pdf", pdf(&noise(500, 6), "/LZWDecode")),
        (
            "85.pdf",
            pdf(
                b"9jqo^BlbD-BleB1DJ+*+F(f,q/0JhKF<GL>Cj@.4Gp$d7F!",
                "[/ASCII85Decode /FlateDecode]",
            ),
        ),
        ("a.Z", b"\x1f\x9d\x90\x50\xe0".to_vec()),
    ]
}

#[track_caller]
fn search(files: &[(&str, Vec<u8>)]) -> Report {
    let layer = files.iter().fold(Layer::new(), |layer, (name, content)| {
        layer.file(name, content)
    });
    scan(
        &Fixture::new([layer.build()]).oci_archive(),
        &[secret(TOKEN)],
    )
}

#[test]
fn a_value_in_every_container() {
    let files = all(TOKEN);
    let report = search(&files);
    let missed: Vec<_> = files
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| {
            let inside = format!("{name}!");
            let mut paths = report.findings.iter().map(|finding| &finding.path[..]);
            let found = paths.any(|path| path == *name || path.starts_with(&inside));
            eprintln!("{name:24} {}", if found { "found" } else { "MISSED" });
            !found
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?} {:#?}", report.incomplete);
    assert!(report.incomplete.is_empty(), "{:#?}", report.incomplete);
}

#[test]
fn a_clean_twin_of_every_container() {
    let report = search(&all(OTHER));
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
}

#[test]
fn what_is_not_unpacked_is_said() {
    for (name, content) in unread() {
        let report = search(&[(name, content)]);
        assert_eq!(
            report.verdict(),
            Verdict::Incomplete,
            "{name}: {}",
            report.human()
        );
        assert_eq!(report.incomplete[0].reason.name(), "unsupported", "{name}");
    }
}

#[test]
fn a_container_that_is_cut_off_is_not_clean() {
    // Those that end with their container, and not with something that may be missing.
    let names = [
        "zip-behind-elf",
        "zip-behind-pe",
        "zip-behind-script",
        "zip-streamed-behind-elf",
        "makeself.run",
        "uImage",
        "vmlinuz-initramfs",
        "gz-zeros-gz",
        "gz-named",
        "http-cache",
        "repository.bundle",
        "odc.cpio",
        "binary-le.cpio",
        "binary-be.cpio",
        "unnamed-lzma",
        "named.lzma",
        "old.deb",
        "a.lz",
        "bare-deflate-large",
        "main.js.br",
        "a.swf",
        "a.woff",
        "a.woff2",
        "modules.jimage",
        "mod.beam",
        "gzip.squashfs",
        "xz.squashfs",
        "zstd.squashfs",
    ];
    for (name, content) in all(OTHER) {
        if names.contains(&name) {
            let cut = content.len() - content.len().min(120) / 3;
            let report = search(&[(name, content[..cut].to_vec())]);
            assert_eq!(report.verdict(), Verdict::Incomplete, "{name}");
        }
    }
}

/// Bytes that look like the beginning of something, in programs that know the formats.
#[test]
fn a_signature_by_chance_is_nothing() {
    let mut program = program();
    let signatures: [&[u8]; 24] = [
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"BZh91AY&SY",
        b"\x5d\0\0\x80\0",
        b"LZIP\x01",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"!<arch>\n",
        b"ustar\0",
        b"ustar  \0",
        b"PACK\0\0\0\x02",
        b"070701",
        b"070707",
        b"hsqs",
        b"/Filter /FlateDecode >>\nstream\n",
        b"zTXt",
        b"iTXt",
        b"CWS\x0a",
        b"wOFF",
        b"wOF2",
        b"7z\xbc\xaf\x27\x1c",
        b"LitT",
    ];
    for (seed, signature) in signatures.iter().cycle().take(2400).enumerate() {
        program.extend(*signature);
        program.extend(noise(seed % 700, seed as u64));
        program.extend(b" is a magic number\0");
    }
    let report = search(&[("libmagic.so", program)]);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
}

/// Two bytes of zlib in the middle of a font or a picture: what seems to come out of that is not content, and is no gap.
#[test]
fn what_seems_to_be_in_a_stream_by_chance_is_nothing() {
    let deep = (0..12).fold(b"x".to_vec(), |content, _| gzip(&content));
    let stream = zlib(&join(&[&text("nothing"), &deep, &noise(900, 3)]));
    let font = |stream: &[u8]| search(&[("a.ttf", join(&[&noise(999, 8), stream, &noise(99, 2)]))]);
    let report = font(&stream[..stream.len() - 200]);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let report = font(&stream);
    assert_eq!(report.incomplete[0].reason.name(), "depth");
}

/// Every byte of a container may be the last of a block that is read at once.
#[test]
fn a_container_at_the_edges_of_blocks() {
    let packed = gzip(&text(TOKEN));
    for edge in [4096, 64 * 1024, 256 * 1024] {
        for offset in edge - 24..edge + 4 {
            let file = join(&[&vec![b'.'; offset], &packed]);
            let report = search(&[("x", file)]);
            assert_eq!(
                report.verdict(),
                Verdict::Leaked,
                "{offset} {}",
                report.human()
            );
        }
    }
}
