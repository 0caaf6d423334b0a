//! The house rules that a compiler does not know: documents that are true, names that agree, exceptions that are explained.
//!
//! In: the files of the repository. Each test says what is missing, and where.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl_analysis::Rule;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[track_caller]
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files with this ending, relative to the root, without what is built and what is fetched.
fn files(ending: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder)
            .expect("the repository can be read")
            .flatten()
        {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    walk(&path, found);
                }
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    let names = found.iter().map(|path| {
        path.strip_prefix(root())
            .expect("it was found there")
            .display()
            .to_string()
    });
    let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    assert!(!names.is_empty(), "no file ends with {ending}");
    names
}

#[track_caller]
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// The value of a key in a TOML file that we wrote ourselves.
fn toml(text: &str, key: &str) -> Option<String> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[test]
fn the_paths_in_the_documents_exist() {
    let mut complaints = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let text = read(document);
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = path.contains('/')
                && path.chars().all(|character| {
                    character.is_ascii_alphanumeric() || "/._-".contains(character)
                });
            if is_path && !root().join(path).exists() {
                complaints.push(format!("{document} names `{path}`, which does not exist"));
            }
        }
    }
    none(complaints);
}

#[test]
fn both_readmes_are_equal() {
    assert!(
        read("README.md") == read("dockerfile-dsl/README.md"),
        "copy dockerfile-dsl/README.md to README.md"
    );
}

#[test]
fn the_readme_names_the_commands_that_ci_runs() {
    let (readme, run) = (read("README.md"), read(".ci/run"));
    assert!(
        readme.contains("\ncargo test --workspace") && run.contains("\ncargo test --workspace")
    );
    assert!(readme.contains("\ncargo run --example private_git_clone"));
}

#[test]
fn versions_agree() {
    let workspace = read("Cargo.toml");
    let version = toml(&workspace, "version").expect("the workspace has a version");
    let rust = toml(&workspace, "rust-version").expect("the workspace has a rust-version");
    let mut complaints = Vec::new();
    for manifest in files("Cargo.toml") {
        let text = read(&manifest);
        if ["fuzz/", "benches/"]
            .iter()
            .any(|alone| manifest.starts_with(alone))
            || !text.contains("[package]")
        {
            continue;
        }
        for line in [
            "version.workspace = true",
            "edition.workspace = true",
            "rust-version.workspace = true",
            "[lints]\nworkspace = true",
        ] {
            if !text.contains(line) {
                complaints.push(format!("{manifest} has no `{}`", line.replace('\n', " ")));
            }
        }
    }
    for line in workspace
        .lines()
        .filter(|line| line.starts_with("dockerfile-dsl"))
    {
        if !line.contains(&format!("version = \"={version}\"")) {
            complaints.push(format!(
                "Cargo.toml: the siblings need exactly {version}: {line}"
            ));
        }
    }
    for (document, words) in [
        ("README.md", format!("Rust {rust}")),
        (".ci/msrv", format!("({rust})")),
    ] {
        if !read(document).contains(&words) {
            complaints.push(format!("{document} does not say {words}"));
        }
    }
    none(complaints);
}

#[test]
fn the_changelog_has_an_entry() {
    let version = toml(&read("Cargo.toml"), "version").expect("the workspace has a version");
    let changelog = read("CHANGELOG.md");
    let entry = changelog.split("\n## ").nth(1).expect("there is a heading");
    assert!(
        entry.starts_with("[Unreleased]") || entry.starts_with(&format!("[{version}]")),
        "neither [Unreleased] nor [{version}] comes first"
    );
    assert!(
        entry.contains("\n- "),
        "the first heading of CHANGELOG.md has no entry"
    );
}

/// A page and tests for every rule, and no page of a rule that is gone.
#[test]
fn every_rule_has_a_page_and_tests() {
    let folder = "dockerfile-dsl-analysis/src/rules/";
    let page = |rule: &Rule| format!("{folder}{rule}.md");
    let pages: BTreeSet<String> = files(".md")
        .into_iter()
        .filter(|path| path.starts_with(folder))
        .collect();
    let expected: BTreeSet<String> = Rule::ALL.iter().map(page).collect();
    let mut complaints: Vec<String> = expected
        .difference(&pages)
        .map(|page| format!("{page} is missing"))
        .collect();
    complaints.extend(
        pages
            .difference(&expected)
            .map(|page| format!("{page} is the page of no rule")),
    );
    // A test names the rule that it is about, in code or in the output that it expects.
    let is_test = |path: &&String| {
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("tests.rs")
            || path.starts_with("dockerfile-dsl-analysis/src/")
    };
    let sources: Vec<String> = files(".rs").into_iter().collect();
    let tests: String = sources
        .iter()
        .filter(is_test)
        .map(|path| read(path))
        .map(|text| text.split("rules! {").next().unwrap_or_default().to_owned())
        .collect();
    complaints.extend(
        Rule::ALL
            .iter()
            .filter(|rule| {
                !tests.contains(&format!("Rule::{rule}")) && !tests.contains(&format!("\"{rule}\""))
            })
            .map(|rule| format!("no test names {rule}")),
    );
    none(complaints);
}

