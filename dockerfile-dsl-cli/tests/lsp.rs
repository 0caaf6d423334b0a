//! `dockerfile-dsl lsp` by the messages that editors send: Neovim's and VS Code's initialization, documents, hovers, actions, and input that
//! breaks the protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Max. time that an answer may take: only a server that hangs needs it.
const LIMIT: Duration = Duration::from_secs(120);

const LEAK: &str = "FROM debian\nRUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok \
                    /srv/a && wc /srv/a\n";
const URI: &str = "file:///none/Dockerfile";

/// A server, and the client's side of its pipes.
struct Client {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next_id: u64,
}

impl Client {
    /// Starts the server, without a handshake.
    fn start() -> Self {
        Self::run(&["lsp", "--stdio"])
    }

    fn run(arguments: &[&str]) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("can be run");
        let mut output = BufReader::new(server.stdout.take().expect("is piped"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            input: server.stdin.take(),
            server,
            messages,
            next_id: 1,
        }
    }

    /// Starts the server, and says what the client can do.
    fn with(capabilities: Value) -> (Self, Value) {
        let mut client = Self::start();
        let parameters = json!({
            "processId": null,
            "clientInfo": {"name": "test"},
            "rootUri": null,
            "capabilities": capabilities,
            "trace": "off",
        });
        let answer = client.ask("initialize", parameters);
        client.tell("initialized", json!({}));
        (client, answer["result"].clone())
    }

    fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.write(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, parameters: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": parameters}));
    }

    /// Sends a request, and returns its response.
    #[track_caller]
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        self.wait(|message| message["id"] == id)
    }

    /// Returns the next message of this kind.
    #[track_caller]
    fn wait(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(LIMIT).expect("an answer");
            if is_it(&message) {
                return message;
            }
        }
    }

    #[track_caller]
    fn told(&self, method: &str) -> Value {
        self.wait(|message| message["method"] == method)["params"].clone()
    }

    /// Opens a document, and returns its diagnostics.
    #[track_caller]
    fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {
                "uri": uri, "languageId": "dockerfile", "version": 1, "text": text,
            }}),
        );
        self.diagnostics(uri, 1)
    }

    #[track_caller]
    fn change(&mut self, version: i32, changes: Value) {
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": URI, "version": version}, "contentChanges": changes,
            }),
        );
    }

    #[track_caller]
    fn diagnostics(&self, uri: &str, version: i32) -> Vec<Value> {
        let published = self.told("textDocument/publishDiagnostics");
        assert_eq!(published["uri"], uri);
        assert_eq!(published["version"], version);
        published["diagnostics"]
            .as_array()
            .expect("is a list")
            .clone()
    }

    /// Returns the actions for the whole first two lines.
    #[track_caller]
    fn actions(&mut self, uri: &str, context: Value) -> Vec<Value> {
        let range = json!({
            "start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0},
        });
        let parameters = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        let answer = self.ask("textDocument/codeAction", parameters);
        answer["result"].as_array().expect("is a list").clone()
    }

    /// Ends as the protocol says.
    #[track_caller]
    fn end(mut self) {
        let answer = self.ask("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null);
        self.tell("exit", Value::Null);
        let (status, told) = self.finished();
        assert_eq!(status.code(), Some(0), "{told}");
    }

    /// Closes the input, and returns the status and the messages for people.
    fn finished(mut self) -> (ExitStatus, String) {
        drop(self.input.take());
        let mut told = String::new();
        let mut errors = self.server.stderr.take().expect("is piped");
        errors.read_to_string(&mut told).expect("is text");
        (self.server.wait().expect("it ends"), told)
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", count)) => length = count.parse().expect("is a number"),
            Some(_) => {}
            None => break,
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).expect("is JSON"))
}

/// Applies an edit of one line to a text of ASCII.
fn applied(text: &str, edit: &Value) -> String {
    let offset = |place: &Value| {
        let number = |key: &str| usize::try_from(place[key].as_u64().expect("is a number"));
        let line = number("line").expect("is small");
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + number("character").expect("is small")
    };
    let (start, end) = (
        offset(&edit["range"]["start"]),
        offset(&edit["range"]["end"]),
    );
    let new = edit["newText"].as_str().expect("is text");
    format!("{}{new}{}", &text[..start], &text[end..])
}

