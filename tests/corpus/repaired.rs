//! Every printed fix, run: it is pasted into each leak of our cases, and the script runs on bases that set other directories. What is
//! left is searched for the value.
//!
//! A base is described (its ENV is in the Dockerfile) or not described (`FROM acme/base`); the fix of the second has to hold on all of
//! them. `.ci/long` runs all cases and writes the table; `FIXES_EVERY=20` runs each 20th, from `FIXES_FROM` on.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;

use dockerfile_dsl_analysis::report::Fix;
use dockerfile_dsl_tests::paste::{file_of_case, findings_of, paste_into_file};
use dockerfile_dsl_tests::sandbox::{Given, Left, Sandbox, Step};
use dockerfile_dsl_tests::trials::Trial;
use dockerfile_dsl_tests::{cases, trials};
use serde_json::Value;

/// The status of a run that took too long.
const TOO_LONG: i32 = 124;

/// How often a fix may lead to the next finding of the same script.
const ROUNDS: usize = 12;

/// What a base image sets.
struct Base {
    name: &'static str,
    variables: &'static [&'static str],
    directory: &'static str,
}

const BASES: &[Base] = &[
    Base {
        name: "plain",
        variables: &[],
        directory: "/",
    },
    Base {
        name: "homes of programs",
        variables: &[
            "CARGO_HOME=/opt/cargo",
            "COMPOSER_HOME=/opt/composer",
            "GEM_HOME=/opt/gem",
            "BUNDLE_USER_HOME=/opt/bundle",
            "HF_HOME=/opt/hf",
            "GNUPGHOME=/opt/gnupg",
            "DOCKER_CONFIG=/opt/docker",
            "NPM_CONFIG_USERCONFIG=/opt/npm/npmrc",
            "PIP_CONFIG_FILE=/opt/pip/pip.conf",
            "XDG_CONFIG_HOME=/opt/config",
            "XDG_CACHE_HOME=/opt/cache",
            "XDG_DATA_HOME=/opt/data",
        ],
        directory: "/",
    },
    Base {
        name: "HOME",
        variables: &["HOME=/home/builder"],
        directory: "/",
    },
    Base {
        name: "WORKDIR",
        variables: &[],
        directory: "/work",
    },
];

impl Base {
    fn head(&self) -> String {
        let mut head = "FROM debian\n".to_owned();
        for variable in self.variables {
            let _ = writeln!(head, "ENV {variable}");
        }
        if self.directory != "/" {
            let _ = writeln!(head, "WORKDIR {}", self.directory);
        }
        head
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    trials!(&Sandbox::find(), [pasted_fixes_leave_nothing_on_any_base])
}

/// A case after its fixes.
enum Fixed {
    /// The file, and the kinds of the fixes.
    Wholly(String, BTreeSet<&'static str>),
    /// A fix is in words, or does not help.
    InPart,
    /// A person has to decide.
    ByDecision,
}

fn kind(fix: &Fix) -> &'static str {
    match fix {
        Fix::Remove { .. } => "remove",
        Fix::WriteInMemory { .. } => "write in memory",
        Fix::RandomName { .. } => "random name",
        Fix::CredentialHelper { .. } => "credential helper",
        Fix::PlainPs4 | Fix::StopTracing { .. } => "stop tracing",
        Fix::NullDevice { .. } | Fix::Silence { .. } => "silence",
        Fix::SetShell | Fix::SetDirectory => "another setting",
        _ => "another",
    }
}

fn fixed(mut file: String) -> Fixed {
    let mut kinds = BTreeSet::new();
    for _ in 0..ROUNDS {
        let found = findings_of(&file);
        if found.is_empty() {
            return Fixed::Wholly(file, kinds);
        }
        let before = file.clone();
        let pasted = found
            .iter()
            .find(|finding| paste_into_file(&mut file, finding).is_some());
        let Some(fix) = pasted.and_then(|finding| finding.fix.as_ref()) else {
            return Fixed::InPart;
        };
        if fix.comment().is_some() {
            return Fixed::ByDecision;
        }
        if before == file {
            return Fixed::InPart;
        }
        kinds.insert(kind(fix));
    }
    Fixed::InPart
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The step of a file that [`file_of_case`] made, on a base.
fn step(case: &Value, file: &str, base: &Base) -> Step {
    let (head, rest) = file.split_once("<<'CASE_END'\n").expect("a here-document");
    let script = rest.rsplit_once("\nCASE_END").expect("its end").0;
    let run = head.rsplit("RUN ").next().unwrap_or_default();
    let targets = run.split_whitespace().filter_map(|flag| {
        let options = flag.strip_prefix("--mount=")?;
        let is_kept = !options.contains("type=tmpfs") && !options.contains("type=cache");
        let target = options.split(',').find_map(|field| {
            field
                .strip_prefix("target=")
                .or_else(|| field.strip_prefix("dst="))
        })?;
        (!is_kept).then(|| target.to_owned())
    });
    let secret = &case["secret"];
    let given = if text(secret, "mount") == "env" {
        Given::Variable(text(secret, "env").to_owned())
    } else {
        Given::File(text(secret, "target").to_owned())
    };
    let template = secret["template"].as_str().unwrap_or("%s");
    let directory = head
        .rsplit("\nWORKDIR ")
        .next()
        .filter(|_| head.contains("\nWORKDIR /src"));
    Step {
        script: script.to_owned(),
        shell: text(case, "shell").to_owned(),
        given,
        template: template.to_owned(),
        tmpfs: targets.collect(),
        variables: base.variables.iter().map(|&text| text.to_owned()).collect(),
        directory: directory.map_or(base.directory, |_| "/src").to_owned(),
    }
}

/// Runs each step once.
struct Runner<'s> {
    sandbox: &'s Sandbox,
    known: BTreeMap<Step, Left>,
}

impl Runner<'_> {
    fn run(&mut self, step: Step) -> Left {
        let sandbox = self.sandbox;
        let left = self.known.entry(step);
        let key = left.key().clone();
        left.or_insert_with(|| sandbox.run(&key)).clone()
    }
}