#[test]
fn every_example_has_its_files() {
    let manifest = read("examples/Cargo.toml");
    let tests = read("tests/examples.rs");
    let mut complaints = Vec::new();
    for source in files(".rs")
        .iter()
        .filter_map(|path| path.strip_prefix("examples/"))
        .filter(|path| !path.contains('/') && *path != "lib.rs")
    {
        let name = source.trim_end_matches(".rs");
        for file in [format!("{name}.Dockerfile"), format!("{name}.sh")] {
            if !root().join("examples").join(&file).exists() {
                complaints.push(format!("examples/{file} is missing"));
            }
        }
        if !manifest.contains(&format!("name = \"{name}\"\npath = \"{source}\"")) {
            complaints.push(format!(
                "examples/Cargo.toml has no [[example]] `{name}` with its path"
            ));
        }
        if !tests.contains(&format!("mod {name};")) {
            complaints.push(format!("tests/examples.rs does not compare `{name}`"));
        }
    }
    none(complaints);
}

#[test]
fn exceptions_are_explained_and_no_test_is_left_out() {
    let mut complaints = Vec::new();
    // What the macros write into other people's code is no exception of ours.
    let ours = |path: &&String| {
        !path.ends_with("tidy.rs")
            && !path.starts_with("dockerfile-dsl-macros/src/")
            && !path.contains("/ui/")
    };
    for path in files(".rs").iter().filter(ours) {
        let text = read(path);
        for word in ["#[ignore", "todo!(", "dbg!("] {
            if text.contains(word) {
                complaints.push(format!("{path}: {word}"));
            }
        }
        for (at, _) in text
            .match_indices("[expect(")
            .chain(text.match_indices("[allow("))
        {
            let attribute = text[at..].split(")]").next().unwrap_or_default();
            let line = text[..at].matches('\n').count() + 1;
            let line_start = text[..at].rsplit('\n').next().unwrap_or_default().trim();
            let is_attribute = line_start == "#" || line_start == "#!";
            if is_attribute && !attribute.contains("reason") {
                complaints.push(format!("{path}:{line}: an exception without a reason"));
            }
        }
    }
    none(complaints);
}

/// A long file does two jobs, or it says at its top why it does not.
#[test]
fn no_file_is_long_without_a_reason() {
    const LONGEST: usize = 500;
    let is_excused = |text: &str| {
        text.lines()
            .take_while(|line| line.starts_with("//!"))
            .any(|line| line.starts_with("//! One file, because "))
    };
    let long = files(".rs")
        .into_iter()
        .map(|path| (read(&path), path))
        .filter(|(text, _)| text.lines().count() > LONGEST && !is_excused(text))
        .map(|(text, path)| {
            let lines = text.lines().count();
            format!(
                "{path} has {lines} lines: split it, or say `//! One file, because ..` at its top"
            )
        })
        .collect();
    none(long);
}

/// The file of an instruction or of a mount holds one type, whose own documentation says it.
#[test]
fn every_module_says_what_it_is() {
    let is_module = |path: &&String| {
        let is_source = path.contains("/src/")
            || path.starts_with("examples/")
            || (path.starts_with("tests/") && !path.contains("/ui/") && !path.contains("/data/"));
        is_source && !path.contains("/src/instruction/") && !path.contains("/src/mount/")
    };
    let silent = files(".rs")
        .iter()
        .filter(is_module)
        .filter(|path| !read(path).trim_start().starts_with("//!"))
        .map(|path| format!("{path} does not open with `//!`"))
        .collect();
    none(silent);
}

