//! With a real Docker Engine and its own image store, which has to store an image before it exports it.

use std::fs;
use std::process::Command;

use dockerfile_dsl::verify::{Image, Place, Reason, Report, Verdict, Verify};
use dockerfile_dsl::{BuildTool, Dockerfile, Secret, Stage, build_command::BuildNetwork, sh};

use dockerfile_dsl_tests::name;
use dockerfile_dsl_tests::trials::Trial;

use super::real::{self, A, B, Engine, Folder};
use crate::in_engine;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = in_engine!(
        Engine::Docker,
        [
            only_a_clean_image_is_tagged,
            an_optional_secret_that_is_not_there_does_not_keep_docker_from_building,
            failed_build_reports_its_reason_and_leaves_nothing,
            image_names_are_checked_before_the_build,
            ctrl_c_leaves_nothing,
            layers_of_a_base_image_are_known_text,
            build_record_contains_the_output
        ]
    );
    trials.extend(in_engine!(
        Engine::Buildah,
        [an_image_of_buildah_is_searched]
    ));
    trials
}

/// Builds `RUN --mount=.. STEP` on a step that no other run has in its cache.
fn verify(folder: &Folder, tag: &str, step: &str, value: &str) -> Report {
    let process = std::process::id();
    let text = format!(
        "FROM debian:bookworm-slim\nRUN echo {tag} {process}\nRUN \
         --mount=type=secret,id=token,required=true {step}\n"
    );
    real::build(folder, BuildTool::Buildx, tag, &text, value)
        .build_and_verify()
        .unwrap()
}

fn docker(arguments: &[&str]) -> bool {
    real::succeeds("docker", arguments)
}

#[track_caller]
fn check(report: &Report, tag: &str, verdict: Verdict) {
    real::assert_verdict(report, BuildTool::Buildx, tag, verdict);
}

fn only_a_clean_image_is_tagged() {
    let folder = Folder::new("clean");
    let report = verify(&folder, "verify-clean:1", "test -s /run/secrets/token", A);
    check(&report, "verify-clean:1", Verdict::Clean);
    assert!(
        report.scanned.layers >= 3 && report.scanned.files > 1000,
        "{report:?}"
    );
    docker(&["image", "rm", "verify-clean:1"]);

    let report = verify(
        &folder,
        "verify-leak:1",
        "mkdir /x && base64 /run/secrets/token | gzip >/x/.cache.gz",
        A,
    );
    check(&report, "verify-leak:1", Verdict::Leaked);
    let finding = &report.findings[0];
    assert_eq!(
        (finding.place, &finding.path[..], &finding.encodings[..]),
        (Place::Layer, "x/.cache.gz", &["gzip", "base64"][..])
    );
    assert!(
        finding
            .instruction
            .as_ref()
            .unwrap()
            .contains("base64 /run/secrets/token"),
        "{finding:?}"
    );

    // The same step with another value comes from the cache, and the image contains the first one; or the engine has cleared its
    // cache, and it contains the second.
    let report = verify(
        &folder,
        "verify-leak:1",
        "mkdir /x && base64 /run/secrets/token | gzip >/x/.cache.gz",
        B,
    );
    let is_cached = report
        .incomplete
        .iter()
        .any(|gap| gap.reason == Reason::CachedStep);
    let expected = if is_cached {
        Verdict::Incomplete
    } else {
        Verdict::Leaked
    };
    check(&report, "verify-leak:1", expected);

    let report = verify(&folder, "verify-print:1", "cat /run/secrets/token", A);
    check(&report, "verify-print:1", Verdict::Leaked);
    assert_eq!(report.findings[0].place, Place::Log);
}

fn an_optional_secret_that_is_not_there_does_not_keep_docker_from_building() {
    let folder = Folder::new("optional");
    let absent = folder.0.join("absent");
    let absent = Secret::try_file("absent", absent.to_str().unwrap()).unwrap();
    let unset = Secret::env("SURELY_NOT_SET").optional();
    let stage = Stage::from_image("debian:bookworm-slim")
        .run(sh!(
            "test ! -e {absent} && test ! -e {unset}",
            absent = absent.optional()
        ))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    folder.write("Dockerfile", &image.render());
    let mut command = image.build_command();
    command
        .tag("verify-optional:1")
        .context(folder.path())
        .network(BuildNetwork::Host);
    command.run().unwrap();
    let report = command.fresh_secrets().build_and_verify().unwrap();
    check(&report, "verify-optional:1", Verdict::Clean);
    docker(&["image", "rm", "verify-optional:1"]);
}

fn failed_build_reports_its_reason_and_leaves_nothing() {
    let folder = Folder::new("fails");
    for tool in [BuildTool::Buildx, BuildTool::DockerBefore23] {
        let error = |text: &str| {
            let command = real::build(&folder, tool, "verify-fails:1", text, A);
            command.build_and_verify().unwrap_err().to_string()
        };
        // The shell prints the value as the name of a program that it does not find.
        let said = error(
            "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token sh -c \"$(cat \
             /run/secrets/token)\"; exit 7\n",
        );
        assert!(said.contains("exit code: 7") && !said.contains(A), "{said}");
        let said = error("FROM nowhere.invalid/nothing:1\nRUN true\n");
        assert!(said.contains("nowhere.invalid/nothing:1"), "{said}");
        real::assert_nothing_is_left("docker", std::process::id());
    }
}

