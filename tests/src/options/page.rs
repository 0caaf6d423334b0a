//! Writes what the calls showed: a page that people read, and the list of the calls that leaked.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::blocks::PLACE;
use super::{Outcome, Report, Run, Verdict};

const HEAD: &str = "# Options that were tried

`.ci/long` writes this page (`STEPS=options`): programs of the database are called with each option
of their help, one at a time, in a call that works. A call without the secret gets it as the
option's value (in the same word, in the next one, as a file); a call that uses the secret as
documented gets the option beside it. A run counts if it ends as the call without the option. Then
the layer and the log are searched for the secret, and that is compared with `check --strict`.

`tests/data/options/` lists the calls. The last list below names the options that no run exercised:
most of them want a value of another kind, for which no secret is one.

- **missed**: the run leaks and the check accepts it. A bug; each is listed below.
- **refused**: the run leaks and the check refuses it, as a leak or as not described.
- **accepted**: the run is clean and the check accepts it.
- **not described**: the run is clean, and the check refuses it since no row describes this
  argument. Default deny.
- **wrong**: the run is clean and the check reports a leak. They are of these kinds, and an honest
  script has none of them: an option without a value makes the secret an operand, whose name a
  message quotes where no such file is (this run needed no message); an option whose value has the
  wrong form is quoted in a message, too; the file that one option names is replaced by that of a
  later one; an option that ends the program (`-V`, `-list`) leaves the rest of the call unread.
";

#[derive(Debug, Default)]
struct Count {
    options: usize,
    exercised: usize,
    runs: usize,
    missed: usize,
    refused: usize,
    accepted: usize,
    not_described: usize,
    wrong: usize,
}

impl Count {
    fn add(&mut self, report: &Report) {
        self.options += report.exercised.len() + report.others.len();
        self.exercised += report.exercised.len();
        for run in &report.runs {
            self.runs += 1;
            let kind = match (&run.outcome, run.verdict) {
                (Outcome::Clean, Verdict::Accepted) => &mut self.accepted,
                (Outcome::Clean, Verdict::NotDescribed) => &mut self.not_described,
                (Outcome::Clean, Verdict::Leak) => &mut self.wrong,
                (_, Verdict::Accepted) => &mut self.missed,
                _ => &mut self.refused,
            };
            *kind += 1;
        }
    }

    fn row(&self, name: &str, version: &str) -> String {
        format!(
            "| {name} | {version} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            self.options,
            self.exercised,
            self.runs,
            self.missed,
            self.refused,
            self.accepted,
            self.not_described,
            self.wrong
        )
    }
}

