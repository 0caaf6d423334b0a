//! Verified builds with a script as engine: it records how it was called, and returns the image of the test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::{Dockerfile, Stage};

pub(super) const VALUE: &str = "9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3z";

/// A tar of one file, which the scan reads as a directory tree.
pub(super) fn image(content: &str) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..5].copy_from_slice(b"a/.rc");
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut tar = [&header[..], content.as_bytes()].concat();
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar
}

struct Fake {
    folder: tempfile::TempDir,
    tool: BuildTool,
}

impl Fake {
    fn new(content: &str, progress: &str, build: &str) -> Self {
        Self::of(BuildTool::Buildx, content, progress, build)
    }

    /// With a builder of the driver `docker-container`, whose second build is the given line.
    fn with_a_pipe(content: &str, progress: &str, second: &str) -> Self {
        let build = format!("case $* in *dest=-*) cat image.tar;; *) {second};; esac");
        let fake = Self::of(BuildTool::Buildx, content, progress, &build);
        fs::write(fake.path("driver"), "Driver: docker-container\n").unwrap();
        fake
    }

    fn of(tool: BuildTool, content: &str, progress: &str, build: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("secret"), VALUE).unwrap();
        fs::write(path.join("image.tar"), image(content)).unwrap();
        fs::write(path.join("progress"), progress).unwrap();
        let script = format!(
            "#!/bin/sh\ncd '{}'\ncase $1 in context) echo x; exit;; buildx) cat driver; exit;; \
             esac\necho \"$*\" >>calls\ncase $1 in\nbuild) cat progress >&2; {build};;\nsave|push) \
             cat image.tar;;\nesac\n",
            path.display()
        );
        let program = path.join(tool.program());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, tool }
    }

    fn program(&self) -> PathBuf {
        self.path(self.tool.program())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn verify(&self) -> Result<Report, Error> {
        let secret =
            crate::Secret::try_file("token", self.path("secret").to_str().unwrap()).unwrap();
        let stage = Stage::from_image("debian")
            .run(crate::sh!(
                "curl -fsS -H @{secret} https://example.org -o /dev/null"
            ))
            .build();
        let command = Dockerfile::from_stage(&stage)
            .unwrap()
            .build_command()
            .tag("app:1")
            .tag("app:latest")
            .tool(self.tool)
            .clone();
        command.build_and_verify_with(self.program().as_os_str(), &command.read_secrets()?)
    }

    /// Returns the calls after the build, with the private tag as `PRIVATE`.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap();
        calls
            .lines()
            .map(|call| {
                call.split(' ')
                    .map(|word| {
                        if word.starts_with("dockerfile-dsl-unverified:") {
                            "PRIVATE"
                        } else {
                            word
                        }
                    })
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }
}

pub(super) const RAN: &str = "{\"vertexes\":[{\"digest\":\"1\",\"name\":\"[2/2] RUN \
                   --mount=type=secret,id=token x\",\"completed\":\"t\"}]}\n";

#[track_caller]
fn check(fake: &Fake, verdict: Verdict, calls: &[&str]) {
    let report = fake.verify().unwrap();
    assert_eq!(report.verdict(), verdict, "{}", report.human());
    let all = fake.calls();
    assert!(
        all[0].starts_with("build ")
            && all[0].contains("--tag PRIVATE")
            && all[0].contains("--progress rawjson"),
        "{all:?}"
    );
    assert!(!all[0].contains("app:1"), "{all:?}");
    assert_eq!(all[1..], *calls);
    assert!(!format!("{report:?}{}", report.json()).contains(VALUE));
}

#[test]
fn clean_image_is_tagged() {
    check(
        &Fake::new("nothing", RAN, ":"),
        Verdict::Clean,
        &[
            "save PRIVATE",
            "tag PRIVATE app:1",
            "tag PRIVATE app:latest",
            "image rm PRIVATE",
        ],
    );
}

#[test]
fn leaking_image_is_not_tagged() {
    check(
        &Fake::new(VALUE, RAN, ":"),
        Verdict::Leaked,
        &["save PRIVATE", "image rm PRIVATE"],
    );
}

#[test]
fn cached_secret_step_makes_the_verdict_incomplete() {
    let cached = RAN.replace("\"completed\"", "\"cached\":true,\"completed\"");
    check(
        &Fake::new("nothing", &cached, ":"),
        Verdict::Incomplete,
        &["save PRIVATE", "image rm PRIVATE"],
    );
}

#[test]
fn printed_value_is_a_leak() {
    let printed = format!("{RAN}#5 0.1 {VALUE}\n");
    check(
        &Fake::new("nothing", &printed, ":"),
        Verdict::Leaked,
        &["save PRIVATE", "image rm PRIVATE"],
    );
}

#[test]
fn failed_build_is_an_error_without_its_output() {
    let fake = Fake::new("nothing", &format!("#5 0.1 {VALUE}\n"), "exit 3");
    let error = fake.verify().unwrap_err().to_string();
    assert!(
        error.contains("failed") && !error.contains(VALUE),
        "{error}"
    );
    assert_eq!(fake.calls()[1..], ["image rm PRIVATE"]);
}

#[test]
fn failed_build_reports_its_reason() {
    let said = format!(
        "{{\"vertexes\":[{{\"digest\":\"1\",\"name\":\"RUN x\",\"error\":\"no {VALUE} \
         today\"}}]}}\n"
    );
    let error = Fake::new("nothing", &said, "exit 3").verify().unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains(": no [redacted] today; ") && !error.contains(VALUE),
        "{error}"
    );
}

