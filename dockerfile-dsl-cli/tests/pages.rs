//! The pages of the site: each how-to that works on files is a story, which this test plays; the page of the command line is the help.
//!
//! A block whose first line is `# FILE` writes that file. A paragraph that begins with "The check reports" names the rules of all
//! files at that point. After a paragraph with a command that ends in "makes this:", the next blocks are the files that it has written;
//! after one that ends in "prints this step:" or "prints this job:", the block is its output.

mod place;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use dockerfile_dsl_analysis::Rule;
use place::{Place, text};
use serde_json::Value;

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The rules that the first sentence of a paragraph names.
fn rules_of(paragraph: &str) -> BTreeSet<String> {
    let sentence = paragraph.split(['.', ':']).next().unwrap_or_default();
    let quoted = sentence.split('`').skip(1).step_by(2);
    quoted
        .filter(|name| Rule::ALL.iter().any(|rule| rule.name() == *name))
        .map(str::to_owned)
        .collect()
}

fn found(place: &Place) -> BTreeSet<String> {
    let answer = place.json(&[]);
    let files = answer["files"].as_array().expect("is a list").iter();
    let findings = files.flat_map(|file| {
        assert!(file.get("error").is_none(), "{file}");
        file["findings"].as_array().cloned().unwrap_or_default()
    });
    findings
        .filter_map(|finding: Value| Some(finding["rule"].as_str()?.to_owned()))
        .collect()
}

/// Runs the first command of a paragraph, without its first word.
fn run(place: &Place, paragraph: &str) -> String {
    let (_, command) = paragraph
        .split_once("`dockerfile-dsl ")
        .expect("has a command");
    let command = command.split('`').next().unwrap_or_default();
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = place.tool(&arguments);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{command}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// What the next blocks are.
enum Next {
    Files,
    FilesOfCommand,
    Output(String),
}

/// Plays a page, and returns how many claims it made.
fn play(name: &str) -> usize {
    let page = read(name);
    let place = Place::with(&[]);
    let (mut next, mut claims) = (Next::Files, 0);
    for (index, part) in page.split("\n```").enumerate() {
        if index % 2 == 0 {
            let (_, words) = part.split_once('\n').unwrap_or(("", part));
            for paragraph in words
                .split("\n\n")
                .map(str::trim)
                .filter(|text| !text.is_empty())
            {
                next = Next::Files;
                if paragraph.starts_with("The check reports ") {
                    claims += 1;
                    let (found, said) = (found(&place), rules_of(paragraph));
                    assert_eq!(found, said, "{name}: {paragraph}");
                    let is_nothing = paragraph.starts_with("The check reports nothing.");
                    assert_eq!(found.is_empty(), is_nothing, "{name}: {paragraph}");
                } else if paragraph.ends_with("makes this:") {
                    run(&place, paragraph);
                    next = Next::FilesOfCommand;
                } else if paragraph.ends_with("prints this step:")
                    || paragraph.ends_with("prints this job:")
                {
                    next = Next::Output(run(&place, paragraph));
                }
            }
            continue;
        }
        let (_, code) = part.split_once('\n').unwrap_or_default();
        let code = format!("{code}\n");
        let file = code
            .strip_prefix("# ")
            .and_then(|rest| rest.split_once('\n'))
            .filter(|(name, _)| !name.contains(' '));
        match (&next, file) {
            (Next::Output(output), _) => {
                claims += 1;
                assert_eq!(output.trim_end(), code.trim_end(), "{name}");
            }
            (Next::FilesOfCommand, Some((file, text))) => {
                claims += 1;
                let written = fs::read_to_string(place.path().join(file)).expect("can be read");
                assert_eq!(written, text, "{name}: {file}");
            }
            (_, Some((file, text))) => place.write(file, text),
            (_, None) => {}
        }
    }
    claims
}

#[test]
fn migration_of_a_dockerfile() {
    assert_eq!(play("migrate.md"), 6);
}

#[test]
fn description_of_a_program() {
    assert_eq!(play("own-programs.md"), 4);
}

#[test]
fn description_of_a_base_image() {
    assert_eq!(play("base-images.md"), 4);
}

#[test]
fn steps_of_ci() {
    assert_eq!(play("ci.md"), 2);
}

/// `DOCKERFILE_DSL_UPDATE=1` writes the page.
#[test]
fn page_of_the_command_line_is_the_help() {
    let help = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
        let output = command
            .args(arguments)
            .arg("--help")
            .output()
            .expect("can be run");
        let lines = text(&output.stdout);
        let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
        lines.join("\n")
    };
    let all = help(&[]);
    let names = all
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| {
            line.trim()
                .split(' ')
                .next()
                .filter(|name| !name.is_empty())
        })
        .filter(|name| *name != "help");
    let mut page = format!(
        "# Command line\n\n<!-- Generated by `dockerfile-dsl-cli/tests/pages.rs` from the help of the tool. -->\n\n\
         ```text\n{all}\n```\n"
    );
    for name in names {
        page += &format!("\n## {name}\n\n```text\n{}\n```\n", help(&[name]));
    }
    page += &format!(
        "\n### canary new\n\n```text\n{}\n```\n",
        help(&["canary", "new"])
    );
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        fs::write(path("cli.md"), &page).expect("can be written");
    }
    assert!(
        read("cli.md") == page,
        "docs/cli.md is not the help of today: write it with DOCKERFILE_DSL_UPDATE=1"
    );
}

/// Every field that `check` writes about a repository with mistakes has a row.
#[test]
fn json_page_has_every_field_of_check() {
    let page = read("json.md") + include_str!("../../dockerfile-dsl-analysis/src/report/codes.md");
    let place = Place::with(&[
        (
            "Dockerfile",
            "FROM node:22\nRUN --mount=type=secret,id=a,required=true cp /run/secrets/a /b && cp /b /c\n",
        ),
        ("build.sh", "docker build .\n"),
    ]);
    let mut fields = BTreeSet::new();
    fields_of(&place.json(&[]), &mut fields);
    assert!(fields.len() > 20, "{fields:?}");
    for field in fields {
        let forms = [
            format!("`{field}`"),
            format!(".{field}`"),
            format!("{field}[]`"),
            format!("`{field}["),
            format!("\"{field}\""),
        ];
        assert!(
            forms.iter().any(|form| page.contains(form)),
            "docs/json.md has no field `{field}`"
        );
    }
}

fn fields_of(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                fields.insert(name.clone());
                fields_of(value, fields);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| fields_of(value, fields)),
        _ => {}
    }
}
