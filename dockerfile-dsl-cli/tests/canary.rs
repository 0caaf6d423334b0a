//! `dockerfile-dsl canary new` and `verify --canary` as a user runs them.

use std::path::Path;
use std::process::{Command, Output};

const TOKEN: &str = "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0";
const PASSWORD: &str = "p4$$w'rd\"x\\y&z";

fn tool(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(arguments)
        .current_dir(directory)
        .env("TOKEN", TOKEN)
        .env("EMPTY", "")
        .output()
        .unwrap()
}

#[test]
fn decoys_of_a_build_are_found() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("password"), PASSWORD).unwrap();
    let flags = [
        "canary",
        "new",
        "--secret",
        "id=TOKEN,env=TOKEN",
        "--secret",
        "id=db,src=password",
        "decoys",
    ];
    let output = tool(directory.path(), &flags);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text,
        "--secret id=TOKEN,src=decoys/TOKEN\n--secret id=db,src=decoys/db\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let decoys = directory.path().join("decoys");
    let read = |name: &str| std::fs::read_to_string(decoys.join(name)).unwrap();
    assert_eq!(read(".build-flags"), text);
    let (token, password) = (read("TOKEN"), read("db"));
    assert!(token.starts_with("ghp_") && token.len() == TOKEN.len() && token != TOKEN);
    assert_eq!(password.len(), PASSWORD.len());
    assert_ne!(password, PASSWORD);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&decoys), 0o700);
        for name in ["TOKEN", "db", ".build-flags"] {
            assert_eq!(mode(&decoys.join(name)), 0o600, "{name}");
        }
    }
    // A step's output contains a decoy, and a real value that the search does not know.
    for (printed, status) in [(&token[..], 1), (&password[..], 1), (TOKEN, 0), ("x", 0)] {
        let log = format!("#1 RUN echo\n#1 0.1 {printed}\n");
        std::fs::write(directory.path().join("build.log"), log).unwrap();
        let output = tool(
            directory.path(),
            &["verify", "--canary", "decoys", "./build.log"],
        );
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(!text.contains(printed) || printed == "x", "{text}");
    }
    // No file is overwritten.
    let output = tool(directory.path(), &flags);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(read("TOKEN"), token);
}

#[test]
fn failure_leaves_no_folder() {
    let directory = tempfile::tempdir().unwrap();
    for flags in [
        ["--secret", "id=a,env=EMPTY"],
        ["--secret", "id=a,env=NOT_SET_ANYWHERE"],
        ["--secret", "id=../a,env=TOKEN"],
        ["--secret", "id=a,src=absent"],
    ] {
        let arguments = ["canary", "new", flags[0], flags[1], "decoys"];
        let output = tool(directory.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
    // A shell would split or expand the flags.
    for folder in ["a b", "a'b", "$HOME", "a*", "a\x1b[31m", "a\u{202e}", "a,b"] {
        let arguments = ["canary", "new", "--secret", "id=a,env=TOKEN", folder];
        let output = tool(directory.path(), &arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{folder}");
        assert!(text.contains("without blanks"), "{text}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
    let output = tool(directory.path(), &["verify", "--canary", "absent", "x.tar"]);
    assert_eq!(output.status.code(), Some(2));
}

/// Commands that create and read a key file: `$1` is the file.
const KEYS: &[(&str, &str)] = &[
    (
        "openssl genrsa -out \"$1\" 2048",
        "openssl pkey -noout -in \"$1\"",
    ),
    (
        "openssl genrsa -traditional -out \"$1\" 2048",
        "openssl pkey -noout -in \"$1\"",
    ),
    (
        "openssl ecparam -genkey -name prime256v1 -noout -out \"$1\"",
        "openssl pkey -noout -in \"$1\"",
    ),
    (
        "openssl genpkey -algorithm ed25519 -out \"$1\"",
        "openssl pkey -noout -in \"$1\"",
    ),
    (
        "openssl genrsa 2048 | base64 -w 0 >\"$1\"",
        "base64 -d \"$1\" | openssl pkey -noout",
    ),
    (
        "ssh-keygen -q -t ed25519 -N '' -f \"$1\" && chmod 600 \"$1\"",
        "ssh-keygen -y -f \"$1\"",
    ),
    (
        "ssh-keygen -q -t rsa -b 2048 -N '' -f \"$1\" && chmod 600 \"$1\"",
        "ssh-keygen -y -P '' -f \"$1\"",
    ),
];

/// A decoy of a key is readable by its programs, and contains no part of the key.
#[test]
fn decoys_of_keys_are_readable() {
    let directory = tempfile::tempdir().unwrap();
    let shell = |script: &str, file: &Path| {
        let mut command = Command::new("sh");
        let command = command.args(["-c", script, "sh"]).arg(file);
        command.output().unwrap().status.success()
    };
    for (index, (make, read)) in KEYS.iter().enumerate() {
        let name = format!("key{index}");
        let key = directory.path().join(&name);
        if !shell(make, &key) {
            eprintln!("not run here: {make}");
            continue;
        }
        assert!(shell(read, &key), "{read}");
        let (flag, folder) = (format!("id={name},src={name}"), format!("decoys-{name}"));
        let output = tool(
            directory.path(),
            &["canary", "new", "--secret", &flag, &folder],
        );
        assert!(output.status.success(), "{output:?}");
        let decoy = directory.path().join(&folder).join(&name);
        let output = tool(
            directory.path(),
            &["verify", "--secret", &flag, &format!("dir:{folder}")],
        );
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{make} {text}");
        assert!(shell(read, &decoy), "{make}");
    }
}
