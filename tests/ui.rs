//! Compile-fail tests: each `ui/FOLDER/NAME.rs` is one mistake, `NAME.stderr` rustc's output, and `NAME.ok.rs` its twin, which
//! differs minimally and compiles. `ui/README.md` is the index, written from the first lines of the files.
//!
//! The texts are exact for the pinned toolchain; on another one the first line has to match. `DOCKERFILE_DSL_UPDATE=1 cargo test
//! -p dockerfile-dsl-tests --test ui` writes the current output; review the diff before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dockerfile_dsl_tests::compiler::Compiler;
use dockerfile_dsl_tests::terminal;

const LEAST: usize = 60;

/// Mistakes that still compile: the analysis misses them. Asserted as they are, so that a fix shows.
const GAPS: &[&str] = &[];

/// Twins that do not compile yet: their programs are missing in the program database. Asserted as they are, too.
const TOO_STRICT: &[&str] = &["leak/xargs_makes_arguments"];

#[test]
fn every_mistake_is_refused_with_its_text() {
    let compiler = compiler();
    let files = mistakes();
    assert!(
        files.len() >= LEAST,
        "there are {} mistakes, at least {LEAST} are asked for",
        files.len()
    );
    let update = is_update();
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
        let name = name(&file);
        if TOO_STRICT.contains(&&*name) {
            let output = compiler.check(&folder(), &twin, "twin", &[]);
            assert!(
                !output.status.success(),
                "the twin of {name} compiles now: take it off the list"
            );
            continue;
        }
        writeln!(
            root,
            "#[path = {:?}]\npub mod {};",
            twin.to_str().unwrap(),
            name.replace('/', "_"),
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
        let name = file.to_str().unwrap();
        let mistake = name
            .strip_suffix(".ok.rs")
            .or_else(|| name.strip_suffix(".stderr"));
        if let Some(mistake) = mistake {
            assert!(
                Path::new(&format!("{mistake}.rs")).exists(),
                "{name} belongs to no mistake"
            );
        }
    }
}

/// The index has one line per mistake: the first line of its file.
#[test]
fn the_index_lists_every_mistake() {
    let index = index();
    let path = folder().join("README.md");
    if is_update() {
        fs::write(&path, &index).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == index,
        "tests/ui/README.md is not the index of the folders: \
         DOCKERFILE_DSL_UPDATE=1 cargo test -p dockerfile-dsl-tests --test ui the_index"
    );
}

/// What the mistakes of a folder have in common. A folder that is not listed fails the index.
const FOLDERS: &[(&str, &str)] = &[
    ("sh", "`sh!`: the script, its arguments, mounts and trust"),
    ("hole", "`sh!`: what may be in a hole"),
    ("leak", "`sh!`: where a secret would stay"),
    ("file", "`sh_file!`"),
    ("dockerfile", "`dockerfile!`"),
    ("include", "`include_dockerfile!`"),
    (
        "secret",
        "the types: a secret where only public values are accepted",
    ),
    ("builder", "the types: stages, paths and steps"),
];

fn index() -> String {
    let mistakes = mistakes();
    let mut index = String::from(
        "# Mistakes that do not compile\n\nPer mistake: `NAME.rs`, `NAME.stderr` (what rustc \
         says), `NAME.ok.rs` (the nearest script that compiles). `tests/ui.rs` runs them and \
         writes this index.\n",
    );
    let mut count = 0;
    for (folder, title) in FOLDERS {
        write!(index, "\n## {folder}/: {title}\n\n").unwrap();
        let own = mistakes
            .iter()
            .filter(|file| file.parent().unwrap().ends_with(folder));
        for file in own {
            let text = fs::read_to_string(file).unwrap();
            let line = text.lines().next().unwrap_or_default();
            let about = line
                .strip_prefix("//! ")
                .unwrap_or_else(|| panic!("{} does not open with `//! `", file.display()));
            let name = name(file);
            writeln!(index, "- [{name}]({name}.rs): {about}").unwrap();
            count += 1;
        }
    }
    assert_eq!(count, mistakes.len(), "a folder is missing in FOLDERS");
    index
}

fn is_update() -> bool {
    std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some_and(|value| !value.is_empty() && value != "0")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// `FOLDER/NAME` of a mistake.
fn name(file: &Path) -> String {
    let path = file.strip_prefix(folder()).unwrap().with_extension("");
    path.to_str().unwrap().replace('\\', "/")
}

/// The files in the folders of `ui/`: not the index, and not the scripts that mistakes read.
fn files() -> Vec<PathBuf> {
    let entries = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    let mut files: Vec<PathBuf> = entries(&folder())
        .iter()
        .filter(|path| path.is_dir())
        .flat_map(|folder| entries(folder))
        .filter(|path| path.is_file())
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
    let output = compiler.check(
        file.parent().unwrap(),
        Path::new(file.file_name().unwrap()),
        &format!("mistake{worker}"),
        &[],
    );
    let name = name(file);
    let is_gap = GAPS.contains(&&*name);
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

/// Removes the places in the library's own sources, which change with every edit there.
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

/// The picture of the README is rustc's output for the mistake beside its code, as a terminal shows it.
#[test]
fn picture_of_the_readme_is_up_to_date() {
    const COLUMNS: usize = 94;
    let told = fs::read_to_string(folder().join("leak/npmrc_copied.stderr")).unwrap();
    let (error, _) = told
        .split_once("\nhelp: ")
        .expect("the error ends with help of rustc");
    let picture = terminal::picture(
        "A compile error of sh!",
        error,
        &terminal::wrapped(terminal::rustc(error), COLUMNS),
    );
    let file = folder().join("../../docs/pictures/compile-error.svg");
    terminal::compare(&picture, &file);
}
