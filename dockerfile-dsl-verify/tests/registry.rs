//! Images in registries, read by programs that are scripts: what they are asked, and what becomes of every failure.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use dockerfile_dsl_verify::{Image, Registry, Report, Verdict, Verify};
use serde_json::json;
use support::{Fixture, Layer, Packing, TOKEN, digest, secret};

/// As crane. `fail/KEY` has the number of failures that are left, and the message; `cut/KEY` is sent by half, `short/KEY` too
/// but with success.
const CRANE: &str = include_str!("data/crane.sh");

/// As skopeo: `inspect --raw` and `copy` to a `dir:`.
const SKOPEO: &str = include_str!("data/skopeo.sh");

struct Fake {
    folder: tempfile::TempDir,
}

impl Fake {
    fn new(fixture: &Fixture) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fixture.oci_directory(folder.path());
        let fake = Self { folder };
        for (name, script) in [("crane", CRANE), ("skopeo", SKOPEO)] {
            let script = script.replace("FOLDER", fake.folder.path().to_str().unwrap());
            fs::write(fake.path(name), script).unwrap();
            fs::set_permissions(fake.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        for name in ["fail", "cut", "short"] {
            fs::create_dir(fake.path(name)).unwrap();
        }
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn registry(&self, reference: &str, tool: &str) -> Registry {
        Registry::new(reference)
            .unwrap()
            .tool(self.path(tool))
            .attempts(3, Duration::from_millis(1))
    }

    fn run(&self) -> Result<Report, String> {
        run(self.registry("reg.example/app:1", "crane"))
    }

    fn fail(&self, key: &str, count: usize, message: &str) {
        fs::write(self.path("fail").join(key), format!("{count}\n{message}\n")).unwrap();
    }

    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }
}

fn run(registry: Registry) -> Result<Report, String> {
    Verify::new([secret(TOKEN)])
        .run(registry.into())
        .map_err(|error| error.to_string())
}

fn layers(leak: &str) -> [Vec<u8>; 3] {
    [
        Layer::new().file("etc/a", "nothing").build(),
        Layer::new().file("root/.npmrc", leak).build(),
        Layer::new().file("etc/b", "more").build(),
    ]
}

/// The hexadecimal digits of the digest of a layer, as it is stored.
fn hex(layer: &[u8]) -> String {
    digest(layer)[7..].to_owned()
}

#[test]
fn every_blob_of_an_image_is_searched_by_either_program() {
    for tool in ["crane", "skopeo"] {
        for (leak, verdict) in [("nothing here", Verdict::Clean), (TOKEN, Verdict::Leaked)] {
            let fake = Fake::new(&Fixture {
                packing: Packing::Gzip,
                attestation: Some(b"{\"predicate\": {}}".to_vec()),
                ..Fixture::new(layers(leak))
            });
            let report = run(fake.registry("reg.example/app:1", tool)).unwrap();
            assert_eq!(report.verdict(), verdict, "{tool}: {}", report.human());
            assert_eq!(report.incomplete, [], "{tool}");
            assert_eq!(report.scanned.layers, 3, "{tool}");
            assert_eq!(report.image, "reg.example/app:1");
            if let Some(finding) = report.findings.first() {
                assert_eq!(finding.path, "root/.npmrc");
                assert_eq!(finding.instruction.as_deref(), Some("RUN step 1"));
            }
        }
    }
}

#[test]
fn by_digest_all_is_asked_for_by_digest() {
    let fake = Fake::new(&Fixture::new(layers("x")));
    let index = digest(&fs::read(fake.path("index.json")).unwrap());
    fs::copy(
        fake.path("index.json"),
        fake.path("blobs/sha256").join(&index[7..]),
    )
    .unwrap();
    let reference = format!("reg.example/app:1@{index}");
    let report = run(fake.registry(&reference, "crane")).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let calls = fake.calls();
    // Index, manifest, config, three layers.
    assert_eq!(calls.len(), 6, "{calls:?}");
    assert!(
        calls
            .iter()
            .all(|call| call.contains(" reg.example/app@sha256:")),
        "{calls:?}"
    );
    assert_eq!(fake.registry(&reference, "crane").digest().unwrap(), index);
}

#[test]
fn annotations_of_the_index_are_searched() {
    let fake = Fake::new(&Fixture::new(layers("x")));
    let text = fs::read_to_string(fake.path("index.json")).unwrap();
    let mut index: serde_json::Value = serde_json::from_str(&text).unwrap();
    index["annotations"] = json!({"org.example": TOKEN});
    fs::write(fake.path("index.json"), index.to_string()).unwrap();
    let report = fake.run().unwrap();
    assert_eq!(report.findings.len(), 1, "{}", report.human());
    assert_eq!(report.findings[0].place.name(), "annotation");
}

/// One index over two platforms, of which only that of arm64 leaks, with an attestation of each.
fn two_platforms() -> Fake {
    let amd64 = Fixture {
        attestation: Some(b"{\"predicate\": {\"of\": \"amd64\"}}".to_vec()),
        ..Fixture::new(layers("x"))
    };
    let arm64 = Fixture {
        attestation: Some(b"{\"predicate\": {\"of\": \"arm64\"}}".to_vec()),
        ..Fixture::new(layers(TOKEN))
    };
    let fake = Fake::new(&amd64);
    let mut manifests = Vec::new();
    for (fixture, architecture) in [(amd64, "amd64"), (arm64, "arm64")] {
        let files = fixture.oci_files();
        let index: serde_json::Value = serde_json::from_slice(&files["index.json"]).unwrap();
        for (name, content) in files.iter().filter(|(name, _)| name.starts_with("blobs/")) {
            fs::write(fake.path(name), content).unwrap();
        }
        let [image, attestation] = &index["manifests"].as_array().unwrap()[..] else {
            panic!("{index}")
        };
        let (mut image, mut attestation) = (image.clone(), attestation.clone());
        attestation["annotations"]["vnd.docker.reference.digest"] = image["digest"].clone();
        attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
        image["platform"] = json!({"os": "linux", "architecture": architecture, "variant": "v8"});
        manifests.extend([image, attestation]);
    }
    let index = json!({"schemaVersion": 2, "manifests": manifests});
    fs::write(fake.path("index.json"), index.to_string()).unwrap();
    fake
}

#[test]
fn all_platforms_or_one() {
    for tool in ["crane", "skopeo"] {
        let all = two_platforms();
        let report = run(all.registry("reg.example/app:1", tool)).unwrap();
        assert_eq!(report.findings.len(), 1, "{tool}: {}", report.human());
        for (platform, verdict, layers) in [
            ("linux/amd64", Verdict::Clean, 3),
            ("linux/amd64/v8", Verdict::Clean, 3),
            ("linux/arm64", Verdict::Leaked, 3),
        ] {
            let fake = two_platforms();
            let registry = fake.registry("reg.example/app:1", tool);
            let report = run(registry.platform(platform).unwrap()).unwrap();
            assert_eq!(report.verdict(), verdict, "{platform}: {}", report.human());
            assert_eq!(report.incomplete, [], "{platform}");
            assert_eq!(report.scanned.layers, layers, "{platform}");
            assert_eq!(report.image, format!("reg.example/app:1 ({platform})"));
            // Of the other platform nothing was fetched.
            assert!(fake.calls().len() < all.calls().len(), "{:?}", fake.calls());
        }
    }
    let fake = two_platforms();
    let registry = fake.registry("reg.example/app:1", "crane");
    let error = run(registry.platform("linux/s390x").unwrap()).unwrap_err();
    assert!(
        error.contains("has no image for linux/s390x: it has linux/amd64/v8"),
        "{error}"
    );
    // An image without an index says it in its config.
    let fake = Fake::new(&Fixture::new(layers("x")));
    let platform = |name: &str| {
        let registry = fake.registry("reg.example/app:1", "crane");
        run(registry.platform(name).unwrap())
    };
    let text = fs::read_to_string(fake.path("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_str(&text).unwrap();
    let manifest = index["manifests"][0]["digest"].as_str().unwrap();
    fs::copy(
        fake.path("blobs/sha256").join(&manifest[7..]),
        fake.path("index.json"),
    )
    .unwrap();
    assert_eq!(platform("linux/amd64").unwrap().verdict(), Verdict::Clean);
    let error = platform("linux/arm64").unwrap_err();
    assert!(error.contains("it has linux/amd64"), "{error}");
}

#[test]
fn a_reason_that_may_pass_is_tried_again() {
    for message in [
        "GET https://reg.example/v2/app/manifests/1: TOOMANYREQUESTS: rate limit",
        "GET https://reg.example/v2/app/manifests/1: unexpected status code 503 Service \
            Unavailable",
        "read tcp 10.0.0.1: connection reset by peer",
    ] {
        let fixture = Fixture::new(layers(TOKEN));
        for key in ["top".to_owned(), hex(&fixture.layers[1].0)] {
            // It passes with the third attempt.
            let fake = Fake::new(&fixture);
            fake.fail(&key, 2, message);
            let report = fake.run().unwrap();
            assert_eq!(report.findings.len(), 1, "{message}: {}", report.human());
            assert_eq!(report.incomplete, [], "{message}");
            // It does not.
            let fake = Fake::new(&fixture);
            fake.fail(&key, 3, message);
            let error = fake.run().unwrap_err();
            assert!(
                error.starts_with("cannot read reg.example/app:1: "),
                "{error}"
            );
            assert!(
                error.contains(message) && error.contains("(tried 3 times)"),
                "{error}"
            );
            assert_eq!(
                error.contains("limits the number"),
                message.contains("TOOMANY"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_refusal_is_an_error_at_once() {
    let fixture = Fixture::new(layers(TOKEN));
    for (message, hint) in [
        (
            "GET https://reg.example/v2/: UNAUTHORIZED: authentication required",
            "auth login reg.example`",
        ),
        (
            "GET https://reg.example/v2/: DENIED: requested access to the resource is denied",
            "auth login",
        ),
        (
            "GET https://reg.example/v2/app/manifests/1: MANIFEST_UNKNOWN: manifest unknown",
            "",
        ),
        (
            "Get \"https://reg.example/v2/\": x509: certificate signed by unknown authority",
            "",
        ),
    ] {
        for key in ["top".to_owned(), hex(&fixture.layers[1].0)] {
            let fake = Fake::new(&fixture);
            fake.fail(&key, 1, message);
            let error = fake.run().unwrap_err();
            assert!(
                error.starts_with("cannot read reg.example/app:1: "),
                "{error}"
            );
            assert!(error.contains(message) && error.contains(hint), "{error}");
            assert!(!error.contains("tried"), "{error}");
        }
    }
}

/// Even where the value was in what had come: half an image has no verdict.
#[test]
fn a_connection_that_is_cut_gives_no_half_verdict() {
    let fixture = Fixture::new([Layer::new()
        .file("root/.npmrc", TOKEN)
        .file("rest", vec![b'x'; 100_000])
        .build()]);
    let key = hex(&fixture.layers[0].0);
    let fake = Fake::new(&fixture);
    fs::write(fake.path("cut").join(&key), "").unwrap();
    let error = fake.run().unwrap_err();
    assert!(
        error.contains(&format!("sha256:{key}: "))
            && error.contains("unexpected EOF (tried 3 times)"),
        "{error}"
    );
    // skopeo begins again in an empty folder.
    fs::write(fake.path("cut/copy"), "").unwrap();
    let report = run(fake.registry("reg.example/app:1", "skopeo")).unwrap();
    assert_eq!((report.findings.len(), report.incomplete.len()), (1, 0));
    // The program did not notice: what is missing comes with the next attempt.
    let fake = Fake::new(&fixture);
    fs::write(fake.path("short").join(&key), "").unwrap();
    let report = fake.run().unwrap();
    assert_eq!((report.findings.len(), report.incomplete.len()), (1, 0));
}

#[test]
fn bytes_of_another_digest_or_size_are_an_error() {
    let fixture = Fixture::new(layers("x"));
    let key = hex(&fixture.layers[1].0);
    let lie = |key: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let fake = Fake::new(&fixture);
        let path = fake.path("blobs/sha256").join(key);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let error = fake.run().unwrap_err();
        assert!(
            error.starts_with("cannot read reg.example/app:1: "),
            "{error}"
        );
        assert!(error.contains(key) && !error.contains("tried"), "{error}");
        error
    };
    let error = lie(&key, &|bytes| bytes[600] ^= 1);
    assert!(
        error.contains("bytes that do not match this digest"),
        "{error}"
    );
    let error = lie(&key, &|bytes| bytes.extend([0; 1 << 20]));
    assert!(error.contains("more bytes than the"), "{error}");
    let index = fixture.oci_files()["index.json"].clone();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let manifest = index["manifests"][0]["digest"].as_str().unwrap();
    let error = lie(&manifest[7..], &|bytes| bytes.push(b' '));
    assert!(
        error.contains("bytes that do not match this digest"),
        "{error}"
    );
}

#[test]
fn what_a_registry_may_answer_with_malice() {
    let fixture = Fixture::new(layers("x"));
    let answer = |text: &str, expected: &str| {
        let fake = Fake::new(&fixture);
        fs::write(fake.path("index.json"), text).unwrap();
        let error = fake.run().unwrap_err();
        assert!(error.contains(expected), "{error}");
    };
    let blob = |digest: &str| json!({"config": {"digest": digest, "size": 1}, "layers": []});
    answer("", "not a supported manifest or index");
    answer("<html>", "not a supported manifest or index");
    answer(
        "{\"schemaVersion\": 1, \"fsLayers\": []}",
        "not a supported manifest or index",
    );
    answer(&"[".repeat(100_000), "not a supported manifest or index");
    answer(&" ".repeat(5 << 20), "more than 4 MiB");
    answer(
        &blob("sha256:../../../../etc/passwd").to_string(),
        "without digest or size",
    );
    answer(
        &blob("--output=/etc/passwd").to_string(),
        "without digest or size",
    );
    answer(
        &json!({"manifests": [{"digest": "sha256:-x"}]}).to_string(),
        "has no digest",
    );
    let many: Vec<_> = (0..5000)
        .map(|number| json!({"digest": format!("sha256:{number:064x}"), "size": 1}))
        .collect();
    answer(&json!({"layers": many}).to_string(), "too many blobs");
    // An index that names itself is read once.
    let absent = format!("sha256:{:064x}", 1);
    answer(
        &json!({"manifests": [{"digest": absent, "size": 1}]}).to_string(),
        "BLOB_UNKNOWN",
    );
    answer("{\"manifests\": []}", "its index contains no image");
}

#[test]
fn skopeo_works_in_a_private_folder_that_is_removed() {
    let fake = two_platforms();
    run(fake.registry("reg.example/app:1", "skopeo")).unwrap();
    let read = |name: &str| fs::read_to_string(fake.path(name)).unwrap();
    assert!(
        read("modes").lines().all(|mode| mode == "drwx------"),
        "{}",
        read("modes")
    );
    let folders = read("folders");
    assert_eq!(folders.lines().count(), 4);
    for folder in folders.lines().map(std::path::Path::new) {
        assert!(
            folder.starts_with(std::env::temp_dir()),
            "{}",
            folder.display()
        );
        assert!(!folder.exists() && !folder.parent().unwrap().exists());
        let temporary = format!("--tmpdir {} copy", folder.parent().unwrap().display());
        assert!(read("calls").contains(&temporary), "{}", read("calls"));
    }
    // TLS is left out where docker and crane do so, and nowhere else.
    assert!(!read("calls").contains("tls-verify"), "{}", read("calls"));
    run(fake.registry("localhost:5000/app:1", "skopeo")).unwrap();
    assert!(
        read("calls").contains("copy --src-tls-verify=false"),
        "{}",
        read("calls")
    );
}

#[test]
fn only_a_digest_is_deleted() {
    let fake = Fake::new(&Fixture::new(layers("x")));
    let error = fake
        .registry("reg.example/app:1", "crane")
        .delete()
        .unwrap_err();
    assert!(
        error.to_string().contains("only a digest can be deleted"),
        "{error}"
    );
    let named = format!("reg.example/app@{}", digest(b"x"));
    fake.registry(&named, "crane").delete().unwrap();
    assert_eq!(
        fs::read_to_string(fake.path("deleted")).unwrap().trim(),
        named
    );
    fake.fail(
        &digest(b"x")[7..],
        1,
        "DELETE https://reg.example: UNSUPPORTED: not allowed",
    );
    let error = fake.registry(&named, "crane").delete().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot delete reg.example/app@"),
        "{error}"
    );
}

#[test]
fn a_program_that_is_not_there_is_said() {
    let registry = Registry::new("reg.example/app:1")
        .unwrap()
        .tool("/no/crane");
    let error = run(registry).unwrap_err();
    assert!(
        error.contains("/no/crane cannot be started (it is not installed"),
        "{error}"
    );
    assert!(
        Verify::new([secret(TOKEN)])
            .run(Image::from(
                Registry::new("reg.example/app").unwrap().tool("/no/skopeo")
            ))
            .is_err()
    );
}
