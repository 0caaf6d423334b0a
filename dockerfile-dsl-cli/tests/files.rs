//! File handling of `dockerfile-dsl check`: which files it replaces, that it does not block, and hostile file names.

#![cfg(unix)]

mod place;

use std::fs;
use std::process::Command;

use place::{Place, text};

const SECRET_NAME: &str = "FROM alpine\nARG API_TOKEN\n";

/// Existing paths keep their kind: a link, its mode, and anything that is not a regular file.
#[test]
fn baseline_replaces_only_a_regular_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::with(&[("Dockerfile", SECRET_NAME)]);
    let update = |name: &str, expected: i32| {
        place.check_status(
            &["--baseline", name, "--update-baseline", "Dockerfile"],
            expected,
        );
    };
    let mode = |name: &str| {
        let metadata = fs::metadata(place.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    // New file: readable by others, according to the umask.
    update("new", 0);
    assert_eq!(mode("new") & 0o600, 0o600);
    let plain = place.path().join("plain");
    fs::write(&plain, "").unwrap();
    assert_eq!(mode("new"), mode("plain"));
    // Existing file: the mode is kept.
    fs::set_permissions(place.path().join("new"), fs::Permissions::from_mode(0o640)).unwrap();
    update("new", 0);
    assert_eq!(mode("new"), 0o640);
    // A link, and a link to a link, to existing and missing files.
    fs::create_dir(place.path().join("folder")).unwrap();
    symlink("folder/real", place.path().join("link")).unwrap();
    symlink("link", place.path().join("second")).unwrap();
    for _ in 0..2 {
        update("second", 0);
        for link in ["link", "second"] {
            assert!(
                fs::symlink_metadata(place.path().join(link))
                    .unwrap()
                    .is_symlink()
            );
        }
        let text = fs::read_to_string(place.path().join("folder/real")).unwrap();
        assert!(text.contains("\"findings\""), "{text}");
    }
    // Not a file.
    let made = Command::new("mkfifo")
        .arg(place.path().join("fifo"))
        .status();
    assert!(made.unwrap().success());
    symlink("fifo", place.path().join("to-fifo")).unwrap();
    symlink("loop", place.path().join("loop")).unwrap();
    for name in ["fifo", "to-fifo", "folder", "loop"] {
        let before = fs::symlink_metadata(place.path().join(name))
            .unwrap()
            .file_type();
        update(name, 2);
        let after = fs::symlink_metadata(place.path().join(name))
            .unwrap()
            .file_type();
        assert_eq!(before, after, "{name}");
    }
    let names = fs::read_dir(place.path()).unwrap().count();
    assert_eq!(names, 9, "no temporary file is left");
}

#[test]
fn fifo_without_a_writer_is_an_error_without_blocking() {
    let place = Place::with(&[]);
    let made = Command::new("mkfifo")
        .arg(place.path().join("fifo"))
        .status();
    assert!(made.unwrap().success());
    let output = place.run(&["fifo"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("no program writes to"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn control_characters_in_names_are_escaped() {
    let name = "a\nb\x1b[31m\u{202e}";
    let leak =
        "FROM alpine\nRUN --mount=type=secret,id=tok cat /run/secrets/tok > \"/etc/\x1b[2Jx\"\n";
    let place = Place::with(&[(name, leak), ("unreadable\x1b[1m", "RUN <<")]);
    for format in ["human", "json", "sarif"] {
        for colour in ["never", "always"] {
            let arguments = [
                "--format",
                format,
                "--color",
                colour,
                name,
                "unreadable\x1b[1m",
                "absent\x1b[1m",
            ];
            let output = place.run(&arguments);
            let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
            for raw in [
                "\x1b[2J",
                "\x1b[31m\u{202e}",
                "\u{202e}",
                "absent\x1b",
                "unreadable\x1b",
            ] {
                assert!(!shown.contains(raw), "{format}: {shown:?}");
            }
            assert!(
                format != "human" || shown.contains("a\\nb\\u{1b}[31m\\u{202e}"),
                "{shown}"
            );
            assert!(colour == "always" || !shown.contains('\x1b'), "{shown:?}");
        }
    }
}

#[test]
fn quiet_keeps_the_exit_status() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME)]);
    let output = place.run(&["--quiet"]);
    assert_eq!(output.status.code(), place.run(&[]).status.code());
    assert!(
        output.stdout.is_empty() && output.stderr.is_empty(),
        "{}",
        text(&output.stderr)
    );
}
