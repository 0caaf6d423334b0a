//! `dockerfile-dsl verify` as a user runs it: exit status, streams, formats.

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{SECRET, TOKEN, archive, saved_image};

fn verify(directory: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .arg("verify")
        .args(arguments)
        .current_dir(directory)
        .env("TOKEN", TOKEN)
        .env("SHORT", "abc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The tool may exit before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(arguments: &[&str], status: i32, expected: &str) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("leaky.tar"),
        archive("root/.netrc", TOKEN),
    )
    .unwrap();
    std::fs::write(
        directory.path().join("clean.tar"),
        archive("root/.netrc", "nothing"),
    )
    .unwrap();
    std::fs::write(
        directory.path().join("build.log"),
        format!("#1 RUN echo\n#1 0.1 {TOKEN}\n"),
    )
    .unwrap();
    std::fs::write(directory.path().join("noise"), [0, 1, 2, 3]).unwrap();
    std::fs::write(
        directory.path().join("cut.tar"),
        &archive("root/.netrc", "nothing")[..600],
    )
    .unwrap();
    let output = verify(directory.path(), arguments, &archive("from/stdin", TOKEN));
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
    assert!(text.contains(expected), "{arguments:?}: {text}");
    assert!(!text.contains(TOKEN), "{arguments:?}: {text}");
}

#[test]
fn verdict_sets_the_exit_status() {
    check(
        &[SECRET[0], SECRET[1], "clean.tar"],
        0,
        "clean: none of the values is in clean.tar",
    );
    check(
        &[SECRET[0], SECRET[1], "leaky.tar"],
        1,
        "secret `TOKEN` is in root/.netrc, as raw",
    );
    check(&[SECRET[0], SECRET[1], "cut.tar"], 2, "incomplete");
    check(
        &[
            SECRET[0],
            SECRET[1],
            "--allow-incomplete=truncated",
            "cut.tar",
        ],
        0,
        "clean",
    );
    check(
        &["--secret", "id=SHORT,env=SHORT", "clean.tar"],
        2,
        "short-secret: secret `SHORT`",
    );
}

#[test]
fn stream_log_and_neither() {
    check(&[SECRET[0], SECRET[1], "-"], 1, "from/stdin");
    // A named pipe: `verify <(docker save app)`.
    check(&[SECRET[0], SECRET[1], "/dev/stdin"], 1, "from/stdin");
    check(&[SECRET[0], SECRET[1], "build.log"], 1, "the build log");
    check(
        &[SECRET[0], SECRET[1], "noise"],
        2,
        "neither an image archive",
    );
    check(
        &[SECRET[0], SECRET[1], "absent.tar"],
        2,
        "cannot read absent.tar",
    );
    check(
        &[
            SECRET[0],
            SECRET[1],
            "--engine",
            "./no-engine",
            "app:latest",
        ],
        2,
        "cannot run ./no-engine",
    );
}

#[test]
fn usage_errors_have_status_2() {
    check(&["clean.tar"], 2, "--secret");
    check(
        &["--secret", "id=X,env=NOT_SET_ANYWHERE", "clean.tar"],
        2,
        "is not set",
    );
    check(
        &[
            SECRET[0],
            SECRET[1],
            "--allow-incomplete=whatever",
            "clean.tar",
        ],
        2,
        "[possible values: short-secret, truncated,",
    );
    check(&[SECRET[0], SECRET[1]], 2, "<IMAGE>");
}

#[test]
fn missing_or_invalid_base_is_reported() {
    let base = |base, expected| {
        check(
            &[SECRET[0], SECRET[1], "--base", base, "clean.tar"],
            2,
            expected,
        )
    };
    base("./no-such-file", "./no-such-file");
    base("clean.tar", "has no layers");
}

#[test]
fn missing_engine_is_reported() {
    check(
        &[
            SECRET[0],
            SECRET[1],
            "--engine=no-such-engine",
            "registry.example:5000/app",
        ],
        2,
        "it is not installed, or not on PATH",
    );
}

#[test]
fn machine_output_is_one_object_on_stdout() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("leaky.tar"),
        archive("root/.netrc", TOKEN),
    )
    .unwrap();
    let output = verify(
        directory.path(),
        &[SECRET[0], SECRET[1], "--format", "json", "leaky.tar"],
        b"",
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["verdict"], "leaked");
    assert_eq!(report["findings"][0]["secret"], "TOKEN");
    assert_eq!(report["findings"][0]["path"], "root/.netrc");
    assert_eq!(
        report["findings"][0]["encodings"],
        serde_json::json!(["raw"])
    );
    assert_eq!(report["findings"][0]["match"], "whole");
    assert!(output.stderr.is_empty());
    let output = verify(
        directory.path(),
        &[SECRET[0], SECRET[1], "--format", "sarif", "leaky.tar"],
        b"",
    );
    let sarif: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "SecretInImage");
}

/// A stream of 400 MB: checks the resident memory at its end, and that nothing was stored.
#[test]
#[cfg(target_os = "linux")]
fn stream_is_not_stored_and_uses_little_memory() {
    let (directory, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(["verify", SECRET[0], SECRET[1], "-"])
        .current_dir(directory.path())
        .env("TOKEN", TOKEN)
        .env("TMPDIR", temporary.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let noise: Vec<u8> = (0..1_u32 << 18)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    for index in 0..40 {
        // A header, and 10 times the noise: larger than all buffers.
        let mut file = archive(&format!("file{index}"), "");
        let size = noise.len() * 10;
        file.truncate(512);
        file[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        file[148..156].fill(b' ');
        let sum: u32 = file.iter().map(|&byte| u32::from(byte)).sum();
        file[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        input.write_all(&file).unwrap();
        for _ in 0..10 {
            input.write_all(&noise).unwrap();
        }
    }
    input.write_all(&archive("last", TOKEN)).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap().trim().trim_end_matches(" kB");
    assert!(peak.parse::<u32>().unwrap() < 64 * 1024, "{peak} kB");
    for folder in [&directory, &temporary] {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("secret `TOKEN` is in last"), "{text}");
    assert!(text.contains("41 files, 419.5 MB"), "{text}");
}

#[test]
fn readme_shows_the_report_of_a_leaking_image() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("app.tar"), saved_image()).unwrap();
    let output = verify(directory.path(), &[SECRET[0], SECRET[1], "app.tar"], b"");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The published package does not contain it.
    for name in ["README.md", "docs/verify.md"] {
        if let Ok(page) = std::fs::read_to_string(folder.join("..").join(name)) {
            let shown = format!(
                "```text\n{}```",
                text.split("\nwhat to do now").next().unwrap()
            );
            assert!(page.contains(&shown), "{name} does not show {shown}");
        }
    }
}

/// `DOCKERFILE_DSL_UPDATE=1` writes the example of the site.
#[test]
fn html_report_is_one_page_on_stdout() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("app.tar"), saved_image()).unwrap();
    let arguments = [SECRET[0], SECRET[1], "--format", "html", "app.tar"];
    let output = verify(directory.path(), &arguments, b"");
    assert_eq!(output.status.code(), Some(1));
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n") && page.ends_with("</html>\n"));
    assert!(!page.contains(TOKEN), "{page}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/report.html");
    dockerfile_dsl_tests::terminal::compare(&page, &file);
}
