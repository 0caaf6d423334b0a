//! What is searched is an image, or it is an error: a clean answer needs something that was searched.

mod support;

use std::fs;

use dockerfile_dsl_verify::{Image, Names, Reason, Secret, Verdict, Verify};
use serde_json::json;
use support::{Fixture, Layer, TOKEN, archive, digest, secret};

fn verify() -> Verify {
    Verify::new([secret(TOKEN)])
}

#[track_caller]
fn refused(image: Image, expected: &str) {
    let error = verify().run(image).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn directory_without_an_image_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    refused(Image::path(folder.path()), "a directory without an image");
    fs::write(folder.path().join("main.rs"), "fn main() {}").unwrap();
    refused(Image::path(folder.path()), "a directory without an image");
    // Below the directory they say nothing about it.
    fs::create_dir(folder.path().join("web")).unwrap();
    fs::write(folder.path().join("web/manifest.json"), "{}").unwrap();
    refused(Image::path(folder.path()), "a directory without an image");
    let report = verify().run(Image::directory(folder.path())).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert_eq!(report.scanned.files, 2);
}

#[test]
fn a_root_file_system_may_have_files_of_those_names() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manifest.json"), "{\"name\": \"app\"}").unwrap();
    let report = verify().run(Image::directory(folder.path())).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    // Not so where an image is to be in it.
    let mut report = verify().run(Image::path(folder.path())).unwrap();
    assert_eq!(report.verdict(), Verdict::Incomplete);
    for &reason in Reason::ALL {
        report.accept(reason);
    }
    assert_eq!(
        report.verdict(),
        Verdict::Incomplete,
        "nothing was searched"
    );
}

/// A file of a tree is called and unpacked as one of a layer is.
#[test]
fn files_of_a_tree_are_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let inner = Layer::new().file("b", support::gzip(TOKEN.as_bytes()));
    fs::write(folder.path().join("a.gz"), support::gzip(TOKEN.as_bytes())).unwrap();
    fs::write(folder.path().join("t.tar"), inner.build()).unwrap();
    let report = verify().run(Image::directory(folder.path())).unwrap();
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.path, finding.encodings.join(" > ")))
        .collect();
    found.sort();
    assert_eq!(found, ["a.gz gzip > raw", "t.tar!b tar > gzip > raw"]);
}

#[test]
fn empty_tree_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    refused(Image::directory(folder.path()), "an empty folder");
    let tar = |layer: Layer| Image::reader("it.tar", std::io::Cursor::new(layer.build()));
    refused(tar(Layer::new()), "neither an image archive");
    // A link is no content either.
    refused(tar(Layer::new().link("a", "b")), "not an image");
}

/// Indexes and manifests that name nothing.
#[test]
fn no_layer_and_no_blob_is_never_clean() {
    let oci = |index: serde_json::Value, blobs: &[&str]| {
        let mut files: std::collections::BTreeMap<String, Vec<u8>> = blobs
            .iter()
            .map(|blob| {
                let name = digest(blob.as_bytes()).replace(':', "/");
                (format!("blobs/{name}"), blob.as_bytes().to_vec())
            })
            .collect();
        files.insert("index.json".into(), index.to_string().into_bytes());
        files.insert(
            "oci-layout".into(),
            b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec(),
        );
        files
    };
    let named = |blob: &str| {
        let descriptor = json!({"digest": digest(blob.as_bytes()), "size": blob.len()});
        json!({"manifests": [descriptor]})
    };
    let manifest = "{\"layers\": []}";
    let index = "{\"manifests\": []}";
    for files in [
        oci(json!({"manifests": []}), &[]),
        oci(named(manifest), &[manifest]),
        oci(named(index), &[index]),
        std::collections::BTreeMap::from([("manifest.json".to_owned(), b"[]".to_vec())]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let tar = archive(&files);
        fs::write(folder.path().join("saved.tar"), &tar).unwrap();
        for image in [
            Image::path(folder.path().join("saved.tar")),
            Image::reader("saved.tar", std::io::Cursor::new(tar)),
        ] {
            match verify().run(image) {
                Err(error) => assert!(error.to_string().contains("not an image"), "{error}"),
                Ok(mut report) => {
                    for &reason in Reason::ALL {
                        report.accept(reason);
                    }
                    assert_eq!(report.verdict(), Verdict::Incomplete, "{files:?}");
                }
            }
        }
    }
    // A value in what has nothing else is a leak all the same.
    let text = json!({"manifests": [], "annotations": {"a": TOKEN}});
    let tar = archive(&oci(text, &[]));
    let report = verify().run(Image::reader("x", std::io::Cursor::new(tar)));
    assert_eq!(report.unwrap().verdict(), Verdict::Leaked);
}

#[test]
fn an_image_without_layers_has_a_config_to_search() {
    let mut fixture = Fixture::new([]);
    let scan = |fixture: &Fixture| support::scan(&fixture.oci_archive(), &[secret(TOKEN)]);
    assert_eq!(scan(&fixture).verdict(), Verdict::Clean);
    fixture.config = json!({"Env": [format!("T={TOKEN}")]});
    assert_eq!(scan(&fixture).verdict(), Verdict::Leaked);
}

#[test]
fn a_scheme_says_what_the_file_is_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new([Layer::new().file("a", "a").build()]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("oci.tar"), fixture.oci_archive()).unwrap();
    fs::write(path("docker.tar"), fixture.old_docker_archive()).unwrap();
    fs::write(path("tree.tar"), Layer::new().file("a", "a").build()).unwrap();
    fs::write(path("build.log"), "#1 done\n").unwrap();
    fixture.oci_directory(&folder.path().join("layout"));
    fs::create_dir(path("app")).unwrap();
    fs::write(path("app/a"), "a").unwrap();
    let run = |scheme: &str, name: &str| {
        let image = Names::new().find(&format!("{scheme}:{}", path(name)))?;
        verify().run(image)
    };
    for (scheme, name) in [
        ("oci-archive", "oci.tar"),
        ("docker-archive", "docker.tar"),
        ("oci", "layout"),
        ("dir", "app"),
        ("dir", "layout"),
    ] {
        let report = run(scheme, name).unwrap();
        assert_eq!(report.verdict(), Verdict::Clean, "{scheme}:{name}");
    }
    for (scheme, name, expected) in [
        ("oci-archive", "docker.tar", "is not an OCI archive"),
        ("oci-archive", "tree.tar", "is not an OCI archive"),
        ("oci-archive", "layout", "is a directory, not an archive"),
        ("oci-archive", "absent", "cannot read"),
        ("docker-archive", "oci.tar", "is not a docker archive"),
        ("docker-archive", "build.log", "is not a docker archive"),
        ("oci", "app", "a directory without an image"),
        ("oci", "oci.tar", "is not a directory"),
        ("oci", "layout:latest", "remove `:latest`"),
        ("dir", "tree.tar", "is not a directory"),
        ("dir", "absent", "cannot read"),
    ] {
        let error = run(scheme, name).unwrap_err().to_string();
        assert!(error.contains(expected), "{scheme}:{name}: {error}");
    }
}

