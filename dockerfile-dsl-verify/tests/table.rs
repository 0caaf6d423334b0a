//! The planted table: every spelling of a value, at every place of an image and in every container. Each cell must be found.
//!
//! The spellings are those of the one table in the code, which `spellings.rs` compares with what programs write. Where an alphabet
//! has no sign of a place (a byte that is no text in JSON, a slash in a file name), the cell is empty.

#[path = "support/containers.rs"]
mod containers;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use dockerfile_dsl_analysis::secret_text::{Encoding, Forms, LEAST_LENGTH, Need, Piece, spellings};
use dockerfile_dsl_verify::{Image, Match, Report, Verdict, Verify};
use serde_json::{Map, Value, json};
use support::{Fixture, Layer, OPAQUE, Packing, TOKEN, base64, scan_with, secret};
use zeroize::Zeroizing;

/// Short, and no three letters or digits of it stand together.
const PASSWORD: &str = "p4$$w'rd\"x\\y&z";
const OTHER: &str = "q5%%v\"se'y/z<&w-0";

/// A report keeps fewer places of one secret in one blob.
const MOST_IN_A_LAYER: usize = 900;

/// Every spelling of a value, once.
fn spelt(value: &str) -> Vec<(Encoding, Vec<u8>)> {
    let piece = Piece {
        text: Zeroizing::new(value.as_bytes().to_vec()),
        need: Need::Whole,
        forms: Forms::All,
        longest_line: None,
        group: 0,
    };
    let spelt: Vec<_> = spellings(&piece)
        .into_iter()
        .map(|(encoding, text)| (encoding, text.to_vec()))
        .filter(|(_, text)| text.len() >= LEAST_LENGTH)
        .collect();
    assert!(spelt.len() > 60, "{}", spelt.len());
    spelt
}

fn verify(value: &str) -> Verify {
    Verify::new([secret(value)])
}

/// Checks that each of these places was found, and no other; and that nothing is found of another value.
#[track_caller]
fn check(what: &str, value: &str, archive: &[u8], expected: &BTreeMap<String, Encoding>) {
    let report = scan_with(archive, verify(value));
    let found: BTreeSet<String> = whole(&report).map(str::to_owned).collect();
    let missed: Vec<_> = expected
        .iter()
        .filter(|(place, _)| !found.contains(*place))
        .collect();
    eprintln!("{what:30} {value:42} {} cells", expected.len());
    assert!(missed.is_empty(), "{what} {value}: {missed:#?}");
    let extra: Vec<_> = found
        .iter()
        .filter(|place| !expected.contains_key(*place))
        .collect();
    assert!(extra.is_empty(), "{what} {value}: {extra:#?}");
    assert_eq!(report.incomplete, [], "{what} {value}");
    let report = scan_with(archive, verify(OTHER));
    assert_eq!(report.verdict(), Verdict::Clean, "{what}");
}

/// The places of whole values, each as the file in the image, or the field.
fn whole(report: &Report) -> impl Iterator<Item = &str> {
    let whole = report
        .findings
        .iter()
        .filter(|one| one.matched == Match::Whole);
    whole.map(|one| one.path.split('!').next().unwrap_or_default())
}

/// Some files, in layers of this size.
fn image(files: &[(String, Vec<u8>)], packing: Packing) -> Vec<u8> {
    let layers = files.chunks(MOST_IN_A_LAYER).map(|files| {
        let mut layer = Layer::new();
        for (name, content) in files {
            layer.add(name, content);
        }
        layer.build()
    });
    let fixture = Fixture {
        packing,
        ..Fixture::new(layers)
    };
    fixture.oci_archive()
}

/// Text that compresses to more than a few bytes, and does not go on in any alphabet.
fn around(spelt: &[u8]) -> Vec<u8> {
    let mut text: Vec<u8> = (0..20)
        .flat_map(|number| format!("line {number} says {}\n", number * 7919 % 1000).into_bytes())
        .collect();
    text.extend(b"(\0\0\0 ");
    text.extend(spelt);
    text.extend(b" \0\0\0)\n");
    text
}

