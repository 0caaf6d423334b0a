//! What the targets of the scanner share: any bytes as a file of an image, searched within small bounds.

#![allow(dead_code, reason = "each target uses a part of it")]

use std::io::Cursor;

use dockerfile_dsl_verify::{Error, Image, Limits, Report, Secret, Verdict, Verify};

/// Short enough for the fuzzer to come by it: the dictionary beside the corpus holds it.
pub const VALUE: &str = "s3cr3t-V4lue";

/// The bytes as a file of that name in a file tree, searched. Where they hold the value as it is, it is found.
pub fn file(name: &str, content: &[u8]) -> Report {
    let report = scan(archive(&[(name, content)])).expect("an archive of one file can be read");
    found(content, &report);
    report
}

/// The bytes as an image, searched.
pub fn scan(image: Vec<u8>) -> Result<Report, Error> {
    verify().run(Image::reader("fuzz", Cursor::new(image)))
}

pub fn verify() -> Verify {
    let mut limits = Limits::default();
    limits.decoded = 4 << 20;
    limits.ratio = 16;
    limits.window = 8 << 20;
    limits.threads = 2;
    let secret = Secret::new("value", VALUE).expect("the value is short");
    Verify::new([secret]).limits(limits)
}

/// A raw value must be found in any bytes.
pub fn found(content: &[u8], report: &Report) {
    if memchr::memmem::find(content, VALUE.as_bytes()).is_some() {
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    }
    // No report, in any form, holds the value.
    let texts = [
        report.human(),
        report.json(),
        report.sarif(),
        format!("{report:?}"),
    ];
    assert!(texts.iter().all(|text| !text.contains(VALUE)));
}

/// A tar archive of these files.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend(header);
        archive.extend(*content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}
