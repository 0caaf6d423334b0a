//! Tries a block: the options of its help, one at a time, in each of its calls.
//!
//! A call without the secret gets it as the option's value, in the same word, in the next one, and as a file. A call that uses the
//! secret as documented gets the option with values of no interest. What counts is a run that ends as the plain call did, with status 0.

use std::collections::BTreeMap;
use std::io;

use super::blocks::{Block, PLACE};
use super::canary::{Search, VALUE};
use super::sandbox::{Sandbox, With};
use super::{Verdict, help, verdict};

/// The secret's value in a call, and its file.
const TEXT: &str = "$T";
const FILE: &str = "/run/secrets/tok";

/// Where a run left the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nowhere.
    Clean,
    /// In this file of the layer.
    Layer(String),
    /// In the build log.
    Log,
}

/// A run that counts.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// The call, with the option.
    pub call: String,
    /// Where the secret is afterwards.
    pub outcome: Outcome,
    /// What the analysis says.
    pub verdict: Verdict,
}

impl Run {
    /// Whether it leaks and is accepted.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.outcome != Outcome::Clean && self.verdict == Verdict::Accepted
    }
}

/// What the calls of a block showed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The program and its sub-command.
    pub name: String,
    /// As the program prints it.
    pub version: String,
    /// The calls as they are in the list.
    pub calls: Vec<String>,
    /// The runs that count.
    pub runs: Vec<Run>,
    /// How many runs ended otherwise than the plain call.
    pub failed: usize,
    /// Options with a run that counts, in the order of the help.
    pub exercised: Vec<String>,
    /// Options without one.
    pub others: Vec<String>,
    /// Options that the list excludes.
    pub skipped: Vec<String>,
    /// Why a call was not tried.
    pub problems: Vec<String>,
}

/// The script of a call.
#[must_use]
pub fn script(call: &str) -> String {
    let read = if call.contains(TEXT) {
        "T=\"$(cat /run/secrets/tok)\"\n"
    } else {
        ""
    };
    format!("cd /w\n{read}{call}")
}

/// Tries all calls of a block.
///
/// # Errors
///
/// If the sandbox cannot be made.
pub fn run(sandbox: &Sandbox, block: &Block) -> io::Result<Report> {
    let place = block.name.replace([' ', '/'], "-");
    let fixture = format!("{place}.fixture");
    let setup = format!("mkdir -p /w\ncd /w\nset -e\n{}", block.setup.join("\n"));
    let made = sandbox.run(&setup, None, &fixture, With::Nothing)?;
    let mut report = Report {
        name: block.name.clone(),
        calls: block.calls.clone(),
        ..Report::default()
    };
    if made.status != 0 {
        let log = String::from_utf8_lossy(&made.log);
        let end: String = log.chars().rev().take(300).collect();
        let end: String = end.chars().rev().collect();
        report.problems.push(format!("the setup fails: {end}"));
        return Ok(report);
    }
    let below = Some(made.layer.as_path());
    let ask = |command: &str| -> io::Result<String> {
        let script = format!("cd /w\n{command}");
        let ended = sandbox.run(&script, below, &place, With::Nothing)?;
        Ok(String::from_utf8_lossy(&ended.log).into_owned())
    };
    let version = format!("{} --version", block.program());
    let version = ask(block.version.as_ref().unwrap_or(&version))?;
    report.version = number(&version);
    let mut options = match &block.help {
        Some(help) => help::options(&ask(help)?),
        None => Vec::new(),
    };
    for option in &block.options {
        if !options.contains(option) {
            options.push(option.clone());
        }
    }
    (report.skipped, options) = options
        .into_iter()
        .partition(|option| block.skip.contains(option) || is_of_help(option));

    let search = Search::new();
    let with = With::Secret {
        is_served: block.is_served,
    };
    let mut counted: BTreeMap<String, bool> = BTreeMap::new();
    for call in &block.calls {
        let try_call = |call: &str| -> io::Result<(i32, Outcome, String)> {
            let ended = sandbox.run(&script(call), below, &place, with)?;
            let outcome = if let Some(path) = search.in_tree(&ended.layer) {
                Outcome::Layer(path)
            } else if search.is_in(&ended.log) {
                Outcome::Log
            } else {
                Outcome::Clean
            };
            let log = String::from_utf8_lossy(&ended.log).replace(VALUE, "VALUE");
            Ok((ended.status, outcome, log))
        };
        let plain = with_option(call, "");
        let (status, outcome, log) = try_call(&plain)?;
        if status != 0 {
            let end = log.lines().last().unwrap_or_default();
            report
                .problems
                .push(format!("`{plain}` ends with {status}: {end}"));
            continue;
        }
        let uses_secret = call.contains(TEXT) || call.contains(FILE);
        if uses_secret {
            let verdict = verdict(&script(&plain));
            report.runs.push(Run {
                call: plain,
                outcome,
                verdict,
            });
        }
        for option in &options {
            for form in forms(option, block, uses_secret) {
                let call = with_option(call, &form);
                let (ended, outcome, _) = try_call(&call)?;
                if ended != status {
                    report.failed += 1;
                    continue;
                }
                counted.insert(option.clone(), true);
                let verdict = verdict(&script(&call));
                report.runs.push(Run {
                    call,
                    outcome,
                    verdict,
                });
            }
        }
    }
    (report.exercised, report.others) = options
        .into_iter()
        .partition(|option| counted.contains_key(option));
    sandbox.forget(&place);
    sandbox.forget(&fixture);
    Ok(report)
}