/// The page. `names` are those of all blocks.
#[must_use]
pub fn page(reports: &[Report], names: &[&str]) -> String {
    let mut all = Count::default();
    let mut programs: BTreeMap<&str, (String, Count)> = BTreeMap::new();
    for report in reports {
        let program = report.name.split(' ').next().unwrap_or_default();
        let (version, count) = programs.entry(program).or_default();
        version.clone_from(&report.version);
        count.add(report);
        all.add(report);
    }
    let mut text = HEAD.to_owned();
    text.push_str(
        "\n| program | version | options | exercised | runs | missed | refused | accepted | not \
         described | wrong |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    text.push_str(&all.row(&format!("**{} programs**", programs.len()), ""));
    for (name, (version, count)) in &programs {
        text.push_str(&count.row(&format!("`{name}`"), version));
    }
    list(&mut text, reports, "Missed", |outcome, verdict| {
        *outcome != Outcome::Clean && verdict == Verdict::Accepted
    });
    text.push_str(&wrong(reports));
    let is_missing = |name: &&&str| !reports.iter().any(|report| report.name == **name);
    let missing: Vec<&str> = names.iter().filter(is_missing).copied().collect();
    if !missing.is_empty() {
        let _ = write!(
            text,
            "\n## Not run yet\n\nThese calls are in the list, and no run of them is part of this \
             page: {}.\n",
            quoted(&missing)
        );
    }
    text.push_str("\n## Calls\n");
    for report in reports {
        let _ = write!(text, "\n### `{}`\n\n```sh\n", report.name);
        for call in &report.calls {
            let _ = writeln!(text, "{call}");
        }
        text.push_str("```\n\n");
        for problem in &report.problems {
            let _ = writeln!(text, "Not tried: {}\n", problem.trim().replace('\n', " "));
        }
        let _ = writeln!(text, "- exercised: {}", quoted(&report.exercised));
        let _ = writeln!(text, "- not exercised: {}", quoted(&report.others));
        if !report.skipped.is_empty() {
            let _ = writeln!(text, "- not tried: {}", quoted(&report.skipped));
        }
    }
    text
}

/// The words in the typewriter face of the page.
fn quoted(words: &[impl AsRef<str>]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    let words = words.iter().map(|word| format!("`{}`", word.as_ref()));
    words.collect::<Vec<_>>().join(" ")
}

/// The options of the clean runs for which the check reports a leak, a line for each block.
fn wrong(reports: &[Report]) -> String {
    let mut text = "\n## Wrong\n\n".to_owned();
    for report in reports {
        let is_wrong = |run: &&Run| run.outcome == Outcome::Clean && run.verdict == Verdict::Leak;
        let runs: Vec<&Run> = report.runs.iter().filter(is_wrong).collect();
        let mut options: Vec<String> = Vec::new();
        for run in &runs {
            let option = option_of(report, &run.call);
            if !options.contains(&option) {
                options.push(option);
            }
        }
        if !runs.is_empty() {
            let _ = writeln!(
                text,
                "- `{}`, {} runs: {}",
                report.name,
                runs.len(),
                quoted(&options)
            );
        }
    }
    if !text.contains("- ") {
        text.push_str("None.\n");
    }
    text
}

/// The option of a run.
fn option_of(report: &Report, run: &str) -> String {
    let between = report.calls.iter().find_map(|call| {
        let (before, after) = call.split_once(PLACE)?;
        let rest = run.strip_prefix(before.trim_end())?;
        rest.strip_suffix(after.trim_start())
    });
    let word = between.unwrap_or(run).trim();
    if word.is_empty() {
        return "the plain call".to_owned();
    }
    let end = word.find([' ', '=', '"']).filter(|_| word.starts_with('-'));
    word[..end.unwrap_or(word.len())].to_owned()
}

fn list(
    text: &mut String,
    reports: &[Report],
    title: &str,
    is_listed: impl Fn(&Outcome, Verdict) -> bool,
) {
    let calls: Vec<&str> = reports
        .iter()
        .flat_map(|report| &report.runs)
        .filter(|run| is_listed(&run.outcome, run.verdict))
        .map(|run| &*run.call)
        .collect();
    let _ = write!(text, "\n## {title}\n\n");
    if calls.is_empty() {
        text.push_str("None.\n");
    } else {
        let _ = writeln!(text, "```sh\n{}\n```", calls.join("\n"));
    }
}

/// The calls that leaked: a line each, with where the secret was.
#[must_use]
pub fn leaks(reports: &[Report]) -> String {
    let mut text = String::new();
    for run in reports.iter().flat_map(|report| &report.runs) {
        let place = match &run.outcome {
            Outcome::Clean => continue,
            Outcome::Layer(_) => "layer",
            Outcome::Log => "log",
        };
        let _ = writeln!(text, "{place}\t{}", run.call);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_shown_by_its_option() {
        let report = Report {
            calls: vec!["frobctl get @ -n x".to_owned()],
            ..Report::default()
        };
        for (run, option) in [
            ("frobctl get --a=\"$T\" -n x", "--a"),
            ("frobctl get -a\"$T\" -n x", "-a"),
            ("frobctl get -b /run/secrets/tok -n x", "-b"),
            ("frobctl get -n x", "the plain call"),
        ] {
            assert_eq!(option_of(&report, run), option, "{run}");
        }
    }

    #[test]
    fn each_run_is_of_one_kind() {
        let run = |call: &str, outcome: Outcome, verdict: Verdict| Run {
            call: call.to_owned(),
            outcome,
            verdict,
        };
        let report = Report {
            name: "frobctl get".to_owned(),
            version: "1.2".to_owned(),
            runs: vec![
                run("frobctl a", Outcome::Clean, Verdict::Accepted),
                run("frobctl b", Outcome::Clean, Verdict::NotDescribed),
                run("frobctl c", Outcome::Clean, Verdict::Leak),
                run("frobctl d", Outcome::Log, Verdict::Accepted),
                run("frobctl e", Outcome::Layer("/x".to_owned()), Verdict::Leak),
            ],
            exercised: vec!["-a".to_owned()],
            others: vec!["-b".to_owned()],
            ..Report::default()
        };
        let reports = [report];
        let page = page(&reports, &["frobctl get", "frobctl put"]);
        assert!(page.contains("| `frobctl` | 1.2 | 2 | 1 | 5 | 1 | 1 | 1 | 1 | 1 |\n"));
        assert!(
            page.contains("## Missed\n\n```sh\nfrobctl d\n```\n"),
            "{page}"
        );
        assert!(
            page.contains("## Wrong\n\n- `frobctl get`, 1 runs: `frobctl c`\n"),
            "{page}"
        );
        assert!(page.contains("of this page: `frobctl put`.\n"), "{page}");
        assert_eq!(leaks(&reports), "log\tfrobctl d\nlayer\tfrobctl e\n");
    }
}
