//! The forms in which images, build records, caches and file trees are passed around, and all that is in them beside the layers.

mod support;

use std::collections::BTreeMap;

use dockerfile_dsl_verify::{Image, Match, Place, Secret, Verdict, Verify};
use serde_json::{Value, json};
use support::{
    Fixture, Layer, OPAQUE, Packing, TOKEN, archive, bzip2, digest, gzip, scan, scan_with, secret,
    xz, zstd,
};

#[test]
fn every_layout_of_an_image() {
    let layers = || {
        [
            Layer::new().file("a", "nothing").build(),
            Layer::new().file("root/.npmrc", TOKEN).build(),
            Layer::new().file("root/.wh..npmrc", "").build(),
        ]
    };
    let fixture = Fixture::new(layers());
    for (archive, name) in [
        (fixture.oci_archive(), "oci"),
        (fixture.docker_archive(), "docker"),
        (fixture.old_docker_archive(), "old docker"),
    ] {
        for packed in [archive.clone(), gzip(&archive), zstd(&archive)] {
            let report = scan(&packed, &[secret(TOKEN)]);
            let [finding] = &report.findings[..] else {
                panic!("{name}: {}", report.human())
            };
            assert_eq!(finding.place, Place::Layer, "{name}");
            assert_eq!(finding.path, "root/.npmrc", "{name}");
            assert_eq!(finding.instruction.as_deref(), Some("RUN step 1"), "{name}");
            assert!(finding.deleted_later, "{name}");
            assert_eq!(finding.matched, Match::Whole, "{name}");
            assert_eq!(report.incomplete, [], "{name}");
            assert_eq!(report.scanned.layers, 3, "{name}");
        }
    }
    // Without digests a stream still remembers which blobs it had.
    let verify = Verify::new([secret(OPAQUE)]).skip_digests();
    let report = scan_with(&fixture.docker_archive(), verify);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let directory = tempfile::tempdir().unwrap();
    fixture.oci_directory(directory.path());
    let report = Verify::new([secret(TOKEN)])
        .run(Image::path(directory.path()))
        .unwrap();
    assert_eq!(report.findings.len(), 1, "{}", report.human());
    assert_eq!(
        report.findings[0].layer.as_deref(),
        Some(&digest(&layers()[1])[..])
    );
    assert_eq!(report.incomplete, []);
}

#[test]
fn metadata_of_every_kind() {
    let value = OPAQUE;
    let mut fixture = Fixture {
        config: json!({
            "Env": ["PATH=/bin", format!("T={value}")],
            "Labels": {"l": value},
            "Cmd": ["run", value],
        }),
        annotations: json!({"org.example": value}),
        extra_blobs: vec![
            format!("unknown bytes {value}").into_bytes(),
            Layer::new().file("lost", value).build(),
        ],
        attestation: Some(
            json!({
                "predicateType": "https://slsa.dev/provenance/v1",
                "predicate": {"args": {"build-arg:T": value}},
            })
            .to_string()
            .into_bytes(),
        ),
        ..Fixture::new([Layer::new().file("a", "a").build()])
    };
    fixture.layers[0].1 = format!("RUN |1 T={value} make");
    let report = scan(&fixture.oci_archive(), &[secret(value)]);
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.place.name(), &finding.path[..]))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("annotation", "/annotations/org.example"),
            ("attestation", "/predicate/args/build-arg:T"),
            ("config", "/config/Cmd/1"),
            ("config", "/config/Env/1"),
            ("config", "/config/Labels/l"),
            ("history", "/history/1/created_by"),
            ("layer", ""),
            ("layer", "lost"),
        ]
    );
    assert_eq!(report.incomplete, []);
    let history = report
        .findings
        .iter()
        .find(|finding| finding.place == Place::History)
        .unwrap();
    assert_eq!(
        history.instruction.as_deref(),
        Some("RUN |1 T=[redacted] make")
    );
}

#[test]
fn part_in_a_base_layer_is_known_text() {
    // Two credentials; the base holds one of them.
    let value = "user.token=9aXk2LmQ7vRt4WbY6NcJ1\nother.token=Zm3Kp8Vn5Tx2Wq7Ls4Jd9\n";
    let base = Layer::new()
        .file("etc/sample", "9aXk2LmQ7vRt4WbY6NcJ1")
        .build();
    let archive = Fixture::new([
        base.clone(),
        Layer::new().file("copy", "9aXk2LmQ7vRt4WbY6NcJ1").build(),
    ])
    .oci_archive();
    let verify = Verify::new([Secret::new("s", value).unwrap()]);
    assert_eq!(scan_with(&archive, verify.clone()).findings.len(), 2);
    let report = scan_with(&archive, verify.clone().base_layers([digest(&base)]));
    assert_eq!(
        (report.verdict(), report.known_texts),
        (Verdict::Clean, 2),
        "{}",
        report.human()
    );
    let both = Fixture::new([base.clone(), Layer::new().file("x", value).build()]).oci_archive();
    assert_eq!(
        scan_with(&both, verify.base_layers([digest(&base)])).verdict(),
        Verdict::Leaked
    );
}

