//! `dockerfile-dsl lsp`: a language server for Dockerfiles, on stdin and stdout.
//!
//! In: messages of an editor. Out: diagnostics as the author types, the flow of a secret on hover, and the fixes as code actions. It reads
//! no file but the configuration and the build context beside a document, and writes none: the editor applies the edits.

mod actions;
mod diagnostics;
mod documents;
mod hover;
mod paths;
mod position;
mod protocol;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use dockerfile_dsl_analysis::printable::{printable, printable_lines};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::check::Checker;
use crate::output;
use crate::status::Status;
use documents::Documents;
use position::Encoding;
use protocol::{DidCloseParams, InitializeParams, PublishDiagnosticsParams};

/// How long to wait for further changes before a document is checked.
const PAUSE: Duration = Duration::from_millis(50);

/// Types of messages for people, as the protocol numbers them.
const ERROR: u8 = 1;
const WARNING: u8 = 2;

/// The settings of the server.
#[derive(Debug, Args)]
pub(crate) struct LspArguments {
    /// Treat doubts as errors, such as an unknown program, or a name that suggests a secret
    #[arg(long)]
    strict: bool,
    /// Levels of rules, allowed names, trusted programs [default: dockerfile-dsl.toml in the workspace or above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use stdin and stdout, as always: many editors pass it
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(crate) fn run(arguments: &LspArguments) -> Result<Status, Box<dyn Error>> {
    let (connection, threads) = Connection::stdio();
    let outcome = serve(&connection, arguments);
    // The threads end when their channels do.
    drop(connection);
    let joined = threads.join();
    let is_complete = outcome?;
    joined?;
    Ok(if is_complete {
        Status::Clean
    } else {
        output::complain("the editor ended without `shutdown`");
        Status::Incomplete
    })
}

/// Answers all messages. Returns whether the client ended as the protocol says.
fn serve(connection: &Connection, arguments: &LspArguments) -> Result<bool, Box<dyn Error>> {
    let (id, parameters) = match connection.initialize_start() {
        Ok(first) => first,
        Err(error) if error.channel_is_disconnected() => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let parameters: InitializeParams = serde_json::from_value(parameters)?;
    let encoding = Encoding::negotiated(&parameters);
    let answer = json!({
        "capabilities": capabilities(encoding),
        "serverInfo": {"name": "dockerfile-dsl", "version": env!("CARGO_PKG_VERSION")},
    });
    connection.initialize_finish(id, answer)?;
    if let Some(root) = paths::workspace(&parameters) {
        // The configuration is looked up from here.
        let _ = std::env::set_current_dir(root);
    }
    let mut server = Server {
        connection,
        checker: Checker::default(),
        documents: Documents::new(encoding),
        has_versions: actions::has_versions(&parameters),
    };
    match Checker::load(arguments.config.as_deref(), arguments.strict) {
        Ok(checker) => server.checker = checker,
        Err(message) => server.show(&message)?,
    }
    server.run()
}

fn capabilities(encoding: Encoding) -> Value {
    // Changes are sent as ranges.
    const INCREMENTAL: u8 = 2;
    json!({
        "positionEncoding": encoding.name(),
        "textDocumentSync": {"openClose": true, "change": INCREMENTAL, "save": true},
        "hoverProvider": true,
        "codeActionProvider": {"codeActionKinds": [actions::QUICK_FIX, actions::FIX_ALL]},
    })
}

struct Server<'a> {
    connection: &'a Connection,
    checker: Checker,
    documents: Documents,
    /// Whether the client takes edits for a version of a document.
    has_versions: bool,
}

impl Server<'_> {
    fn run(&mut self) -> Result<bool, Box<dyn Error>> {
        loop {
            let is_waiting = self.documents.has_unpublished();
            let message = if is_waiting {
                match self.connection.receiver.recv_timeout(PAUSE) {
                    Ok(message) => Some(message),
                    Err(error) if error.is_timeout() => {
                        self.publish()?;
                        continue;
                    }
                    Err(_) => None,
                }
            } else {
                self.connection.receiver.recv().ok()
            };
            match message {
                // The input ended, perhaps inside a message.
                None => return Ok(false),
                Some(Message::Request(request)) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(true);
                    }
                    let answer = self.answer(request);
                    self.connection.sender.send(answer.into())?;
                }
                Some(Message::Notification(told)) => {
                    if told.method == "exit" {
                        return Ok(false);
                    }
                    self.hear(told)?;
                }
                Some(Message::Response(_)) => {}
            }
        }
    }

    fn answer(&mut self, request: Request) -> Response {
        let id = request.id.clone();
        match request.method.as_str() {
            "textDocument/hover" => answered(request, |parameters| {
                hover::hover(&mut self.documents, &self.checker, &parameters)
            }),
            "textDocument/codeAction" => answered(request, |parameters| {
                let setting = actions::Setting {
                    checker: &self.checker,
                    has_versions: self.has_versions,
                };
                actions::actions(&mut self.documents, &setting, &parameters)
            }),
            method => {
                let message = format!("unknown request `{method}`");
                Response::new_err(id, ErrorCode::MethodNotFound as i32, message)
            }
        }
    }

    /// Takes a notification. One that does not fit is reported, and changes nothing.
    fn hear(&mut self, told: Notification) -> Result<(), Box<dyn Error>> {
        let outcome = match told.method.as_str() {
            "textDocument/didOpen" => parameters(told).map(|opened| self.documents.open(opened)),
            "textDocument/didChange" => {
                parameters(told).and_then(|changed| self.documents.change(changed))
            }
            "textDocument/didSave" => {
                // The files of the build context may be others now.
                self.documents.forget_results();
                Ok(())
            }
            "textDocument/didClose" => match parameters::<DidCloseParams>(told) {
                Ok(closed) => {
                    let uri = closed.text_document.uri;
                    self.documents.close(&uri);
                    self.send_diagnostics(PublishDiagnosticsParams {
                        uri,
                        diagnostics: Vec::new(),
                        version: None,
                    })?;
                    Ok(())
                }
                Err(message) => Err(message),
            },
            _ => Ok(()),
        };
        if let Err(message) = outcome {
            self.send(
                "window/logMessage",
                json!({"type": WARNING, "message": printable(&message)}),
            )?;
        }
        Ok(())
    }

    /// Checks what changed, and sends its diagnostics.
    fn publish(&mut self) -> Result<(), Box<dyn Error>> {
        let encoding = self.documents.encoding;
        let mut all = Vec::new();
        for document in self.documents.check_all(&self.checker) {
            all.push(PublishDiagnosticsParams {
                uri: document.uri.clone(),
                diagnostics: diagnostics::all(document, &self.checker, encoding),
                version: Some(document.version),
            });
        }
        all.into_iter()
            .try_for_each(|diagnostics| self.send_diagnostics(diagnostics))
    }

    fn send_diagnostics(
        &self,
        diagnostics: PublishDiagnosticsParams,
    ) -> Result<(), Box<dyn Error>> {
        self.send("textDocument/publishDiagnostics", diagnostics)
    }

    fn show(&self, message: &str) -> Result<(), Box<dyn Error>> {
        let message = printable_lines(message);
        self.send(
            "window/showMessage",
            json!({"type": ERROR, "message": message}),
        )
    }

    fn send(&self, method: &str, parameters: impl Serialize) -> Result<(), Box<dyn Error>> {
        let told = Notification::new(method.to_owned(), parameters);
        Ok(self.connection.sender.send(told.into())?)
    }
}

/// Reads the parameters of a request, and answers it.
fn answered<P: DeserializeOwned, A: Serialize>(
    request: Request,
    answer: impl FnOnce(P) -> A,
) -> Response {
    match serde_json::from_value(request.params) {
        Ok(parameters) => Response::new_ok(request.id, answer(parameters)),
        Err(error) => Response::new_err(
            request.id,
            ErrorCode::InvalidParams as i32,
            error.to_string(),
        ),
    }
}

fn parameters<P: DeserializeOwned>(told: Notification) -> Result<P, String> {
    let method = told.method;
    serde_json::from_value(told.params).map_err(|error| format!("{method}: {error}"))
}
