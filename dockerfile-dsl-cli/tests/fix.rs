//! `dockerfile-dsl check --fix`, `--unsafe-fixes` and `--diff`: what is written, what is not, and when nothing is.

use std::fs;

mod place;

use place::{Place, text};

const MOUNT: &str = "--mount=type=secret,id=tok,required=true";

fn leak() -> String {
    format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a && wc /srv/a\n")
}

fn fixed() -> String {
    format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a && wc /srv/a && rm -f /srv/a\n")
}

/// A build argument that a git URL has, and the same with a mount and a credential helper.
const CLONE: &str = "FROM debian\nARG API_TOKEN\nRUN git clone \
                     https://x:$API_TOKEN@github.com/a/b /src\n";

/// Runs the tool, and returns its status, its messages, and the file.
#[track_caller]
fn run(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    let output = place.run(&[arguments, &["Dockerfile"]].concat());
    let bytes = fs::read(place.path().join("Dockerfile")).expect("is there");
    let status = output.status.code().expect("it ends");
    (status, text(&output.stderr), text(&bytes))
}

#[track_caller]
fn check(arguments: &[&str], before: &str, after: &str) -> String {
    let place = Place::with(&[("Dockerfile", before)]);
    let (_, told, written) = run(&place, arguments);
    assert_eq!(written, after, "{told}");
    // A second run changes nothing.
    let (_, again, written) = run(&place, arguments);
    assert_eq!(written, after, "{again}");
    assert!(again.contains("applied 0 fixes in 0 files\n"), "{again}");
    told
}

#[test]
fn a_safe_fix_is_applied_and_the_file_is_clean() {
    let place = Place::with(&[("Dockerfile", &leak())]);
    let (status, told, written) = run(&place, &["--fix"]);
    assert_eq!((status, written), (0, fixed()), "{told}");
    assert!(
        told.contains("fix: Dockerfile:2: SecretInLayer: "),
        "{told}"
    );
    assert!(told.contains("applied 1 fix in 1 file\n"), "{told}");
    assert!(told.contains("0 errors and 0 warnings in 1 file"), "{told}");
}

#[test]
fn other_fixes_are_applied_on_request() {
    let read_later = leak() + "CMD [\"app\"]\n";
    let told = check(&["--fix"], &read_later, &read_later);
    assert!(told.contains("applied 0 fixes in 0 files\n"), "{told}");
    let fixed = fixed() + "CMD [\"app\"]\n";
    check(&["--unsafe-fixes"], &read_later, &fixed);
    check(&["--fix", "--unsafe-fixes"], &read_later, &fixed);
}

#[test]
fn a_run_says_which_findings_have_a_fix() {
    let place = Place::with(&[("Dockerfile", &(leak() + CLONE))]);
    let (_, told, _) = run(&place, &[]);
    let expected = "fixes: 1 safe (--fix), 1 to review (--unsafe-fixes --diff)\n";
    assert!(told.ends_with(expected), "{told}");
}

#[test]
fn fixes_that_uncover_each_other_are_applied_together() {
    let told = check(
        &["--unsafe-fixes"],
        CLONE,
        "FROM debian\nRUN --mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true git -c \
         credential.helper= -c credential.https://github.com.helper='!f() { echo username=x; echo \
         \"password=$API_TOKEN\"; }; f' clone https://github.com/a/b /src\n",
    );
    let note = "note: pass `--secret id=API_TOKEN,env=API_TOKEN` to the build instead of \
                `--build-arg API_TOKEN`\n";
    assert!(told.contains(note), "{told}");
    assert!(told.contains("applied 2 fixes in 1 file\n"), "{told}");
}

#[test]
fn a_fix_that_brings_a_new_finding_is_not_applied() {
    // With a mount, the token would be in the hands of an unknown program.
    let text = "FROM debian\nARG API_TOKEN\nRUN frobctl $API_TOKEN\n";
    check(&["--unsafe-fixes"], text, text);
    // A decision of trust is made by a person.
    let text = format!("FROM debian\nRUN {MOUNT} frobctl /run/secrets/tok\n");
    check(&["--unsafe-fixes"], &text, &text);
}

#[test]
fn line_endings_marks_and_the_missing_final_newline_are_kept() {
    for convert in [
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| text.trim_end().to_owned(),
        |text: &str| format!("\u{feff}{text}"),
        |text: &str| text.replace('\n', "\r\n").trim_end().to_owned(),
    ] {
        check(&["--fix"], &convert(&leak()), &convert(&fixed()));
    }
}

