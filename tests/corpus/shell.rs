//! The shell parser on real scripts: it reads all of them, and of their one-character mutants it refuses what bash refuses.
//! bash itself (`-n`: read, do not run) is the oracle.

#[path = "../../dockerfile-dsl-analysis/tests/shell/cover.rs"]
mod cover;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use dockerfile_dsl_analysis::shell::{Dialect, Options, parse};
use dockerfile_dsl_tests::busy::Busy;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use dockerfile_dsl_tests::{property_cases, trials};

struct Script {
    name: String,
    text: String,
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([
        skipped_text_is_detected,
        deep_nesting_is_an_error,
        long_and_unterminated_texts_are_quick_errors,
        a_long_line_is_read_quickly,
    ]);
    trials.extend(trials!(
        &third_party("shell"),
        [
            shell_parser_covers_the_whole_text,
            every_run_script_is_read_as_sh,
            every_run_script_is_read_as_bash,
            every_script_file_is_read_as_bash,
            posix_script_files_are_read_as_sh,
            mutants_that_bash_refuses_are_refused,
        ]
    ));
    trials
}

/// The scripts of one file of the folder.
fn scripts(folder: &Path, file: &str) -> Vec<Script> {
    let lines = std::fs::read_to_string(folder.join(file)).expect("it can be read");
    let script = |line: &str| {
        let value: serde_json::Value =
            serde_json::from_str(line).expect("one JSON object per line");
        let field = |name: &str| value[name].as_str().expect("a string").to_owned();
        Script {
            name: field("name"),
            text: field("text"),
        }
    };
    lines.lines().map(script).collect()
}

fn shell_parser_covers_the_whole_text(text: &ThirdParty) {
    let (run, files) = (
        scripts(text.path(), "run.jsonl"),
        scripts(text.path(), "scripts.jsonl"),
    );
    let mut random = Random(7);
    let mut read = 0;
    for script in run.iter().chain(&files) {
        for text in [
            script.text.clone(),
            mutant(&script.text, &mut random),
            mutant(&script.text, &mut random),
        ] {
            for dialect in [Dialect::Sh, Dialect::Bash] {
                if let Ok(tree) = parse(
                    &text,
                    &Options {
                        dialect,
                        ..Options::default()
                    },
                ) {
                    read += 1;
                    assert_eq!(
                        cover::swallowed(&text, &tree),
                        None,
                        "{}: {text}",
                        script.name
                    );
                }
            }
        }
    }
    assert!(read > 3000, "{read}");
}

fn skipped_text_is_detected() {
    let tree = parse("echo ${a}  >f", &Options::default()).expect("it is a script");
    assert_eq!(cover::swallowed("echo ${a}x >f", &tree), Some("x"));
}

fn read(text: &str, dialect: Dialect) -> Result<(), String> {
    match parse(
        text,
        &Options {
            dialect,
            ..Options::default()
        },
    ) {
        Ok(_) => Ok(()),
        Err(error) => {
            let line = text[..error.span.start.min(text.len())]
                .lines()
                .count()
                .max(1);
            Err(format!("line {line}: {error}"))
        }
    }
}

#[track_caller]
fn check_all_read(folder: &Path, file: &str, count: usize, dialect: Dialect) {
    let scripts = scripts(folder, file);
    assert_eq!(scripts.len(), count);
    let refused: Vec<String> = scripts
        .iter()
        .filter_map(|script| {
            Some(format!(
                "{}: {}",
                script.name,
                read(&script.text, dialect).err()?
            ))
        })
        .collect();
    assert!(
        refused.is_empty(),
        "{} of {count} refused:\n{}",
        refused.len(),
        refused.join("\n")
    );
}

fn every_run_script_is_read_as_sh(text: &ThirdParty) {
    check_all_read(text.path(), "run.jsonl", 895, Dialect::Sh);
}

fn every_run_script_is_read_as_bash(text: &ThirdParty) {
    check_all_read(text.path(), "run.jsonl", 895, Dialect::Bash);
}

fn every_script_file_is_read_as_bash(text: &ThirdParty) {
    check_all_read(text.path(), "scripts.jsonl", 293, Dialect::Bash);
}

