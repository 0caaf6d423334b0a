//! Every row of the program tables has executed cases: its program names them, and they are in the data.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::programs;
use dockerfile_dsl_tests::cases;
use serde_json::Value;

fn name(case: &Value) -> &str {
    case["name"].as_str().expect("has a name")
}

#[test]
fn every_program_names_a_case_that_exists() {
    let cases = cases::all();
    let names: BTreeSet<&str> = cases.iter().map(name).collect();
    let mut wrong = Vec::new();
    for program in programs::known() {
        let shown = format!("{}: `{}`", program.family, program.names[0]);
        if program.cases.is_empty() {
            wrong.push(format!("{shown} names no case"));
        }
        let missing = program
            .cases
            .iter()
            .filter(|case| !names.contains(case.as_str()));
        wrong.extend(
            missing.map(|case| format!("{shown} names `{case}`, which is not in the data")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(programs::known().count() > 100);
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
