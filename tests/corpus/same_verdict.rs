//! `sh!` and the builder's gate have one verdict of a script whose holes are only secrets, on the same base image.
//!
//! In: the scripts of all cases, as templates. `Script::template` asks the analysis the question that `sh!` asks, with `@base`. What it
//! accepts is put into a stage from that image, and has to pass the gate. What it refuses has to be refused in the file that the case
//! is. `tests/it/verdicts.rs` does the second with scripts that are put together.
//!
//! `tests/data/same_verdict.txt` lists the cases that differ: the macro alone refuses them. A moved mount fails. In `trap-err` the step fails
//! at the same command with `set -e`. In `st-array-assoc` the secret's name is a key.
//!
//! Each fourth case; `SAME_VERDICT_EVERY=1` runs all, as `.ci/long` does.

use std::collections::BTreeSet;

use dockerfile_dsl::finding::Rule;
use dockerfile_dsl::{Dockerfile, Stage};
use dockerfile_dsl_analysis::{check, dockerfile};
use dockerfile_dsl_tests::translated::{text, translate};
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use dockerfile_dsl_tests::{cases, trials};
use serde_json::Value;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([gate_and_macro_agree_on_our_cases]);
    trials.extend(trials!(&third_party("cases.jsonl"), [gate_and_macro_agree]));
    let second = third_party("cases-2.jsonl");
    trials.extend(trials!(&second, [gate_and_macro_agree_on_the_second]));
    trials
}

const BASE: &str = "debian:12";

fn gate_and_macro_agree_on_our_cases() {
    compare(&cases::all());
}

fn gate_and_macro_agree(file: &ThirdParty) {
    compare(&read(file));
}

fn gate_and_macro_agree_on_the_second(file: &ThirdParty) {
    compare(&read(file));
}

fn read(file: &ThirdParty) -> Vec<Value> {
    let lines = std::fs::read_to_string(file.path()).expect("it can be read");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("the corpus is JSON lines"))
        .collect()
}

/// Who refuses a script that the other one accepts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Alone {
    Gate,
    Macro,
}

/// Returns the cases that are known to differ: lines `gate NAME` and `macro NAME`. The list becomes shorter, never longer.
fn known() -> BTreeSet<(Alone, &'static str)> {
    let lines = include_str!("../data/same_verdict.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .map(|line| match line.split_once(' ') {
            Some(("gate", name)) => (Alone::Gate, name),
            Some(("macro", name)) => (Alone::Macro, name),
            _ => panic!("`gate NAME` or `macro NAME`: {line}"),
        })
        .collect()
}

fn compare(cases: &[Value]) {
    let every = std::env::var("SAME_VERDICT_EVERY");
    let every = every.map_or(4, |every| every.parse().expect("a number"));
    let known = known();
    let (mut both, mut complaints) = (0, Vec::new());
    for case in cases.iter().step_by(every) {
        let name = text(case, "name");
        let alone = match difference(case) {
            Verdict::NotComparable => continue,
            Verdict::Same => None,
            Verdict::Different(alone, error) => {
                if !known.contains(&(alone, &*name)) {
                    complaints.push(format!("{alone:?} alone refuses {name}: {error}"));
                }
                Some(alone)
            }
        };
        both += usize::from(alone.is_none());
        for other in [Alone::Gate, Alone::Macro] {
            if known.contains(&(other, &*name)) && alone != Some(other) {
                complaints.push(format!("{name} is in the list, and does not differ"));
            }
        }
    }
    eprintln!(
        "each {every} of {} scripts: {both} with one verdict",
        cases.len()
    );
    assert!(both * every > 200, "few scripts");
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

enum Verdict {
    NotComparable,
    Same,
    Different(Alone, String),
}

fn difference(case: &Value) -> Verdict {
    let Some(translated) = translate(case) else {
        return Verdict::NotComparable;
    };
    match translated.at_run_time(Some(BASE)) {
        Ok(script) => {
            let mut stage = Stage::from_image(BASE);
            if translated.bash {
                stage.shell(["/bin/bash", "-c"]);
            }
            let stage = stage.run(script).build();
            match Dockerfile::from_stage(&stage) {
                Ok(_) => Verdict::Same,
                Err(error) => Verdict::Different(Alone::Gate, error.to_string()),
            }
        }
        // A path of a secret as text is refused by `sh!` alone: a hole has to replace it.
        Err(error) if is_literal_path(&error) => Verdict::NotComparable,
        Err(_) if is_refused_as_a_file(case) => Verdict::Same,
        Err(error) => Verdict::Different(Alone::Macro, error.to_string()),
    }
}

fn is_literal_path(error: &dockerfile_dsl::Error) -> bool {
    error.findings().is_empty()
        || error
            .findings()
            .iter()
            .any(|finding| finding.rule == Rule::LiteralSecretPath)
}

/// Whether the case as a RUN of a file on the same base has a finding.
fn is_refused_as_a_file(case: &Value) -> bool {
    let (script, secret) = (text(case, "script"), &case["secret"]);
    let mount = if text(secret, "mount") == "env" {
        format!("env={}", text(secret, "env"))
    } else {
        format!("target={}", text(secret, "target"))
    };
    let mut flags = format!("--mount=type=secret,id=tok,required=true,{mount}");
    for extra in case["extra_mounts"].as_array().into_iter().flatten() {
        flags += &format!(" --mount={}", extra.as_str().unwrap_or_default());
    }
    let shell = if text(case, "shell") == "bash" {
        "SHELL [\"/bin/bash\", \"-ec\"]\n"
    } else {
        ""
    };
    let set = if shell.is_empty() { "set -e\n" } else { "" };
    let file = format!("FROM {BASE}\n{shell}RUN {flags} <<'CASE_END'\n{set}{script}\nCASE_END\n");
    let file = dockerfile::read(&file).expect("a plain Dockerfile");
    !check::check_file(&file).is_empty()
}
