//! The corpus as a crate: every script of `data/general.cases` as a `sh!`, and the scripts of real Dockerfiles pasted without edits.
//!
//! One function for each script, all in one file, one run of rustc: the lines of its errors say which did not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dockerfile_dsl::{Error, Script};
use dockerfile_dsl_tests::compiler::Compiler;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use dockerfile_dsl_tests::{cases, trials};
use serde_json::Value;

use dockerfile_dsl_tests::translated::{Translated, raw, text, translate};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([leaks_of_the_corpus_do_not_compile]);
    let scripts = third_party("shell/run.jsonl");
    trials.extend(trials!(&scripts, [real_scripts_are_pasted_without_edits]));
    trials
}

const HEAD: &str = "#![allow(dead_code)]\nuse dockerfile_dsl::{Script, Secret, TmpFs, path, sh};\n\
                    const TOK: Secret = Secret::env(\"TOK\");\n";

/// Precisely the leaks do not compile, and at most those whose refusal is tolerable.
fn leaks_of_the_corpus_do_not_compile() {
    let cases = cases::general();
    let translated: Vec<(String, Option<Translated>)> = cases
        .iter()
        .map(|case| (text(case, "name"), translate(case)))
        .collect();
    let untranslatable: Vec<&String> = translated
        .iter()
        .filter(|(_, script)| script.is_none())
        .map(|(name, _)| name)
        .collect();
    let functions: Vec<(String, String)> = translated
        .iter()
        .filter_map(|(name, script)| Some((name.clone(), script.as_ref()?.as_macro())))
        .collect();
    let refused = refused("cases", &functions);
    for (name, script) in &translated {
        let Some(script) = script else { continue };
        same_at_run_time(name, &script.at_run_time(None), refused.get(name));
    }
    let (mut missed, mut too_strict, mut optional, mut leaks) = (Vec::new(), Vec::new(), 0, 0);
    for case in &cases {
        let name = text(case, "name");
        let is_leak = text(case, "verdict") != "safe";
        leaks += usize::from(is_leak);
        match (
            is_leak,
            refused.get(&name),
            text(case, "accept") == "required",
        ) {
            (true, None, _) if !untranslatable.contains(&&name) => missed.push(name),
            (false, Some(why), true) => too_strict.push(format!("{name}: {why}")),
            (false, Some(_), false) => optional += 1,
            _ => {}
        }
    }
    eprintln!(
        "corpus as a crate: {} scripts, {leaks} leaks; not translated: {untranslatable:?}; leaks \
         that compile: {missed:?}; honest scripts that do not: {}; of the tolerable ones \
         {optional} do not compile",
        cases.len(),
        too_strict.len(),
    );
    assert!(untranslatable.len() <= 10, "{untranslatable:?}");
    assert!(missed.is_empty(), "leaks that compile: {missed:#?}");
    assert!(
        too_strict.is_empty(),
        "honest scripts that do not compile: {too_strict:#?}"
    );
}

/// The run-time twin has the verdict and the text of the macro.
#[track_caller]
fn same_at_run_time(
    name: &str,
    at_run_time: &Result<Script, Error>,
    at_compile_time: Option<&String>,
) {
    match (at_run_time, at_compile_time) {
        (Ok(_), None) => {}
        (Err(error), Some(message)) => assert!(
            error.to_string().contains(message),
            "{name}: at compile time {message:?}, at run time {error}"
        ),
        (Ok(_), Some(message)) => panic!("{name} is refused at compile time only: {message}"),
        (Err(error), None) => panic!("{name} is refused at run time only: {error}"),
    }
}

/// Real scripts, verbatim, without a secret.
fn real_scripts_are_pasted_without_edits(file: &ThirdParty) {
    let lines = fs::read_to_string(file.path()).expect("it can be read");
    let scripts: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("the corpus is JSON lines"))
        .collect();
    let functions: Vec<(String, String)> = scripts
        .iter()
        .map(|script| {
            let bash = if text(script, "shell") == "bash" {
                ", @shell(bash)"
            } else {
                ""
            };
            (
                text(script, "name"),
                format!("sh!({}{bash})", raw(&text(script, "text"))),
            )
        })
        .collect();
    let refused = refused("run", &functions);
    let share = 100.0 * (functions.len() - refused.len()) as f64 / functions.len() as f64;
    eprintln!(
        "real scripts pasted verbatim: {} of {} compile ({share:.2} %)",
        functions.len() - refused.len(),
        functions.len()
    );
    for (name, why) in &refused {
        eprintln!("    {name}: {why}");
    }
    assert!(share >= 99.0, "{share:.2} % compile: {refused:#?}");
}

/// The functions that do not compile, and the first error of each.
fn refused(name: &str, functions: &[(String, String)]) -> BTreeMap<String, String> {
    let compiler = Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/corpus"));
    let mut file = String::from(HEAD);
    let mut owner = BTreeMap::new();
    for (index, (name, script)) in functions.iter().enumerate() {
        let function = format!("fn case_{index}() -> Script {{\n{script}\n}}\n");
        let first = file.matches('\n').count() + 1;
        for line in first..first + function.matches('\n').count() {
            owner.insert(line as u64, name.clone());
        }
        file.push_str(&function);
    }
    let main: PathBuf = compiler.scratch(&format!("{name}.rs"));
    fs::write(&main, file).expect("the folder was made");
    let output = compiler.check(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        &main,
        name,
        &["--error-format=json"],
    );
    let mut refused = BTreeMap::new();
    let mut elsewhere = BTreeSet::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let Ok(diagnostic) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if text(&diagnostic, "level") != "error" {
            continue;
        }
        let spans = diagnostic["spans"].as_array().into_iter().flatten();
        let primary = spans
            .filter(|span| span["is_primary"] == true)
            .find_map(|span| owner.get(&span["line_start"].as_u64()?));
        let message = text(&diagnostic, "message");
        match primary {
            Some(name) => {
                refused.entry(name.clone()).or_insert(message);
            }
            None if message.starts_with("aborting") || message.starts_with("could not compile") => {
            }
            None => {
                elsewhere.insert(message);
            }
        }
    }
    assert!(
        elsewhere.is_empty(),
        "errors that belong to no script: {elsewhere:#?}"
    );
    assert!(
        output.status.success() || !refused.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    refused
}
