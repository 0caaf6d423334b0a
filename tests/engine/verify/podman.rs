//! With real podman and buildah, on one store.

use dockerfile_dsl::BuildTool;
use dockerfile_dsl::verify::{Image, Place, Reason, Report, Verdict};

use dockerfile_dsl_tests::name;
use dockerfile_dsl_tests::trials::Trial;

use super::real::{self, A, B, Engine, Folder};
use crate::in_engine;

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(
        Engine::Buildah,
        [
            only_a_clean_image_of_podman_or_buildah_is_tagged,
            a_step_from_podmans_cache_may_hold_an_earlier_value,
            failed_build_of_podman_or_buildah_reports_its_reason,
            ctrl_c_leaves_no_image_of_podman
        ]
    )
}

const MOUNT: &str = "--mount=type=secret,id=token,target=/run/secrets/token,required=true";

/// Builds `RUN --mount=.. STEP` on a step that no other run has in its cache.
fn verify(folder: &Folder, tool: BuildTool, tag: &str, step: &str, value: &str) -> Report {
    let process = std::process::id();
    let text =
        format!("FROM debian:bookworm-slim\nRUN echo {tag} {process} >/id\nRUN {MOUNT} {step}\n");
    real::build(folder, tool, tag, &text, value)
        .build_and_verify()
        .unwrap()
}

fn only_a_clean_image_of_podman_or_buildah_is_tagged() {
    let folder = Folder::new("podman");
    for (tool, program) in [
        (BuildTool::Podman, "podman"),
        (BuildTool::Buildah, "buildah"),
    ] {
        let tag = format!("localhost/{program}-clean:1");
        let step = "test -s /run/secrets/token";
        let report = verify(&folder, tool, &tag, step, A);
        real::assert_verdict(&report, tool, &tag, Verdict::Clean);
        assert!(
            report.scanned.layers >= 2 && report.scanned.files > 1000,
            "{report:?}"
        );
        real::run(program, &["rmi", &tag]);

        let tag = format!("localhost/{program}-leak:1");
        let step = "mkdir /x && base64 /run/secrets/token | gzip >/x/.cache.gz";
        let report = verify(&folder, tool, &tag, step, A);
        real::assert_verdict(&report, tool, &tag, Verdict::Leaked);
        let finding = &report.findings[0];
        assert_eq!(
            (finding.place, &finding.path[..], &finding.encodings[..]),
            (Place::Layer, "x/.cache.gz", &["gzip", "base64"][..])
        );

        let tag = format!("localhost/{program}-print:1");
        let report = verify(&folder, tool, &tag, "cat /run/secrets/token", A);
        real::assert_verdict(&report, tool, &tag, Verdict::Leaked);
        assert_eq!(report.findings[0].place, Place::Log);
    }
}

fn a_step_from_podmans_cache_may_hold_an_earlier_value() {
    let folder = Folder::new("podman-cache");
    let process = std::process::id();
    let text = format!(
        "FROM debian:bookworm-slim\nRUN echo cached {process} >/id\nRUN {MOUNT} cp \
         /run/secrets/token /leak\n"
    );
    // Named by hand, the image of the first value stays in the store, and with it the cache.
    let with = |value: &str| {
        real::build(
            &folder,
            BuildTool::Podman,
            "localhost/podman-cached:1",
            &text,
            value,
        )
    };
    with(A).tag("localhost/podman-first:1").run().unwrap();
    real::run(
        "podman",
        &[
            "untag",
            "localhost/podman-cached:1",
            "localhost/podman-cached:1",
        ],
    );
    let report = with(B).build_and_verify().unwrap();
    real::assert_verdict(
        &report,
        BuildTool::Podman,
        "localhost/podman-cached:1",
        Verdict::Incomplete,
    );
    let reasons: Vec<Reason> = report.incomplete.iter().map(|gap| gap.reason).collect();
    assert_eq!(reasons, [Reason::CachedStep], "{}", report.human());
    // The first value is in what was taken from the cache.
    folder.write("secret", A);
    let image = Image::in_engine("podman", "localhost/podman-first:1");
    let report = real::search(&folder).run(image).unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());

    let report = with(B).fresh_secrets().build_and_verify().unwrap();
    assert_eq!(report.incomplete, [], "{}", report.human());
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    real::run("podman", &["rmi", "localhost/podman-first:1"]);
}

fn failed_build_of_podman_or_buildah_reports_its_reason() {
    let folder = Folder::new("podman-fails");
    for tool in [BuildTool::Podman, BuildTool::Buildah] {
        let text = format!(
            "FROM debian:bookworm-slim\nRUN {MOUNT} sh -c \"$(cat /run/secrets/token); exit 7\"\n"
        );
        let command = real::build(&folder, tool, "localhost/fails:1", &text, A);
        let error = command.build_and_verify().unwrap_err().to_string();
        assert!(
            error.contains("exit status 7") && !error.contains(A),
            "{error}"
        );
        let text = "FROM nowhere.invalid/nothing:1\nRUN true\n";
        let command = real::build(&folder, tool, "localhost/fails:1", text, A);
        let error = command.build_and_verify().unwrap_err().to_string();
        assert!(error.contains("nowhere.invalid/nothing:1"), "{error}");
    }
    real::assert_nothing_is_left("podman", std::process::id());
}

fn ctrl_c_leaves_no_image_of_podman() {
    if let Some(program) = real::is_to_be_interrupted() {
        let tool = match &program[..] {
            "podman" => BuildTool::Podman,
            _ => BuildTool::Buildah,
        };
        let folder = Folder::new("podman-interrupted");
        verify(&folder, tool, "localhost/interrupted:1", "sleep 61", A);
        return;
    }
    for program in ["podman", "buildah"] {
        // The working container of an interrupted podman is not checked: no other program can know its name.
        real::assert_ctrl_c_leaves_nothing(program, name!(ctrl_c_leaves_no_image_of_podman));
    }
}
