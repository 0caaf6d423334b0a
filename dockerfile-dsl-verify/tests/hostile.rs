//! Archives that lie, end early or blow up: an answer in bounded time, never *clean*, never a panic.
//!
//! One file, because each test is one file that was made to hurt, and all keep to the same limits.

mod support;

use std::time::{Duration, Instant};

use dockerfile_dsl_verify::{Error, Image, Limits, Report, Verdict, Verify};
use support::{Fixture, Layer, Packing, TOKEN, Zip, bzip2, gzip, secret, xz, zip, zstd};

fn run(archive: Vec<u8>) -> Result<Report, Error> {
    Verify::new([secret(TOKEN)]).run(Image::reader("hostile", std::io::Cursor::new(archive)))
}

fn run_file(archive: &[u8]) -> Result<Report, Error> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), archive).unwrap();
    Verify::new([secret(TOKEN)]).run(Image::path(file.path()))
}

/// Neither as a stream nor as a file is it clean, and the gap has the reason.
#[track_caller]
fn check(archive: &[u8], reason: &str) {
    for answer in [run(archive.to_vec()), run_file(archive)] {
        let report = answer.unwrap();
        assert_eq!(report.verdict(), Verdict::Incomplete, "{}", report.human());
        assert!(
            report
                .incomplete
                .iter()
                .any(|gap| gap.reason.name() == reason),
            "{reason}: {}",
            report.human()
        );
    }
}

fn image(layer: Layer) -> Vec<u8> {
    Fixture::new([layer.build()]).oci_archive()
}

#[test]
fn an_archive_cut_anywhere_is_not_clean() {
    let content: Vec<u8> = (0..40_000_u32)
        .flat_map(|number| (number.wrapping_mul(2_654_435_761)).to_le_bytes())
        .collect();
    for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
        let fixture = Fixture {
            packing,
            ..Fixture::new([Layer::new()
                .file("a", &content)
                .file("b.jar", zip(&[("x", &content, Zip::Deflated)]))
                .build()])
        };
        for whole in [
            fixture.oci_archive(),
            fixture.docker_archive(),
            gzip(&fixture.oci_archive()),
            zstd(&fixture.oci_archive()),
        ] {
            assert_eq!(
                run(whole.clone()).unwrap().verdict(),
                Verdict::Clean,
                "{}",
                run(whole).unwrap().human()
            );
            // The last 1024 bytes are the end mark, of which one block is enough.
            let end = whole.len().saturating_sub(1024);
            for cut in (0..end).step_by(1000).chain([1, 511, 512, 513, end - 1]) {
                // Where nothing can be said at all, that is an error: no verdict.
                for report in [run(whole[..cut].to_vec()), run_file(&whole[..cut])]
                    .into_iter()
                    .flatten()
                {
                    assert_eq!(
                        report.verdict(),
                        Verdict::Incomplete,
                        "{packing:?} cut at {cut}: {}",
                        report.human()
                    );
                }
            }
        }
    }
}

#[test]
fn a_blob_that_was_changed_is_not_clean() {
    let whole = image(Layer::new().file("a", "some content"));
    let at = whole
        .windows(12)
        .position(|window| window == b"some content")
        .unwrap();
    let mut changed = whole;
    changed[at] = b'S';
    check(&changed, "digest");
}

#[test]
fn a_layer_that_is_missing_is_not_clean() {
    let fixture = Fixture::new([Layer::new().file("a", "a").build()]);
    let mut files = fixture.oci_files();
    let layer = format!(
        "blobs/{}",
        support::digest(&fixture.layers[0].0).replace(':', "/")
    );
    assert!(files.remove(&layer).is_some());
    check(&support::archive(&files), "missing-blob");
    files.insert("index.json".into(), b"{}".to_vec());
    check(&support::archive(&files), "no-manifest");
    files.insert("index.json".into(), b"{\"manifests\":[".to_vec());
    check(&support::archive(&files), "no-manifest");
}

#[test]
fn a_manifest_that_says_a_wrong_size_is_not_clean() {
    let mut files = Fixture::new([Layer::new().file("a", "a").build()]).oci_files();
    let index = String::from_utf8(files["index.json"].clone()).unwrap();
    files.insert(
        "index.json".into(),
        index.replace("\"size\":", "\"size\":1").into_bytes(),
    );
    check(&support::archive(&files), "digest");
}

