//! `dockerfile-dsl audit` as users see it: every format on one file in which secrets end in every possible place, and hostile names.

use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};
use serde_json::Value;
use support::place::{Place, text};
use support::{FOLDER, audit, audit_of, example, hostile};

#[path = "audit/support.rs"]
mod support;

fn json(place: &Place) -> Value {
    let text = audit(place, &["--format", "json"]);
    serde_json::from_str(&text).expect("is JSON")
}

/// Compares the output with a file. `DOCKERFILE_DSL_UPDATE=1` writes the file.
#[track_caller]
fn compare(format: &str, file: &str) {
    let actual = audit(&example(), &["--format", format]);
    let path = Path::new(FOLDER).join(file);
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        fs::write(&path, &actual).expect("can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} is out of date: DOCKERFILE_DSL_UPDATE=1 writes it. Now:\n{actual}",
        path.display()
    );
}

#[test]
fn human_format() {
    compare("human", "audit.txt");
}

#[test]
fn markdown_format() {
    compare("markdown", "audit.md");
}

#[test]
fn mermaid_format() {
    compare("mermaid", "audit.mmd");
}

#[test]
fn svg_format() {
    compare("svg", "audit.svg");
}

#[test]
fn page_shows_the_example() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = fs::read_to_string(docs.join("audit.md")).expect("can be read");
    for file in ["Dockerfile", "audit.txt"] {
        let text = fs::read_to_string(Path::new(FOLDER).join(file)).unwrap();
        assert!(page.contains(&text), "docs/audit.md has not {file}");
    }
    let picture = audit(&example(), &["--format", "svg"]);
    dockerfile_dsl_tests::terminal::compare(&picture, &docs.join("pictures/audit.svg"));
}

/// The secret, the program, the kind and the name of each end.
fn ends(answer: &Value) -> Vec<[String; 4]> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let secrets = answer["files"][0]["secrets"].as_array().expect("is a list");
    let mut ends = Vec::new();
    for secret in secrets {
        for flow in secret["flows"].as_array().expect("is a list") {
            ends.push([
                word(&secret["id"]),
                word(&flow["program"]["name"]),
                word(&flow["end"]["kind"]),
                word(&flow["end"]["name"]),
            ]);
        }
    }
    ends
}

#[test]
fn json_has_every_end() {
    let answer = json(&example());
    assert_eq!(answer["version"], 1);
    let ends = ends(&answer);
    for expected in [
        [".npmrc", "-", "layer", ".npmrc"],
        ["NPM_TOKEN", "-", "config", "-"],
        ["api", "-", "log", "-"],
        ["api", "curl", "host", "-"],
        ["db", "echo", "layer", "/etc/app.conf"],
        ["git", "git", "layer", "/src/.git/config"],
        ["git", "git clone", "host", "github.com"],
        ["idle", "-", "nowhere", "-"],
        ["npm", "cp", "cache", "/root/.cache/npmrc"],
        ["sign", "frobctl", "unknown", "not in the program database"],
    ] {
        assert!(
            ends.iter().any(|end| *end == expected),
            "{expected:?} is missing: {ends:#?}"
        );
    }
    let file = &answer["files"][0];
    let stages = &file["stages"];
    assert_eq!(stages[1]["based_on"], 0);
    assert_eq!(stages[1]["in_image"], false);
    assert_eq!(stages[2]["files_of"], serde_json::json!([0, 1]));
    assert_eq!(stages[2]["in_image"], true);
    assert_eq!(file["decisions"][0]["decision"], "declassify=demo");
    assert_eq!(file["decisions"][0]["line"], 16);
    let note = file["notes"][0]["message"].as_str().expect("is text");
    assert!(note.contains("secret `idle`"), "{note}");
}

