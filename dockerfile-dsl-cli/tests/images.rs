//! Image names and reports of `dockerfile-dsl verify`, as a user runs it.

#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use support::{SECRET, TOKEN, archive, saved_image};

/// A project with a folder, an archive and a file that have names of images, and an engine that has each image.
struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for folder in ["app", "empty", "bin"] {
            std::fs::create_dir(project.path(folder)).unwrap();
        }
        std::fs::write(project.path("app/main.rs"), "fn main() {}").unwrap();
        std::fs::write(project.path("saved.tar"), saved_image()).unwrap();
        std::fs::write(project.path("saved"), archive("etc/a", "nothing")).unwrap();
        let folder = project.0.path().display();
        for engine in ["docker", "podman"] {
            project.program(
                engine,
                &format!("echo \"{engine} $*\" >>'{folder}/calls'; cat '{folder}/saved.tar'"),
            );
        }
        project
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", self.path("bin").display());
        let output = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
            .args(["verify", SECRET[0], SECRET[1]])
            .args(arguments)
            .current_dir(self.0.path())
            .env("TOKEN", TOKEN)
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, error) = (text(&output.stdout), text(&output.stderr));
        assert!(
            !out.contains(TOKEN) && !error.contains(TOKEN),
            "{out}{error}"
        );
        (output.status.code().unwrap(), out, error)
    }

    #[track_caller]
    fn check(&self, arguments: &[&str], status: i32, expected: &[&str]) {
        let (code, out, error) = self.run(arguments);
        assert_eq!(code, status, "{arguments:?}: {out}{error}");
        for part in expected {
            assert!(
                out.contains(part) || error.contains(part),
                "{part}: {out}{error}"
            );
        }
    }
}

#[test]
fn folder_does_not_hide_the_image_of_its_name() {
    let project = Project::new();
    let both = ["docker:app for the image", "dir:app for the files"];
    project.check(&["app"], 2, &both);
    project.check(
        &["empty"],
        2,
        &["`empty` is a directory here, not an image"],
    );
    project.check(
        &["./app"],
        2,
        &["a directory without an image", "dir:./app"],
    );
    project.check(&["."], 2, &["a directory without an image"]);
    assert!(!project.path("calls").exists());
    project.check(
        &["dir:app"],
        0,
        &["clean: none of the values is in dir:app\n"],
    );
    project.check(&["dir:empty"], 2, &["dir:empty is an empty folder"]);
    project.check(&["docker:app"], 1, &["leaked: 1 place in docker:app\n"]);
    project.check(&["app:latest"], 1, &["leaked: 1 place in app:latest"]);
    project.check(&["podman:app"], 1, &["leaked: 1 place in podman:app\n"]);
    project.check(
        &["--engine=podman", "other"],
        1,
        &["leaked: 1 place in other"],
    );
    assert_eq!(
        std::fs::read_to_string(project.path("calls")).unwrap(),
        "docker save app\ndocker save app:latest\npodman save app\npodman save other\n"
    );
}

#[test]
fn ambiguous_name_gets_a_note() {
    let project = Project::new();
    let note = "note: `saved` is read as the path ./saved; the image of this name is written \
        docker:saved\n";
    project.check(&["saved"], 0, &[note, "is in ./saved"]);
    project.check(&["docker:saved"], 1, &["leaked: 1 place in docker:saved"]);
    // A script is not an image; as an explicit path, it is a text that may contain a value.
    std::fs::write(project.path("build"), "#!/bin/sh\ncargo build\n").unwrap();
    project.check(
        &["build"],
        2,
        &["`build` is a text file here", "docker:build", "./build"],
    );
    project.check(
        &["./build"],
        0,
        &["clean: none of the values is in ./build"],
    );
    for unambiguous in ["./saved", "saved.tar", "docker:saved"] {
        let (_, _, error) = project.run(&[unambiguous]);
        assert!(!error.contains("note:"), "{error}");
    }
}

#[test]
fn unknown_scheme_is_an_error_that_lists_all() {
    let project = Project::new();
    let names = "docker:, podman:, buildah:, oci:, oci-archive:, docker-archive:, dir:, \
        registry:, docker://";
    for name in [
        "docker-daemon:app:1",
        "oic:./app",
        "https://reg.example/app",
    ] {
        project.check(&[name], 2, &["unknown scheme", names]);
    }
    project.check(&["oci:app"], 2, &["a directory without an image"]);
    project.check(&["oci-archive:saved.tar"], 2, &["is not an OCI archive"]);
    project.check(&["docker-archive:saved.tar"], 1, &["leaked"]);
    project.check(
        &["--platform=linux/amd64", "saved.tar"],
        2,
        &["in a registry only"],
    );
    assert!(!project.path("calls").exists());
}

