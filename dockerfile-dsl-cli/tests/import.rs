//! `dockerfile-dsl import` as a user runs it: forms, notes, exit statuses.

mod place;

use std::process::{Command, Output};

use place::check;

const TEXT: &str = "FROM debian
RUN --mount=type=secret,id=TOKEN,required=true test -s /run/secrets/TOKEN
MAINTAINER me
";

fn import(text: &str, arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("Dockerfile"), text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .arg("import")
        .args(arguments)
        .current_dir(directory.path())
        .output()
        .unwrap()
}

#[test]
fn raw_instructions_are_counted() {
    let output = import(TEXT, &[]);
    check(
        &output,
        0,
        "sh!(\"test -s {TOKEN}\")",
        "1 instruction is imported as raw text: line 3\n",
    );
    let output = import(&TEXT.replace("MAINTAINER me", "USER me"), &["--to", "rust"]);
    check(&output, 0, "stage.user(\"me\");", "");
    assert_eq!(output.stderr, b"");
    let output = import(TEXT, &["--to", "dsl"]);
    check(
        &output,
        0,
        "        RUN \"test -s {TOKEN}\"\n",
        "1 instruction is imported as raw text",
    );
    let frontend = format!("# syntax=example.com/frontend\n{TEXT}");
    check(
        &import(&frontend, &[]),
        0,
        "// left out, as it has no typed form: # syntax=example.com/frontend",
        "`# syntax=example.com/frontend` is left out",
    );
}

#[test]
fn finding_is_status_1() {
    let leak = TEXT.replace("test -s", "cat");
    let output = import(&leak, &[]);
    check(
        &output,
        1,
        "// finding SecretInBuildLog: ",
        "1 finding is a comment in the code: mend its step",
    );
    check(
        &import(&leak, &["--to", "json"]),
        1,
        "",
        "(SecretInBuildLog)",
    );
}

#[test]
fn data_is_the_model_of_serde() {
    let output = import(TEXT, &["--to", "json", "--secret", "id=TOKEN,src=~/.token"]);
    let data: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["text"], TEXT);
    assert_eq!(data["secrets"][0]["file"], "~/.token");
}

#[test]
fn refusal_is_status_2_with_its_reason() {
    let output = import("FROM a AS x\nFROM b AS x\n", &[]);
    check(
        &output,
        2,
        "",
        "Dockerfile cannot be imported: two stages have the same name",
    );
    check(
        &import("FROM\n", &[]),
        2,
        "",
        "Dockerfile is no valid Dockerfile\nline 1: ",
    );
    check(&import(TEXT, &["absent"]), 2, "", "absent does not exist");
}

/// A trusted program is a decision in the code, so that it compiles without the configuration.
#[test]
fn trusted_program_of_the_configuration_is_in_the_code() {
    let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN,required=true frobctl \
                /run/secrets/TOKEN > /dev/null 2>&1\nRUN true\n";
    let trust = "[[trust]]\nprogram = \"frobctl\"\nreason = \"keeps nothing\"\n";
    let place = place::Place::with(&[("Dockerfile", text)]);
    check(
        &place.tool(&["import"]),
        1,
        "// finding SecretToUnknownProgram",
        "",
    );
    place.write("dockerfile-dsl.toml", trust);
    let output = place.tool(&["import"]);
    check(&output, 0, "@trust(\"frobctl\", \"keeps nothing\")", "");
    // Only where it is called.
    assert!(String::from_utf8_lossy(&output.stdout).contains("sh!(\"true\")"));
}