fn posix_script_files_are_read_as_sh(text: &ThirdParty) {
    let mut scripts = scripts(text.path(), "scripts.jsonl");
    scripts.retain(|script| script.text.starts_with("#!/bin/sh"));
    assert!(scripts.len() > 50, "{}", scripts.len());
    let refused: Vec<String> = scripts
        .iter()
        .filter_map(|script| {
            Some(format!(
                "{}: {}",
                script.name,
                read(&script.text, Dialect::Sh).err()?
            ))
        })
        .collect();
    assert!(
        refused.is_empty(),
        "{} of {} refused:\n{}",
        refused.len(),
        scripts.len(),
        refused.join("\n")
    );
}

/// A small generator of numbers, so that the mutants are the same on each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// One character less, or one more; mostly those that mean something to a shell.
fn mutant(text: &str, random: &mut Random) -> String {
    const MEANINGFUL: &str = "'\"`$(){}[]<>|&;!\\# ";
    let mut mutant = text.to_owned();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if random.below(2) == 0 {
        let meaningful: Vec<usize> = text
            .match_indices(|c| MEANINGFUL.contains(c))
            .map(|(at, _)| at)
            .collect();
        let places = if random.below(4) == 0 || meaningful.is_empty() {
            places
        } else {
            meaningful
        };
        mutant.remove(places[random.below(places.len())]);
    } else {
        let inserted = MEANINGFUL.as_bytes()[random.below(MEANINGFUL.len())];
        mutant.insert(places[random.below(places.len())], char::from(inserted));
    }
    mutant
}

/// Which of the scripts bash reads without an error: one process for all of them.
fn accepted_by_bash(scripts: &[String]) -> Vec<bool> {
    let mut bash = Command::new("bash")
        .args(["-c", r#"while IFS= read -r -d '' script; do if bash -n <<<"$script" 2>/dev/null; then echo 1; else echo 0; fi; done"#])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash is here");
    let mut stdin = bash.stdin.take().expect("it is piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            for script in scripts {
                stdin.write_all(script.as_bytes()).expect("bash reads on");
                stdin.write_all(&[0]).expect("bash reads on");
            }
        });
        bash.wait_with_output().expect("bash ends")
    });
    output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| line == b"1")
        .collect()
}

fn mutants_that_bash_refuses_are_refused(text: &ThirdParty) {
    let (run, files) = (
        scripts(text.path(), "run.jsonl"),
        scripts(text.path(), "scripts.jsonl"),
    );
    let mut random = Random(20_260_801);
    let short = |script: &&Script| (40..2500).contains(&script.text.len());
    let originals: Vec<&Script> = run.iter().chain(&files).filter(short).collect();
    let chosen: Vec<&Script> = (0..property_cases(3800))
        .map(|_| originals[random.below(originals.len())])
        .collect();
    let mutants: Vec<String> = chosen
        .iter()
        .map(|script| mutant(&script.text, &mut random))
        .collect();
    let verdicts = accepted_by_bash(&mutants);
    assert_eq!(verdicts.len(), mutants.len());

    let (mut refused, mut wrongly_read, mut accepted, mut wrongly_refused) =
        (0, Vec::new(), 0, Vec::new());
    for ((mutant, by_bash), original) in mutants.iter().zip(verdicts).zip(&chosen) {
        let ours = read(mutant, Dialect::Bash);
        if by_bash {
            accepted += 1;
            if let Err(error) = ours {
                wrongly_refused.push((&original.name, mutant, error));
            }
        } else {
            refused += 1;
            if ours.is_ok() {
                wrongly_read.push((&original.name, mutant));
            }
        }
    }
    // `bash -n` does not look into `${..}` and backquotes; bash refuses these when it comes to them.
    let is_late = |error: &str| error.contains("parameter") || error.contains("subscript");
    let (late, early): (Vec<_>, Vec<_>) = wrongly_refused
        .iter()
        .partition(|(_, _, error)| is_late(error));
    eprintln!(
        "bash -n refuses {refused} mutants; of these we read {}",
        wrongly_read.len()
    );
    eprintln!(
        "bash -n reads {accepted} mutants; of these we refuse {}, and {} bad substitutions",
        early.len(),
        late.len()
    );
    if let Ok(folder) = std::env::var("MUTANTS") {
        for (index, (name, mutant)) in wrongly_read.iter().enumerate() {
            std::fs::write(format!("{folder}/read-{index}.sh"), mutant)
                .expect("the folder is there");
            eprintln!("read-{index}: {name}");
        }
        for (index, (name, mutant, error)) in early.iter().enumerate() {
            std::fs::write(format!("{folder}/refused-{index}.sh"), mutant)
                .expect("the folder is there");
            eprintln!("refused-{index}: {name}: {error}");
        }
    }
    assert!(refused >= 600, "{refused}");
    assert!(
        wrongly_read.len() * 50 <= refused,
        "{} of {refused}: {wrongly_read:#?}",
        wrongly_read.len()
    );
    assert!(
        early.len() * 100 <= accepted,
        "{} of {accepted}: {early:#?}",
        early.len()
    );
}