/// The findings as place and path, in order.
#[track_caller]
fn found(archive: &[u8], expected: &[(&str, &str)]) {
    let report = scan(archive, &[secret(TOKEN)]);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.place.name(), &finding.path[..]))
        .collect();
    assert_eq!(found, expected, "{}", report.human());
    assert_eq!(report.incomplete, [], "{}", report.human());
}

/// Blobs under their digests, and what an index says about them.
#[derive(Default)]
struct Blobs(BTreeMap<String, Vec<u8>>);

impl Blobs {
    fn put(&mut self, content: &[u8], media_type: &str) -> Value {
        let digest = digest(content);
        let name = format!("blobs/{}", digest.replace(':', "/"));
        self.0.insert(name, content.to_vec());
        json!({"mediaType": media_type, "digest": digest, "size": content.len()})
    }

    fn archive(mut self, index: &Value) -> Vec<u8> {
        self.0
            .insert("index.json".into(), index.to_string().into_bytes());
        self.0.insert(
            "oci-layout".into(),
            b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec(),
        );
        archive(&self.0)
    }
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

#[test]
fn a_build_record() {
    // What `docker buildx history export` writes: a log, a trace, and the provenance of one build.
    let mut blobs = Blobs::default();
    let log = format!("{{\"logs\":[{{\"data\":\"{TOKEN}\"}}]}}\n");
    let provenance = json!({"predicate": {"args": {"build-arg:T": TOKEN}}}).to_string();
    let config = blobs.put(b"{}", "application/vnd.buildkit.historyrecord.v0");
    let layers = [
        blobs.put(
            log.as_bytes(),
            "application/vnd.buildkit.status.v0+protobuf",
        ),
        blobs.put(provenance.as_bytes(), "application/vnd.in-toto+json"),
    ];
    let manifest = json!({"config": config, "layers": layers}).to_string();
    let manifest = blobs.put(manifest.as_bytes(), MANIFEST);
    let record = blobs.archive(&json!({"manifests": [manifest]}));
    found(
        &record,
        &[
            ("log", "/logs/0/data"),
            ("log", "/predicate/args/build-arg:T"),
        ],
    );
}

#[test]
fn an_exported_cache() {
    // `type=local` writes an index of layers, or packs the same into a manifest; a layer of a builder stage is in both.
    let builder = gzip(&Layer::new().file("src/.npmrc", TOKEN).build());
    for packed in [false, true] {
        let mut blobs = Blobs::default();
        let config = blobs.put(
            b"{\"layers\":[],\"records\":[]}",
            "application/vnd.buildkit.cacheconfig.v0",
        );
        let layer = blobs.put(&builder, "application/vnd.oci.image.layer.v1.tar+gzip");
        let index = if packed {
            let manifest = json!({"config": config, "layers": [layer]}).to_string();
            json!({"manifests": [blobs.put(manifest.as_bytes(), MANIFEST)]})
        } else {
            let inner = json!({"manifests": [layer, config]}).to_string();
            let kind = "application/vnd.oci.image.index.v1+json";
            json!({"manifests": [blobs.put(inner.as_bytes(), kind)]})
        };
        let files = blobs.0.clone();
        found(&blobs.archive(&index), &[("cache", "src/.npmrc")]);
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files
            .into_iter()
            .chain([("index.json".to_owned(), index.to_string().into_bytes())])
        {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let report = Verify::new([secret(TOKEN)])
            .run(Image::path(directory.path()))
            .unwrap();
        assert_eq!(report.findings.len(), 1, "{}", report.human());
        assert_eq!(report.findings[0].place, Place::Cache);
        assert_eq!(report.incomplete, []);
    }
}

#[test]
fn a_tree_of_files() {
    // `--output type=tar` and `type=local`.
    let tree = Layer::new()
        .file("app/.env", TOKEN)
        .file("app/a.gz", gzip(TOKEN.as_bytes()))
        .file("etc/x", "x");
    let expected = [("layer", "app/.env"), ("layer", "app/a.gz")];
    found(&tree.build(), &expected);
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("app")).unwrap();
    std::fs::write(directory.path().join("app/.env"), TOKEN).unwrap();
    std::fs::write(directory.path().join(TOKEN), "its name").unwrap();
    std::os::unix::fs::symlink(format!("/x/{TOKEN}"), directory.path().join("link")).unwrap();
    let report = Verify::new([secret(TOKEN)])
        .run(Image::directory(directory.path()))
        .unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked);
    let parts: Vec<_> = report.findings.iter().map(|one| one.part).collect();
    assert_eq!(parts.len(), 2, "{}", report.human());
}

