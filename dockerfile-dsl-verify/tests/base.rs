//! Base layers that are named by image, and the archives that podman and buildah write.

mod support;

use std::collections::BTreeMap;
use std::io::Cursor;

use dockerfile_dsl_verify::{Image, Secret, Verdict, Verify};
use serde_json::json;
use support::{Fixture, Layer, archive, digest};

/// Two credentials, of which the base holds one.
const VALUE: &str = "user.token=9aXk2LmQ7vRt4WbY6NcJ1\nother.token=Zm3Kp8Vn5Tx2Wq7Ls4Jd9\n";

fn base() -> Vec<u8> {
    Layer::new()
        .file("etc/sample", "9aXk2LmQ7vRt4WbY6NcJ1")
        .build()
}

fn verify() -> Verify {
    Verify::new([Secret::new("s", VALUE).unwrap()])
}

#[test]
fn a_base_image_names_its_layers() {
    let built = Fixture::new([base(), Layer::new().file("made", "here").build()]).oci_archive();
    assert_eq!(
        support::scan_with(&built, verify()).verdict(),
        Verdict::Leaked
    );
    for archive in [
        Fixture::new([base()]).oci_archive(),
        Fixture::new([base()]).docker_archive(),
        Fixture::new([base()]).old_docker_archive(),
    ] {
        let base = Image::reader("base", Cursor::new(archive));
        let report = support::scan_with(&built, verify().base_image(base).unwrap());
        assert_eq!(
            (report.verdict(), report.known_texts),
            (Verdict::Clean, 1),
            "{}",
            report.human()
        );
    }
}

#[test]
fn invalid_base_image_is_refused() {
    let file = Layer::new().file("etc/sample", "text").build();
    let error = verify()
        .base_image(Image::reader("a tree", Cursor::new(file)))
        .unwrap_err();
    assert!(error.to_string().contains("has no layers"), "{error}");
    let error = verify()
        .base_image(Image::in_engine("/no/such/engine", "app"))
        .unwrap_err();
    assert!(error.to_string().contains("is not installed"), "{error}");
    let error = verify()
        .base_image(Image::in_engine("docker", "--format"))
        .unwrap_err();
    assert!(error.to_string().contains("invalid image name"), "{error}");
}

/// Layers are called `HEX.tar` there, before anything says that they are layers.
#[test]
fn a_docker_archive_of_podman_is_read_as_a_stream_too() {
    let layer = Layer::new().file("etc/app", "nothing").build();
    let hex = |bytes: &[u8]| digest(bytes).replace("sha256:", "");
    let config = json!({"rootfs": {"type": "layers", "diff_ids": [digest(&layer)]}, "history": []})
        .to_string()
        .into_bytes();
    let (config_name, layer_name) = (
        format!("{}.json", hex(&config)),
        format!("{}.tar", hex(&layer)),
    );
    let manifest = json!([{"Config": config_name, "RepoTags": [], "Layers": [layer_name]}]);
    let mut files = BTreeMap::from([
        (config_name, config),
        (layer_name.clone(), layer),
        (
            "manifest.json".to_owned(),
            manifest.to_string().into_bytes(),
        ),
    ]);
    let report = support::scan_with(&archive(&files), verify());
    assert_eq!(
        (report.verdict(), report.scanned.layers),
        (Verdict::Clean, 1),
        "{}",
        report.human()
    );
    // Also where no digest is computed.
    let report = support::scan_with(&archive(&files), verify().skip_digests());
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    // The name is the digest of the bytes.
    files.insert(layer_name, base());
    let report = support::scan_with(&archive(&files), Verify::new([]).may_be_without_secrets());
    assert_eq!(report.incomplete[0].reason.name(), "digest");
}
