//! The requests of the page, and their answers.

use dockerfile_dsl_analysis::{Rule, rules};
use serde::{Deserialize, Serialize};

use crate::{check, command};

/// What the page asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
enum Request {
    /// The findings of a text.
    Check { text: String },
    /// The page of a rule.
    Rule { name: String },
    /// The build command of a text.
    Command(command::Order),
}

/// Returns the answer to a request. A request that the page does not make is the answer `{"problem": ..}`.
pub(crate) fn answer(request: &[u8]) -> String {
    let answer = match serde_json::from_slice(request) {
        Ok(Request::Check { text }) => json(&check::check(&text)),
        Ok(Request::Rule { name }) => json(&page(&name)),
        Ok(Request::Command(order)) => match command::command(&order) {
            Ok(command) => json(&command),
            Err(problem) => json(&problem),
        },
        Err(error) => json(&Problem::new(&error)),
    };
    answer.unwrap_or_else(|error| format!("{{\"problem\":\"{error}\"}}"))
}

/// Returns the page of a rule, in Markdown; an empty one for an unknown rule.
fn page(name: &str) -> &'static str {
    let rule = Rule::ALL.iter().find(|rule| rule.name() == name);
    rule.map_or("", |rule| rules::page(*rule))
}

fn json(answer: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(answer)
}

/// An answer that says why the other one is missing.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    problem: String,
}

impl Problem {
    pub(crate) fn new(problem: &dyn ToString) -> Self {
        let problem = problem.to_string();
        Self { problem }
    }
}