#[test]
fn annotations_of_an_index_and_a_bill_of_materials() {
    let mut blobs = Blobs::default();
    let layer = Layer::new().file("a", "a").build();
    let diff_id = digest(&layer);
    let layer = blobs.put(&layer, "application/vnd.oci.image.layer.v1.tar");
    let config = json!({"rootfs": {"diff_ids": [diff_id]}, "history": []}).to_string();
    let config = blobs.put(
        config.as_bytes(),
        "application/vnd.oci.image.config.v1+json",
    );
    let manifest = json!({"config": config, "layers": [layer]}).to_string();
    let mut image = blobs.put(manifest.as_bytes(), MANIFEST);
    image["annotations"] = json!({"a": TOKEN});
    let bill = json!({
        "predicateType": "https://spdx.dev/Document",
        "predicate": {"packages": [{"name": TOKEN}]},
    });
    let bill = blobs.put(bill.to_string().as_bytes(), "application/vnd.in-toto+json");
    let manifest = json!({"layers": [bill]}).to_string();
    let bill = blobs.put(manifest.as_bytes(), MANIFEST);
    let index =
        json!({"manifests": [image, bill], "annotations": {"b": TOKEN}, "mediaType": TOKEN});
    found(
        &blobs.archive(&index),
        &[
            ("manifest", "/mediaType"),
            ("annotation", "/annotations/b"),
            ("annotation", "/manifests/0/annotations/a"),
            ("attestation", "/predicate/packages/0/name"),
        ],
    );
}

#[test]
fn how_a_layer_may_be_packed() {
    let layer = Layer::new().file("root/.npmrc", TOKEN).build();
    let frames = |skipped: &[u8]| {
        // zstd:chunked: a frame for each file, and tables in frames that decoders skip.
        let mut packed: Vec<u8> = layer.chunks(700).flat_map(zstd).collect();
        packed.extend([0x50, 0x2a, 0x4d, 0x18]);
        packed.extend((skipped.len() as u32).to_le_bytes());
        packed.extend(skipped);
        packed
    };
    for packed in [
        gzip(&layer),
        layer.chunks(700).flat_map(gzip).collect(),
        frames(b"a table"),
        xz(&layer),
        bzip2(&layer),
    ] {
        found(&image_of(&packed, &layer), &[("layer", "root/.npmrc")]);
    }
    // What is not read makes the answer incomplete: lz4, and what is no archive at all.
    for packed in [
        [&[0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7][..], &[7; 90]].concat(),
        b"encrypted".repeat(99),
    ] {
        let report = scan(&image_of(&packed, &layer), &[secret(TOKEN)]);
        assert_eq!(report.verdict(), Verdict::Incomplete, "{}", report.human());
    }
}

/// An image whose only layer is packed like this.
fn image_of(packed: &[u8], layer: &[u8]) -> Vec<u8> {
    let mut blobs = Blobs::default();
    let config =
        json!({"rootfs": {"diff_ids": [digest(layer)]}, "history": [{"created_by": "RUN x"}]});
    let config = blobs.put(
        config.to_string().as_bytes(),
        "application/vnd.oci.image.config.v1+json",
    );
    let layer = blobs.put(packed, "application/vnd.oci.image.layer.v1.tar+x");
    let manifest = json!({"config": config, "layers": [layer]}).to_string();
    let manifest = blobs.put(manifest.as_bytes(), MANIFEST);
    blobs.archive(&json!({"manifests": [manifest]}))
}

#[test]
fn diff_ids_are_checked_on_request() {
    let layer = Layer::new().file("a", "a").build();
    let other = Layer::new().file("b", "b").build();
    for packing in [Packing::Gzip, Packing::Members, Packing::Zstd] {
        let packed = support::pack(&layer, packing);
        let verify = Verify::new([secret(TOKEN)]).check_diff_ids();
        let right = scan_with(&image_of(&packed, &layer), verify.clone());
        assert_eq!(right.verdict(), Verdict::Clean, "{}", right.human());
        let wrong = scan_with(&image_of(&packed, &other), verify);
        assert_eq!(wrong.verdict(), Verdict::Incomplete, "{}", wrong.human());
        assert_eq!(wrong.incomplete[0].reason.name(), "digest");
    }
}

#[test]
fn a_sparse_file_with_a_long_map() {
    // As GNU tar writes it: a header with the first four regions, a block with the others, then what is in them.
    let mut sparse = Layer::new().file("sparse", TOKEN).build();
    sparse[156] = b'S';
    sparse[482] = 1;
    sparse[148..156].fill(b' ');
    let sum: u32 = sparse[..512].iter().map(|&byte| u32::from(byte)).sum();
    sparse[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let next = Layer::new().file("next.gz", gzip(TOKEN.as_bytes())).build();
    let tree = [&sparse[..512], &[0; 512], &sparse[512..1024], &next].concat();
    let expected = [("layer", "next.gz"), ("layer", "sparse")];
    found(&tree, &expected);
    found(&image_of(&gzip(&tree), &tree), &expected);
}