#[test]
fn mount_has_target_variable_and_need() {
    let place = Place::with(&[(
        "Dockerfile",
        "FROM alpine\nRUN --mount=type=secret,id=a,env=A,target=/a,required=true true\n\
         RUN --mount=type=secret,id=b true\n",
    )]);
    let answer = json(&place);
    let secrets = &answer["files"][0]["secrets"];
    let first = &secrets[0]["flows"][0]["mount"];
    assert_eq!(
        *first,
        serde_json::json!({"target": "/a", "env": "A", "required": true})
    );
    let second = &secrets[1]["flows"][0]["mount"];
    assert_eq!(
        *second,
        serde_json::json!({"target": "/run/secrets/b", "env": null, "required": false})
    );
}

const LEAK: &str = "RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /etc/tok\n";

#[test]
fn accepted_leak_is_shown_with_its_reason() {
    let note = "# dockerfile-dsl: allow=SecretInLayer secret=tok reason=\"a test key\"\n";
    let accepted = audit_of(&format!("FROM alpine\n{note}{LEAK}"), &[]);
    let end = "cp -> layer: /etc/tok (SecretInLayer), accepted\n";
    assert!(accepted.contains(end), "{accepted}");
    let decision = "line 2: allow=SecretInLayer secret=tok, because: a test key\n";
    assert!(accepted.contains(decision), "{accepted}");
    let open = audit_of(&format!("FROM alpine\n{LEAK}"), &[]);
    assert!(open.contains("layer: /etc/tok (SecretInLayer)\n"), "{open}");
    assert!(!open.contains("decisions of trust"), "{open}");
}