fn image_names_are_checked_before_the_build() {
    let folder = Folder::new("names");
    let text =
        "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token test -s /run/secrets/token\n";
    let build = |tag: &str| {
        real::build(&folder, BuildTool::Buildx, tag, text, A)
            .fresh_secrets()
            .clone()
    };
    let tag = "localhost:5000/verify/port:1";
    let report = build(tag).build_and_verify().unwrap();
    check(&report, tag, Verdict::Clean);
    docker(&["image", "rm", tag]);
    let refused = build("app@sha256:1234").build_and_verify().unwrap_err();
    assert!(
        refused.to_string().contains("a digest is computed"),
        "{refused}"
    );

    let search = real::search(&folder);
    let unknown = search.run(Image::in_engine("docker", "localhost:5000/no/such:1"));
    let said = unknown.unwrap_err().to_string();
    assert!(said.contains("localhost:5000/no/such:1"), "{said}");
    let missing = search.run(Image::in_engine("no-such-engine", "app"));
    let said = missing.unwrap_err().to_string();
    assert!(said.contains("not installed"), "{said}");
}

fn ctrl_c_leaves_nothing() {
    if real::is_to_be_interrupted().is_some() {
        let folder = Folder::new("interrupted");
        verify(&folder, "verify-interrupted:1", "sleep 61", A);
        return;
    }
    real::assert_ctrl_c_leaves_nothing("docker", name!(ctrl_c_leaves_nothing));
}

fn layers_of_a_base_image_are_known_text() {
    let folder = Folder::new("base");
    // A secret with a line of the base image, and another line.
    let network = "--network=host";
    let line = [
        "run",
        "--rm",
        network,
        "debian:bookworm-slim",
        "sed",
        "-n",
        "9p",
        "/etc/ssl/certs/ca-certificates.crt",
    ];
    let line = real::run("docker", &line);
    assert!(line.len() > 60, "{line}");
    folder.write("secret", &format!("{line}{A}\n"));
    folder.write("Dockerfile", "FROM debian:bookworm-slim\nRUN touch /made\n");
    real::run(
        "docker",
        &["build", network, "--tag", "verify-base:1", folder.path()],
    );
    let archive = folder.0.join("base.tar");
    let to = archive.to_str().unwrap();
    real::run("docker", &["save", "--output", to, "debian:bookworm-slim"]);
    let built = || Image::in_engine("docker", "verify-base:1");
    let report = real::search(&folder).run(built()).unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    for base in [
        Image::in_engine("docker", "debian:bookworm-slim"),
        Image::path(&archive),
    ] {
        let search = real::search(&folder).base_image(base).unwrap();
        let report = search.run(built()).unwrap();
        assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
        assert!(report.known_texts > 0);
    }
    let unknown = real::search(&folder).base_image(Image::in_engine("docker", "no-such-base:1"));
    let said = unknown.unwrap_err().to_string();
    assert!(
        said.contains("does not know the base image no-such-base:1"),
        "{said}"
    );
    real::run("docker", &["image", "rm", "verify-base:1"]);
}

fn build_record_contains_the_output() {
    let folder = Folder::new("record");
    let secret = folder.write("secret", A);
    let text = format!(
        "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token echo {} && cat \
         /run/secrets/token\n",
        std::process::id()
    );
    let file = folder.write("Dockerfile", &text);
    let metadata = folder.0.join("metadata");
    assert!(docker(&[
        "build",
        "--network=host",
        "--secret",
        &format!("id=token,src={secret}"),
        "--metadata-file",
        metadata.to_str().unwrap(),
        "--file",
        &file,
        folder.0.to_str().unwrap()
    ]));
    let record = folder.0.join("record.dockerbuild");
    let reference = fs::read_to_string(&metadata).unwrap();
    let reference = reference
        .split('"')
        .find(|word| word.matches('/').count() == 2 && !word.contains(':'))
        .unwrap();
    let id = reference.rsplit('/').next().unwrap();
    assert!(docker(&[
        "buildx",
        "history",
        "export",
        "--output",
        record.to_str().unwrap(),
        id
    ]));
    let verify =
        Verify::new([dockerfile_dsl::verify::Secret::from_file("token", &secret).unwrap()]);
    let report = verify.run(Image::path(&record)).unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.place == Place::Log),
        "{}",
        report.human()
    );
}

fn an_image_of_buildah_is_searched() {
    let folder = Folder::new("buildah");
    let secret = folder.write("secret", A);
    let text = "FROM docker.io/library/debian:bookworm-slim\nRUN --mount=type=secret,id=token cp \
                /run/secrets/token /leak && chmod 644 /leak\nRUN rm /leak\n";
    let file = folder.write("Dockerfile", text);
    let buildah = |arguments: &[&str]| {
        let output = Command::new("buildah").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    buildah(&[
        "bud",
        "--layers",
        "--tag",
        "verify-buildah",
        "--secret",
        &format!("id=token,src={secret}"),
        "--file",
        &file,
        folder.0.to_str().unwrap(),
    ]);
    let verify =
        Verify::new([dockerfile_dsl::verify::Secret::from_file("token", &secret).unwrap()]);
    let (archive, layout, docker) = (
        folder.0.join("oci.tar"),
        folder.0.join("oci"),
        folder.0.join("docker.tar"),
    );
    buildah(&[
        "push",
        "verify-buildah",
        &format!("oci-archive:{}", archive.display()),
    ]);
    buildah(&[
        "push",
        "verify-buildah",
        &format!("oci:{}", layout.display()),
    ]);
    buildah(&[
        "push",
        "verify-buildah",
        &format!("docker-archive:{}", docker.display()),
    ]);
    buildah(&["rmi", "verify-buildah"]);
    for image in [archive, layout, docker] {
        let report = verify.run(Image::path(&image)).unwrap();
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
        assert_eq!(report.incomplete, [], "{}", report.human());
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.path == "leak" && finding.deleted_later),
            "{}",
            report.human()
        );
    }
}
