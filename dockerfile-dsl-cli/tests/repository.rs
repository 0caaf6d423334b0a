//! A build context that is a git repository: `COPY . .` copies its `.git`.

mod place;

use place::{Place, text};

const COPY: &str = "FROM alpine\nCOPY . /app\n";
const PLAIN: &str = "[remote \"origin\"]\n\turl = https://github.com/a/b.git\n";
const URL: &str = "[remote \"origin\"]\n\turl = https://x:swordfish9@example.com/b.git\n";
const HEADER: &str =
    "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic c3dvcmRmaXNoOQ==\n";

/// Checks the messages and levels of `check`, and that no value is in any of its outputs.
#[track_caller]
fn check(place: &Place, expected: &[(&str, &str)]) {
    let answer = place.json(&["Dockerfile"]);
    let findings = answer["files"][0]["findings"]
        .as_array()
        .expect("is a list");
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, (severity, part)) in findings.iter().zip(expected) {
        assert_eq!(finding["rule"], "SecretFileInContext");
        assert_eq!(finding["severity"], *severity);
        let message = finding["message"].as_str().expect("is text");
        assert!(message.contains(part), "{message}");
    }
    for format in ["human", "json", "sarif"] {
        let output = place.run(&["--format", format]);
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(
            !told.contains("swordfish9") && !told.contains("c3dvcmR"),
            "{told}"
        );
    }
}

#[test]
fn repository_of_the_build_context() {
    let history = [("warning", "with `.git`: every file that was ever committed")];
    let place = Place::with(&[("Dockerfile", COPY), (".git/config", PLAIN)]);
    check(&place, &history);
    place.check_status(&["--strict"], 0);
    for (config, what) in [(URL, "a URL with a credential"), (HEADER, "a header with")] {
        place.write(".git/config", config);
        check(&place, &[("error", what)]);
        place.check_status(&[], 1);
    }
    place.write("Dockerfile", "FROM alpine\nCOPY .git /app/.git\n");
    check(&place, &[("error", "contains a header with a credential")]);
    // The near misses: it is ignored, not copied, or not part of this context.
    for ignore in [".git\n", "*\n!src\n"] {
        place.write(".dockerignore", ignore);
        place.write("Dockerfile", COPY);
        check(&place, &[]);
    }
    let place = Place::with(&[
        ("Dockerfile", "FROM alpine\nCOPY src /app\n"),
        (".git/config", URL),
    ]);
    check(&place, &[]);
    let place = Place::with(&[("Dockerfile", COPY), ("sub/.git/config", URL)]);
    check(&place, &[]);
}

/// The `.git` of a worktree is a file with a path.
#[test]
fn worktrees_and_standard_input_have_no_repository() {
    let place = Place::with(&[("Dockerfile", COPY), (".git", "gitdir: /elsewhere\n")]);
    check(&place, &[]);
}

#[test]
fn credential_of_a_submodule_is_in_the_repository() {
    let place = Place::with(&[
        ("Dockerfile", COPY),
        (".git/config", PLAIN),
        (".git/modules/lib/config", HEADER),
    ]);
    check(&place, &[("error", "a header with a credential")]);
}

#[test]
fn fix_adds_the_line_to_the_dockerignore() {
    let place = Place::with(&[
        ("Dockerfile", COPY),
        (".git/config", URL),
        (".dockerignore", "target"),
    ]);
    let read = || std::fs::read_to_string(place.path().join(".dockerignore")).expect("is there");
    // A step may call git: the fix is for review.
    place.run(&["--fix"]);
    assert_eq!(read(), "target");
    place.run(&["--unsafe-fixes"]);
    assert_eq!(read(), "target\n.git\n");
    check(&place, &[]);
}