#[test]
fn every_spelling_in_files_of_each_packing() {
    for value in [PASSWORD, TOKEN, OPAQUE] {
        for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            let spelt = spelt(value);
            let mut expected = BTreeMap::new();
            let mut files = Vec::new();
            for (index, (encoding, text)) in spelt.iter().enumerate() {
                let name = format!("srv/{index}");
                files.push((name.clone(), around(text)));
                expected.insert(name, *encoding);
            }
            let archive = image(&files, packing);
            check(&format!("file, {packing:?}"), value, &archive, &expected);
        }
    }
}

#[test]
fn every_spelling_in_the_usual_containers() {
    use support::{Zip, bzip2, git_pack, gzip, xz, zip, zlib, zstd};
    type Make = fn(&[u8]) -> Vec<u8>;
    let makers: [(&str, Make); 12] = [
        ("gz", gzip),
        ("zst", zstd),
        ("xz", xz),
        ("bz2", bzip2),
        ("zlib", zlib),
        ("jar", |text| zip(&[("x", text, Zip::Deflated)])),
        ("whl", |text| zip(&[("x", text, Zip::Streamed)])),
        ("tar", |text| Layer::new().file("x", text).build()),
        ("tar.gz", |text| gzip(&Layer::new().file("x", text).build())),
        ("pack", |text| git_pack(text, b"nothing of interest")),
        ("b64", |text| base64(&gzip(text)).into_bytes()),
        ("elf", |text| {
            [b"\x7fELF\x02\x01\x01\0..", &gzip(text)[..], b"tail"].concat()
        }),
    ];
    for value in [PASSWORD, TOKEN] {
        for (container, make) in makers {
            let spelt = spelt(value);
            let mut expected = BTreeMap::new();
            let mut files = Vec::new();
            for (index, (encoding, text)) in spelt.iter().enumerate() {
                let name = format!("srv/{index}.{container}");
                files.push((name.clone(), make(&around(text))));
                expected.insert(name, *encoding);
            }
            let archive = image(&files, Packing::Plain);
            check(container, value, &archive, &expected);
        }
    }
}

#[test]
fn each_encoding_in_every_container() {
    for value in [PASSWORD, TOKEN] {
        let mut spelt = spelt(value);
        // The first of each.
        spelt.sort_by_key(|(encoding, _)| *encoding);
        spelt.dedup_by_key(|(encoding, _)| *encoding);
        assert!(spelt.len() > 17, "{}", spelt.len());
        let mut files = Vec::new();
        let mut expected = BTreeMap::new();
        for (encoding, text) in &spelt {
            for (container, content) in containers::containers(&around(text)) {
                let name = format!("{encoding}/{container}");
                expected.insert(name.clone(), *encoding);
                files.push((name, content));
            }
        }
        check(
            "all containers",
            value,
            &image(&files, Packing::Plain),
            &expected,
        );
    }
}