/// Reading a megabyte takes seconds in a debug build on a busy machine. If the time were quadratic, it would take hours.
const QUADRATIC: Duration = Duration::from_secs(120);

#[track_caller]
fn check_quick_error(text: String, dialect: Dialect) {
    // A small stack, as a test, a build script or a macro server may have.
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            let start = Busy::start();
            let result = read(&text, dialect);
            (
                result,
                start.time(),
                text.chars().take(8).collect::<String>(),
            )
        });
    let (result, took, head) = thread.expect("a thread starts").join().expect("no panic");
    assert!(result.is_err(), "{head}");
    assert!(took < QUADRATIC, "{head}: {took:?}");
}

fn deep_nesting_is_an_error() {
    let openings = [
        "$(",
        "((",
        "{ ",
        "if ",
        "${",
        "(",
        "\"$(",
        "${x:-",
        "\"${x:-",
        "$((",
        "`",
        "<(",
        "while ",
        "case x in x) ",
        "f() { ",
        "[[ ( ",
        "x=(",
        "a[",
        "${x[",
        "@(",
        "$[",
        "for x in y; do ",
        "if x; then ",
        "cat <<E $(",
        "time ",
        "! ",
        "coproc ",
        "((\"",
        "$((\"",
        "((\"$(",
        "((#\n'\n",
        "{a,",
        "$'",
        "\\`",
        "`\\`",
        "a[\"",
        "x=([",
        "cat <<E\n$(",
        "function f\n",
        "f()\n",
        "a | time ",
        "${x/",
        "${x:",
        "${x:(",
        "$((x[",
        "\\",
    ];
    for opening in openings {
        for dialect in [Dialect::Sh, Dialect::Bash] {
            // Some are no mistake by themselves: the parenthesis is one for all.
            check_quick_error(format!("{}\n)", opening.repeat(100_000)), dialect);
        }
    }
}

fn long_and_unterminated_texts_are_quick_errors() {
    for head in [
        "'",
        "\"",
        "`",
        "$(",
        "${x:-",
        "$((",
        "((",
        "x=(",
        "{ ",
        "cat <<\"",
        "$'",
        "[[ ",
        "for x in ",
        "case x in ",
        "a() {",
        "x[",
        "<(",
    ] {
        for unit in [
            "a", "a ", "a;", "\\\n", "((", "#\n", "{", "[", "$x", "\u{e9}",
        ] {
            check_quick_error(
                format!("{head}{}", unit.repeat((1 << 20) / unit.len())),
                Dialect::Bash,
            );
        }
    }
}

fn a_long_line_is_read_quickly() {
    for unit in [
        "echo a b c; ",
        "a && ",
        "a | ",
        "x=1 ",
        "\"$x\" ",
        "a\\\n",
        "{a,b}",
        "! ",
        ">a ",
        "$(a) ",
        "((a)); ",
        "(a); ",
        "[ a ]; ",
        "`a` ",
        "'",
        "${x}",
    ] {
        let text = format!("{}a", unit.repeat(((1 << 20) / unit.len()) & !1));
        let start = Busy::start();
        read(&text, Dialect::Bash).unwrap_or_else(|error| panic!("{unit}: {error}"));
        assert!(start.time() < QUADRATIC, "{unit}: {:?}", start.time());
    }
}