#[test]
fn no_secret_is_an_error_unless_that_is_accepted() {
    let image = || {
        Image::reader(
            "x",
            std::io::Cursor::new(Layer::new().file("a", "a").build()),
        )
    };
    let error = Verify::new([]).run(image()).unwrap_err().to_string();
    assert!(error.contains("no secrets to search for"), "{error}");
    let report = Verify::new([]).may_be_without_secrets().run(image());
    assert_eq!(report.unwrap().verdict(), Verdict::Clean);
}

#[test]
fn a_secret_file_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &std::path::Path| Secret::from_file("s", path).unwrap_err().to_string();
    let error = read(folder.path());
    assert!(error.contains("it is a directory"), "{error}");
    #[cfg(unix)]
    {
        let fifo = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let start = std::time::Instant::now();
        let error = read(&fifo);
        assert!(error.contains("no program writes to"), "{error}");
        refused(Image::path(&fifo), "no program writes to");
        assert!(start.elapsed() < std::time::Duration::from_secs(10));
    }
}

#[test]
fn several_images_make_one_report() {
    let saved = |content: &str| {
        let tar = Fixture::new([Layer::new().file("root/.npmrc", content).build()]).oci_archive();
        Image::reader("saved", std::io::Cursor::new(tar))
    };
    let report = verify()
        .run_all([
            ("app".to_owned(), saved("nothing")),
            ("tools".to_owned(), saved(TOKEN)),
            ("docs".to_owned(), saved(TOKEN)),
        ])
        .unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked);
    assert_eq!(report.image, "app, tools, docs");
    assert_eq!(report.scanned.layers, 3);
    let targets: Vec<_> = report
        .findings
        .iter()
        .map(|finding| finding.target.as_deref())
        .collect();
    assert_eq!(targets, [Some("tools"), Some("docs")]);
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["findings"][0]["target"], "tools");
    assert!(
        report
            .human()
            .contains("secret `canary` is in tools: root/.npmrc"),
        "{}",
        report.human()
    );
    // A gap says of which it is, and one that cannot be read leaves no half answer.
    let cut = Fixture::new([Layer::new().file("a", "a").build()]).oci_archive();
    let cut = Image::reader("cut", std::io::Cursor::new(cut[..cut.len() / 2].to_vec()));
    let images = [("app".to_owned(), saved("x")), ("cut".to_owned(), cut)];
    let report = verify().run_all(images).unwrap();
    assert_eq!(report.verdict(), Verdict::Incomplete);
    let gap = &report.incomplete[0];
    assert_eq!(gap.target.as_deref(), Some("cut"));
    assert!(gap.to_string().contains(": cut: "), "{gap}");
    let absent = [
        ("app".to_owned(), saved("x")),
        ("tools".to_owned(), Image::path("/no/such.tar")),
    ];
    let error = verify().run_all(absent).unwrap_err().to_string();
    assert!(error.starts_with("tools: cannot read"), "{error}");
    let error = verify().run_all([]).unwrap_err().to_string();
    assert!(error.contains("no image to search"), "{error}");
}
