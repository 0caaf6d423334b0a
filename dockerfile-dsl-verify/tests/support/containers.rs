//! Containers of every kind, around a text.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a module of two tests, each of which uses another part of it"
)]

use std::io::Write as _;

use crate::support::{Layer, Zip, base64, bzip2, deflate, git_pack, gzip, xz, zip, zlib, zstd};

/// The value, in text that compresses to more than a few bytes.
pub fn text(value: &str) -> Vec<u8> {
    let lines = (0..40).map(|number| format!("line {number} says {}\n", number * 7919 % 1000));
    lines
        .chain([format!("token = {value}\n")])
        .collect::<String>()
        .into_bytes()
}

pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect()
}

pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut encoder = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lzip(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzipOptions::with_preset(1);
    let mut encoder = lzma_rust2::LzipWriter::new(Vec::new(), options);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A program of this kind, by its first bytes.
pub fn program() -> Vec<u8> {
    join(&[
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
        &noise(20_001, 3),
    ])
}

/// A cpio archive of the new form, with members before and after.
fn cpio_newc(magic: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    let files: [(&str, &[u8]); 3] = [
        ("etc/first", b"abc"),
        ("etc/x.gz", content),
        ("TRAILER!!!", b""),
    ];
    for (name, content) in files {
        let numbers = [
            1,
            0o100_644,
            0,
            0,
            1,
            0,
            content.len(),
            0,
            0,
            0,
            0,
            name.len() + 1,
            0,
        ];
        archive.extend(magic.as_bytes());
        archive.extend(
            numbers
                .map(|number| format!("{number:08X}"))
                .concat()
                .into_bytes(),
        );
        archive.extend(format!("{name}\0").into_bytes());
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive.resize(archive.len().next_multiple_of(512), 0);
    archive
}

fn cpio_odc(content: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    let files: [(&str, &[u8]); 2] = [("etc/x.gz", content), ("TRAILER!!!", b"")];
    for (name, content) in files {
        archive.extend(b"070707");
        archive.extend(
            [1, 2, 0o100_644, 0, 0, 1, 0]
                .map(|number| format!("{number:06o}"))
                .concat()
                .into_bytes(),
        );
        archive.extend(
            format!(
                "{:011o}{:06o}{:011o}{name}\0",
                0,
                name.len() + 1,
                content.len()
            )
            .into_bytes(),
        );
        archive.extend(content);
    }
    archive
}

fn cpio_binary(content: &[u8], word: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mut archive = Vec::new();
    let files: [(&str, &[u8]); 2] = [("etc/x.gz", content), ("TRAILER!!!", b"")];
    for (name, content) in files {
        let words = [
            0o070707,
            1,
            2,
            0o100_644,
            0,
            0,
            1,
            0,
            0,
            0,
            name.len() + 1,
            content.len() >> 16,
            content.len() & 0xffff,
        ];
        archive.extend(words.map(|number| word(number as u16)).concat());
        archive.extend(format!("{name}\0").into_bytes());
        archive.resize(archive.len().next_multiple_of(2), 0);
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(2), 0);
    }
    archive
}

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn png(kind: &str, head: &[u8], text: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [
        &64_u32.to_be_bytes()[..],
        &64_u32.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let content = [head, &zlib(text)].concat();
    for (kind, content) in [
        ("IHDR", &header),
        (kind, &content),
        ("IDAT", &zlib(&noise(3000, 1))),
        ("IEND", &vec![]),
    ] {
        let chunk = [kind.as_bytes(), content].concat();
        file.extend((content.len() as u32).to_be_bytes());
        file.extend(&chunk);
        file.extend(crc(&chunk).to_be_bytes());
    }
    file
}

pub fn pdf(stream: &[u8], filter: &str) -> Vec<u8> {
    join(&[
        b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        format!(
            "4 0 obj\n<< /Length {} /Filter {filter} >>\nstream\r\n",
            stream.len()
        )
        .as_bytes(),
        stream,
        b"\nendstream\nendobj\nxref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n",
    ])
}

fn woff(text: &[u8]) -> Vec<u8> {
    let tables = [
        (b"glyf", noise(700, 8), true),
        (b"name", text.to_vec(), false),
    ];
    let mut entries = Vec::new();
    let mut content = Vec::new();
    for (tag, table, is_stored) in &tables {
        let packed = if *is_stored {
            table.clone()
        } else {
            zlib(table)
        };
        let offset = 44 + 20 * tables.len() + content.len();
        entries.extend(&tag[..]);
        for number in [offset, packed.len(), table.len(), 0] {
            entries.extend((number as u32).to_be_bytes());
        }
        content.extend(&packed);
        content.resize(content.len().next_multiple_of(4), 0);
    }
    let metadata = zlib(text);
    let length = 44 + entries.len() + content.len();
    let mut file = b"wOFF\0\x01\0\0".to_vec();
    file.extend(((length + metadata.len()) as u32).to_be_bytes());
    file.extend([0, tables.len() as u8, 0, 0]);
    for number in [4000, 0x1_0000, length, metadata.len(), text.len(), 0, 0] {
        file.extend((number as u32).to_be_bytes());
    }
    join(&[&file, &entries, &content, &metadata])
}

/// What is searched: name of the file, content.
pub fn containers(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let packed = gzip(text);
    let archive = zip(&[
        ("a", &noise(99, 2), Zip::Stored),
        ("x", text, Zip::Deflated),
    ]);
    let tree = Layer::new().file("etc/.env", text).build();
    let program = &program()[..];
    vec![
        // Not at the first byte, or behind what is not known.
        ("zip-behind-elf", join(&[program, &archive])),
        (
            "zip-behind-pe",
            join(&[b"MZ\x90\0", &noise(3000, 7), &archive]),
        ),
        ("zip-behind-script", join(&[b"#!/bin/sh\nexit\n", &archive])),
        (
            "zip-behind-other",
            join(&[&noise(777, 9), &archive, &noise(50, 1)]),
        ),
        (
            "zip-streamed-behind-elf",
            join(&[program, &zip(&[("x", text, Zip::Streamed)])]),
        ),
        (
            "makeself.run",
            join(&[
                b"#!/bin/sh\n# Makeself 2.4\noffset=2\nexit 0\n",
                &gzip(&tree),
            ]),
        ),
        ("gz-in-elf", join(&[program, &packed, &noise(500, 5)])),
        (
            "bzImage-gz",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &packed,
                &4000_u32.to_le_bytes(),
                &noise(900, 3),
            ]),
        ),
        (
            "bzImage-xz",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &xz(text),
                &4000_u32.to_le_bytes(),
                &noise(900, 3),
            ]),
        ),
        (
            "bzImage-zstd",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &zstd(text),
                &4000_u32.to_le_bytes(),
                &noise(900, 3),
            ]),
        ),
        (
            "bzImage-bzip2",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &bzip2(text),
                &4000_u32.to_le_bytes(),
            ]),
        ),
        (
            "bzImage-lzma",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &lzma(text),
                &4000_u32.to_le_bytes(),
                &noise(900, 3),
            ]),
        ),
        (
            "bzImage-lzip",
            join(&[
                b"MZ\xea\x07",
                &noise(16_000, 2),
                &lzip(text),
                &4000_u32.to_le_bytes(),
                &noise(900, 3),
            ]),
        ),
        (
            "uImage",
            join(&[b"\x27\x05\x19\x56", &noise(60, 4), &packed]),
        ),
        (
            "vmlinuz-initramfs",
            join(&[
                program,
                &gzip(&join(&[program, &cpio_newc("070701", text), program])),
            ]),
        ),
        (
            "initrd",
            join(&[
                &cpio_newc("070701", b"microcode"),
                &[0; 1024],
                &zstd(&cpio_newc("070701", text)),
            ]),
        ),
        ("gz-zeros-gz", join(&[&gzip(b"first"), &[0; 100], &packed])),
        (
            "gz-far",
            join(&[&noise(1_000_001, 6), &packed, &noise(300_000, 6)]),
        ),
        ("gz-named", {
            let mut encoder = flate2::GzBuilder::new()
                .filename("config.txt")
                .extra(vec![1; 300])
                .comment("by hand")
                .write(program.to_vec(), flate2::Compression::best());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }),
        (
            "http-cache",
            join(&[
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                &packed,
            ]),
        ),
        (
            "pages.parquet",
            join(&[
                b"PAR1",
                &[0x15, 0, 0x15, 0x82],
                &packed,
                &[0x15, 4],
                &gzip(b"second page"),
                b"PAR1",
            ]),
        ),
        ("ext4.img", {
            let mut image = vec![0; 1 << 20];
            image[1080..1082].copy_from_slice(&[0x53, 0xef]);
            image[0x41000..0x41000 + packed.len()].copy_from_slice(&packed);
            image
        }),
        (
            "tar-in-other",
            join(&[&noise(1234, 5), &tree, &noise(1000, 5)]),
        ),
        (
            "deb-in-other",
            join(&[&noise(99, 5), &ar("data.tar.xz", &xz(&tree)), &noise(77, 1)]),
        ),
        (
            "repository.bundle",
            join(&[
                b"# v2 git bundle\n0123456789012345678901234567890123456789 refs/heads/main\n\n",
                &git_pack(text, b"nothing more"),
            ]),
        ),
        // Their own first bytes.
        ("newc.cpio", cpio_newc("070701", &packed)),
        ("crc.cpio", cpio_newc("070702", &packed)),
        ("odc.cpio", cpio_odc(&packed)),
        ("binary-le.cpio", cpio_binary(&packed, u16::to_le_bytes)),
        ("binary-be.cpio", cpio_binary(&packed, u16::to_be_bytes)),
        (
            "package.rpm",
            join(&[
                b"\xed\xab\xee\xdb\x03\0\0\0",
                &noise(800, 1),
                &zstd(&cpio_newc("070701", text)),
            ]),
        ),
        ("unnamed-lzma", lzma(text)),
        ("named.lzma", lzma(text)),
        ("old.deb", ar("data.tar.lzma", &lzma(&tree))),
        ("a.lz", lzip(text)),
        ("base64-gz", base64(&packed).into_bytes()),
        ("helm", base64(base64(&packed).as_bytes()).into_bytes()),
        ("bare-deflate", deflate(text)),
        (
            "bare-deflate-large",
            deflate(&[&noise(100_000, 3)[..], text].concat()),
        ),
        // Formats with their specific compression.
        ("a.pdf", pdf(&zlib(text), "/FlateDecode")),
        (
            "a2.pdf",
            pdf(
                &zlib(text),
                "[ /FlateDecode ] /DecodeParms << /Predictor 1 >>",
            ),
        ),
        ("ztxt.png", png("zTXt", b"Comment\0\0", text)),
        (
            "itxt.png",
            png("iTXt", b"Comment\0\x01\0en\0Kommentar\0", text),
        ),
        (
            "a.swf",
            join(&[b"CWS\x0a", &9000_u32.to_le_bytes(), &zlib(text)]),
        ),
        ("a.woff", woff(text)),
        (
            "modules.jimage",
            join(&[&noise(2000, 4), b"\xfa\xfa\xfe\xca", &[7; 25], &zlib(text)]),
        ),
        (
            "mod.beam",
            join(&[
                b"FOR1\0\0\x10\0BEAMAtU8\0\0\0\x04abcdLitT\0\0\x01\0\0\0\x10\0",
                &zlib(text),
            ]),
        ),
        (
            "pyinstaller",
            join(&[
                program,
                &zlib(&[&noise(900, 2), text].concat()),
                &noise(800, 8),
                b"MEI\x0c\x0b\x0a\x0b\x0e",
            ]),
        ),
    ]
}

/// Those that no program here makes, with the value or without it.
pub fn prebuilt(kind: &str) -> Vec<(&'static str, Vec<u8>)> {
    let program = &program()[..];
    let data = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/containers");
        std::fs::read(format!("{folder}/{kind}.{name}")).unwrap()
    };
    vec![
        ("main.js.br", data("br")),
        ("a.woff2", data("woff2")),
        ("gzip.squashfs", data("gzip.squashfs")),
        ("xz.squashfs", data("xz.squashfs")),
        ("zstd.squashfs", data("zstd.squashfs")),
        (
            "tool.AppImage",
            join(&[program, &data("gzip.squashfs"), &[0; 300]]),
        ),
        (
            "large.AppImage",
            join(&[&noise(190_000, 4), &data("zstd.squashfs"), &noise(5000, 1)]),
        ),
    ]
}

pub fn ar(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
        0,
        0,
        0,
        644,
        content.len()
    );
    [b"!<arch>\n", head.as_bytes(), content].concat()
}
