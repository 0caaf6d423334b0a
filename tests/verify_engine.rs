//! `build_and_verify` with a real Docker Engine: a clean image gets its name, a leaking one does not, nor one whose step with a
//! secret came from the cache. And what other builders hand out is searched: `docker save`, buildah's archives, build records.
//!
//! Needs `.ci/engine start`. Without it the test says so and passes; where `CI=true` is set it fails.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dockerfile_dsl::verify::{Image, Place, Reason, Report, Verdict, Verify};
use dockerfile_dsl::{BuildNetwork, Dockerfile, Secret, Stage, sh};

const A: &str = "9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3z";
const B: &str = "Zq7vT2pLx9Rk4Wn8Yb3Hd6McKu5jF1";

/// Runs one test of this file again, in the environment of the engine. Returns whether this is that process.
fn in_engine(test: &str) -> bool {
    if env::var_os("IN_ENGINE").is_some() {
        return true;
    }
    let engine = env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
        PathBuf::from,
    );
    let path = env::join_paths(
        [engine.join("bin")]
            .into_iter()
            .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    let host = format!("unix://{}", engine.join("28/docker.sock").display());
    let answers = Command::new(engine.join("bin/docker"))
        .env("DOCKER_HOST", &host)
        .arg("version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !answers {
        let message = "NO ENGINE: nothing was built for real. Run `.ci/engine start` (Debian, root) and test again.";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        eprintln!("\n{message}\n");
        return false;
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("IN_ENGINE", "1")
        .env("PATH", path)
        .env("DOCKER_HOST", host)
        .env("DOCKER_CONFIG", engine.join("config"))
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{text}");
    assert!(!text.contains(A) && !text.contains(B), "{text}");
    false
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("verify-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Builds what stands in the file, which may leak, by the command of an honest Dockerfile with the same secret.
fn verify(folder: &Folder, tag: &str, step: &str, value: &str, fresh: bool) -> Report {
    let source = folder.write("secret", value);
    let secret = Secret::try_file("token", &source).unwrap();
    let honest = Stage::from_image("debian:bookworm-slim")
        .run(sh!(
            "curl -fsS -H @{secret} http://127.0.0.1:9/ -o /dev/null"
        ))
        .build();
    let unique = format!("echo {tag} {}", std::process::id());
    let text = format!(
        "FROM debian:bookworm-slim\nRUN {unique}\nRUN --mount=type=secret,id=token,required=true {step}\n"
    );
    let file = folder.write("Dockerfile", &text);
    let mut command = Dockerfile::target(&honest)
        .unwrap()
        .build_command()
        .tag(tag)
        .file(file)
        .context(folder.0.to_str().unwrap())
        .network(BuildNetwork::Host);
    if fresh {
        command = command.no_cache_filter("stage-0").fresh_secrets();
    }
    command.build_and_verify().unwrap()
}

fn docker(arguments: &[&str]) -> bool {
    Command::new("docker")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[track_caller]
fn check(report: &Report, tag: &str, verdict: Verdict) {
    assert_eq!(report.verdict(), verdict, "{}", report.human());
    assert_eq!(
        docker(&["image", "inspect", tag]),
        verdict == Verdict::Clean,
        "{tag}"
    );
    let left = Command::new("docker")
        .args(["image", "ls", "--quiet", "dockerfile-dsl-unverified"])
        .output()
        .unwrap();
    assert!(
        left.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&left.stdout)
    );
}

#[test]
fn only_a_clean_image_gets_its_name() {
    if !in_engine("only_a_clean_image_gets_its_name") {
        return;
    }
    let folder = Folder::new("clean");
    let report = verify(
        &folder,
        "verify-clean:1",
        "test -s /run/secrets/token",
        A,
        false,
    );
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
        false,
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

    // The same step with another value comes from the cache, and the image holds the first one; or the engine has cleared its
    // cache, and it holds the second.
    let report = verify(
        &folder,
        "verify-leak:1",
        "mkdir /x && base64 /run/secrets/token | gzip >/x/.cache.gz",
        B,
        false,
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

    let report = verify(
        &folder,
        "verify-print:1",
        "cat /run/secrets/token",
        A,
        false,
    );
    check(&report, "verify-print:1", Verdict::Leaked);
    assert_eq!(report.findings[0].place, Place::Log);
}

#[test]
fn a_record_holds_what_was_printed() {
    if !in_engine("a_record_holds_what_was_printed") {
        return;
    }
    let folder = Folder::new("record");
    let secret = folder.write("secret", A);
    let text = format!(
        "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token echo {} && cat /run/secrets/token\n",
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

#[test]
fn an_image_of_buildah_is_searched() {
    if !in_engine("an_image_of_buildah_is_searched") {
        return;
    }
    let folder = Folder::new("buildah");
    let secret = folder.write("secret", A);
    let text = "FROM docker.io/library/debian:bookworm-slim\nRUN --mount=type=secret,id=token cp /run/secrets/token /leak && chmod 644 /leak\nRUN rm /leak\n";
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
