//! The public API of the published libraries, one item a line: `tests/data/api/`. A change of it is a line in a review.
//!
//! In: the JSON that rustdoc writes of each library with all features. Out: the items with their signatures, compared with the committed
//! list. Items with `#[doc(hidden)]`, and the implementations that `derive` and the compiler make, are left out. The format of that JSON
//! changes with the compiler, so the lists are compared on the toolchain that `tests/src/compiler.rs` names, and nowhere else.

use std::fs;
use std::process::Command;

use dockerfile_dsl_tests::compiler::Compiler;

use super::{none, root};

/// The libraries, as rustdoc names them. The macros are items of `dockerfile_dsl`.
const LIBRARIES: [&str; 3] = [
    "dockerfile_dsl",
    "dockerfile_dsl_analysis",
    "dockerfile_dsl_verify",
];

#[test]
fn public_api_is_the_committed_one() {
    if !Compiler::beside_this_test(env!("CARGO_TARGET_TMPDIR")).is_pinned {
        eprintln!("the public API is compared on another toolchain");
        return;
    }
    let folder = document();
    let is_update = std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some();
    let mut complaints = Vec::new();
    for library in LIBRARIES {
        let api = public_api::Builder::from_rustdoc_json(folder.join(format!("{library}.json")))
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build()
            .unwrap_or_else(|error| panic!("{library}: {error}"))
            .to_string();
        let path = root().join(format!("tests/data/api/{library}.txt"));
        if is_update {
            fs::write(&path, api).expect("the folder is part of the repository");
            continue;
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        complaints.extend(differences(library, &committed, &api));
    }
    if !complaints.is_empty() {
        complaints.push(
            "The public API is another. If that is intended, write it with \
             `DOCKERFILE_DSL_UPDATE=1 \
             cargo test -p dockerfile-dsl-tests --test tidy api::`, and say in \
             CHANGELOG.md what changes for a user."
                .to_owned(),
        );
    }
    none(complaints);
}

/// The lines that only one of two lists has.
fn differences(library: &str, committed: &str, api: &str) -> Vec<String> {
    let only = |of: &str, not: &str, sign: char| -> Vec<String> {
        let others: std::collections::BTreeSet<&str> = not.lines().collect();
        of.lines()
            .filter(|line| !others.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    let mut lines = only(committed, api, '-');
    lines.extend(only(api, committed, '+'));
    if lines.is_empty() && committed != api {
        lines.push(format!("{library}: the lines are in another order"));
    }
    lines
}

#[test]
fn changed_signature_is_reported() {
    let (old, new) = ("pub fn a()\npub fn b()\n", "pub fn a(_: u8)\npub fn b()\n");
    assert_eq!(
        differences("x", old, new),
        ["- pub fn a()", "+ pub fn a(_: u8)"]
    );
    assert_eq!(differences("x", old, old), [""; 0]);
}

/// Runs rustdoc on the workspace, as the step "docs" of `.ci/run` does, so that its dependencies are compiled already. The option is
/// not stable: `tests/tidy/rustdoc` switches it on for rustdoc alone.
fn document() -> std::path::PathBuf {
    let target = Compiler::beside_this_test(env!("CARGO_TARGET_TMPDIR"));
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "doc",
            "--workspace",
            "--no-deps",
            "--all-features",
            "--quiet",
            "--lib",
        ])
        .env("RUSTDOC", root().join("tests/tidy/rustdoc"))
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .output()
        .expect("cargo runs this test");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let deps = target.library().parent().expect("a file is in a folder");
    deps.join("../../doc")
}