#[test]
fn decisions_of_the_configuration_are_listed() {
    let place = Place::with(&[
        ("Dockerfile", &*format!("FROM alpine\n{LEAK}")),
        (
            "dockerfile-dsl.toml",
            "builder-stages = \"warning\"\n[rules]\nSecretInLayer = \"off\"\n[[trust]]\n\
             program = \"frobctl\"\nreason = \"it is ours\"\n",
        ),
    ]);
    let text = audit(&place, &[]);
    for line in [
        "dockerfile-dsl.toml: trust=frobctl, because: it is ours\n",
        "dockerfile-dsl.toml: SecretInLayer=off\n",
        "dockerfile-dsl.toml: builder-stages=warning\n",
        "layer: /etc/tok (SecretInLayer), accepted\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn host_that_is_not_permitted_is_marked() {
    let note = "# dockerfile-dsl: only-to=tok hosts=\"good.example\" reason=\"its issuer\"\n";
    let fetch = |host: &str| {
        let curl = format!("curl -u \"x:$(cat /run/secrets/tok)\" https://{host}/x");
        let run = format!("RUN --mount=type=secret,id=tok,required=true {curl}\n");
        audit_of(&format!("{note}FROM alpine\n{run}"), &[])
    };
    let (good, other) = (fetch("good.example"), fetch("other.example"));
    let decision = "line 1: only-to=tok hosts=\"good.example\", because: its issuer\n";
    assert!(good.contains(decision), "{good}");
    let (good_end, other_end) = (
        "curl -> host good.example\n",
        "curl -> host other.example (SecretToOtherHost)\n",
    );
    assert!(good.contains(good_end), "{good}");
    assert!(other.contains(other_end), "{other}");
}

#[test]
fn mounted_file_beside_project_code_gets_a_note() {
    let mounted = "FROM alpine\nRUN --mount=type=secret,id=tok ";
    let note = "no program of the step names the file of secret `tok`";
    let beside = audit_of(&format!("{mounted}make all\n"), &[]);
    assert!(beside.contains(note), "{beside}");
    let alone = audit_of(&format!("{mounted}apk add git\n"), &[]);
    assert!(!alone.contains(note), "{alone}");
}

#[test]
fn trigger_runs_in_the_stage_that_is_based_on_its_stage() {
    let base = "FROM alpine AS base\nONBUILD RUN --mount=type=secret,id=tok cat /run/secrets/tok\n";
    let later = audit_of(base, &[]);
    assert!(
        later.contains("ONBUILD runs it in another build"),
        "{later}"
    );
    let now = audit_of(&format!("{base}FROM base AS app\n"), &[]);
    let line = "stage `app`, line 2: reads it at /run/secrets/tok, optional, by ONBUILD";
    assert!(now.contains(line), "{now}");
    assert!(now.contains("cat -> build log (SecretInBuildLog)"), "{now}");
    assert!(!now.contains("another build"), "{now}");
}

#[test]
fn unreadable_file_is_an_error_and_the_others_are_shown() {
    let place = Place::with(&[
        ("a.Dockerfile", "FROM alpine\nRUNN true\n"),
        ("b.Dockerfile", "FROM alpine\n"),
    ]);
    let output = place.tool(&["audit", "a.Dockerfile", "b.Dockerfile"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.contains("error: a.Dockerfile:2:1: "), "{errors}");
    assert!(text(&output.stdout).starts_with("b.Dockerfile\n"));
    let output = place.tool(&["audit", "missing"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.contains("missing does not exist"), "{errors}");
}

#[test]
fn picture_shows_one_file() {
    let place = Place::with(&[
        ("a.Dockerfile", "FROM alpine\n"),
        ("b.Dockerfile", "FROM alpine\n"),
    ]);
    for format in ["svg", "mermaid"] {
        let output = place.tool(&["audit", "--format", format]);
        assert_eq!(output.status.code(), Some(2));
        let errors = text(&output.stderr);
        let expected = "a picture shows one file: name one of a.Dockerfile, b.Dockerfile";
        assert!(errors.contains(expected), "{errors}");
    }
    let both = audit(&place, &["--format", "markdown"]);
    assert!(both.contains("## Secrets of `a.Dockerfile`"), "{both}");
    assert!(both.contains("## Secrets of `b.Dockerfile`"), "{both}");
}

#[test]
fn output_file_is_replaced_whole() {
    let place = example();
    let printed = audit(&place, &["--format", "json"]);
    place.write("out.json", "old");
    let nothing = audit(&place, &["--format", "json", "--output", "out.json"]);
    assert_eq!(nothing, "");
    let written = fs::read_to_string(place.path().join("out.json")).unwrap();
    assert_eq!(written, printed);
    fs::create_dir(place.path().join("folder")).unwrap();
    let output = place.tool(&["audit", "--output", "folder"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.contains("folder is not a regular file"), "{errors}");
}

#[test]
fn hostile_names_are_text() {
    let place = Place::with(&[("Dockerfile", &*hostile())]);
    for format in ["human", "json", "markdown", "mermaid", "svg"] {
        let text = audit(&place, &["--format", format]);
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{format}"
        );
    }
    let svg = audit(&place, &["--format", "svg"]);
    let document = Document::parse(&svg).expect("is XML");
    let names = [
        "svg", "title", "desc", "style", "rect", "path", "circle", "text",
    ];
    for node in document.descendants().filter(Node::is_element) {
        assert!(names.contains(&node.tag_name().name()), "{node:?}");
        let is_handler = |name: &str| name.starts_with("on") || name == "href";
        assert!(node.attributes().all(|one| !is_handler(one.name())));
    }
    let whole = format!("secret `{}`", "x".repeat(300));
    let mut titles = document
        .descendants()
        .filter(|node| node.has_tag_name("title"));
    assert!(titles.any(|node| node.text() == Some(&*whole)));
    let markdown = audit(&place, &["--format", "markdown"]);
    for line in markdown.lines().filter(|line| line.contains("script")) {
        assert_eq!(line.matches('|').count(), line.matches(" | ").count() + 2);
        let outside: String = line.split('`').step_by(2).collect();
        assert!(!outside.contains("<script"), "{line}");
    }
    let mermaid = audit(&place, &["--format", "mermaid"]);
    for line in mermaid.lines() {
        assert!(line.matches('"').count() % 2 == 0, "{line}");
        let inside = line.split('"').nth(1).unwrap_or_default();
        assert!(
            !inside.contains(['[', ']', '<', '>', '`', '|', '(']),
            "{line}"
        );
    }
}