/// The call with these words in the place of the option.
fn with_option(call: &str, words: &str) -> String {
    let put = |word| if word == PLACE { words } else { word };
    let words: Vec<&str> = call.split(' ').map(put).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The words of an option: with the secret, or beside it. Each value is in the form that shows most: a text in the same word, and a
/// file in the next one, which a row without that option takes for an operand.
fn forms(option: &str, block: &Block, uses_secret: bool) -> Vec<String> {
    let separator = match option.strip_prefix("--") {
        // `of=` of dd.
        _ if option.ends_with('=') => "",
        Some(_) => "=",
        None => " ",
    };
    let own = |has_secret: bool| {
        let own = block.values.iter().map(String::as_str);
        own.filter(move |value| value.contains('%') == has_secret)
    };
    if uses_secret {
        let with = |value: &str| format!("{option}{separator}{value}");
        let values = ["1", "out"].into_iter().chain(own(false));
        return [option.to_owned()]
            .into_iter()
            .chain(values.map(with))
            .collect();
    }
    let mut forms = Vec::new();
    for value in ["%"].into_iter().chain(own(true)) {
        let value = value.replace('%', TEXT);
        forms.push(format!("{option}{separator}\"{value}\""));
        if option.len() == 2 {
            forms.push(format!("{option}\"{value}\""));
        }
    }
    let separator = if separator.is_empty() { "" } else { " " };
    forms.push(format!("{option}{separator}{FILE}"));
    forms
}

fn is_of_help(option: &str) -> bool {
    matches!(
        option,
        "--help" | "-help" | "--version" | "-version" | "-h" | "-?"
    )
}

/// The first word of a text that looks like a version.
fn number(text: &str) -> String {
    let is_separator = |c: char| c.is_whitespace() || "(),/\"'".contains(c);
    let mut words = text.split(is_separator);
    let is_version = |word: &&str| {
        let word = word.trim_start_matches(['v', 'V']);
        word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.')
    };
    let word = words.find(is_version).unwrap_or_default();
    word.trim_start_matches(['v', 'V'])
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_gets_the_secret_in_each_form() {
        let block = Block::default();
        assert_eq!(
            forms("--a", &block, false),
            ["--a=\"$T\"", "--a /run/secrets/tok"]
        );
        assert_eq!(
            forms("-a", &block, false),
            ["-a \"$T\"", "-a\"$T\"", "-a /run/secrets/tok"]
        );
        assert_eq!(forms("-a", &block, true), ["-a", "-a 1", "-a out"]);
        assert_eq!(forms("of=", &block, true), ["of=", "of=1", "of=out"]);
        let block = Block {
            values: vec!["x=%".to_owned(), "json".to_owned()],
            ..block
        };
        assert_eq!(
            forms("--a", &block, true),
            ["--a", "--a=1", "--a=out", "--a=json"]
        );
        assert_eq!(
            forms("--a", &block, false),
            ["--a=\"$T\"", "--a=\"x=$T\"", "--a /run/secrets/tok"]
        );
        assert_eq!(with_option("git @ x", "-a 1"), "git -a 1 x");
        assert_eq!(with_option("git @ x", ""), "git x");
    }

    #[test]
    fn a_script_reads_the_value_if_it_is_used() {
        assert_eq!(script("a /run/secrets/tok"), "cd /w\na /run/secrets/tok");
        assert_eq!(script("a $T"), "cd /w\nT=\"$(cat /run/secrets/tok)\"\na $T");
    }

    #[test]
    fn a_version_is_the_first_number_with_a_dot() {
        assert_eq!(number("git version 2.39.5\n"), "2.39.5");
        assert_eq!(number("tar (GNU tar) 1.34\n2024"), "1.34");
        assert_eq!(number("v18.20.4"), "18.20.4");
        assert_eq!(number("none"), "");
    }
}
