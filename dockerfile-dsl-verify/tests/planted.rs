//! A value planted at every place and in every form that is searched: each must be found, under its path, and nothing else.

mod support;

use std::collections::BTreeMap;

use dockerfile_dsl_verify::{Image, Match, Verdict, Verify};
use serde_json::json;
use support::{
    Fixture, Layer, OPAQUE, Packing, TOKEN, Zip, base64, bzip2, git_pack, gzip, scan, secret, xz,
    zip, zlib, zstd,
};

fn wrap(text: &str, width: usize, with: &str) -> String {
    text.as_bytes()
        .chunks(width)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join(with)
}

fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// Path, content, and the encodings that the finding names. `{}` in a path is where a member of a container is.
fn plants(value: &str) -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let bytes = value.as_bytes();
    let line = format!("token = {value}\n");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes
        .iter()
        .map(|&byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                (byte as char).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let escaped: String = value
        .chars()
        .map(|c| format!("\\u{:04x}", c as u32))
        .collect();
    let json_text = json!({"token": format!("x{value}")}).to_string();
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut plants: Vec<(&'static str, Vec<u8>, Vec<&'static str>)> = vec![
        ("raw", line.clone().into(), vec!["raw"]),
        ("base64/0", base64(bytes).into(), vec!["base64"]),
        (
            "base64/1",
            base64(format!("u{value}x").as_bytes()).into(),
            vec!["base64"],
        ),
        (
            "base64/2",
            base64(format!("me{value}\n").as_bytes()).into(),
            vec!["base64"],
        ),
        (
            "base64/basic-auth",
            format!(
                "Authorization: Basic {}",
                base64(format!("user:{value}").as_bytes())
            )
            .into(),
            vec!["base64"],
        ),
        (
            "base64/wrapped",
            wrap(
                &base64(format!("{}{value}{}", "a".repeat(41), "b".repeat(60)).as_bytes()),
                76,
                "\n",
            )
            .into(),
            vec!["base64"],
        ),
        (
            "base64/wrapped-in-yaml",
            wrap(
                &base64(format!("{}{value}{}", "a".repeat(41), "b".repeat(60)).as_bytes()),
                64,
                "\r\n    ",
            )
            .into(),
            vec!["base64"],
        ),
        (
            "base64/twice",
            base64(base64(format!("user:{value}").as_bytes()).as_bytes()).into(),
            vec!["base64(base64)"],
        ),
        (
            "base64/utf16",
            base64(&utf16).into(),
            vec!["base64(utf-16le)"],
        ),
        ("hex/lower", hex.clone().into(), vec!["hex"]),
        ("hex/upper", hex.to_uppercase().into(), vec!["hex"]),
        (
            "percent/full",
            bytes
                .iter()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<String>()
                .into(),
            vec!["percent"],
        ),
        ("json/all", escaped.into(), vec!["json"]),
        ("utf16/le", utf16.clone(), vec!["utf-16le"]),
        (
            "utf16/be",
            value.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            vec!["utf-16be"],
        ),
        (
            "reversed",
            value.chars().rev().collect::<String>().into(),
            vec!["reversed"],
        ),
        ("gz", gzip(line.as_bytes()), vec!["gzip", "raw"]),
        (
            "zlib",
            zlib(&[line.as_bytes(), &noise(3000, 5)].concat()),
            vec!["zlib", "raw"],
        ),
        ("zst", zstd(line.as_bytes()), vec!["zstd", "raw"]),
        ("xz", xz(line.as_bytes()), vec!["xz", "raw"]),
        ("bz2", bzip2(line.as_bytes()), vec!["bzip2", "raw"]),
        (
            "a.tar!in/.env",
            Layer::new().file("in/.env", &line).build(),
            vec!["tar", "raw"],
        ),
        (
            "a.tar.gz!in/.env",
            gzip(&Layer::new().file("in/.env", &line).build()),
            vec!["gzip", "tar", "raw"],
        ),
        (
            "b.tar.gz!a.tar.xz!in/.env",
            gzip(
                &Layer::new()
                    .file("a.tar.xz", xz(&Layer::new().file("in/.env", &line).build()))
                    .build(),
            ),
            vec!["gzip", "tar", "xz", "tar", "raw"],
        ),
        (
            "a.jar!META-INF/x",
            zip(&[
                ("a", b"1", Zip::Stored),
                ("META-INF/x", line.as_bytes(), Zip::Deflated),
            ]),
            vec!["zip", "raw"],
        ),
        (
            "b.jar!x",
            zip(&[
                ("a", b"1", Zip::Streamed),
                ("x", line.as_bytes(), Zip::Streamed),
            ]),
            vec!["zip", "raw"],
        ),
        (
            "a.whl!x",
            zip(&[("x", line.as_bytes(), Zip::Stored)]),
            vec!["zip", "raw"],
        ),
        (
            "boot.jar!x",
            [
                b"#!/bin/sh\nexec java -jar $0\n".to_vec(),
                zip(&[("x", line.as_bytes(), Zip::Deflated)]),
            ]
            .concat(),
            vec!["zip", "raw"],
        ),
        (
            "c.jar!lib.jar!x",
            zip(&[(
                "lib.jar",
                &zip(&[("x", line.as_bytes(), Zip::Deflated)]),
                Zip::Deflated,
            )]),
            vec!["zip", "zip", "raw"],
        ),
        (
            "src/.git/objects/ab/cdef0123456789abcdef0123456789abcdef01",
            zlib(format!("blob 9\0{line}").as_bytes()),
            vec!["git-object", "raw"],
        ),
        (
            "src/.git/objects/pack/a.pack!object",
            git_pack(line.as_bytes(), b"nothing of interest"),
            vec!["git-pack", "raw"],
        ),
        (
            "src/.git/objects/pack/delta.pack!object",
            git_pack(b"base", bytes),
            vec!["git-pack", "raw"],
        ),
        (
            "a.tar.gz!a.zip!x",
            gzip(
                &Layer::new()
                    .file("a.zip", zip(&[("x", line.as_bytes(), Zip::Deflated)]))
                    .build(),
            ),
            vec!["gzip", "tar", "zip", "raw"],
        ),
        (
            "a.deb!data.tar.xz!etc/x",
            ar(
                "data.tar.xz",
                &xz(&Layer::new().file("etc/x", &line).build()),
            ),
            vec!["ar", "xz", "tar", "raw"],
        ),
        (
            "bin/elf",
            [
                b"\x7fELF\x02\x01\x01\0".to_vec(),
                noise(70_001, 3),
                line.clone().into(),
                noise(999, 4),
            ]
            .concat(),
            vec!["raw"],
        ),
        (
            "usr/lib/python3/dist-packages/test/node_modules/x.md",
            line.clone().into(),
            vec!["raw"],
        ),
        (
            "image.png",
            [b"\x89PNG\r\n\x1a\n".to_vec(), noise(500, 9), bytes.to_vec()].concat(),
            vec!["raw"],
        ),
        (
            "last-byte",
            [noise(1_000_003, 7), bytes.to_vec()].concat(),
            vec!["raw"],
        ),
        (
            "log/fragment",
            format!("fatal: could not read {}...", &value[3..21]).into(),
            vec!["raw"],
        ),
    ];
    // A value without special characters is the same in these forms.
    if percent != value {
        plants.push(("percent/least", percent.into(), vec!["percent"]));
        plants.push(("json/least", json_text.into(), vec!["json"]));
        plants.push((
            "json/go",
            value.replace('&', "\\u0026").replace('"', "\\\"").into(),
            vec!["json"],
        ));
        plants.push((
            "xml",
            value.replace('&', "&amp;").replace('"', "&quot;").into(),
            vec!["xml"],
        ));
    }
    plants
}

