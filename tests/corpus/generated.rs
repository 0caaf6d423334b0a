//! Generated scripts, run: none that leaves the value may be accepted, on any base, described or not.
//!
//! In: choices of proptest. Out: the verdict of the analysis beside what a run in the sandbox leaves. `GENERATED_CASES` runs more scripts than
//! the 200 of every test run, `GENERATED_SEED` others; `GENERATED_TABLE` writes why scripts that leave nothing are refused, and
//! `GENERATED_EXAMPLES` a script of each cause.

mod grammar;
mod words;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;

use dockerfile_dsl_analysis::{Finding, Severity};
use dockerfile_dsl_tests::paste::findings_of;
use dockerfile_dsl_tests::sandbox::{Given, Left, Sandbox, Step};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;
use grammar::Choices;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Min. share of clean scripts that are accepted: otherwise the test would prove nothing.
const ACCEPTED: u32 = 5;

/// Max. runs that make a missed script smaller.
const SHRINKS: u32 = 150;

/// Max. missed scripts that are shown.
const MOST_SHOWN: usize = 8;

/// A base: what it sets.
struct Base {
    /// Instructions, if the Dockerfile says it.
    described: &'static str,
    variables: &'static [&'static str],
    directory: &'static str,
}

const BASES: [Base; 6] = [
    Base {
        described: "",
        variables: &[],
        directory: "/",
    },
    Base {
        described: "ENV TOOL_HOME=/opt/tool\n",
        variables: &["TOOL_HOME=/opt/tool"],
        directory: "/",
    },
    Base {
        described: "ENV HOME=/home/builder\n",
        variables: &["HOME=/home/builder"],
        directory: "/",
    },
    Base {
        described: "ENV HOME=/home/builder TOOL_HOME=/opt/tool\nWORKDIR /work\n",
        variables: &["HOME=/home/builder", "TOOL_HOME=/opt/tool"],
        directory: "/work",
    },
    Base {
        described: "ENV CARGO_HOME=/usr/local/cargo\nWORKDIR /srv\n",
        variables: &["CARGO_HOME=/usr/local/cargo"],
        directory: "/srv",
    },
    // The home of a user is in `/etc/passwd`. In the sandbox it is root, who may write more.
    Base {
        described: "RUN useradd -m -d /home/builder builder\nUSER builder\n\
                    WORKDIR /home/builder/app\n",
        variables: &["HOME=/home/builder"],
        directory: "/home/builder/app",
    },
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
    base: &'static Base,
    /// Whether the Dockerfile says what the base sets.
    is_described: bool,
    is_bash: bool,
    /// Whether the secret is in the variable `T` instead of a file.
    is_variable: bool,
}

impl Case {
    fn of(bytes: &[u8]) -> Self {
        let mut choices = Choices::new(bytes);
        let base = &BASES[choices.number(BASES.len())];
        let is_described = choices.number(3) < 2;
        let is_bash = choices.number(3) == 2;
        let is_variable = choices.number(6) == 5;
        if is_bash {
            choices.for_bash();
        }
        let script = choices.script(is_variable);
        Self {
            script,
            base,
            is_described,
            is_bash,
            is_variable,
        }
    }

    fn file(&self) -> String {
        let mut file = match self.is_described {
            true => format!("FROM debian\n{}", self.base.described),
            false => "FROM acme/base\n".to_owned(),
        };
        if self.is_bash {
            file.push_str("SHELL [\"/bin/bash\", \"-c\"]\n");
        }
        let script = &self.script;
        let secret = match self.is_variable {
            true => "id=tok,env=T",
            false => "id=tok,mode=0444",
        };
        let _ = write!(
            file,
            "RUN --mount=type=tmpfs,target=/scratch --mount=type=secret,{secret},required=true \
             <<'END_OF_CASE'\n{script}END_OF_CASE\n"
        );
        file
    }