const EXPORTED: &str = "{\"statuses\":[{\"id\":\"exporting config sha256:1\"}]}\n";

#[test]
fn piped_image_is_searched_before_it_is_stored() {
    let fake = Fake::with_a_pipe("nothing", &format!("{RAN}{EXPORTED}"), ":");
    let report = fake.verify().unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let calls = fake.calls();
    assert!(
        calls[0].contains("--secret")
            && calls[0].contains("--output type=oci,dest=-")
            && calls[0].contains("--provenance=mode=min")
            && !calls[0].contains("--tag"),
        "{calls:?}"
    );
    assert!(
        !calls[1].contains("--secret") && calls[1].contains("--tag PRIVATE --output type=docker"),
        "{calls:?}"
    );
    assert_eq!(
        calls[2..],
        [
            "tag PRIVATE app:1",
            "tag PRIVATE app:latest",
            "image rm PRIVATE"
        ]
    );
}

#[test]
fn leaking_piped_image_is_not_stored() {
    let fake = Fake::with_a_pipe(VALUE, &format!("{RAN}{EXPORTED}"), ":");
    let report = fake.verify().unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert_eq!(fake.calls().len(), 1);
}

#[test]
fn tag_refused_if_image_changed_after_scan() {
    let second = "echo '{\"statuses\":[{\"id\":\"exporting config sha256:2\"}]}' >&2";
    let fake = Fake::with_a_pipe("nothing", &format!("{RAN}{EXPORTED}"), second);
    let report = fake.verify().unwrap();
    assert_eq!(report.verdict(), Verdict::Incomplete, "{}", report.human());
    assert_eq!(fake.calls()[2..], ["image rm PRIVATE"]);
}

#[test]
fn second_build_outside_the_cache_is_an_error() {
    let fake = Fake::with_a_pipe("nothing", &format!("{RAN}{EXPORTED}"), "exit 1");
    assert!(fake.verify().is_err());
    assert_eq!(fake.calls()[2..], ["image rm PRIVATE"]);
}

