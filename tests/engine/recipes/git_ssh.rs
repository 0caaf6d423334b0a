//! Clones of a private repository over SSH, from a real `sshd` that accepts one key.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use dockerfile_dsl::recipes::git_ssh;
use dockerfile_dsl::verify::Verdict;
use dockerfile_dsl::{Dockerfile, Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{keep_row, mistakes, row, search};
use crate::builders::{Build, Engine, folder};
use crate::counterparts;

const IMAGE: &str = "buildpack-deps:bookworm-scm";
const PAGE: &str = "ssh://git@git.acme.test";

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [clone_with_an_agent, clone_with_a_key])
}

/// An SSH server in a container on the network of the machine, until it is dropped.
struct Server<'a> {
    engine: &'a Engine,
    container: String,
    port: u16,
    /// `right` and `wrong` are private keys, `context/known_hosts` has the public key of the server.
    folder: PathBuf,
}

impl<'a> Server<'a> {
    fn start(engine: &'a Engine, name: &str) -> Self {
        let folder = folder(name);
        counterparts::make_repository(&folder, &[("run", "#!/bin/sh\necho hello\n")]);
        let volume = format!("{}:/acme-server", folder.display());
        let script = "cd /acme-server && for key in host right wrong; do ssh-keygen -q -t ed25519 \
                      -N '' -C test -f $key; done";
        let options = ["run", "--rm", "--network=none", "--volume", &volume, IMAGE];
        run(engine, &[&options[..], &["sh", "-c", script]].concat());
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback is free");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let key = fs::read_to_string(folder.join("host.pub")).expect("ssh-keygen wrote it");
        let known = format!("[127.0.0.1]:{port} {key}");
        counterparts::write(&folder.join("context/known_hosts"), &known);
        // The repository has the path that its address says.
        let script = format!(
            "ln -s /acme-server/acme /acme && mkdir -p /run/sshd && exec /usr/sbin/sshd -D -e -p \
             {port} -h /acme-server/host -o ListenAddress=127.0.0.1 -o \
             AuthorizedKeysFile=/acme-server/right.pub -o StrictModes=no -o \
             PasswordAuthentication=no -o KbdInteractiveAuthentication=no"
        );
        let options = ["run", "--detach", "--network=host", "--volume", &volume];
        let command = [IMAGE, "sh", "-c", &script];
        let container = run(engine, &[&options[..], &command].concat());
        let server = Self {
            engine,
            container: container.trim().to_owned(),
            port,
            folder,
        };
        server.wait();
        server
    }

    /// Waits until the server answers.
    fn wait(&self) {
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("sshd does not answer");
    }

    fn key(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("ssh-keygen wrote it")
    }

    fn context(&self) -> PathBuf {
        self.folder.join("context")
    }

    /// Returns the text with the server in the place of the host of the page.
    fn on_loopback(&self, text: &str) -> String {
        text.replace(PAGE, &format!("ssh://git@127.0.0.1:{}", self.port))
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let mut docker = self.engine.docker();
        let _ = docker.args(["rm", "--force", &self.container]).output();
    }
}

#[track_caller]
fn run(engine: &Engine, arguments: &[&str]) -> String {
    let output = engine.docker().args(arguments).output();
    let output = output.expect("docker is there");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn clone_with_an_agent(engine: &Engine) {
    let server = Server::start(engine, "recipe-git-ssh");
    let clone = git_ssh::clone(format!("{PAGE}/acme/private.git")).agent("known_hosts");
    let mut stage = Stage::from_image(IMAGE);
    stage.run(clone.to("/src").run().unwrap()).cmd(["/src/run"]);
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    let text = server.on_loopback(&image.render());
    let context = server.context();
    let build = |key: &Path| {
        let mut command = image.build_command();
        command.ssh("default", [key.display().to_string()]);
        engine.build(Build {
            text: &text,
            context: &context,
            ..Build::of(command)
        })
    };
    // Without an agent.
    assert!(!build(Path::new("no-such-key")).success);
    build(&server.folder.join("wrong")).expect_failure("Permission denied (publickey)");
    let built = build(&server.folder.join("right")).expect_success();
    let key = server.key("right");
    let report = search(engine, &built, &[key.clone().into_bytes()]);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:?}");
    assert_eq!(engine.run(&built), "hello\n");
    let mistakes = mistakes(engine, "git_ssh", &context, &key, &|text| {
        server.on_loopback(text)
    });
    keep_row(&row("git_ssh::clone(..).agent(..)", &mistakes));
}

fn clone_with_a_key(engine: &Engine) {
    let server = Server::start(engine, "recipe-git-ssh-key");
    let address = format!("{PAGE}/acme/private.git");
    let clone = git_ssh::clone(address).key(Secret::env("SSH_KEY"), "known_hosts");
    let mut stage = Stage::from_image(IMAGE);
    stage.run(clone.to("/src").run().unwrap()).cmd(["/src/run"]);
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    let text = server.on_loopback(&image.render());
    let context = server.context();
    let build = |variables: &[(&str, &str)]| {
        engine.build(Build {
            text: &text,
            context: &context,
            variables,
            ..Build::of(image.build_command())
        })
    };
    assert!(!build(&[]).success, "it builds without a key");
    let (right, wrong) = (server.key("right"), server.key("wrong"));
    build(&[("SSH_KEY", &wrong)]).expect_failure("Permission denied (publickey)");
    let built = build(&[("SSH_KEY", &right)]).expect_success();
    let report = search(engine, &built, &[right.clone().into_bytes()]);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:?}");
    assert_eq!(engine.run(&built), "hello\n");
    keep_row(&row("git_ssh::clone(..).key(..)", &[]));
}
