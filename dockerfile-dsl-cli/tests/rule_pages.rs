//! The pages of the rules about several files: the bad files have the finding and the message of the page, the good ones do not.

mod place;

use dockerfile_dsl_analysis::{Rule, rules};
use place::Place;
use serde_json::Value;

/// The files of a section: each code block names its file in the first line.
fn files(page: &str, title: &str) -> Vec<(String, String)> {
    let (_, section) = page
        .split_once(&format!("\n## {title}\n"))
        .unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```").skip(1).step_by(2);
    let files = blocks.filter_map(|block| {
        let (_, code) = block.split_once('\n')?;
        let name = code.lines().next()?.strip_prefix("# ")?;
        Some((name.to_owned(), code.to_owned()))
    });
    files.collect()
}

fn findings(files: &[(String, String)]) -> Vec<(String, String, String)> {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let place = Place::with(&files);
    let answer = place.json(&[]);
    let files = answer["files"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = files.iter().flat_map(|file| {
        assert!(file.get("error").is_none(), "{file}");
        file["findings"].as_array().cloned().unwrap_or_default()
    });
    all.map(|finding| {
        let parts = [&finding["rule"], &finding["severity"], &finding["message"]];
        let [rule, severity, message] = parts.map(text);
        (rule, severity, message)
    })
    .collect()
}

#[test]
fn the_pages_are_right() {
    let mut tested = 0;
    for rule in Rule::ALL {
        let page = rules::page(*rule);
        if !page.contains("The rule applies only to files that start builds") {
            continue;
        }
        tested += 1;
        let bad = files(page, "Bad");
        assert!(bad.len() >= 2, "{rule}");
        let found = findings(&bad);
        let is_this = |(name, ..): &&(String, String, String)| name == rule.name();
        let message = found.iter().find(is_this).map(|(.., message)| message);
        let message = message.unwrap_or_else(|| panic!("{rule}: {found:?}"));
        assert!(
            page.contains(&format!("```text\n{message}\n```")),
            "{rule}: {message}"
        );
        let found = findings(&files(page, "Good"));
        let wrong: Vec<_> = found
            .iter()
            .filter(|(name, severity, _)| name == rule.name() || severity == "error")
            .collect();
        assert!(wrong.is_empty(), "{rule}: {wrong:?}");
    }
    assert_eq!(tested, 10);
}