    fn run(&self, sandbox: &Sandbox) -> Left {
        sandbox.run(&Step {
            script: self.script.clone(),
            shell: if self.is_bash { "bash" } else { "sh" }.to_owned(),
            given: match self.is_variable {
                true => Given::Variable("T".to_owned()),
                false => Given::File("/run/secrets/tok".to_owned()),
            },
            template: "%s".to_owned(),
            tmpfs: vec!["/scratch".to_owned()],
            variables: self
                .base
                .variables
                .iter()
                .map(|&text| text.to_owned())
                .collect(),
            directory: self.base.directory.to_owned(),
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

/// Why `check --strict` refuses a file, by its most certain findings.
fn refusals(file: &String) -> Vec<Finding> {
    let findings = findings_of(file).into_iter();
    findings
        .filter(|finding| finding.severity == Severity::Error || finding.is_error_when_strict())
        .collect()
}

/// Whether `check --strict` accepts a script that leaves the value.
fn is_missed(bytes: &[u8], sandbox: &Sandbox) -> bool {
    let case = Case::of(bytes);
    refusals(&case.file()).is_empty() && leaks(&case.run(sandbox))
}

/// The smallest choices of this tree that are missed, too.
fn shrunk(mut tree: impl ValueTree<Value = Vec<u8>>, sandbox: &Sandbox) -> Vec<u8> {
    let mut smallest = tree.current();
    let mut goes_on = tree.simplify();
    for _ in 0..SHRINKS {
        if !goes_on {
            break;
        }
        let bytes = tree.current();
        goes_on = if is_missed(&bytes, sandbox) {
            smallest = bytes;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    smallest
}

#[derive(Default)]
struct Counts {
    leaking: u32,
    clean: u32,
    accepted: u32,
    causes: BTreeMap<String, (u32, String)>,
    missed: Vec<String>,
}

fn number_of(variable: &str, default: u32) -> u32 {
    env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

fn scripts_that_leave_the_value_are_refused(sandbox: &Sandbox) {
    let cases = number_of("GENERATED_CASES", 200);
    let seed = number_of("GENERATED_SEED", 0);
    let mut seeds = [0; 32];
    seeds[..4].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seeds);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let choices = prop::collection::vec(any::<u8>(), 8..60);
    let mut counts = Counts::default();
    for _ in 0..cases {
        let tree = choices.new_tree(&mut runner).expect("bytes can be made");
        let case = Case::of(&tree.current());
        let file = case.file();
        let findings = refusals(&file);
        let left = case.run(sandbox);
        if leaks(&left) {
            counts.leaking += 1;
            if findings.is_empty() && counts.missed.len() < MOST_SHOWN {
                let case = Case::of(&shrunk(tree, sandbox));
                let left = case.run(sandbox);
                let missed = format!("{left:?}\n{:?} {}", case.base.variables, case.file());
                counts.missed.push(missed);
            }
            continue;
        }
        counts.clean += 1;
        counts.accepted += u32::from(findings.is_empty());
        if let Some(finding) = findings.first() {
            let known = counts.causes.entry(cause(finding)).or_default();
            known.0 += 1;
            // The shortest shows it best.
            if known.1.is_empty() || file.len() < known.1.len() {
                known.1 = file;
            }
        }
    }
    report(cases, &counts);
}

fn report(cases: u32, counts: &Counts) {
    let mut causes: Vec<_> = counts.causes.iter().collect();
    causes.sort_by_key(|(cause, (count, _))| (std::cmp::Reverse(*count), *cause));
    let mut table = format!(
        "{cases} scripts: {} leave the value, and {} of them are accepted. {} leave nothing, \
         {} of them are accepted. The others are refused for:\n",
        counts.leaking,
        counts.missed.len(),
        counts.clean,
        counts.accepted
    );
    for (cause, (count, _)) in &causes {
        let _ = writeln!(table, "{count:5}  {cause}");
    }
    if let Ok(path) = env::var("GENERATED_TABLE") {
        fs::write(path, &table).expect("the table is written");
    }
    if let Ok(path) = env::var("GENERATED_EXAMPLES") {
        let mut text = counts.missed.join("\n");
        for (cause, (count, file)) in &causes {
            let _ = writeln!(text, "== {count} {cause}\n{file}");
        }
        fs::write(path, text).expect("the examples are written");
    }
    let summary = table.lines().next().unwrap_or_default();
    eprintln!("{summary}");
    let missed = counts.missed.join("\n");
    assert!(
        counts.missed.is_empty(),
        "accepted, and leaves the value:\n{missed}"
    );
    assert!(counts.accepted * ACCEPTED >= counts.clean, "{table}");
}
