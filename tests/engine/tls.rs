//! TLS in front of a server of the tests, for clients that show a credential to `https` alone.
//!
//! In: a server without TLS. Out: the same server with TLS on another port of the loopback, with the certificate that stand-ins of
//! `.ci/images` trust. The terminator ends with the server.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::builders::Engine;
use crate::server::Server;

/// The process that speaks TLS.
pub(crate) struct Terminator(Child);

impl Drop for Terminator {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Puts TLS in front of a server.
pub(crate) fn before(engine: &Engine, server: Server) -> Server {
    let folder = engine.folder().join("tls");
    // Free a moment ago; nothing else here takes ports at random.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a port on loopback is free").port();
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let listen = format!(
        "OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,verify=0,key={},cert={}",
        key.display(),
        certificate.display()
    );
    let process = Command::new(folder.join("bin/socat"))
        .args([listen, format!("TCP:127.0.0.1:{}", server.port)])
        .stderr(Stdio::null())
        .spawn()
        .expect("`.ci/engine start` unpacks socat");
    let is_up = |_| {
        thread::sleep(Duration::from_millis(50));
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    };
    assert!((0..100).any(is_up), "the terminator does not start");
    server.behind(port, Terminator(process))
}