fn ar(name: &str, content: &[u8]) -> Vec<u8> {
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

/// Checks that exactly the planted places are found, each under its encodings.
#[track_caller]
fn check(value: &str, packing: Packing) {
    let plants = plants(value);
    let mut layer = Layer::new().file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    let mut expected = BTreeMap::new();
    for (path, content, encodings) in &plants {
        layer.add(path.split('!').next().unwrap(), content);
        expected.insert((*path).to_owned(), encodings.clone());
    }
    let layer = layer
        .link("link", &format!("/x/{}", value.replace('/', "_")))
        .xattr("attr", "user.token", value.as_bytes());
    let layer = layer.owner("owner", &value[..20]);
    let layer = layer.file(&format!("name-{}", value.replace('/', "_")), "");
    let fixture = Fixture {
        packing,
        ..Fixture::new([layer.build()])
    };
    let report = scan(&fixture.oci_archive(), &[secret(value)]);
    let mut found = BTreeMap::new();
    for finding in &report.findings {
        // An object of a pack is named by its offset, which depends on the compressor.
        let path = finding.path.split(" at ").next().unwrap().to_owned();
        found
            .entry(path)
            .or_insert_with(|| finding.encodings.clone());
    }
    let mut missing = Vec::new();
    for (path, encodings) in &expected {
        let hit = found.get(path);
        eprintln!(
            "{packing:?} {path:60} {}",
            if hit.is_some() { "found" } else { "MISSED" }
        );
        if hit != Some(encodings) {
            missing.push((path, encodings, hit.cloned()));
        }
    }
    assert!(
        missing.is_empty(),
        "{missing:#?}\n{:?}\n{:?}",
        report.incomplete,
        found.keys()
    );
    for special in ["attr", "owner"] {
        assert!(found.contains_key(special), "{special}: {found:#?}");
    }
    // The other half of the value is in a name or target with another character for the slash: a part of it.
    assert!(found.contains_key("link"), "{found:#?}");
    assert!(
        found.keys().any(|path| path.contains("[redacted]")),
        "{found:#?}"
    );
    let others: Vec<_> = found
        .keys()
        .filter(|path| !expected.contains_key(*path))
        .collect();
    let unnamed: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.path.is_empty())
        .collect();
    assert_eq!(others.len(), 4, "{others:?} {unnamed:#?}");
    assert_eq!(report.verdict(), Verdict::Leaked);
    assert!(report.incomplete.is_empty(), "{:?}", report.incomplete);
    let others = scan(
        &fixture.oci_archive(),
        &[
            secret("Qm3-another_value_7Zt9Lk2Xp"),
            secret("ghp_Zz8Yy7Xx6Ww5Vv4Uu3Tt2Ss1Rr0Qq9Pp8Oo"),
        ],
    );
    assert_eq!(others.verdict(), Verdict::Clean, "{}", others.human());
}

