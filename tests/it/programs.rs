//! The tables of programs stand on executed cases: every row's program names the cases that back it, and they are in the data.

use std::{collections::BTreeSet, fs, path::Path};

use dockerfile_dsl_tests::cases;
use serde_json::Value;

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("can be read").path())
        .filter(|path| path.extension().is_some_and(|have| have == extension))
        .collect();
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn name(case: &Value) -> &str {
    case["name"].as_str().expect("has a name")
}

#[test]
fn every_program_names_a_case_that_exists() {
    let cases = cases::all();
    let names: BTreeSet<&str> = cases.iter().map(name).collect();
    let mut wrong = Vec::new();
    let mut programs = 0;
    for path in files(
        &root().join("../dockerfile-dsl-analysis/src/programs"),
        "rs",
    ) {
        let text = read(&path);
        let file = path
            .file_name()
            .expect("has a name")
            .to_string_lossy()
            .into_owned();
        for program in text.split("Program::new(").skip(1) {
            programs += 1;
            // The comment behind the names, or behind their list's end.
            let head = program.split("Row::new").next().unwrap_or(program);
            let backing: Vec<&str> = head
                .lines()
                .filter_map(|line| line.split_once("// "))
                .flat_map(|(_, comment)| comment.split(", "))
                .map(str::trim)
                .filter(|word| !word.contains(' ') && word.contains('-'))
                .collect();
            let program = head.split('"').nth(1).unwrap_or_default();
            if backing.is_empty() {
                wrong.push(format!("{file}: `{program}` names no case"));
            }
            for case in backing.iter().filter(|case| !names.contains(*case)) {
                wrong.push(format!(
                    "{file}: `{program}` names `{case}`, which is not in the data"
                ));
            }
        }
    }
    assert!(
        programs > 100,
        "only {programs} programs were seen: has their form changed?"
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_is_used_once_and_pairs_exist() {
    let cases = cases::all();
    let mut names = BTreeSet::new();
    for case in &cases {
        assert!(names.insert(name(case)), "`{}` is there twice", name(case));
    }
    for case in &cases {
        if let Some(pair) = case["pair"].as_str() {
            assert!(
                names.contains(pair),
                "`{}` has the pair `{pair}`, which is not there",
                name(case)
            );
        }
    }
}