#[test]
fn a_leak_is_shown_explained_and_fixed() {
    let (mut client, answer) = Client::with(json!({}));
    let capabilities = &answer["capabilities"];
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert_eq!(capabilities["textDocumentSync"]["change"], 2);
    assert_eq!(answer["serverInfo"]["name"], "dockerfile-dsl");
    let diagnostics = client.open(URI, LEAK);
    let [diagnostic] = diagnostics.as_slice() else {
        panic!("{diagnostics:?}")
    };
    assert_eq!(diagnostic["code"], "SecretInLayer");
    assert_eq!(diagnostic["severity"], 1);
    assert_eq!(diagnostic["source"], "dockerfile-dsl");
    let start = LEAK.lines().nth(1).and_then(|line| line.find("/srv/a"));
    assert_eq!(diagnostic["range"]["start"]["line"], 1);
    assert_eq!(
        diagnostic["range"]["start"]["character"].as_u64(),
        start.map(|at| at as u64)
    );
    let related = diagnostic["relatedInformation"]
        .as_array()
        .expect("has the flow");
    assert!(related.len() > 1, "{related:?}");

    let place = json!({"textDocument": {"uri": URI}, "position": diagnostic["range"]["start"]});
    let hover = client.ask("textDocument/hover", place);
    let text = hover["result"]["contents"]["value"]
        .as_str()
        .expect("is text");
    assert!(
        text.contains("Flow:\n\n1. line 2: the secret is mounted at"),
        "{text}"
    );
    assert!(
        text.contains("Fix: ") && text.contains("SecretInLayer.md)"),
        "{text}"
    );
    let nowhere = json!({
        "textDocument": {"uri": URI}, "position": {"line": 0, "character": 0},
    });
    assert_eq!(
        client.ask("textDocument/hover", nowhere)["result"],
        Value::Null
    );

    let actions = client.actions(URI, json!({"diagnostics": []}));
    let first = &actions[0];
    assert_eq!(
        (&first["kind"], &first["isPreferred"]),
        (&json!("quickfix"), &json!(true))
    );
    assert_eq!(first["diagnostics"][0]["code"], "SecretInLayer");
    let edit = &first["edit"]["changes"][URI][0];
    let fixed = applied(LEAK, edit);
    assert!(
        fixed.ends_with("/srv/a && wc /srv/a && rm -f /srv/a\n"),
        "{fixed}"
    );
    let accept = actions.last().expect("has one");
    let title = accept["title"].as_str().expect("is text");
    assert!(
        title.starts_with("accept it: # dockerfile-dsl: allow=SecretInLayer"),
        "{title}"
    );
    assert_eq!(accept["isPreferred"], false);

    let change = json!({"range": edit["range"], "text": edit["newText"]});
    client.change(2, json!([change]));
    assert_eq!(client.diagnostics(URI, 2), [Value::Null; 0]);
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": URI}}),
    );
    let closed = client.told("textDocument/publishDiagnostics");
    assert_eq!(closed["diagnostics"], json!([]));
    client.end();
}

#[test]
fn an_editor_that_counts_bytes_and_versions_its_edits() {
    let (mut client, answer) = Client::with(json!({
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "workspace": {"workspaceEdit": {"documentChanges": true}},
    }));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-8");
    let text = LEAK
        .replace("RUN ", "RUN --network=default ")
        .replace("/srv/a", "/srv/ü");
    let diagnostics = client.open(URI, &text);
    let range = &diagnostics[0]["range"];
    let line = text.lines().nth(1).expect("has it");
    let start = line.find("/srv/ü").expect("is there");
    assert_eq!(range["start"]["character"], start);
    assert_eq!(range["end"]["character"], start + "/srv/ü".len());
    let actions = client.actions(URI, json!({"diagnostics": []}));
    let change = &actions[0]["edit"]["documentChanges"][0];
    let document = json!({"uri": URI, "version": 1});
    assert_eq!(change["textDocument"], document);
    assert_eq!(
        change["edits"][0]["range"]["start"]["character"],
        line.len()
    );
    client.end();
}

#[test]
fn all_safe_fixes_are_one_action() {
    let (mut client, _) = Client::with(json!({}));
    let text = format!("{LEAK}# dockerfile-dsl: allow=SecretInLayer reason=\"x\"\nUSER root\n");
    assert_eq!(client.open(URI, &text).len(), 2);
    let context = json!({"diagnostics": [], "only": ["source.fixAll"]});
    let actions = client.actions(URI, context);
    let [action] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(action["kind"], "source.fixAll.dockerfile-dsl");
    let fixed = applied(&text, &action["edit"]["changes"][URI][0]);
    assert!(fixed.ends_with("&& rm -f /srv/a\nUSER root\n"), "{fixed}");
    let context = json!({"diagnostics": [], "only": ["refactor"]});
    assert_eq!(client.actions(URI, context), [Value::Null; 0]);
    client.end();
}

