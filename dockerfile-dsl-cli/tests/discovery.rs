//! Which files `dockerfile-dsl check` finds: folders, globs, exclusions, and what it says if there is nothing.

use std::fs;

mod place;

use place::{Place, text};

const CLEAN: &str = "FROM alpine\nRUN true\n";

#[test]
fn a_repository_is_searched() {
    let place = Place::with(&[
        ("Dockerfile", CLEAN),
        ("web/Dockerfile.dev", CLEAN),
        ("web/Dockerfile.dev.dockerignore", "x"),
        ("web/Dockerfile.md", "# Title\n"),
        ("web/api.Dockerfile", CLEAN),
        ("web/Containerfile", CLEAN),
        (".devcontainer/Dockerfile", CLEAN),
        ("node_modules/a/Dockerfile", CLEAN),
        (".git/Dockerfile", CLEAN),
        ("out/Dockerfile", CLEAN),
        (".gitignore", "/out/\n"),
        ("README.md", "FROM here\n"),
    ]);
    let all = [
        ".devcontainer/Dockerfile",
        "Dockerfile",
        "web/Containerfile",
        "web/Dockerfile.dev",
        "web/api.Dockerfile",
    ];
    assert_eq!(place.files(&[]), all);
    assert_eq!(place.files(&["."]), all);
    assert_eq!(place.files(&["web"]), all[2..]);
    assert_eq!(
        place.files(&["web", "Dockerfile", "./web/Dockerfile.dev"]),
        [
            "web/Containerfile",
            "web/Dockerfile.dev",
            "web/api.Dockerfile",
            "Dockerfile"
        ]
    );
    // What is named is checked, whatever .gitignore says.
    assert_eq!(place.files(&["out/Dockerfile"]), ["out/Dockerfile"]);
    assert_eq!(place.files(&["out"]), ["out/Dockerfile"]);
}

#[test]
fn globs_and_exclusions() {
    let place = Place::with(&[
        ("Dockerfile", CLEAN),
        ("a/Dockerfile", CLEAN),
        ("a/b/Dockerfile", CLEAN),
        ("a/b/image.docker", CLEAN),
    ]);
    assert_eq!(place.files(&["a/**"]), ["a/Dockerfile", "a/b/Dockerfile"]);
    assert_eq!(place.files(&["*/Dockerfile"]), ["a/Dockerfile"]);
    assert_eq!(place.files(&["a/b/*.docker"]), ["a/b/image.docker"]);
    assert_eq!(
        place.files(&["--exclude", "b"]),
        ["Dockerfile", "a/Dockerfile"]
    );
    assert_eq!(
        place.files(&["--exclude", "/a/b/", "--exclude", "/Dockerfile"]),
        ["a/Dockerfile"]
    );
    assert_eq!(
        place.files(&["--exclude", "./a", "Dockerfile", "a/Dockerfile"]),
        ["Dockerfile"]
    );
    place.check_status(&["nothing/*.x"], 2);
    let told = text(&place.run(&["nothing/*.x"]).stderr);
    assert!(told.contains("nothing/*.x matches no file"), "{told}");
    place.check_status(&["--exclude", "a{", "."], 2);
}

#[test]
fn a_folder_without_dockerfiles_is_reported_and_clean() {
    let place = Place::with(&[
        ("README.md", ""),
        ("deploy/Dockerfile.j2", "FROM {{ x }}\n"),
    ]);
    place.check_status(&[], 0);
    let told = text(&place.run(&[]).stderr);
    assert!(told.contains("no Dockerfile found in `.`"), "{told}");
    assert!(told.contains("deploy/Dockerfile.j2: not checked"), "{told}");
    assert_eq!(place.files(&[]), [""; 0]);
    // A file that is named is checked as it is.
    place.check_status(&["deploy/Dockerfile.j2"], 2);
}

#[test]
fn a_possible_dockerfile_is_one_by_its_first_instruction() {
    let place = Place::with(&[
        (
            "Dockerfile.go",
            "# syntax=docker/dockerfile:1\nARG V=1\nFROM go:$V\n",
        ),
        ("Dockerfile.py", "import os\n"),
        ("Dockerfile", "import os\n"),
    ]);
    assert_eq!(place.files(&[]), ["Dockerfile", "Dockerfile.go"]);
    place.check_status(&[], 2);
}

#[test]
fn the_summary_counts_all_files() {
    let place = Place::with(&[
        ("a/Dockerfile", CLEAN),
        ("b/Dockerfile", "FROM a\nARG TOKEN\n"),
    ]);
    let told = text(&place.run(&[]).stderr);
    assert!(
        told.ends_with("0 errors and 1 warning in 2 files; --strict makes it an error\n"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn links_to_files_are_checked_and_links_to_folders_are_not_followed() {
    use std::os::unix::fs::symlink;

    let place = Place::with(&[("image.docker", CLEAN), ("a/Dockerfile", CLEAN)]);
    symlink("image.docker", place.path().join("Dockerfile")).expect("can be made");
    symlink(".", place.path().join("a/loop")).expect("can be made");
    symlink("absent", place.path().join("broken.Dockerfile")).expect("can be made");
    assert_eq!(
        place.files(&[]),
        ["Dockerfile", "a/Dockerfile", "broken.Dockerfile"]
    );
    place.check_status(&[], 2);
    fs::create_dir(place.path().join("c")).expect("can be made");
    symlink("../a", place.path().join("c/a")).expect("can be made");
    assert_eq!(place.files(&["c"]), [""; 0]);
}

/// Its first bytes would be waited for.
#[cfg(unix)]
#[test]
fn fifo_with_the_name_of_a_dockerfile_is_an_error() {
    let place = Place::with(&[("Dockerfile", CLEAN)]);
    let made = std::process::Command::new("mkfifo")
        .arg(place.path().join("pipe"))
        .status()
        .expect("can be run");
    assert!(made.success());
    std::os::unix::fs::symlink("pipe", place.path().join("Dockerfile.dev")).expect("can be made");
    let output = place.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("error: Dockerfile.dev"), "{told}");
}