/// Counts of one kind of fix on one base.
#[derive(Default)]
struct Count {
    run: usize,
    clean: usize,
}

#[derive(Default)]
struct Table {
    counts: BTreeMap<(&'static str, String), Count>,
    missing: BTreeMap<String, usize>,
    not_shown: usize,
    in_part: usize,
    decisions: usize,
    /// Runs that took too long.
    ended: usize,
    leaks: usize,
    failed: Vec<String>,
    broken: Vec<String>,
}

impl Table {
    fn text(&self) -> String {
        let columns: BTreeSet<&String> = self.counts.keys().map(|(_, base)| base).collect();
        let kinds: BTreeSet<&str> = self.counts.keys().map(|(kind, _)| *kind).collect();
        let mut text = String::from("| fix |");
        for column in &columns {
            let _ = write!(text, " {column} |");
        }
        let _ = writeln!(text, "\n| --- |{}", " --- |".repeat(columns.len()));
        for kind in kinds {
            let _ = write!(text, "| {kind} |");
            for &column in &columns {
                match self.counts.get(&(kind, column.clone())) {
                    Some(count) => {
                        let _ = write!(text, " {} of {} |", count.clean, count.run);
                    }
                    None => text.push_str(" |"),
                }
            }
            text.push('\n');
        }
        let missing: Vec<String> = self
            .missing
            .iter()
            .map(|(name, count)| format!("`{name}` {count}"))
            .collect();
        let _ = write!(
            text,
            "\n{} cases with a leak. The fix of {} is a decision of a person, that of {} is in \
             words or helps in part. {} show no leak in the sandbox without the fix (no network, \
             or a missing program: {}). {} runs took too long.\n",
            self.leaks,
            self.decisions,
            self.in_part,
            self.not_shown,
            missing.join(", "),
            self.ended
        );
        text
    }
}

fn pasted_fixes_leave_nothing_on_any_base(sandbox: &Sandbox) {
    let every = env::var("FIXES_EVERY").map_or(1, |every| every.parse().expect("a number"));
    let only = env::var("FIXES_ONLY").ok();
    let mut runner = Runner {
        sandbox,
        known: BTreeMap::new(),
    };
    let mut table = Table::default();
    let cases = cases::all();
    let leaks = cases
        .iter()
        .filter(|case| text(case, "verdict") != "safe" && text(case, "established") == "run");
    let from = env::var("FIXES_FROM").map_or(0, |from| from.parse().expect("a number"));
    for case in leaks.skip(from).step_by(every) {
        if only
            .as_ref()
            .is_some_and(|only| !text(case, "name").contains(only.as_str()))
        {
            continue;
        }
        try_case(case, &mut runner, &mut table);
    }
    let table_text = table.text();
    eprintln!("{table_text}");
    if let Ok(path) = env::var("FIXES_TABLE") {
        std::fs::write(path, &table_text).expect("the table is written");
    }
    eprintln!(
        "{} fail after the fix:\n{}",
        table.broken.len(),
        table.broken.join("\n\n")
    );
    assert!(table.failed.is_empty(), "{}", table.failed.join("\n\n"));
}

fn try_case(case: &Value, runner: &mut Runner<'_>, table: &mut Table) {
    let name = text(case, "name");
    let unfixed = file_of_case(case, "FROM debian\n");
    if findings_of(&unfixed).is_empty() {
        return;
    }
    table.leaks += 1;
    let plain = runner.run(step(case, &unfixed, &BASES[0]));
    if plain.is_clean() {
        table.not_shown += 1;
        if let Some(program) = plain.missing {
            *table.missing.entry(program).or_default() += 1;
        }
        return;
    }
    let heads = BASES
        .iter()
        .map(|base| (base.name.to_owned(), base.head(), base));
    let unknown = BASES.iter().map(|base| {
        let column = format!("{}, not described", base.name);
        (column, "FROM acme/base\n".to_owned(), base)
    });
    for (column, head, base) in heads.chain(unknown) {
        let file = file_of_case(case, &head);
        let before = runner.run(step(case, &file, base));
        let (file, kinds) = match fixed(file) {
            Fixed::Wholly(file, kinds) => (file, kinds),
            Fixed::InPart => {
                table.in_part += usize::from(column == "plain");
                continue;
            }
            Fixed::ByDecision => {
                table.decisions += usize::from(column == "plain");
                continue;
            }
        };
        let step = step(case, &file, base);
        let left = runner.run(step.clone());
        // A script that is ended leaves no layer, and does not come to its last command.
        if left.status == TOO_LONG {
            table.ended += 1;
            continue;
        }
        for kind in kinds {
            let count = table.counts.entry((kind, column.clone())).or_default();
            count.run += 1;
            count.clean += usize::from(left.is_clean());
        }
        let script = &step.script;
        if !left.is_clean() {
            table
                .failed
                .push(format!("{name}, {column}: {left:?}\n{script}"));
        } else if before.status == 0 && left.status != 0 {
            table
                .broken
                .push(format!("{name}, {column}: {left:?}\n{script}"));
        }
    }
}
