//! The fixes of `check` on the corpora, applied until none helps: each finding that a fix names is gone, no new one is there, and a second
//! run changes nothing. A safe fix changes only the RUN of its finding, or a comment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dockerfile_dsl_analysis::check::check_file;
use dockerfile_dsl_analysis::dockerfile::{self, File, Kind};
use dockerfile_dsl_analysis::edits::{Applicability, Applied, Checked, Settling};
use dockerfile_dsl_analysis::{Finding, Rule};
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use dockerfile_dsl_tests::{cases, trials};

use crate::accuracy::wrapped;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([fixes_of_cases, fixes_of_whole_files]);
    trials.extend(trials!(&third_party("real"), [fixes_of_real_files]));
    trials.extend(trials!(&third_party("real-2"), [fixes_of_more_real_files]));
    trials.extend(trials!(
        &third_party("wholefile"),
        [fixes_of_other_whole_files]
    ));
    trials.extend(trials!(
        &third_party("wholefile-2"),
        [fixes_of_the_second_whole_files]
    ));
    trials
}

fn fixes_of_cases() {
    let texts = cases::all().iter().map(wrapped).collect();
    check("cases", texts, 60, 1400);
}

fn fixes_of_whole_files() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wholefile");
    check("our whole files", texts(&data), 4, 130);
}

fn fixes_of_real_files(text: &ThirdParty) {
    check("real", texts(text.path()), 4, 80);
}

fn fixes_of_more_real_files(text: &ThirdParty) {
    check("real-2", texts(text.path()), 1, 60);
}

fn fixes_of_other_whole_files(text: &ThirdParty) {
    check("wholefile", texts(text.path()), 2, 100);
}

fn fixes_of_the_second_whole_files(text: &ThirdParty) {
    check("wholefile-2", texts(text.path()), 1, 30);
}

/// Returns the Dockerfiles of a folder.
fn texts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("is read").path())
        .collect();
    paths.sort();
    let texts = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    texts
        .filter(|text| dockerfile::read(text).is_ok())
        .collect()
}

/// Fixes all texts, with the safe fixes and with all of them, and compares their numbers with the least that are expected.
#[track_caller]
fn check(corpus: &str, texts: Vec<String>, least_safe: usize, least: usize) {
    assert!(texts.len() > 10, "{corpus} has {} files", texts.len());
    let (mut safe, mut all, mut findings) = (0, 0, 0);
    for text in &texts {
        let before = checked(text).unwrap_or_else(|| panic!("{text}"));
        if before.findings.is_empty() {
            continue;
        }
        findings += before.findings.len();
        let (after, applied) = fixed(&before, Applicability::Safe);
        safe += applied.len();
        assert_eq!(
            runs_apart(&before.file, text),
            runs_apart(&after.file, &after.text),
            "{text}"
        );
        all += fixed(&before, Applicability::Unsafe).1.len();
    }
    let numbers = format!("{corpus}: {findings} findings, {safe} safe fixes, {all} fixes");
    eprintln!("{numbers}");
    assert!(safe >= least_safe && all >= least, "{numbers}");
}

/// Applies the fixes of a file, and checks what they promise.
#[track_caller]
fn fixed(before: &Checked, applicability: Applicability) -> (Checked, Vec<Applied>) {
    let settling = Settling {
        applicability,
        check: &|text, _| checked(text).map(|checked| (checked.file, checked.findings)),
        wanted: &|checked| checked.findings.clone(),
    };
    let (after, applied) = settling.settle(before.clone());
    // An independent look at the text.
    let again = checked(&after.text).unwrap_or_else(|| panic!("{}", after.text));
    let (old, new) = (counts(&before.findings), counts(&again.findings));
    for (key, count) in &new {
        assert!(
            count <= old.get(key).unwrap_or(&0),
            "{key:?}\n{}",
            after.text
        );
    }
    for applied in &applied {
        assert!(applied.repair.applicability <= applicability, "{applied:?}");
        let key = key(&applied.finding);
        let (old, new) = (old.get(&key).unwrap_or(&0), new.get(&key).unwrap_or(&0));
        // Zero of zero: another fix uncovered it.
        assert!(
            new < old || (*old, *new) == (0, 0),
            "{key:?}\n{}",
            after.text
        );
    }
    let (second, none) = settling.settle(again);
    assert!(
        none.is_empty() && second.text == after.text,
        "{}",
        after.text
    );
    (after, applied)
}

/// The text of each instruction that is no RUN.
fn runs_apart<'a>(file: &File, text: &'a str) -> Vec<&'a str> {
    let instructions = file.instructions().map(|(_, _, instruction)| instruction);
    let others = instructions.filter(|instruction| !matches!(instruction.kind, Kind::Run(_)));
    others
        .map(|instruction| instruction.span.of(text))
        .collect()
}

fn checked(text: &str) -> Option<Checked> {
    let file = dockerfile::read(text).ok()?;
    let findings = check_file(&file);
    let (text, ignore) = (text.to_owned(), Vec::new());
    Some(Checked {
        text,
        file,
        findings,
        ignore,
    })
}

type Key = (Rule, Option<String>, String);

fn key(finding: &Finding) -> Key {
    (finding.rule, finding.secret.clone(), finding.sink.clone())
}

fn counts(findings: &[Finding]) -> BTreeMap<Key, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}