#[test]
fn a_diff_writes_nothing() {
    let place = Place::with(&[("Dockerfile", &leak()), ("b", CLONE)]);
    let output = place.run(&["--diff", "Dockerfile", "b"]);
    assert_eq!(output.status.code(), Some(1));
    let diff = text(&output.stdout);
    let expected = format!(
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n FROM debian\n-RUN {MOUNT} cp \
         /run/secrets/tok /srv/a && wc /srv/a\n+RUN {MOUNT} cp /run/secrets/tok /srv/a && wc /srv/a && rm -f /srv/a\n"
    );
    assert_eq!(diff, expected);
    let told = text(&output.stderr);
    assert!(told.contains("would apply 1 fix in 1 file\n"), "{told}");
    let both = text(
        &place
            .run(&["--diff", "--unsafe-fixes", "Dockerfile", "b"])
            .stdout,
    );
    assert!(both.contains("+++ b/b\n"), "{both}");
    let (_, _, unchanged) = run(&place, &[]);
    assert_eq!(unchanged, leak());
}

#[test]
fn lines_of_dockerignore_are_added() {
    let copied = "FROM node:22\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci\n";
    let mounted = "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN \
                   --mount=type=secret,id=npmrc,target=/app/.npmrc,required=true npm ci\n";
    let told = check(&["--unsafe-fixes"], copied, mounted);
    assert!(
        told.contains("pass `--secret id=npmrc,src=.npmrc` to the build"),
        "{told}"
    );
    let sweeping = "FROM alpine\nCOPY . /app\n";
    let files = [
        ("Dockerfile", sweeping),
        (".env", "A=1\n"),
        (".dockerignore", "target"),
    ];
    let place = Place::with(&files);
    let diff = place.run(&["--diff", "--unsafe-fixes", "Dockerfile"]);
    assert!(
        text(&diff.stdout).contains("+++ b/.dockerignore\n"),
        "{diff:?}"
    );
    let (status, told, written) = run(&place, &["--unsafe-fixes"]);
    assert_eq!((status, written.as_str()), (0, sweeping), "{told}");
    let ignored = fs::read_to_string(place.path().join(".dockerignore")).expect("is there");
    assert_eq!(ignored, "target\n.env\n");
    // The name of the Dockerfile comes first.
    let place = Place::with(&[
        ("Dockerfile", sweeping),
        (".env", "A=1\n"),
        ("Dockerfile.dockerignore", ""),
    ]);
    run(&place, &["--unsafe-fixes"]);
    let own = fs::read_to_string(place.path().join("Dockerfile.dockerignore"));
    assert_eq!(own.expect("is there"), ".env\n");
    assert!(!place.path().join(".dockerignore").exists());
}

#[test]
fn findings_of_the_baseline_are_not_fixed() {
    let place = Place::with(&[("Dockerfile", &leak())]);
    run(&place, &["--baseline", "known.json", "--update-baseline"]);
    let (status, told, written) = run(&place, &["--baseline", "known.json", "--fix"]);
    assert_eq!((status, written), (0, leak()), "{told}");
    let (_, told, written) = run(&place, &["--fix"]);
    assert_eq!(written, fixed(), "{told}");
    place.check_status(
        &["--fix", "--update-baseline", "--baseline", "known.json"],
        2,
    );
}

#[test]
fn what_cannot_be_fixed_stays_as_it_is() {
    // Another file is fixed all the same.
    let place = Place::with(&[("Dockerfile", &leak()), ("malformed", "FROM x\nRUNN y\n")]);
    place.check_status(&["--fix", "malformed", "Dockerfile"], 2);
    let (_, _, written) = run(&place, &[]);
    assert_eq!(written, fixed());
    let malformed = fs::read_to_string(place.path().join("malformed")).expect("is there");
    assert_eq!(malformed, "FROM x\nRUNN y\n");
    // Bytes that are not UTF-8 would be replaced.
    let bytes = [leak().as_bytes(), b"LABEL a=\xff\n"].concat();
    fs::write(place.path().join("Dockerfile"), &bytes).expect("can be written");
    let output = place.run(&["--fix", "Dockerfile"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is not UTF-8"), "{output:?}");
    assert_eq!(
        fs::read(place.path().join("Dockerfile")).expect("is there"),
        bytes
    );
}

#[cfg(unix)]
#[test]
fn modes_and_links_are_kept_and_read_only_files_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::with(&[("real", &leak())]);
    let (real, link) = (place.path().join("real"), place.path().join("Dockerfile"));
    symlink("real", &link).expect("can be made");
    let set_mode = |mode| fs::set_permissions(&real, fs::Permissions::from_mode(mode));
    set_mode(0o444).expect("is ours");
    let (status, told, written) = run(&place, &["--fix"]);
    assert_eq!((status, written), (2, leak()), "{told}");
    assert!(
        told.contains("Dockerfile is read-only and stays as it is"),
        "{told}"
    );
    set_mode(0o640).expect("is ours");
    let (status, told, written) = run(&place, &["--fix"]);
    assert_eq!((status, written), (0, fixed()), "{told}");
    assert!(fs::symlink_metadata(&link).expect("is there").is_symlink());
    let mode = fs::metadata(&real).expect("is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
