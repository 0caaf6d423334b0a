//! The cases with a loop, a branch or a function, widened from the first step on, as a script is that takes too many steps exactly.
//! No leak may be missed that exact execution finds.

use dockerfile_dsl_analysis::{check::check_file_widened, rules::Context};
use dockerfile_dsl_tests::{cases, trials::Trial};
use serde_json::Value;

use crate::accuracy::{Score, errors_by, judge, setting, wrapped};

pub(crate) fn trials() -> Vec<Trial> {
    dockerfile_dsl_tests::trials!([no_leak_is_missed])
}

/// Whether the script has control flow besides a sequence.
fn branches(case: &Value) -> bool {
    let script = case["script"].as_str().unwrap_or_default();
    let keywords = [
        "for", "while", "until", "if", "case", "xargs", "trap", "eval",
    ];
    let mut words = script.split(|c: char| c.is_whitespace() || c == ';');
    words.any(|word| keywords.contains(&word)) || script.contains("() {") || script.contains("||")
}

fn no_leak_is_missed() {
    let context = Context::default();
    let (mut exact, mut widened) = (Score::default(), Score::default());
    for case in cases::all().iter().filter(|case| branches(case)) {
        let text = wrapped(case);
        let name = case["name"].as_str().unwrap_or_default();
        let id = case["secret"]["id"].as_str().unwrap_or("tok");
        let errors = errors_by(&text, |file| check_file_widened(file, setting(&context)));
        widened.count(name, judge(case, &errors, &[id], false));
        let errors = errors_by(&text, |file| {
            dockerfile_dsl_analysis::check::check_file_in(file, setting(&context))
        });
        exact.count(name, judge(case, &errors, &[id], false));
    }
    let is_new = |wrong: &&String| !exact.wrong.contains(wrong);
    let wrong: Vec<&String> = widened.wrong.iter().filter(is_new).collect();
    assert!(
        wrong.iter().all(|wrong| !wrong.starts_with("Missed")),
        "{wrong:#?}"
    );
    assert!(wrong.len() <= 18, "honest scripts are refused: {wrong:#?}");
}
