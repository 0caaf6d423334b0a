//! A credential in every place of a Dockerfile, and of the files that start its build: no report, picture or message of an editor shows it.
//!
//! `tests/canary/` does the same with the libraries. `import` is not here: what it writes is the file itself.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// A value of the shape of a token that GitHub issues, and that it never issued.
const CANARY: &str = "ghp_aB3dE5fG7hJ9aB3dE5fG7hJ9aB3dE5fG7hJ9";

fn dockerfile() -> String {
    format!(
        "FROM debian AS build\nARG NPM_TOKEN={CANARY}\nENV DB_PASSWORD={CANARY} A={CANARY}\n\
         LABEL a={CANARY}\n\
         RUN curl -u user:{CANARY} https://user:{CANARY}@example.com/x && echo {CANARY}\n\
         RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /srv/{CANARY} && \
         frobnicate --token={CANARY} /run/secrets/tok\nCOPY <<EOF /x\n{CANARY}\nEOF\n"
    )
}

/// A folder with a file that is read, one that is refused, and three that start a build.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Dockerfile", dockerfile());
    write("bad.Dockerfile", format!("{}RUNN {CANARY}\n", dockerfile()));
    write(
        "compose.yaml",
        format!(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        \
             NPM_TOKEN: {CANARY}\n"
        ),
    );
    write(
        "Makefile",
        format!(
            "build:\n\tdocker build --build-arg NPM_TOKEN={CANARY} --secret id=tok,env={CANARY} .\n"
        ),
    );
    write(
        ".github/workflows/ci.yml",
        format!("jobs:\n  a:\n    steps:\n      - run: docker build --build-arg T={CANARY} .\n"),
    );
    folder
}

/// Runs the tool, and returns all that it printed.
fn run(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn reports_and_pictures_do_not_show_it() {
    let folder = folder();
    let mut calls: Vec<Vec<&str>> = Vec::new();
    for file in ["Dockerfile", "bad.Dockerfile", "."] {
        for format in ["human", "json", "sarif", "github", "gitlab"] {
            calls.push(vec!["check", "--strict", "--format", format, file]);
        }
    }
    for format in ["human", "json", "markdown", "mermaid", "svg"] {
        calls.push(vec!["audit", "--format", format, "Dockerfile"]);
    }
    calls.push(vec!["audit", "bad.Dockerfile"]);
    calls.push(vec!["check", "--format", CANARY]);
    calls.push(vec!["explain", CANARY]);
    calls.push(vec!["command", "--secret", "id=tok,env=TOK", "Dockerfile"]);
    let wrong_source = format!("id=tok,env={CANARY}=x");
    calls.push(vec!["command", "--secret", &wrong_source, "Dockerfile"]);
    let mut found = Vec::new();
    for call in calls {
        let printed = run(folder.path(), &call, "");
        assert!(!printed.is_empty(), "{call:?} prints nothing");
        if printed.contains(CANARY) {
            found.push(format!("{call:?}: {printed}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn messages_of_the_language_server_do_not_show_it() {
    let folder = folder();
    let uri = "file:///none/Dockerfile";
    let document =
        json!({"uri": uri, "languageId": "dockerfile", "version": 1, "text": dockerfile()});
    let editor = json!({"processId": null, "rootUri": null, "capabilities": {}});
    let mut messages = vec![
        json!({"id": 1, "method": "initialize", "params": editor}),
        json!({"method": "initialized", "params": {}}),
        json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}),
    ];
    for line in 0..9 {
        let position = json!({"line": line, "character": 6});
        let place = json!({"textDocument": {"uri": uri}, "position": position});
        messages.push(json!({"id": 10 + line, "method": "textDocument/hover", "params": place}));
    }
    let input: String = messages.into_iter().map(framed).collect();
    let mut server = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(["lsp", "--stdio"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
    stdin.write_all(input.as_bytes()).unwrap();
    // The diagnostics follow when the text has not changed for a moment.
    let (mut printed, mut chunk) = (String::new(), [0; 4096]);
    while !printed.contains("publishDiagnostics") {
        let length = stdout.read(&mut chunk).unwrap();
        assert!(length > 0, "no diagnostics: {printed}");
        printed += &String::from_utf8_lossy(&chunk[..length]);
    }
    let shutdown = json!({"id": 2, "method": "shutdown", "params": null});
    for last in [shutdown, json!({"method": "exit", "params": null})] {
        stdin.write_all(framed(last).as_bytes()).unwrap();
    }
    drop(stdin);
    stdout.read_to_string(&mut printed).unwrap();
    server.wait().unwrap();
    assert!(!printed.contains(CANARY), "{printed}");
}

fn framed(mut message: Value) -> String {
    message["jsonrpc"] = json!("2.0");
    let text = message.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}
