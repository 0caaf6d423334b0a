//! An object of a bucket of moto, which checks the signatures of the requests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use dockerfile_dsl::recipes::s3;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN};
use crate::builders::{Engine, folder};
use crate::server::{Request, Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [download])
}

pub(super) const KEY_ID: &str = "acme-reader";

fn download(engine: &Engine) {
    let moto = Moto::start(engine);
    let port = moto.port;
    let server = Server::start(move |request| forward(request, port));
    let download = s3::download("s3://acme-models/greeting.txt")
        .credentials(Secret::env("AWS_CREDENTIALS"))
        .region("us-east-1")
        .endpoint(server.origin())
        .to("/opt/greeting.txt");
    let mut stage = Stage::from_image("amazon/aws-cli:2.9.19");
    stage.run(download.script().unwrap());
    let context = folder("recipe-s3-context");
    let proof = Proof {
        recipe: "s3",
        call: "s3::download(..).credentials(..)",
        has_page: true,
        stage,
        server: &server,
        host: "s3.acme.test",
        context: &context,
        variable: "AWS_CREDENTIALS",
        content: &|secret| {
            format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {secret}\n")
        },
        refusal: "403",
    };
    proof.prove(engine);
}

/// A server of Amazon's API in a container: two buckets, and one user who may use them.
pub(super) struct Moto<'a> {
    engine: &'a Engine,
    container: String,
    pub(super) port: u16,
}

impl<'a> Moto<'a> {
    pub(super) fn start(engine: &'a Engine) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback is free");
        let port = free.local_addr().expect("the listener is bound").port();
        drop(free);
        let output = engine
            .docker()
            .args(["run", "--detach", "--rm", "--network=host"])
            // Every request needs a signature, from the first one on.
            .args(["--env", "INITIAL_NO_AUTH_ACTION_COUNT=0"])
            .args(["motoserver/moto:5.1.0", "python3", "-c"])
            .args([include_str!("moto.py"), &port.to_string(), KEY_ID, TOKEN])
            .output()
            .expect("docker is there");
        assert!(output.status.success(), "{output:?}");
        let container = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let moto = Self {
            engine,
            container,
            port,
        };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return moto;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("moto does not answer");
    }
}

impl Drop for Moto<'_> {
    fn drop(&mut self) {
        let mut stop = self.engine.docker();
        stop.args(["rm", "--force", &self.container]);
        // What is left is a container without a use.
        let _ = stop.stdout(Stdio::null()).status();
    }
}

/// Hands a request to moto, so that the log of the server has it.
pub(super) fn forward(request: &Request, port: u16) -> Response {
    let mut text = format!("{} {}", request.method, request.path);
    if !request.query.is_empty() {
        text += &format!("?{}", request.query);
    }
    text += " HTTP/1.1\r\nConnection: close\r\n";
    for (name, value) in &request.headers {
        if name != "connection" {
            text += &format!("{name}: {value}\r\n");
        }
    }
    text += "\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("moto is running");
    let text = [text.as_bytes(), &request.body].concat();
    stream.write_all(&text).expect("moto reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("moto answers");
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.expect("an answer has a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let mut response = Response::new(status.expect("an answer has a status"), &answer[end + 4..]);
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        match &*name.to_ascii_lowercase() {
            // The server writes the length of the body, and no body to HEAD.
            "content-length" if request.method == "HEAD" => {
                response.body = vec![0; value.parse().expect("a length is a number")];
            }
            "content-length" | "connection" => {}
            _ => response = response.with(name, value),
        }
    }
    response
}
