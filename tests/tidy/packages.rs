//! Packages: versions, licences, and how many crates are compiled.

use std::collections::BTreeSet;
use std::process::Command;

use super::{cargo, files, none, read, toml};

/// Packages outside of the workspace.
const ALONE: &[&str] = &[
    "benches/",
    "examples/clients/",
    "fuzz/",
    "playground/",
    "templates/",
];

#[test]
fn versions_agree() {
    let workspace = read("Cargo.toml");
    let version = toml(&workspace, "version").expect("the workspace has a version");
    let rust = toml(&workspace, "rust-version").expect("the workspace has a rust-version");
    let mut complaints = Vec::new();
    for manifest in files("Cargo.toml") {
        let text = read(&manifest);
        let is_alone = ALONE.iter().any(|folder| manifest.starts_with(folder));
        if is_alone || !text.contains("[package]") {
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
    // What is published elsewhere.
    for (file, line) in [
        ("pyproject.toml", format!("version = \"{version}\"")),
        ("pyproject.toml", format!("dockerfile-dsl=={version}")),
        ("action.yml", format!("default: \"{version}\"")),
        (
            "packaging/npm/package.json",
            format!("\"version\": \"{version}\""),
        ),
        (
            "packaging/npm/package.json",
            format!("/linux-x64\": \"{version}\""),
        ),
        ("docs/install.md", format!("rev: v{version}")),
        ("docs/install.md", format!("dockerfile-dsl@v{version}")),
    ] {
        if !read(file).contains(&line) {
            complaints.push(format!("{file} has to contain `{line}`"));
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

/// Returns the names of the workspace's packages that are published.
fn published() -> BTreeSet<String> {
    files("Cargo.toml")
        .iter()
        .filter(|path| !ALONE.iter().any(|folder| path.starts_with(folder)))
        .map(|path| read(path))
        .filter(|text| text.contains("[package]") && !text.contains("publish = false"))
        .filter_map(|text| toml(&text, "name"))
        .collect()
}

/// Every list of what is published has the same crates, and each package has a README and both licences, and no tests.
#[test]
fn published_crates_are_listed_and_complete() {
    let published = published();
    assert!(published.len() >= 5, "{published:?}");
    let release = read("release-plz.toml");
    let listed: BTreeSet<String> = release
        .split("[[package]]")
        .skip(1)
        .filter_map(|package| toml(package, "name"))
        .collect();
    assert_eq!(listed, published, "release-plz.toml");
    for (script, before) in [
        (".ci/published", "\ncargo package"),
        (".ci/long", " cargo publish --dry-run"),
    ] {
        let text = read(script);
        let command = text.split_once(before).map_or("", |(_, rest)| rest);
        let lines = command.split_inclusive('\n');
        let mut goes_on = true;
        let command: String = lines
            .take_while(|line| std::mem::replace(&mut goes_on, line.ends_with("\\\n")))
            .collect();
        let names = command.split("-p ").skip(1);
        let names = names.filter_map(|rest| rest.split_whitespace().next().map(str::to_owned));
        assert_eq!(names.collect::<BTreeSet<_>>(), published, "{script}");
    }
    let mut complaints = Vec::new();
    for package in &published {
        let group = release
            .split("[[package]]")
            .find(|text| toml(text, "name").as_deref() == Some(package));
        if group
            .and_then(|text| toml(text, "version_group"))
            .as_deref()
            != Some("all")
        {
            complaints.push(format!(
                "release-plz.toml: {package} is not in the version_group `all`"
            ));
        }
        for file in ["README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            if read(&format!("{package}/{file}")).is_empty() {
                complaints.push(format!("{package}/{file} is empty"));
            }
        }
        let manifest = read(&format!("{package}/Cargo.toml"));
        for line in [
            "readme = \"README.md\"",
            "include = [\"/src\", \"/README.md\", \"/LICENSE-*\"]",
        ] {
            if !manifest.contains(&format!("\n{line}\n")) {
                complaints.push(format!("{package}/Cargo.toml has no `{line}`"));
            }
        }
    }
    none(complaints);
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
    let expected = [
        "dockerfile-dsl",
        "dockerfile-dsl-analysis",
        "dockerfile-dsl-macros",
        "proc-macro2",
        "quote",
        "syn",
        "unicode-ident",
    ];
    let compiled = crates(&["dockerfile-dsl"]);
    assert_eq!(compiled, expected.map(str::to_owned).into());
    let running = crates(&["dockerfile-dsl", "--features", "run"]);
    let more: Vec<&String> = running.difference(&compiled).collect();
    assert_eq!(more, ["bitflags", "linux-raw-sys", "rustix", "zeroize"]);
    assert_eq!(
        crates(&["dockerfile-dsl-analysis"]).len(),
        1,
        "the analysis has no dependencies"
    );
}

/// The first command of the README, from a fresh clone: the examples use the default features and `run`, and no other feature of
/// the workspace is unified with them.
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
        "`cargo run --example private_git_clone` compiles {} crates, at most {MOST} are accepted. \
         An example that needs more than the default features and `run` gets a package beside \
         examples/build_script, and `default-members` in Cargo.toml only lists packages on these \
         features: {compiled:?}",
        compiled.len()
    );
}

/// Requirements of a package registry, and of the licences of shipped crates: deny.toml has the same rules for cargo-deny, which
/// is not installed for this.
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
    // Without the platform it asks for crates of others, which were never downloaded.
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
fn no_duplicate_crate_versions() {
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