#[test]
fn each_kind_of_change_is_followed() {
    let (mut client, _) = Client::with(json!({}));
    assert_eq!(client.open(URI, "FROM debian\n").len(), 0);
    // A text that is not valid while it is written.
    let at = |line: u32, character: u32| json!({"line": line, "character": character});
    let range = |start: Value, end: Value| json!({"start": start, "end": end});
    client.change(
        2,
        json!([{"range": range(at(1, 0), at(1, 0)), "text": "RUNN x"}]),
    );
    let diagnostics = client.diagnostics(URI, 2);
    let message = diagnostics[0]["message"].as_str().expect("is text");
    assert!(message.contains("did you mean `RUN`?"), "{message}");
    // Several changes of one message, each of the text after the one before.
    client.change(
        3,
        json!([
            {"range": range(at(1, 3), at(1, 4)), "text": ""},
            {"range": range(at(1, 4), at(1, 5)), "text": "echo $(cat /run/secrets/tok)"},
        ]),
    );
    let diagnostics = client.diagnostics(URI, 3);
    assert_eq!(diagnostics[0]["code"], "SecretNotMounted");
    // The whole text.
    client.change(4, json!([{"text": LEAK}]));
    assert_eq!(client.diagnostics(URI, 4)[0]["code"], "SecretInLayer");
    client.end();
}

#[test]
fn messages_that_do_not_fit_change_nothing() {
    let (mut client, _) = Client::with(json!({}));
    let log = |client: &Client| {
        let told = client.told("window/logMessage");
        told["message"].as_str().expect("is text").to_owned()
    };
    client.change(1, json!([{"text": "x"}]));
    assert!(log(&client).contains("which is not open"));
    client.open(URI, LEAK);
    // An older version comes late, and the same one twice.
    client.change(3, json!([{"text": LEAK}]));
    assert_eq!(client.diagnostics(URI, 3).len(), 1);
    for version in [2, 3] {
        client.change(version, json!([{"text": "FROM debian\n"}]));
        assert!(log(&client).contains("which has version 3 already"));
    }
    client.tell("textDocument/didChange", json!({"nonsense": 1}));
    assert!(log(&client).starts_with("textDocument/didChange: "));
    client.tell("$/nonsense", json!({}));
    let hover = client.ask("textDocument/hover", json!({"nonsense": 1}));
    assert_eq!(hover["error"]["code"], -32602);
    assert_eq!(client.ask("nonsense", json!({}))["error"]["code"], -32601);
    let other = json!({
        "textDocument": {"uri": "file:///none/other"}, "position": {"line": 0, "character": 0},
    });
    assert_eq!(
        client.ask("textDocument/hover", other)["result"],
        Value::Null
    );
    // The text is still the one of version 3.
    assert_ne!(
        client.actions(URI, json!({"diagnostics": []})),
        [Value::Null; 0]
    );
    client.end();
}

#[test]
fn documents_of_windows_and_without_a_file() {
    let (mut client, _) = Client::with(json!({}));
    for uri in ["file:///c%3A/app/Dockerfile", "untitled:Untitled-1"] {
        assert_eq!(client.open(uri, LEAK)[0]["code"], "SecretInLayer", "{uri}");
        let actions = client.actions(uri, json!({"diagnostics": []}));
        assert!(actions[0]["edit"]["changes"][uri].is_array(), "{actions:?}");
    }
    client.end();
}

#[test]
fn input_that_breaks_off_or_is_no_message_ends_the_server() {
    for half in [
        "Content-Length: 500\r\n\r\n{\"jsonrpc\"",
        "Content-Length: 2\r\n\r\n{]",
        "Content-Length: x\r\n\r\n{}",
        "Content-",
        "",
    ] {
        for is_open in [false, true] {
            let mut client = if is_open {
                let (mut client, _) = Client::with(json!({}));
                client.open(URI, LEAK);
                client
            } else {
                Client::start()
            };
            client.write(half.as_bytes());
            let (status, told) = client.finished();
            assert_eq!(status.code(), Some(2), "{half:?}: {told}");
            assert!(
                told.starts_with("error: ") && !told.contains("panicked"),
                "{told}"
            );
        }
    }
    let (mut client, _) = Client::with(json!({}));
    client.tell("exit", Value::Null);
    let (status, told) = client.finished();
    assert_eq!(status.code(), Some(2), "{told}");
}

#[test]
fn a_configuration_that_cannot_be_read_is_shown() {
    let mut client = Client::run(&["lsp", "--config", "/none/dockerfile-dsl.toml"]);
    client.ask("initialize", json!({"capabilities": {}}));
    client.tell("initialized", json!({}));
    let shown = client.told("window/showMessage");
    let message = shown["message"].as_str().expect("is text");
    assert!(message.contains("cannot be read"), "{message}");
    assert_eq!(client.open(URI, LEAK).len(), 1);
    client.end();
}