#[test]
fn podman_and_buildah_get_their_own_arguments() {
    const SECRET: &str = "STEP 2/2: RUN --mount=type=secret,id=token x\n";
    let cases = [
        (BuildTool::Podman, "save PRIVATE", "image rm PRIVATE"),
        (
            BuildTool::Buildah,
            "push PRIVATE docker-archive:/dev/stdout",
            "rmi PRIVATE",
        ),
    ];
    for (tool, save, remove) in cases {
        let check = |content: &str, progress: &str, verdict: Verdict| {
            let fake = Fake::of(tool, content, progress, ":");
            let report = fake.verify().unwrap();
            assert_eq!(report.verdict(), verdict, "{}", report.human());
            let calls = fake.calls();
            assert!(
                calls[0].starts_with("build --secret id=token,type=file,src=")
                    && calls[0].contains("--tag PRIVATE")
                    && !calls[0].contains("--progress"),
                "{calls:?}"
            );
            let mut expected = vec![save];
            if verdict == Verdict::Clean {
                expected.extend(["tag PRIVATE app:1", "tag PRIVATE app:latest"]);
            }
            expected.push(remove);
            assert_eq!(calls[1..], expected);
        };
        check("nothing", SECRET, Verdict::Clean);
        check(VALUE, SECRET, Verdict::Leaked);
        let cached = format!("{SECRET}--> Using cache 1f2e\n");
        check("nothing", &cached, Verdict::Incomplete);
        check("nothing", &format!("{SECRET}{VALUE}\n"), Verdict::Leaked);
    }
}

#[test]
fn image_that_cannot_be_saved_is_removed_with_an_error() {
    let fake = Fake::new("nothing", RAN, "rm image.tar");
    assert!(fake.verify().is_err());
    // The guard removes it after this process has exited.
    assert_eq!(
        fake.calls().last().map(String::as_str),
        Some("image rm PRIVATE")
    );
}

#[test]
fn interrupted_program_removes_its_private_tag() {
    let fake = Fake::new("nothing", RAN, ":");
    let program = fake.program();
    drop(PrivateTag::new(Client::new(
        program.as_os_str(),
        BuildTool::Buildx,
    )));
    assert_eq!(fake.calls(), ["image rm PRIVATE"]);
    assert!(Path::new("/bin/sh").exists());
}

#[test]
fn build_without_secrets_is_clean() {
    let fake = Fake::new("nothing", RAN, ":");
    let stage = Stage::from_image("debian").run(crate::sh!("true")).build();
    let command = Dockerfile::from_stage(&stage)
        .unwrap()
        .build_command()
        .tag("app:1")
        .clone();
    let report =
        command.build_and_verify_with(fake.program().as_os_str(), &command.read_secrets().unwrap());
    let report = report.unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
}

/// Tokens differ from call to call: the search has to use the one that the builder got.
#[test]
fn search_uses_the_command_output_that_the_build_got() {
    let fake = Fake::new(
        "nothing",
        RAN,
        "for a; do case $a in *,src=*) value=$(cat \"${a#*,src=}\"); echo \"$value\" >seen; echo \
         {\\\"logs\\\":[{\\\"data\\\":\\\"$(echo $value | base64)\\\"}]} >&2;; esac; done",
    );
    let script = format!(
        "echo x >>'{count}'; echo \"9aXk2LmQ7vRt4WbY6NcJ1sDf$(wc -l <'{count}')\"",
        count = fake.path("count").display()
    );
    let secret = crate::Secret::try_command("token", &["sh", "-c", &script]).unwrap();
    let stage = Stage::from_image("debian")
        .run(crate::sh!(
            "curl -fsS -H @{secret} https://example.org -o /dev/null"
        ))
        .build();
    let command = Dockerfile::from_stage(&stage)
        .unwrap()
        .build_command()
        .tag("app:1")
        .clone();
    let given = command.read_secrets().unwrap();
    let report = command
        .build_and_verify_with(fake.program().as_os_str(), &given)
        .unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert_eq!(fs::read_to_string(fake.path("count")).unwrap(), "x\n");
    let seen = fs::read_to_string(fake.path("seen")).unwrap();
    assert_eq!(seen, "9aXk2LmQ7vRt4WbY6NcJ1sDf1\n");
}