#[track_caller]
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(arguments)
        .output()
        .expect("cargo runs this test");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn crates(arguments: &[&str]) -> BTreeSet<String> {
    let arguments = [
        &[
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--package",
        ],
        arguments,
    ]
    .concat();
    cargo(&arguments)
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn few_crates_are_compiled() {
    let compiled = crates(&["dockerfile-dsl"]);
    assert!(
        compiled.len() <= 8,
        "{} crates: {compiled:?}",
        compiled.len()
    );
    assert_eq!(
        crates(&["dockerfile-dsl-analysis"]).len(),
        1,
        "the analysis has no dependencies"
    );
}

/// The first command of the README, from a fresh clone: the examples are on the default features, and nothing else of the workspace
/// is unified with them.
#[test]
fn the_first_command_compiles_few_crates() {
    const MOST: usize = 12;
    let tree = |arguments: &[&str]| {
        let common = ["tree", "--offline", "--prefix=none", "--format={p}"];
        cargo(&[&common, arguments].concat())
    };
    let trees = [
        tree(&["--edges=normal,build"]),
        tree(&[
            "--edges=normal,build,dev",
            "--package=dockerfile-dsl-examples",
        ]),
    ];
    let compiled: BTreeSet<&str> = trees
        .iter()
        .flat_map(|tree| tree.lines())
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(
        compiled.contains("dockerfile-dsl-examples") && compiled.len() <= MOST,
        "`cargo run --example private_git_clone` compiles {} crates, at most {MOST} are accepted. An example that needs more than \
         the default features gets a package beside examples/build_script, and `default-members` in Cargo.toml only lists packages \
         on the default features: {compiled:?}",
        compiled.len()
    );
}

/// What a package on a registry needs, and what may be in what we ship: deny.toml says the same to cargo-deny, which is not
/// installed for this.
#[test]
fn packages_are_complete_and_freely_licensed() {
    const LICENSES: &[&str] = &[
        "MIT",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
        "0BSD",
        "BSL-1.0",
        "bzip2-1.0.6",
        "CC0-1.0",
    ];
    // Without the platform it asks for crates of others, which nobody has downloaded.
    let rustc = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc is beside cargo");
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc says what it is for");
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--format-version=1",
        "--filter-platform",
        host,
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let deny = read("deny.toml");
    let mut complaints: Vec<String> = LICENSES
        .iter()
        .filter(|license| !deny.contains(&format!("\"{license}\"")))
        .map(|license| format!("deny.toml does not allow {license}"))
        .collect();
    for package in metadata["packages"].as_array().expect("there are packages") {
        let name = package["name"].as_str().unwrap_or_default();
        let is_ours = package["source"].is_null();
        if is_ours && package["publish"].is_null() {
            for key in ["description", "license", "repository", "rust_version"] {
                if package[key].as_str().unwrap_or_default().is_empty() {
                    complaints.push(format!("{name} has no {key}"));
                }
            }
            for key in ["keywords", "categories"] {
                let count = package[key].as_array().map_or(0, Vec::len);
                if !(1..=5).contains(&count) {
                    complaints.push(format!("{name} has {count} {key}, 1 to 5 are right"));
                }
            }
        }
        // `A OR B`: one is enough. `A AND B`: each has to be free.
        let license = package["license"].as_str().unwrap_or_default();
        let license = license.replace('/', " OR ").replace(['(', ')'], "");
        let is_free = license.split(" AND ").all(|part| {
            part.split(" OR ")
                .any(|license| LICENSES.contains(&license.trim()))
        });
        if !is_free && package["publish"].is_null() {
            complaints.push(format!("{name} is under `{license}`"));
        }
    }
    none(complaints);
}

/// Two versions of one crate are compiled and shipped twice.
#[test]
fn no_crate_is_there_twice() {
    for package in [
        "dockerfile-dsl",
        "dockerfile-dsl-verify",
        "dockerfile-dsl-cli",
    ] {
        let twice = cargo(&[
            "tree",
            "--offline",
            "--duplicates",
            "--edges",
            "normal",
            "--depth",
            "0",
            "--prefix",
            "none",
            "--package",
            package,
            "--all-features",
        ]);
        let names: Vec<&str> = twice
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let doubled = names
            .iter()
            .enumerate()
            .filter(|(at, name)| !name.is_empty() && names[..*at].contains(name))
            .map(|(_, name)| format!("{package} has two versions of {name}"))
            .collect();
        none(doubled);
    }
}

#[test]
fn everything_is_formatted() {
    cargo(&["fmt", "--all", "--check"]);
}
