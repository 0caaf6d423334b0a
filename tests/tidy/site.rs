//! The site: every page is in its table of contents, no link is dead, and code is that of a tested file.
//!
//! In: `docs/`, and the links to this repository in all documents and doc comments. `.ci/site` builds the book itself.

use std::collections::BTreeSet;
use std::process::Command;

use super::{files, none, read, root};

const REPOSITORY: &str = "github.com/dockerfile-dsl/dockerfile-dsl/";
const RAW: &str = "raw.githubusercontent.com/dockerfile-dsl/dockerfile-dsl/main/";

/// Pages whose Rust code another test compares. That of `editors.md` is an extension of an editor, for the toolchain of that editor.
const TESTED_ELSEWHERE: [&str; 4] = [
    "docs/editors.md",
    "docs/import.md",
    "docs/rules.md",
    "docs/tutorial.md",
];

fn pages() -> Vec<String> {
    let all = files(".md").into_iter();
    all.filter(|path| path.starts_with("docs/") && path != "docs/SUMMARY.md")
        .collect()
}

/// The targets of the links and pictures of a page, without those in blocks of code.
fn links(page: &str) -> Vec<String> {
    let text: String = page.split("\n```").step_by(2).collect();
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn table_of_contents_lists_every_page_once() {
    let listed: Vec<String> = links(&read("docs/SUMMARY.md"))
        .iter()
        .map(|link| format!("docs/{link}"))
        .collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, pages(), "docs/SUMMARY.md lists other pages");
}

/// A link in the site leads to a page of the site: other files of the repository are not there.
#[test]
fn links_between_pages_lead_somewhere() {
    let mut complaints = Vec::new();
    for page in pages() {
        for link in links(&read(&page)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if link.contains("://") {
                continue;
            }
            let file = match file {
                "" => page.clone(),
                name => format!("docs/{name}"),
            };
            if file.contains("..") || !root().join(&file).is_file() {
                complaints.push(format!("{page}: `{link}` is not a file of docs/"));
            } else if !anchor.is_empty() && !anchors(&read(&file)).contains(anchor) {
                complaints.push(format!("{page}: `{link}` has no such heading"));
            }
        }
    }
    none(complaints);
}

/// The anchors of the headings, as mdBook and GitHub make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let text = text.replace(' ', "-");
        text.chars()
            .filter(|c| c.is_alphanumeric() || "-_".contains(*c))
            .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_to_this_repository_lead_somewhere() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for path in files(".md").into_iter().chain(files(".rs")) {
        let text = read(&path);
        let after = |prefix: &str| -> Vec<String> {
            let rests = text.split(prefix).skip(1);
            let end = |c: char| c.is_whitespace() || ")>\"'`#".contains(c);
            rests
                .filter_map(|rest| Some(rest.split(end).next()?.to_owned()))
                .collect()
        };
        let raw = after(RAW).into_iter();
        let pages = ["blob/main/", "tree/main/"]
            .into_iter()
            .flat_map(|kind| after(&format!("{REPOSITORY}{kind}")));
        for target in raw.chain(pages) {
            count += 1;
            if !root().join(&target).exists() {
                complaints.push(format!("{path}: `{target}` does not exist"));
            }
        }
    }
    assert!(count > 30, "only {count} links were found");
    none(complaints);
}

/// A block after `<!-- from FILE -->` is part of that file. `<!-- from FILE: NAME=VALUE .. -->` fills in the names of a template.
#[test]
fn code_of_the_pages_is_that_of_its_file() {
    let mut complaints = Vec::new();
    let mut compared = 0;
    for page in pages() {
        let text = read(&page);
        let blocks: Vec<&str> = text.split("\n```").collect();
        for pair in blocks.chunks(2) {
            let [before, block] = pair else { continue };
            let (language, code) = block.split_once('\n').unwrap_or_default();
            match before.trim_end().rsplit_once("<!-- from ") {
                Some((_, source)) if source.ends_with("-->") && !source.contains('\n') => {
                    compared += 1;
                    let source = source.trim_end_matches("-->").trim();
                    if !source_text(source).contains(code) {
                        complaints.push(format!("{page}: a block is not in {source}:\n{code}"));
                    }
                }
                _ if language == "rust" && !TESTED_ELSEWHERE.contains(&&*page) => {
                    complaints.push(format!("{page}: no test knows this code:\n{code}"));
                }
                _ => {}
            }
        }
    }
    assert!(compared > 8, "only {compared} blocks were compared");
    none(complaints);
}

