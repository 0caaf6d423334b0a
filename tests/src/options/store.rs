//! Reports as text, a line per fact, so that the verdicts can be asked again after rows were changed, without running the calls.

use std::fmt::Write as _;

use super::trial::{Run, script};
use super::{Outcome, Report, verdict};

/// The report without its verdicts.
#[must_use]
pub fn store(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: &str| {
        let value = value.replace('\n', " ");
        let _ = writeln!(text, "{key}\t{value}");
    };
    line("name", &report.name);
    line("version", &report.version);
    line("failed", &report.failed.to_string());
    let lists = [
        ("call", &report.calls),
        ("exercised", &report.exercised),
        ("other", &report.others),
        ("skipped", &report.skipped),
        ("problem", &report.problems),
    ];
    for (key, values) in lists {
        for value in values {
            line(key, value);
        }
    }
    for run in &report.runs {
        match &run.outcome {
            Outcome::Clean => line("clean", &run.call),
            Outcome::Log => line("log", &run.call),
            Outcome::Layer(path) => line("layer", &format!("{path}\t{}", run.call)),
        }
    }
    text
}

/// The report of a stored text, with the verdicts of now; `None` if it has another form.
#[must_use]
pub fn load(text: &str) -> Option<Report> {
    let mut report = Report::default();
    for line in text.lines() {
        let (key, value) = line.split_once('\t')?;
        let outcome = match key {
            "clean" => (Outcome::Clean, value),
            "log" => (Outcome::Log, value),
            "layer" => {
                let (path, call) = value.split_once('\t')?;
                (Outcome::Layer(path.to_owned()), call)
            }
            _ => {
                match key {
                    "name" => value.clone_into(&mut report.name),
                    "version" => value.clone_into(&mut report.version),
                    "failed" => report.failed = value.parse().ok()?,
                    "call" => report.calls.push(value.to_owned()),
                    "exercised" => report.exercised.push(value.to_owned()),
                    "other" => report.others.push(value.to_owned()),
                    "skipped" => report.skipped.push(value.to_owned()),
                    "problem" => report.problems.push(value.to_owned()),
                    _ => return None,
                }
                continue;
            }
        };
        let (outcome, call) = outcome;
        report.runs.push(Run {
            call: call.to_owned(),
            outcome,
            verdict: verdict(&script(call)),
        });
    }
    Some(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let run = |call: &str, outcome: Outcome| Run {
            call: call.to_owned(),
            verdict: verdict(&script(call)),
            outcome,
        };
        let report = Report {
            name: "cat".to_owned(),
            version: "9.1".to_owned(),
            calls: vec!["cat @ f".to_owned()],
            runs: vec![
                run("cat -n f", Outcome::Clean),
                run("cat -n \"$T\"", Outcome::Log),
                run("cat /run/secrets/tok >g", Outcome::Layer("/w/g".to_owned())),
            ],
            failed: 3,
            exercised: vec!["-n".to_owned()],
            others: vec!["-x".to_owned()],
            ..Report::default()
        };
        let text = store(&report);
        assert_eq!(load(&text).as_ref(), Some(&report));
        assert_eq!(load("what\tx\n"), None);
    }
}