#[test]
fn bombs_end_at_the_budget() {
    let started = Instant::now();
    let zeros = vec![0; 8 << 20];
    let mut bomb = gzip(&zeros.repeat(16));
    for _ in 0..3 {
        let copies: Vec<(String, Vec<u8>)> = (0..16)
            .map(|index| (format!("{index}"), bomb.clone()))
            .collect();
        let members: Vec<(&str, &[u8], Zip)> = copies
            .iter()
            .map(|(name, content)| (&name[..], &content[..], Zip::Deflated))
            .collect();
        bomb = zip(&members);
    }
    let archive = image(Layer::new().file("bomb.zip", &bomb).file("after", "x"));
    let mut limits = Limits::default();
    limits.decoded = 256 << 20;
    let report = Verify::new([secret(TOKEN)])
        .limits(limits)
        .run(Image::reader("bomb", std::io::Cursor::new(archive)))
        .unwrap();
    assert!(
        report
            .incomplete
            .iter()
            .any(|gap| gap.reason.name() == "budget"),
        "{}",
        report.human()
    );
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn secret_after_a_bomb_is_found() {
    let bomb = gzip(&vec![0; 64 << 20]);
    let archive = image(Layer::new().file("bomb.gz", &bomb).file("after", TOKEN));
    let mut limits = Limits::default();
    limits.decoded = 1 << 20;
    limits.ratio = 1;
    let report = Verify::new([secret(TOKEN)])
        .limits(limits)
        .run(Image::reader("bomb", std::io::Cursor::new(archive)))
        .unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert!(
        report
            .incomplete
            .iter()
            .any(|gap| gap.reason.name() == "budget"),
        "{}",
        report.human()
    );
}

#[test]
fn nesting_ends_at_the_depth() {
    let mut content = TOKEN.as_bytes().to_vec();
    for _ in 0..12 {
        content = gzip(&content);
    }
    check(&image(Layer::new().file("deep", &content)), "depth");
    let mut content = Layer::new().file("x", "x").build();
    for _ in 0..30 {
        content = Layer::new().file("x.tar", &content).build();
    }
    check(&image(Layer::new().file("deep.tar", &content)), "depth");
}

#[test]
fn a_million_tiny_entries() {
    let mut layer = Layer::new();
    let (inner, started) = (gzip(b"tiny"), Instant::now());
    for index in 0..1_000_000 {
        layer.add(
            &format!("d/{index}"),
            if index % 50 == 0 { &inner } else { b"" },
        );
    }
    let report = run(Fixture {
        packing: Packing::Gzip,
        ..Fixture::new([layer.build()])
    }
    .oci_archive())
    .unwrap();
    assert_eq!(
        (report.verdict(), report.scanned.files),
        (Verdict::Clean, 1_000_000)
    );
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn members_that_are_broken_or_not_read() {
    let mut broken =
        gzip(&b"some text that is long enough to be compressed, some text".repeat(100));
    let middle = broken.len() / 2;
    broken[middle] ^= 0x55;
    check(&image(Layer::new().file("a.gz", &broken)), "broken");
    for (content, reason) in [
        (gzip(&[7; 5000])[..30].to_vec(), "truncated"),
        (xz(&[7; 5000])[..50].to_vec(), "truncated"),
        (
            zstd(&[b"abc".repeat(9000), vec![1; 100]].concat())[..20].to_vec(),
            "truncated",
        ),
        (b"7z\xbc\xaf\x27\x1c\x00\x04".to_vec(), "unsupported"),
        (
            zip(&[("x", &[1; 5000], Zip::Deflated)])[..40].to_vec(),
            "truncated",
        ),
        (b"PACK\0\0\0\x02\0\0\0\x09\x35x\x9c".to_vec(), "truncated"),
    ] {
        let archive = image(Layer::new().file("member", &content));
        let report = run(archive.clone()).unwrap();
        assert_eq!(
            report.verdict(),
            Verdict::Incomplete,
            "{reason} {}",
            report.human()
        );
        let found = report.incomplete[0].reason.name();
        assert!(
            found == reason || found == "broken",
            "{reason}: {}",
            report.human()
        );
    }
    assert_ne!(
        run(image(Layer::new().file("member", &bzip2(&[7; 5000])[..20])))
            .unwrap()
            .verdict(),
        Verdict::Clean
    );
    let mut encrypted = zip(&[("x", b"hidden", Zip::Stored)]);
    encrypted[6] |= 1;
    check(
        &image(Layer::new().file("e.zip", &encrypted)),
        "unsupported",
    );
}

#[test]
fn tar_headers_that_lie() {
    let whole = Layer::new()
        .file("a", "content of a")
        .file("b", TOKEN)
        .build();
    let with = |change: &dyn Fn(&mut [u8])| {
        let mut layer = whole.clone();
        change(&mut layer[..512]);
        layer[148..156].fill(b' ');
        let sum: u32 = layer[..512].iter().map(|&byte| u32::from(byte)).sum();
        layer[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        layer
    };
    let sizes: [&[u8]; 4] = [
        b"77777777777\0",
        b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"not a number",
    ];
    for size in sizes {
        let layer = with(&|header| header[124..136].copy_from_slice(size));
        for packing in [Packing::Plain, Packing::Gzip] {
            // The value after the wrong size is still found, as bytes.
            let report = run(Fixture {
                packing,
                ..Fixture::new([layer.clone()])
            }
            .oci_archive())
            .unwrap();
            assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
            assert!(!report.incomplete.is_empty(), "{}", report.human());
        }
        // The same of the outer archive.
        let mut outer = with(&|header| header[124..136].copy_from_slice(size));
        outer[..10].copy_from_slice(b"index.json");
        let _ = run(outer.clone()).map(|report| assert_ne!(report.verdict(), Verdict::Clean));
        let _ = run_file(&outer).map(|report| assert_ne!(report.verdict(), Verdict::Clean));
    }
    let link_with_content = with(&|header| header[156] = b'2');
    assert_ne!(
        run(Fixture::new([link_with_content]).oci_archive())
            .unwrap()
            .verdict(),
        Verdict::Clean
    );
}

#[test]
fn links_to_themselves() {
    let mut archive = Layer::new()
        .link("a/layer.tar", "../a/layer.tar")
        .link("b/layer.tar", "../a/layer.tar")
        .link("manifest.json", "manifest.json");
    archive.add("index.json", br#"{"manifests":[{"digest":"sha256:00"}]}"#);
    assert_ne!(run(archive.build()).unwrap().verdict(), Verdict::Clean);
    // An index that names itself by digest cannot be made; one that names the same manifest twice can.
    let fixture = Fixture::new([Layer::new().file("a", "a").build()]);
    let mut files = fixture.oci_files();
    let index = String::from_utf8(files["index.json"].clone()).unwrap();
    let manifests = &index[index.find('[').unwrap() + 1..index.rfind(']').unwrap()];
    files.insert(
        "index.json".into(),
        index
            .replace(manifests, &format!("{manifests},{manifests}"))
            .into_bytes(),
    );
    assert_eq!(
        run(support::archive(&files)).unwrap().verdict(),
        Verdict::Clean
    );
}

#[test]
fn noise_is_never_clean_and_never_panics() {
    let whole = Fixture {
        packing: Packing::Gzip,
        ..Fixture::new([Layer::new()
            .file("a", "a")
            .file("x.zip", zip(&[("y", &[5; 999], Zip::Deflated)]))
            .build()])
    }
    .docker_archive();
    let clean = run(whole.clone()).unwrap();
    let mut state = 1_u64;
    for _ in 0..3000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let at = (state >> 33) as usize % whole.len();
        let mut changed = whole.clone();
        changed[at] ^= 1 << (state % 8);
        if let Ok(report) = run(changed) {
            // A flipped bit in padding or in a time stamp changes nothing that is read.
            assert!(
                report.verdict() != Verdict::Clean || report.scanned.layers == clean.scanned.layers
            );
        }
    }
}

#[test]
fn a_file_full_of_the_value_takes_no_memory() {
    let archive = image(
        Layer::new()
            .file("full", TOKEN.repeat(2_000_000))
            .file("other", TOKEN),
    );
    let report = run(archive).unwrap();
    let paths: Vec<_> = report
        .findings
        .iter()
        .map(|finding| &finding.path[..])
        .collect();
    assert_eq!(paths, ["full", "other"]);
}

#[test]
fn a_bomb_around_the_archive_ends_at_the_budget() {
    let archive = image(Layer::new().file("zeros", vec![0; 64 << 20]));
    for bomb in [gzip(&archive), zstd(&archive)] {
        let mut limits = Limits::default();
        limits.decoded = 1 << 20;
        limits.ratio = 1;
        let report = Verify::new([secret(TOKEN)])
            .limits(limits)
            .run(Image::reader("bomb", std::io::Cursor::new(bomb)))
            .unwrap();
        let gaps = report.incomplete.iter();
        assert!(
            gaps.map(|gap| gap.reason.name())
                .any(|name| name == "budget"),
            "{}",
            report.human()
        );
    }
}

#[test]
fn what_follows_a_compressed_archive_is_searched() {
    let clean = gzip(&image(Layer::new().file("a", "a")));
    let leaky = image(Layer::new().file("b", TOKEN));
    // Found as bytes, and the skipped container is reported.
    for tail in [&leaky[..], TOKEN.as_bytes()] {
        let report = run([&clean[..], tail].concat()).unwrap();
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    }
    check(&[&clean[..], &zstd(&leaky)].concat(), "unsupported");
    // The header of gzip contains the file's own name.
    let mut encoder = flate2::GzBuilder::new()
        .filename(TOKEN)
        .write(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &image(Layer::new().file("a", "a"))).unwrap();
    let report = run(encoder.finish().unwrap()).unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
}

#[test]
fn what_follows_a_compressed_stream_in_a_file_is_unpacked() {
    let inner = Layer::new().file("in", TOKEN).build();
    for tail in [xz(TOKEN.as_bytes()), zstd(&inner), inner] {
        let archive = image(Layer::new().file("two", [gzip(b"first"), tail].concat()));
        let report = run(archive).unwrap();
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
        assert!(report.findings[0].path.starts_with("two"));
    }
}

#[test]
fn what_is_no_member_of_the_archive_is_searched() {
    let whole = image(Layer::new().file("a", "a"));
    let without_end = &whole[..whole.len() - 1024];
    let broken = [&[b'x'; 300][..], TOKEN.as_bytes(), &[b'x'; 300]].concat();
    let mut padded = whole.clone();
    let text = b"{\"imageLayoutVersion\":\"1.0.0\"}";
    let at = memchr::memmem::find(&whole, text).unwrap() + text.len();
    padded[at..at + TOKEN.len()].copy_from_slice(TOKEN.as_bytes());
    for archive in [
        // Less than a block, no header, another archive where a header should be, what fills the last block of a member.
        [without_end, TOKEN.as_bytes()].concat(),
        [without_end, &broken].concat(),
        [without_end, &gzip(TOKEN.repeat(100).as_bytes())].concat(),
        padded,
        [&whole, format!("{{\"a\": \"{TOKEN}\"}}").as_bytes()].concat(),
    ] {
        let report = support::scan(&archive, &[secret(TOKEN)]);
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    }
}

#[test]
fn no_reader_goes_beyond_the_file_that_it_reads() {
    // A name of 65 535 bytes, an object, a header, each in a file that ends before.
    let name = [&b"PK\x03\x04"[..], &[0; 22], &[0xff, 0xff, 0, 0]].concat();
    let header = &Layer::new().file("a", "a").build()[..700];
    let long_name = Layer::new().file(&"n".repeat(200), "a").build();
    for content in [
        &name[..],
        b"PACK\0\0\0\x02",
        b"!<arch>\na",
        header,
        &long_name[..600],
    ] {
        let archive = image(
            Layer::new()
                .file("cut", content)
                .file("next.gz", gzip(TOKEN.as_bytes()))
                .file("last", "x"),
        );
        let report = run(archive).unwrap();
        let paths: Vec<_> = report.findings.iter().map(|one| &one.path[..]).collect();
        assert_eq!(paths, ["next.gz"], "{}", report.human());
        assert!(
            report
                .incomplete
                .iter()
                .all(|gap| gap.place.contains(": cut")),
            "{}",
            report.human()
        );
    }
}

#[test]
fn a_tree_of_more_files_than_are_remembered() {
    let mut tree = Layer::new();
    for index in 0..70_000 {
        tree.add(&format!("{index}.json"), b"{\"private\": true}");
    }
    let tree = tree.build();
    let clean = support::scan(&tree, &[secret(TOKEN)]);
    assert_eq!(clean.verdict(), Verdict::Clean, "{}", clean.human());
    assert_eq!(clean.scanned.files, 70_000);
    let last = Layer::new().file("last", TOKEN).build();
    let leaky = [&tree[..tree.len() - 1024], &last].concat();
    let leaky = support::scan(&leaky, &[secret(TOKEN)]);
    assert_eq!(leaky.verdict(), Verdict::Leaked, "{}", leaky.human());
}