#[test]
fn irregular_secret_file_is_an_error_without_blocking() {
    let project = Project::new();
    let fifo = project.path("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let start = std::time::Instant::now();
    project.check(
        &["--secret=id=a,src=fifo", "saved.tar"],
        2,
        &["no program writes to"],
    );
    project.check(
        &["--secret=id=a,src=app", "saved.tar"],
        2,
        &["it is a directory"],
    );
    project.check(&["./fifo"], 2, &["no program writes to"]);
    assert!(start.elapsed() < std::time::Duration::from_secs(30));
}

#[test]
fn several_images_get_one_report() {
    let project = Project::new();
    let (status, out, _) = project.run(&["--format=json", "./saved", "saved.tar", "docker:web"]);
    assert_eq!(status, 1);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let targets: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["target"].as_str().unwrap())
        .collect();
    assert_eq!(targets, ["saved.tar", "docker:web"]);
    project.check(&["saved.tar", "empty"], 2, &["`empty` is a directory here"]);
}

#[test]
fn annotations_for_github() {
    let project = Project::new();
    let (status, out, error) = project.run(&["--format", "github", "saved.tar"]);
    assert_eq!((status, &error[..]), (1, ""));
    let first =
        "::error title=SecretInImage::secret `TOKEN` is in root/.netrc, as raw%0Amade by RUN cat";
    assert!(out.starts_with(first), "{out}");
    let (status, out, _) = project.run(&["--format", "github", "./saved"]);
    let notice = "::notice title=dockerfile-dsl verify::clean: none of the values is in ./saved\n";
    assert_eq!((status, &out[..]), (0, notice));
}

#[test]
fn quiet_and_colour() {
    let project = Project::new();
    for name in ["saved", "saved.tar"] {
        let (_, out, error) = project.run(&["--quiet", name]);
        assert_eq!((&out[..], &error[..]), ("", ""));
    }
    project.check(&["-q", "absent.tar"], 2, &["error: cannot read absent.tar"]);
    project.check(
        &["-q", "--format=json", "saved.tar"],
        1,
        &["\"verdict\":\"leaked\""],
    );
    let error = |arguments: &[&str]| project.run(arguments).2;
    assert!(
        error(&["--color=always", "saved.tar"]).starts_with("\x1b[1;31mleaked\x1b[0m: 1 place")
    );
    assert!(error(&["--color=always", "./saved"]).starts_with("\x1b[1;32mclean\x1b[0m: none"));
    for colour in ["auto", "never"] {
        let text = error(&["--color", colour, "saved.tar"]);
        assert!(text.starts_with("leaked: 1 place"), "{text}");
    }
}

#[test]
fn registry_is_read_by_the_installed_program() {
    let project = Project::new();
    let name = "registry:reg.example/app:1";
    let crane = "echo 'Error: GET https://reg.example/v2/: UNAUTHORIZED: authentication \
        required' >&2; exit 1";
    project.program("crane", crane);
    project.check(
        &[name],
        2,
        &[
            "cannot read reg.example/app:1: crane ended with exit status: 1",
            "UNAUTHORIZED",
            "log in with `crane auth login reg.example`",
        ],
    );
    let tool = project.path("bin/other").display().to_string();
    project.program("other", "echo '{\"layers\": []}'");
    project.check(
        &["--registry-tool", &tool, name],
        2,
        &["reg.example/app:1 is not an image"],
    );
    project.check(
        &["registry:2"],
        2,
        &["docker:registry:2 for the image called registry:2"],
    );
}

#[test]
fn control_characters_in_names_are_escaped() {
    let project = Project::new();
    let name = "a\x1b[2Jb\u{202e}";
    std::fs::write(project.path("named.tar"), archive(name, TOKEN)).unwrap();
    for format in ["human", "json", "sarif", "github"] {
        let (status, out, error) = project.run(&["--format", format, "named.tar"]);
        assert_eq!(status, 1);
        assert!(
            !out.contains(['\x1b', '\u{202e}']) && !error.contains(['\x1b', '\u{202e}']),
            "{out}{error}"
        );
    }
    let (_, _, error) = project.run(&["./no\x1b[2Jfile"]);
    assert!(
        error.contains("no\\u{1b}[2Jfile") && !error.contains('\x1b'),
        "{error}"
    );
    // Nor in what is said about arguments.
    for arguments in [
        ["--secret", "id=x,src=\u{202e}\x07"],
        ["--format", "\u{202e}\x07"],
        ["--allow-incomplete", "\u{202e}\x07"],
    ] {
        let (status, _, error) = project.run(&[arguments[0], arguments[1], "x"]);
        assert_eq!(status, 2);
        assert!(!error.contains(['\u{202e}', '\x07']), "{error}");
        assert!(error.contains("\\u{202e}"), "{error}");
    }
}
