//! Generated scripts, run: none that leaves the value may be accepted, on any base, described or not.
//!
//! In: choices of proptest. Out: the verdict of the analysis beside what a run in the sandbox leaves. `GENERATED_CASES` runs more scripts than
//! the 200 of every test run, `GENERATED_TABLE` writes why scripts that leave nothing are refused.

mod grammar;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_tests::paste::findings_of;
use dockerfile_dsl_tests::sandbox::{Given, Left, Sandbox, Step};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;
use grammar::Choices;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Min. share of clean scripts that are accepted: otherwise the test would prove nothing.
const ACCEPTED: u32 = 5;

/// What a base sets: variables, and the working directory.
const BASES: [(&[&str], &str); 4] = [
    (&[], "/"),
    (&["TOOL_HOME=/opt/tool"], "/"),
    (&["HOME=/home/builder"], "/"),
    (&["HOME=/home/builder", "TOOL_HOME=/opt/tool"], "/work"),
];

pub(crate) fn trials() -> Vec<Trial> {
    trials!(
        &Sandbox::of_machine(),
        [scripts_that_leave_the_value_are_refused]
    )
}

/// A script with its base.
struct Case {
    script: String,
    base: (&'static [&'static str], &'static str),
    /// Whether the Dockerfile says what the base sets.
    is_described: bool,
}

impl Case {
    fn of(bytes: &[u8]) -> Self {
        let mut choices = Choices::new(bytes);
        Self {
            base: BASES[choices.number(BASES.len())],
            is_described: choices.number(3) < 2,
            script: choices.script(),
        }
    }

    fn file(&self) -> String {
        let mut file = String::from("FROM acme/base\n");
        if self.is_described {
            file = String::from("FROM debian\n");
            for variable in self.base.0 {
                let _ = writeln!(file, "ENV {variable}");
            }
            let _ = writeln!(file, "WORKDIR {}", self.base.1);
        }
        let script = &self.script;
        let _ = write!(
            file,
            "RUN --mount=type=tmpfs,target=/scratch --mount=type=secret,id=tok,required=true \
             <<'END_OF_CASE'\n{script}END_OF_CASE\n"
        );
        file
    }

    fn run(&self, sandbox: &Sandbox) -> Left {
        sandbox.run(&Step {
            script: self.script.clone(),
            shell: "sh".to_owned(),
            given: Given::File("/run/secrets/tok".to_owned()),
            template: "%s".to_owned(),
            tmpfs: vec!["/scratch".to_owned()],
            variables: self.base.0.iter().map(|&text| text.to_owned()).collect(),
            directory: self.base.1.to_owned(),
        })
    }
}

/// Whether a build of it gives the value away: by the log, or by a layer, which only a step that succeeds makes.
fn leaks(left: &Left) -> bool {
    left.is_in_log || (left.status == 0 && !left.layer.is_empty())
}

/// Why a script is refused, for the table: the rule, and what its message begins with.
fn cause(finding: &Finding) -> String {
    let words: Vec<&str> = finding.message.split_whitespace().take(9).collect();
    format!("{}: {}", finding.rule, words.join(" "))
}

#[derive(Default)]
struct Counts {
    leaking: u32,
    clean: u32,
    accepted: u32,
    causes: BTreeMap<String, u32>,
}

fn scripts_that_leave_the_value_are_refused(sandbox: &Sandbox) {
    let cases = env::var("GENERATED_CASES").map_or(200, |cases| cases.parse().expect("a number"));
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let counts = RefCell::new(Counts::default());
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let choices = prop::collection::vec(any::<u8>(), 8..60);
    let result = TestRunner::new_with_rng(config, rng).run(&choices, |bytes| {
        let case = Case::of(&bytes);
        let findings = findings_of(&case.file());
        let left = case.run(sandbox);
        let mut counts = counts.borrow_mut();
        if leaks(&left) {
            counts.leaking += 1;
            prop_assert!(
                !findings.is_empty(),
                "accepted, and leaves the value: {:?}\n{:?} {}",
                left,
                case.base,
                case.file()
            );
        } else {
            counts.clean += 1;
            counts.accepted += u32::from(findings.is_empty());
            if let Some(finding) = findings.first() {
                *counts.causes.entry(cause(finding)).or_default() += 1;
            }
        }
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let counts = counts.into_inner();
    let mut causes: Vec<(&String, &u32)> = counts.causes.iter().collect();
    causes.sort_by_key(|(cause, count)| (std::cmp::Reverse(**count), *cause));
    let mut table = format!(
        "{cases} scripts: {} leave the value, and all are refused. {} leave nothing, \
         {} of them are accepted. The others are refused for:\n",
        counts.leaking, counts.clean, counts.accepted
    );
    for (cause, count) in causes {
        let _ = writeln!(table, "{count:5}  {cause}");
    }
    if let Ok(path) = env::var("GENERATED_TABLE") {
        fs::write(path, &table).expect("the table is written");
    }
    let summary = table.lines().next().unwrap_or_default();
    eprintln!("{summary}");
    assert!(counts.accepted * ACCEPTED >= counts.clean, "{table}");
}
