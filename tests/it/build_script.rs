//! The example with a `build.rs`, built as a user builds it, with a canary for the value of its secret.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const PACKAGE: &str = "dockerfile-dsl-example-build-script";
const CANARY: &str = "canary-6f1e0b7c_never-in-target";

#[test]
fn a_build_script_writes_the_files_and_no_value() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script");
    let _ = fs::remove_dir_all(&target);
    build(&target, CANARY);

    let out = out_dir(&target);
    let dockerfile = fs::read_to_string(out.join("Dockerfile")).unwrap();
    assert!(
        dockerfile.contains("--mount=type=secret,id=CARGO_REGISTRIES_ACME_TOKEN"),
        "{dockerfile}"
    );
    let script = fs::read_to_string(out.join("docker-build.sh")).unwrap();
    assert_eq!(
        script,
        "#!/bin/sh\n# Builds the image of the Dockerfile beside this script. Run it where the \
         build context is;\n# options such as --tag NAME are passed on.\nset -eu\n\
         docker build --secret \
         id=CARGO_REGISTRIES_ACME_TOKEN,env=CARGO_REGISTRIES_ACME_TOKEN --tag server --file - \
         \"$@\" . < \"$(dirname -- \"$0\")/Dockerfile\"\n"
    );
    let program = Command::new(target.join("debug").join(PACKAGE))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(program.stdout).unwrap(), dockerfile);

    // A new value of the secret is no reason to build anything again.
    let before = fs::metadata(out.join("Dockerfile"))
        .unwrap()
        .modified()
        .unwrap();
    let log = build(&target, "another-value-of-the-same-secret");
    assert!(!log.contains("Compiling"), "{log}");
    assert_eq!(
        fs::metadata(out.join("Dockerfile"))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );

    let mut files = 0;
    search(&target, CANARY.as_bytes(), &mut files);
    assert!(files > 20, "{files} files were searched");
}

fn build(target: &Path, value: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--package", PACKAGE])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_REGISTRIES_ACME_TOKEN", value)
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    log
}

/// The one directory of the build script in which there is a Dockerfile.
fn out_dir(target: &Path) -> PathBuf {
    let found: Vec<PathBuf> = fs::read_dir(target.join("debug/build"))
        .unwrap()
        .map(|entry| entry.unwrap().path().join("out"))
        .filter(|out| out.join("Dockerfile").exists())
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

fn search(directory: &Path, needle: &[u8], files: &mut usize) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, needle, files);
            continue;
        }
        *files += 1;
        let bytes = fs::read(&path).unwrap();
        assert!(
            !bytes.windows(needle.len()).any(|window| window == needle),
            "the value is in {}",
            path.display()
        );
    }
}