#[test]
fn a_token_in_a_plain_layer() {
    check(TOKEN, Packing::Plain);
}

#[test]
fn a_token_in_a_gzip_layer() {
    check(TOKEN, Packing::Gzip);
}

#[test]
fn a_token_in_an_estargz_layer() {
    check(TOKEN, Packing::Members);
}

#[test]
fn a_token_in_a_zstd_layer() {
    check(TOKEN, Packing::Zstd);
}

#[test]
fn an_opaque_value_in_a_plain_layer() {
    check(OPAQUE, Packing::Plain);
}

#[test]
fn an_opaque_value_in_a_gzip_layer() {
    check(OPAQUE, Packing::Gzip);
}

#[test]
fn an_opaque_value_in_a_zstd_layer() {
    check(OPAQUE, Packing::Zstd);
}

#[test]
fn a_value_at_the_edges_of_blocks() {
    // Every offset around the sizes of all buffers, in every step of the search.
    for value in [TOKEN, OPAQUE, "hunter2-hunter2", "8bytes-x"] {
        let needle = value.as_bytes();
        for edge in [512, 64 * 1024, 256 * 1024, 320 * 1024] {
            for offset in edge - needle.len() - 9..edge + 9 {
                let mut content = vec![b'.'; edge + 600];
                content[offset..offset + needle.len()].copy_from_slice(needle);
                let archive =
                    Fixture::new([Layer::new().file("x", &content).build()]).oci_archive();
                let report = Verify::new([secret(value)])
                    .skip_digests()
                    .run(Image::reader("i", std::io::Cursor::new(archive)))
                    .unwrap();
                assert_eq!(report.findings.len(), 1, "{value} at {offset}");
                assert_eq!(
                    report.findings[0].matched,
                    Match::Whole,
                    "{value} at {offset}"
                );
            }
        }
    }
}

#[test]
fn a_value_in_a_file_of_300_mb() {
    let mut content = vec![0; 300 << 20];
    for (index, offset) in [0, 123_456_789, (300 << 20) - TOKEN.len()]
        .into_iter()
        .enumerate()
    {
        let mut value = TOKEN.as_bytes().to_vec();
        value[10] = b'a' + index as u8;
        content[offset..offset + TOKEN.len()].copy_from_slice(&value);
    }
    let archive = Fixture {
        packing: Packing::Gzip,
        ..Fixture::new([Layer::new().file("big", &content).build()])
    }
    .oci_archive();
    for index in 0..3 {
        let value = format!("{}{}{}", &TOKEN[..10], (b'a' + index) as char, &TOKEN[11..]);
        let report = Verify::new([secret(&value)])
            .run(Image::reader("i", std::io::Cursor::new(archive.clone())))
            .unwrap();
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.findings[0].matched, Match::Whole);
    }
}
