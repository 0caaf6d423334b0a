//! The calls that leaked when `.ci/long` ran them, with each option of the programs (`data/options/leaks.tsv`): each is refused. A
//! change of rows is compared with all of them without running anything.

use std::fs;

use dockerfile_dsl_tests::options::{Verdict, data, script, verdict};

/// The calls of the list, with where the secret was found.
fn leaks() -> Vec<(String, String)> {
    let text = fs::read_to_string(data().join("leaks.tsv")).expect("the list is there");
    let fields = |line: &str| {
        let (place, call) = line.split_once('\t').expect("a line has a tab");
        (place.to_owned(), call.to_owned())
    };
    text.lines().map(fields).collect()
}

#[test]
fn every_call_that_leaked_is_refused() {
    let leaks = leaks();
    assert!(leaks.len() > 200, "{} calls", leaks.len());
    let accepted: Vec<&str> = leaks
        .iter()
        .filter(|(_, call)| verdict(&script(call)) == Verdict::Accepted)
        .map(|(_, call)| call.as_str())
        .collect();
    assert!(
        accepted.is_empty(),
        "{} of {} are accepted: {accepted:#?}",
        accepted.len(),
        leaks.len()
    );
}

/// The twins: with a public value in the same place, or none, nothing is refused.
#[test]
fn the_same_options_without_a_secret_are_accepted() {
    let leaks = leaks();
    let mut refused = Vec::new();
    // A password in a URL, or as one, would be one that is written out.
    let is_written_out = |call: &str| call.contains("://u") || call.contains("--password=");
    for (_, call) in leaks.iter().filter(|(_, call)| !is_written_out(call)) {
        let public = call
            .replace("$T", "public")
            .replace("/run/secrets/tok", "/etc/hostname")
            .replace("/run/secrets", "/etc/apt");
        if verdict(&script(&public)) != Verdict::Accepted {
            refused.push(public);
        }
    }
    assert!(
        refused.is_empty(),
        "{} are refused: {refused:#?}",
        refused.len()
    );
}