#[test]
fn every_spelling_in_the_metadata() {
    for value in [PASSWORD, TOKEN, OPAQUE] {
        let mut texts = spelt(value);
        texts.retain(|(_, text)| std::str::from_utf8(text).is_ok());
        let texts: Vec<(Encoding, &str)> = texts
            .iter()
            .map(|(encoding, text)| (*encoding, std::str::from_utf8(text).unwrap()))
            .take(MOST_IN_A_LAYER)
            .collect();
        let list: Vec<Value> = texts.iter().map(|(_, text)| json!(text)).collect();
        let map: Map<String, Value> = texts
            .iter()
            .enumerate()
            .map(|(index, (_, text))| (index.to_string(), json!(format!("({text})"))))
            .collect();
        let expected = |folder: &str| -> BTreeMap<String, Encoding> {
            let paths = texts.iter().enumerate();
            paths
                .map(|(index, (encoding, _))| (format!("{folder}/{index}"), *encoding))
                .collect()
        };
        let fixture = || Fixture::new([Layer::new().file("a", "a").build()]);
        for (place, config) in [
            ("/config/Env", json!({"Env": list})),
            ("/config/Cmd", json!({"Cmd": list})),
            ("/config/Labels", json!({"Labels": map})),
        ] {
            let fixture = Fixture {
                config,
                ..fixture()
            };
            for archive in [
                fixture.oci_archive(),
                fixture.docker_archive(),
                fixture.old_docker_archive(),
            ] {
                check(place, value, &archive, &expected(place));
            }
        }
        let annotated = Fixture {
            annotations: map.clone().into(),
            ..fixture()
        };
        check(
            "annotations",
            value,
            &annotated.oci_archive(),
            &expected("/annotations"),
        );
        let attested = Fixture {
            attestation: Some(json!({"predicate": {"args": map}}).to_string().into_bytes()),
            ..fixture()
        };
        check(
            "attestation",
            value,
            &attested.oci_archive(),
            &expected("/predicate/args"),
        );
        // Instructions of layers, of which each has a text.
        let mut stepped = Fixture::new((0..texts.len()).map(|_| Layer::new().build()));
        for ((_, instruction), (_, text)) in stepped.layers.iter_mut().zip(&texts) {
            *instruction = format!("RUN |1 T={text} make");
        }
        let history: BTreeMap<String, Encoding> = texts
            .iter()
            .enumerate()
            .map(|(index, (encoding, _))| (format!("/history/{}/created_by", index + 1), *encoding))
            .collect();
        check("history", value, &stepped.oci_archive(), &history);
    }
}

/// Names, link targets and extended attributes of files, and a log.
#[test]
fn every_spelling_beside_the_files() {
    for value in [PASSWORD, TOKEN] {
        let spelt = spelt(value);
        let mut layers = [Layer::new(), Layer::new(), Layer::new()];
        let mut expected = BTreeMap::new();
        for (index, (encoding, text)) in spelt.iter().enumerate().take(MOST_IN_A_LAYER) {
            let [names, links, attributes] = layers;
            let path = format!("x{index}");
            expected.insert(path.clone(), *encoding);
            let attributes = attributes.xattr(&path, "user.x", text);
            let is_name = |byte: &u8| !b"/\0".contains(byte);
            let text = std::str::from_utf8(text)
                .ok()
                .filter(|text| text.bytes().all(|byte| is_name(&byte)));
            layers = match text {
                Some(text) => {
                    expected.insert(format!("l{index}"), *encoding);
                    expected.insert(format!("n{index}"), *encoding);
                    [
                        names.file(&format!("n{index}/{text}"), "x"),
                        links.link(&format!("l{index}"), text),
                        attributes,
                    ]
                }
                None => [names, links, attributes],
            };
        }
        let archive = Fixture::new(layers.map(Layer::build)).oci_archive();
        let report = scan_with(&archive, verify(value));
        // What is found in a name is blacked out in it.
        let found: BTreeSet<&str> = whole(&report)
            .map(|path| path.split('/').next().unwrap_or_default())
            .collect();
        let missed: Vec<_> = expected
            .iter()
            .filter(|(place, _)| !found.contains(&place[..]))
            .collect();
        eprintln!("{value:42} {} cells", expected.len());
        assert!(missed.is_empty(), "{value}: {missed:#?}");
        assert_eq!(found.len(), expected.len());

        for (encoding, text) in &spelt {
            let log = [b"#7 [2/3] RUN make\n#7 0.1 (\0", &text[..], b"\0)\n"].concat();
            let log = Image::log("log", std::io::Cursor::new(log));
            let report = verify(value).run(log).unwrap();
            assert_eq!(report.verdict(), Verdict::Leaked, "{encoding}");
        }
    }
}
