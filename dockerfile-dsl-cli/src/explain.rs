//! `dockerfile-dsl explain`: the page of a rule, or the list of all rules.
//!
//! In: the name of a rule as a finding shows it, in any case. Out: its page in Markdown, on stdout. An unknown name is an error with the
//! nearest rule.

use std::error::Error;

use clap::Args;
use dockerfile_dsl_analysis::{Finding, Rule, rules, suggest::did_you_mean};

use crate::output;
use crate::status::Status;

/// Which rule to explain.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Name of the rule, as a finding shows it
    #[arg(required_unless_present = "list")]
    rule: Option<String>,
    /// List all rules, each with one sentence
    #[arg(long, conflicts_with = "rule")]
    list: bool,
}

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Status, Box<dyn Error>> {
    let text = match &arguments.rule {
        Some(name) => rules::page(find(name)?).to_owned(),
        None => list(),
    };
    output::answer(&text)?;
    Ok(Status::Clean)
}

fn find(name: &str) -> Result<Rule, String> {
    let mut all = Rule::ALL.iter().copied();
    all.find(|rule| rule.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
            let near = did_you_mean(name, &names);
            let list = "`dockerfile-dsl explain --list` lists all rules";
            if near.is_empty() {
                format!("unknown rule `{name}`; {list}")
            } else {
                format!("unknown rule `{name}`{near} {list}")
            }
        })
}

/// Returns a line for each rule: its name and the sentence under the title of its page.
fn list() -> String {
    let width = Rule::ALL.iter().map(|rule| rule.name().len()).max();
    let width = width.unwrap_or_default();
    Rule::ALL.iter().fold(String::new(), |text, rule| {
        let summary = rules::page(*rule).lines().nth(2).unwrap_or_default();
        format!("{text}{:width$}  {summary}\n", rule.name())
    })
}

/// Returns the command that explains the rule of a finding.
pub(crate) fn read_more(finding: &Finding) -> String {
    format!("read more: `dockerfile-dsl explain {}`", finding.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_listed_with_a_sentence() {
        let list = list();
        assert_eq!(list.lines().count(), Rule::ALL.len());
        for (line, rule) in list.lines().zip(Rule::ALL) {
            let summary = line
                .strip_prefix(rule.name())
                .expect("begins with its name");
            assert!(summary.trim().ends_with('.'), "{line}");
        }
    }

    #[test]
    fn a_rule_is_found_in_any_case() {
        assert_eq!(find("secretinlayer"), Ok(Rule::SecretInLayer));
        let error = find("SecretInLayers").expect_err("no such rule");
        assert!(error.contains("did you mean `SecretInLayer`?"), "{error}");
        let error = find("DL3008").expect_err("no such rule");
        assert!(
            error.ends_with("explain --list` lists all rules"),
            "{error}"
        );
    }
}
