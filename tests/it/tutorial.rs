//! The tutorial, and the page on flows: the check reports for each of its Dockerfiles what the paragraph below says, and its Rust code is that of the example.

use std::collections::BTreeSet;
use std::path::Path;

use dockerfile_dsl::{Rule, import};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// The blocks of a language, each with the paragraph below it.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<(&'a str, &'a str)> {
    let start = format!("```{language}\n");
    let after = page.split(start.as_str()).skip(1);
    let blocks = after.map(|rest| rest.split_once("```\n").unwrap());
    blocks
        .map(|(block, rest)| (block, rest.trim_start().split("\n\n").next().unwrap()))
        .collect()
}

/// The rules that the first sentence of a paragraph names.
fn rules_of(paragraph: &str) -> BTreeSet<&str> {
    let sentence = paragraph.split(['.', ':']).next().unwrap_or_default();
    let quoted = sentence.split('`').skip(1).step_by(2);
    quoted
        .filter(|name| Rule::ALL.iter().any(|rule| rule.name() == *name))
        .collect()
}

#[test]
fn check_reports_what_the_pages_say() {
    let pages = ["docs/tutorial.md", "docs/flow.md"].map(read);
    let dockerfiles = pages.iter().flat_map(|page| blocks(page, "dockerfile"));
    let dockerfiles: Vec<_> = dockerfiles.collect();
    assert_eq!(dockerfiles.len(), 6);
    for (text, paragraph) in dockerfiles {
        let findings = import::parse(text).unwrap().check();
        let found: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.name()).collect();
        assert_eq!(found, rules_of(paragraph), "{text}");
        let says_nothing = paragraph.starts_with("The check reports nothing.");
        assert_eq!(found.is_empty(), says_nothing, "{paragraph}");
    }
}

/// Both slips that step 4 names are leaks.
#[test]
fn slips_of_the_tutorial_are_leaks() {
    let page = read("docs/tutorial.md");
    let (safe, _) = blocks(&page, "dockerfile")[3];
    for slip in [
        safe.replace(
            "&& rm ~/.git-credentials",
            "&& rm ~/.git-credentials || true",
        ),
        safe.replace(" \\\n    && rm", "\nRUN rm"),
    ] {
        assert_ne!(slip, safe);
        let findings = import::parse(&slip).unwrap().check();
        let found = findings
            .iter()
            .any(|finding| finding.rule == Rule::SecretInLayer);
        assert!(found, "{slip}");
    }
}

#[test]
fn rust_code_of_the_tutorial_is_the_example() {
    let page = read("docs/tutorial.md");
    let example = read("examples/recipes/git.rs").replace("pub(crate) ", "");
    let (_, code) = example.split_once("\n\n").unwrap();
    assert_eq!(blocks(&page, "rust")[0].0, code);
}
