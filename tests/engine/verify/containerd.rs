//! With a real Docker Engine on the containerd image store: it writes images to a pipe, keeps attestations, exports caches.

use dockerfile_dsl::BuildTool;
use dockerfile_dsl::verify::{Image, Place, Reason, Verdict};

use dockerfile_dsl_tests::trials::Trial;

use super::real::{self, A, B, Engine, Folder};
use crate::in_engine;

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(
        Engine::Containerd,
        [
            an_image_is_searched_before_it_is_stored,
            build_argument_is_in_the_provenance,
            a_leak_of_a_builder_stage_is_in_the_exported_cache_only
        ]
    )
}

const MOUNT: &str = "--mount=type=secret,id=token,required=true";

/// A stage on a step that no other run has in its cache, and a step that gets the secret.
fn text(name: &str, step: &str) -> String {
    let process = std::process::id();
    format!("FROM debian:bookworm-slim\nRUN echo {name} {process} >/id\nRUN {MOUNT} {step}\n")
}

fn an_image_is_searched_before_it_is_stored() {
    let folder = Folder::new("pipe");
    let build = |tag: &str, step: &str, value: &str| {
        real::build(&folder, BuildTool::Buildx, tag, &text("pipe", step), value)
    };
    let check = |command: &dockerfile_dsl::BuildCommand, tag: &str, verdict| {
        let report = command.build_and_verify().unwrap();
        real::assert_verdict(&report, BuildTool::Buildx, tag, verdict);
        report
    };

    let honest = "test -s /run/secrets/token && date +%N >/made";
    let first = build("localhost:5000/pipe/clean:1", honest, A);
    let report = check(&first, "localhost:5000/pipe/clean:1", Verdict::Clean);
    assert!(
        report.scanned.layers >= 3 && report.scanned.files > 1000,
        "{report:?}"
    );
    // From the cache it may be of an earlier value; with fresh secrets, what is stored is the new image, not the cached one.
    let made = |tag: &str| {
        real::run(
            "docker",
            &["image", "inspect", "--format", "{{.RootFS.Layers}}", tag],
        )
    };
    let again = check(
        &build("pipe-again:1", honest, B),
        "pipe-again:1",
        Verdict::Incomplete,
    );
    assert_eq!(again.incomplete[0].reason, Reason::CachedStep);
    let fresh = build("pipe-fresh:1", honest, B).fresh_secrets().clone();
    check(&fresh, "pipe-fresh:1", Verdict::Clean);
    assert_ne!(made("localhost:5000/pipe/clean:1"), made("pipe-fresh:1"));
    real::run(
        "docker",
        &["image", "rm", "localhost:5000/pipe/clean:1", "pipe-fresh:1"],
    );

    let leaking = "mkdir /x && base64 /run/secrets/token | gzip >/x/.cache.gz";
    let report = check(
        &build("pipe-leak:1", leaking, A),
        "pipe-leak:1",
        Verdict::Leaked,
    );
    let finding = &report.findings[0];
    assert_eq!(
        (finding.place, &finding.path[..], &finding.encodings[..]),
        (Place::Layer, "x/.cache.gz", &["gzip", "base64"][..])
    );
    check(
        &build("pipe-leak:1", leaking, B),
        "pipe-leak:1",
        Verdict::Incomplete,
    );
}

fn build_argument_is_in_the_provenance() {
    let folder = Folder::new("provenance");
    folder.write("secret", A);
    // Used in a stage that the image is not made of, so that its history does not show it.
    let text = format!(
        "FROM debian:bookworm-slim AS other\nARG TOKEN\nRUN echo {} >/made\nFROM \
         debian:bookworm-slim\nCOPY --from=other /made /made\n",
        std::process::id()
    );
    folder.write("Dockerfile", &text);
    let argument = format!("TOKEN={A}");
    let arguments = [
        "build",
        "--network=host",
        "--provenance=mode=max",
        "--build-arg",
        &argument,
        folder.path(),
    ];
    let archive = folder.0.join("oci.tar");
    let output = format!("type=oci,dest={}", archive.display());
    real::run("docker", &[&arguments[..], &["--output", &output]].concat());
    real::run(
        "docker",
        &[&arguments[..], &["--tag", "verify-provenance:1"]].concat(),
    );
    for image in [
        Image::path(&archive),
        Image::in_engine("docker", "verify-provenance:1"),
    ] {
        let report = real::search(&folder).run(image).unwrap();
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
        assert!(
            report
                .findings
                .iter()
                .all(|finding| finding.place == Place::Attestation),
            "{}",
            report.human()
        );
    }
    real::run("docker", &["image", "rm", "verify-provenance:1"]);
}

fn a_leak_of_a_builder_stage_is_in_the_exported_cache_only() {
    let folder = Folder::new("cache");
    let source = folder.write("secret", A);
    let stage = text("cache", "cp /run/secrets/token /leak && touch /made");
    let stage = stage.replacen("slim", "slim AS builder", 1);
    folder.write(
        "Dockerfile",
        &format!("{stage}FROM debian:bookworm-slim\nCOPY --from=builder /made /made\n"),
    );
    let (image, cache) = (folder.0.join("oci.tar"), folder.0.join("cache"));
    let secret = format!("id=token,src={source}");
    let output = format!("type=oci,dest={}", image.display());
    let export = format!("type=local,mode=max,dest={}", cache.display());
    real::run(
        "docker",
        &[
            "build",
            "--network=host",
            "--secret",
            &secret,
            "--output",
            &output,
            "--cache-to",
            &export,
            folder.path(),
        ],
    );
    let report = real::search(&folder).run(Image::path(&image)).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let report = real::search(&folder).run(Image::path(&cache)).unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    let finding = &report.findings[0];
    assert_eq!((finding.place, &finding.path[..]), (Place::Cache, "leak"));
}
