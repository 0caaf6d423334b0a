//! `sh!` and the builder's gate have one verdict of a script whose holes are only secrets, on the same base image.
//!
//! In: the scripts of all cases, as templates. `Script::template` asks the analysis the question that `sh!` asks. What it accepts is put
//! into a stage from an image that is not described, as is the base of a `sh!` without `@base`, and has to pass the gate. What it refuses
//! has to be refused in the file that the case is. `tests/it/verdicts.rs` does the second with scripts that are put together.
//!
//! Known differences, which [`Open`] counts. The gate alone refuses text that is evaluated later (`sed 'r FILE'`, `xargs`, `eval` of printed
//! commands, a script or Makefile that the step wrote), what a program returned for the secret, and files that are removed in a HOME which
//! the base may set. The macro alone refuses names that a value may be a part of, moved mounts, and `mktemp` in a mounted folder.

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
    trials.extend(trials!(&second, [gate_and_macro_agree_nearly]));
    trials
}

/// An image that no base describes.
const BASE: &str = "registry.example.com/base";

/// Refused by the macro alone. With `set -e` the step fails at the same command, so that no layer is kept: the macro does not see that.
const STRICTER: [&str; 1] = ["trap-err"];

fn gate_and_macro_agree_on_our_cases() {
    let open = Open {
        gate: 37,
        only_macro: 51,
    };
    compare(&cases::all(), 2_000, open);
}

fn gate_and_macro_agree(file: &ThirdParty) {
    compare(&read(file), 100, Open::default());
}

fn gate_and_macro_agree_nearly(file: &ThirdParty) {
    let open = Open {
        gate: 5,
        only_macro: 0,
    };
    compare(&read(file), 100, open);
}

fn read(file: &ThirdParty) -> Vec<Value> {
    let lines = std::fs::read_to_string(file.path()).expect("it can be read");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("the corpus is JSON lines"))
        .collect()
}

/// Differences that are known: lower a number, never raise it.
#[derive(Default)]
struct Open {
    gate: usize,
    only_macro: usize,
}

fn compare(cases: &[Value], at_least: usize, open: Open) {
    let (mut both_accept, mut both_refuse) = (0, 0);
    let (mut only_gate, mut only_macro) = (Vec::new(), Vec::new());
    for case in cases {
        let name = text(case, "name");
        let Some(translated) = translate(case) else {
            continue;
        };
        match translated.at_run_time() {
            Ok(script) => {
                let mut stage = Stage::from_image(BASE);
                if translated.bash {
                    stage.shell(["/bin/bash", "-c"]);
                }
                let stage = stage.run(script).build();
                match Dockerfile::from_stage(&stage) {
                    Ok(_) => both_accept += 1,
                    Err(error) => only_gate.push(format!("{name}: {error}\n{translated:?}")),
                }
            }
            // A path of a secret as text is refused by `sh!` alone: a hole has to replace it.
            Err(error) if is_literal_path(&error) => {}
            Err(error) => {
                if is_refused_as_a_file(case) || STRICTER.contains(&&*name) {
                    both_refuse += 1;
                } else {
                    only_macro.push(format!("{name}: {error}"));
                }
            }
        }
    }
    eprintln!(
        "{} scripts: accepted by both {both_accept}, refused by both {both_refuse}, by the gate \
         alone {}, by the macro alone {}",
        cases.len(),
        only_gate.len(),
        only_macro.len()
    );
    assert!(both_accept + both_refuse >= at_least, "few scripts");
    assert!(
        only_gate.len() <= open.gate && only_macro.len() <= open.only_macro,
        "only the gate refuses:\n{}\n\nonly the macro refuses:\n{}",
        only_gate.join("\n\n"),
        only_macro.join("\n\n")
    );
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