fn source_text(source: &str) -> String {
    let (file, values) = source.split_once(": ").unwrap_or((source, ""));
    let values = values.split(' ').filter_map(|value| value.split_once('='));
    values.fold(read(file), |text, (name, value)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    })
}

/// Blocks of data and of a shell: other tests run many of them, and this one finds the slips in the rest.
#[test]
fn code_of_the_pages_is_well_formed() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = read(&page);
        for block in text.split("\n```").skip(1).step_by(2) {
            let (language, code) = block.split_once('\n').unwrap_or_default();
            let error = match language {
                "yaml" => yaml_serde::from_str::<yaml_serde::Value>(code)
                    .err()
                    .map(|error| error.to_string()),
                "json" => serde_json::from_str::<serde_json::Value>(code)
                    .err()
                    .map(|error| error.to_string()),
                "sh" => shell_error(code),
                _ => continue,
            };
            count += 1;
            complaints.extend(error.map(|error| format!("{page}: {error}:\n{code}")));
        }
    }
    assert!(count > 20, "only {count} blocks were read");
    none(complaints);
}

/// What the shell says about a script that it reads and does not run.
fn shell_error(script: &str) -> Option<String> {
    let mut command = Command::new("sh");
    let output = command.args(["-n", "-c", script]).output();
    let output = output.expect("a shell is on every machine of a contributor");
    let is_read = output.status.success();
    (!is_read).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// mdBook leaves an include as it is if its file or its anchor is missing.
#[test]
fn includes_have_their_file_and_anchors() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for page in pages() {
        for rest in read(&page).split("{{#include ").skip(1) {
            count += 1;
            let target = rest.split("}}").next().unwrap_or_default();
            let (file, anchor) = target.split_once(':').unwrap_or((target, ""));
            let text = std::fs::read_to_string(root().join("docs").join(file)).unwrap_or_default();
            for sign in ["ANCHOR", "ANCHOR_END"] {
                if text
                    .matches(&format!("<!-- {sign}: {anchor} -->\n"))
                    .count()
                    != 1
                {
                    complaints.push(format!("{page}: {target} has no {sign}"));
                }
            }
        }
    }
    assert!(count > 0, "no page includes another file");
    none(complaints);
}

#[test]
fn links_and_anchors_are_found() {
    let page = "[a](b.md#c)\n```sh\n[x](y)\n```\n![p](q.svg)";
    assert_eq!(links(page), ["b.md#c", "q.svg"]);
    let anchors = anchors("# One `two`: three\n## A, b\ntext");
    assert_eq!(anchors, ["one-two-three", "a-b"].map(str::to_owned).into());
}

/// A dependency of a page is a package of this repository, by the folder that the page names.
#[test]
fn dependencies_of_the_pages_are_packages() {
    let (mut complaints, mut count) = (Vec::new(), 0);
    for page in pages() {
        for line in read(&page).lines() {
            let Some((name, rest)) = line.split_once(" = { path = \"../dockerfile-dsl/") else {
                continue;
            };
            count += 1;
            let folder = rest.split('"').next().unwrap_or_default();
            let manifest = root().join(folder).join("Cargo.toml");
            let manifest = std::fs::read_to_string(&manifest).unwrap_or_default();
            if !manifest.contains(&format!("\nname = \"{name}\"\n")) {
                complaints.push(format!("{page}: `{folder}` is not the folder of `{name}`"));
            }
        }
    }
    assert!(count > 0, "no page has a dependency");
    none(complaints);
}
