//! Compile-fail tests: each file in `ui/` is one mistake, `NAME.stderr` what rustc says about it, and `NAME.ok.rs` its twin,
//! which differs in the least and compiles.
//!
//! The texts are exact for the pinned toolchain; on another one the first line has to be the same.
//! `DOCKERFILE_DSL_UPDATE=1 cargo test -p dockerfile-dsl-tests --test ui` writes what rustc says today; read the diff before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dockerfile_dsl_tests::compiler::Compiler;

const LEAST: usize = 60;

/// Mistakes that compile today: what the analysis does not see yet. Asserted as it is, so that closing one shows.
const GAPS: &[&str] = &[];

/// Twins that do not compile today: programs without a row in the tables yet. Asserted as it is, too.
const TOO_STRICT: &[&str] = &["xargs_makes_arguments"];

#[test]
fn every_mistake_is_refused_with_its_text() {
    let compiler = compiler();
    let files = mistakes();
    assert!(
        files.len() >= LEAST,
        "there are {} mistakes, at least {LEAST} are asked for",
        files.len()
    );
    let update = std::env::var_os("DOCKERFILE_DSL_UPDATE")
        .is_some_and(|value| !value.is_empty() && value != "0");
    let failures = Mutex::new(Vec::new());
    let queue = Mutex::new(files.iter());
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (queue, failures, compiler) = (&queue, &failures, &compiler);
            scope.spawn(move || {
                loop {
                    let Some(file) = queue.lock().unwrap().next() else {
                        break;
                    };
                    if let Err(failure) = check(compiler, file, worker, update) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n\n{}",
        failures.len(),
        files.len(),
        failures.join("\n\n")
    );
}

/// All twins in one crate, under the strictest lints: the expansion brings no warning and no `unsafe`.
#[test]
fn every_twin_compiles() {
    let compiler = compiler();
    let mut root = String::from("#![deny(warnings)]\n#![forbid(unsafe_code)]\n");
    for file in mistakes() {
        let twin = file.with_extension("ok.rs");
        assert!(twin.exists(), "{} has no twin", file.display());
        let name = file.file_stem().unwrap().to_str().unwrap();
        if TOO_STRICT.contains(&name) {
            let output = compiler.check(&folder(), &twin, "twin", &[]);
            assert!(
                !output.status.success(),
                "the twin of {name} compiles now: take it off the list"
            );
            continue;
        }
        writeln!(
            root,
            "#[path = {:?}]\npub mod {name};",
            twin.to_str().unwrap()
        )
        .unwrap();
    }
    let main = compiler.scratch("twins.rs");
    fs::write(&main, root).unwrap();
    let output = compiler.check(&folder(), &main, "twins", &[]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_file_belongs_to_a_mistake() {
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let mistake = name
            .strip_suffix(".ok.rs")
            .or_else(|| name.strip_suffix(".stderr"));
        if let Some(mistake) = mistake {
            assert!(
                folder().join(format!("{mistake}.rs")).exists(),
                "{name} belongs to no mistake"
            );
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn mistakes() -> Vec<PathBuf> {
    let is_mistake = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.ends_with(".rs") && !name.ends_with(".ok.rs")
    };
    files().into_iter().filter(is_mistake).collect()
}

fn compiler() -> Compiler {
    Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/ui"))
}

fn check(compiler: &Compiler, file: &Path, worker: usize, update: bool) -> Result<(), String> {
    let name = file.file_name().unwrap();
    let output = compiler.check(&folder(), Path::new(name), &format!("mistake{worker}"), &[]);
    let name = name.to_string_lossy();
    let is_gap = GAPS.iter().any(|gap| name == format!("{gap}.rs"));
    match (output.status.success(), is_gap) {
        (true, true) => return Ok(()),
        (true, false) => return Err(format!("{name} compiles")),
        (false, true) => {
            return Err(format!(
                "{name} is refused now: take it off the list of gaps"
            ));
        }
        (false, false) => {}
    }
    let actual = normal(&String::from_utf8_lossy(&output.stderr));
    let expected = file.with_extension("stderr");
    if update {
        fs::write(&expected, &actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(&expected)
        .map_err(|_| format!("{name} has no .stderr; rustc says:\n{actual}"))?;
    let same = if compiler.is_pinned {
        actual == expected
    } else {
        actual.lines().next() == expected.lines().next()
    };
    if same {
        Ok(())
    } else {
        Err(format!("{name}: expected:\n{expected}\nactual:\n{actual}"))
    }
}

/// Without the places in the library's own sources, which move with every change there.
fn normal(text: &str) -> String {
    let mut normal = String::new();
    for line in text.lines() {
        match line
            .split_once(" dockerfile-dsl/src/")
            .or_else(|| line.split_once(" /rustc/"))
        {
            Some((before, _))
                if before.trim_start().starts_with("-->")
                    || before.trim_start().starts_with(":::") =>
            {
                let file = line[before.len() + 1..]
                    .split(':')
                    .next()
                    .unwrap_or_default();
                let file = file
                    .strip_prefix("/rustc/")
                    .and_then(|path| path.split_once('/'))
                    .map_or(file, |(_, path)| path);
                writeln!(normal, "{before} {file}").unwrap();
            }
            _ => writeln!(normal, "{line}").unwrap(),
        }
    }
    normal
}

/// The README shows what rustc says of the same mistake, line by line.
#[test]
fn the_readme_shows_a_real_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let told = fs::read_to_string(folder().join("redirect_to_layer.stderr")).unwrap();
    let shown = readme
        .split("```text\n")
        .find(|block| block.starts_with("error[E0277]"))
        .expect("an error is shown");
    let shown = shown.split("```").next().unwrap_or_default();
    for line in shown.lines() {
        let line = line.trim().replace("GITHUB_TOKEN", "TOKEN");
        assert!(
            told.lines().any(|told| told.trim() == line),
            "rustc does not say: {line}"
        );
    }
}
