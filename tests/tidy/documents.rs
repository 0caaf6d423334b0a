//! Documents that are true: paths, commands, entries, pages.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::Rule;

use super::{files, none, read, root, toml};

#[test]
fn the_paths_in_the_documents_exist() {
    let mut complaints = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let text = read(document);
        let code = text.split('`').skip(1).step_by(2);
        for path in code.flat_map(str::split_whitespace) {
            let is_path = path.contains('/')
                && !path.starts_with('/')
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

/// A file in two rows would have two descriptions, and one of them would become stale.
#[test]
fn code_map_lists_no_path_twice() {
    let architecture = read("ARCHITECTURE.md");
    let map = architecture.split("## Code map").nth(1).unwrap_or_default();
    let rows = map.lines().filter(|line| line.starts_with("| `"));
    let mut seen = BTreeSet::new();
    let twice: Vec<String> = rows
        .flat_map(|row| {
            let paths = row.split('|').nth(1).unwrap_or_default();
            paths.split('`').skip(1).step_by(2)
        })
        .filter(|path| !seen.insert(*path))
        .map(|path| format!("the code map of ARCHITECTURE.md has `{path}` twice"))
        .collect();
    assert!(
        seen.len() > 20,
        "the form of the code map changed: {seen:?}"
    );
    none(twice);
}

/// The forge runs the scripts that work on any machine, with minimal permissions, and with actions pinned by commit.
#[test]
fn the_workflows_call_the_scripts() {
    let mut complaints = Vec::new();
    for (name, script) in [
        ("ci", ".ci/run"),
        ("long", ".ci/long"),
        ("release", ".ci/release"),
    ] {
        let path = format!(".github/workflows/{name}.yml");
        let workflow = read(&path);
        for line in [&*format!("run: {script}"), "\npermissions: {}\n"] {
            if !workflow.contains(line) {
                complaints.push(format!("{path} has no line `{}`", line.trim()));
            }
        }
    }
    for path in files(".yml") {
        if !path.starts_with(".github/workflows/") {
            continue;
        }
        let workflow = read(&path);
        let actions = workflow
            .lines()
            .filter_map(|line| line.split_once("uses: "));
        for (_, action) in actions {
            let commit = action
                .split_once('@')
                .and_then(|(_, rest)| rest.split_once(" # v"))
                .map_or("", |(commit, _)| commit);
            if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                complaints.push(format!(
                    "{path}: `{action}` is not `NAME@COMMIT # vVERSION`"
                ));
            }
        }
    }
    none(complaints);
}

/// One job signs, one job writes a release, and neither has a checkout whose code could use these rights.
#[test]
fn few_jobs_of_the_release_may_write() {
    let workflow = read(".github/workflows/release.yml");
    let jobs = workflow.split("\njobs:\n").nth(1).unwrap_or_default();
    let mut name = "";
    let mut rights: Vec<(&str, &str)> = Vec::new();
    let mut checkouts = Vec::new();
    for line in jobs.lines() {
        if let Some(job) = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(':'))
            && !job.starts_with([' ', '#'])
        {
            name = job;
        } else if let Some(right) = line.trim().strip_suffix(": write") {
            rights.push((name, right));
        } else if line.contains("uses: actions/checkout@") {
            checkouts.push(name);
        }
    }
    assert_eq!(
        rights,
        [
            ("attest", "id-token"),
            ("attest", "attestations"),
            ("draft", "contents"),
        ]
    );
    let both: Vec<&str> = checkouts
        .into_iter()
        .filter(|job| rights.iter().any(|(name, _)| name == job))
        .collect();
    assert_eq!(both, [""; 0], "jobs with a checkout and a right to write");
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

/// The table of the guarantees equals the one in the code. `DOCKERFILE_DSL_UPDATE=1` writes it.
#[test]
fn the_guarantees_list_every_spelling() {
    const HEAD: &str = "| name in the report | spelling |\n|---|---|\n";
    let path = "dockerfile-dsl/src/guarantees.md";
    let text = read(path);
    let (before, rest) = text
        .split_once(HEAD)
        .expect("the guarantees have the table");
    let end = rest.find("\n\n").map_or(rest.len(), |end| end + 1);
    let table = dockerfile_dsl_analysis::secret_text::spelling_table();
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        let text = format!("{before}{HEAD}{table}{}", &rest[end..]);
        std::fs::write(root().join(path), text).unwrap();
    } else {
        assert_eq!(&rest[..end], table, "{path}");
    }
}

/// The JSON Schema of the configuration lists every rule. `DOCKERFILE_DSL_UPDATE=1` writes it.
#[test]
fn the_schema_lists_every_rule() {
    let path = "docs/dockerfile-dsl.schema.json";
    let mut schema: serde_json::Value = serde_json::from_str(&read(path)).unwrap();
    let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    let listed = schema.pointer_mut("/properties/rules/propertyNames/enum");
    let listed = listed.expect("the rules have names");
    if *listed == serde_json::json!(names) {
        return;
    }
    assert!(
        std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some(),
        "{path} does not list the rules of today: write it with DOCKERFILE_DSL_UPDATE=1"
    );
    *listed = serde_json::json!(names);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    std::fs::write(root().join(path), text).unwrap();
}

/// The generated pages are up to date. `DOCKERFILE_DSL_UPDATE=1` writes them.
#[test]
fn generated_pages_are_up_to_date() {
    let pages = [
        (
            "docs/programs.md",
            dockerfile_dsl_analysis::programs::page(),
        ),
        (
            "docs/flags.md",
            dockerfile_dsl_analysis::dockerfile::spec::page(),
        ),
        ("docs/fixes.md", super::fixes::page()),
        ("docs/rules.md", super::rules::page()),
    ];
    for (path, page) in pages {
        if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
            std::fs::write(root().join(path), page).unwrap();
        } else {
            assert!(
                read(path) == page,
                "{path} is not the page of today: write it with DOCKERFILE_DSL_UPDATE=1"
            );
        }
    }
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

/// Unreleased changes are sorted as in Keep a Changelog, one line for each change.
#[test]
fn the_changelog_is_sorted() {
    const KINDS: [&str; 6] = [
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    ];
    const LONGEST: usize = 130;
    let changelog = read("CHANGELOG.md");
    let entry = changelog.split("\n## ").nth(1).unwrap_or_default();
    let headings: Vec<&str> = entry
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let kinds: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| headings.contains(kind))
        .collect();
    assert_eq!(
        headings, kinds,
        "each heading once, in the order of Keep a Changelog"
    );
    let wrong = entry
        .lines()
        .filter(|line| line.starts_with("  ") || line.starts_with("- ") && line.len() > LONGEST)
        .map(|line| format!("CHANGELOG.md: one line of {LONGEST} characters at most: {line}"))
        .collect();
    none(wrong);
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
fn every_example_is_short_and_has_its_files() {
    let manifest = read("examples/Cargo.toml");
    let readme = read("README.md");
    let tests = read("tests/engine/examples.rs");
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
        if !readme.contains(&format!("/examples/{source})")) {
            complaints.push(format!("README.md has no line for examples/{source}"));
        }
        if read(&format!("examples/{source}")).lines().count() >= 40 {
            complaints.push(format!("examples/{source} has 40 lines or more"));
        }
        if !manifest.contains(&format!("name = \"{name}\"\npath = \"{source}\"")) {
            complaints.push(format!(
                "examples/Cargo.toml has no [[example]] `{name}` with its path"
            ));
        }
        if !tests.contains(&format!("mod {name};")) {
            complaints.push(format!(
                "tests/engine/examples.rs does not include `{name}`"
            ));
        }
    }
    none(complaints);
}
