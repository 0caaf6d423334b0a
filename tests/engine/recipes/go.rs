//! Modules of a proxy, and of a repository, that require a credential.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use dockerfile_dsl::recipes::go;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;
use crate::tls;

pub(super) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [
            download_with_a_netrc,
            download_with_a_password,
            download_with_a_token_for_git
        ]
    )
}

/// A proxy with one module, `acme.test/greeting` v1.0.0.
fn proxy(engine: &Engine) -> Server {
    const MODULE: &str = "module acme.test/greeting\n";
    let archive = counterparts::zip(&[
        ("acme.test/greeting@v1.0.0/go.mod", MODULE),
        (
            "acme.test/greeting@v1.0.0/greeting.go",
            "package greeting\n\nconst Text = \"hello from the private proxy\"\n",
        ),
    ]);
    let files = [
        ("list", b"v1.0.0\n".to_vec()),
        ("v1.0.0.info", br#"{"Version":"v1.0.0"}"#.to_vec()),
        ("v1.0.0.mod", MODULE.into()),
        ("v1.0.0.zip", archive),
    ];
    let files = files.map(|(name, file)| (format!("/acme.test/greeting/@v/{name}"), file));
    tls::before(engine, counterparts::tree("reader", TOKEN, files))
}

/// An app that needs a module; its sums are those of the files.
fn project(name: &str, module: &str, sum: &str, sum_of_module: &str) -> PathBuf {
    let context = folder(&format!("{name}-context"));
    let file = |name: &str, content: &str| counterparts::write(&context.join(name), content);
    file(
        "go.mod",
        &format!("module app\n\ngo 1.19\n\nrequire {module} v1.0.0\n"),
    );
    file(
        "go.sum",
        &format!("{module} v1.0.0 h1:{sum}=\n{module} v1.0.0/go.mod h1:{sum_of_module}=\n"),
    );
    file(
        "main.go",
        &format!(
            "package main\n\nimport greeting \"{module}\"\n\n\
             func main() {{ println(greeting.Text) }}\n"
        ),
    );
    context
}

fn project_of_proxy(name: &str) -> PathBuf {
    project(
        name,
        "acme.test/greeting",
        "B/GecGmAqXwsAwO5TtXbZ32VsvmNF2mndBKk7PMCSIc",
        "D+l1Eu7Ly5Ls184syk4xD5T1Kye9fB1vDkw/huMl56Y",
    )
}

fn add_app(stage: &mut StageBuilder, download: Script) {
    stage
        .workdir("/src")
        .copy(["go.mod", "go.sum"], "./")
        .run(download)
        .copy(".", "./");
    stage
        .run(sh!("GOPROXY=off go build -o /usr/local/bin/app ."))
        .cmd(["app"]);
}

fn download_with_a_netrc(engine: &Engine) {
    let server = proxy(engine);
    let download = go::download()
        .netrc(Secret::env("NETRC_FILE"))
        .proxy(server.origin());
    let mut stage = Stage::from_image("golang:1.19-bookworm");
    add_app(&mut stage, download.script().unwrap());
    let proof = Proof {
        recipe: "go",
        call: "go::download().netrc(..)",
        has_page: false,
        stage,
        server: &server,
        host: "go.acme.test",
        context: &project_of_proxy("recipe-go"),
        variable: "NETRC_FILE",
        content: &|token| format!("machine 127.0.0.1 login reader password {token}\n"),
        refusal: ": 401",
    };
    proof.prove(engine);
}

fn download_with_a_password(engine: &Engine) {
    let server = proxy(engine);
    let download = go::download().password(server.origin(), "reader", Secret::env("GO_PASSWORD"));
    let mut stage = Stage::from_image("golang:1.19-bookworm");
    add_app(&mut stage, download.script().unwrap());
    let proof = Proof {
        recipe: "go",
        call: "go::download().password(..)",
        has_page: true,
        stage,
        server: &server,
        host: "go.acme.test",
        context: &project_of_proxy("recipe-go-password"),
        variable: "GO_PASSWORD",
        content: &itself,
        refusal: ": 401",
    };
    proof.prove(engine);
}

fn download_with_a_token_for_git(engine: &Engine) {
    const MODULE: &str = "acme.test/acme/private.git";
    let repository = folder("recipe-go-repository");
    let server = tls::before(engine, counterparts::git(&repository, TOKEN));
    // Go asks for the path without its ending.
    symlink("private.git", repository.join("acme/private")).unwrap();
    let work = repository.join("work-private");
    counterparts::write(&work.join("go.mod"), &format!("module {MODULE}\n"));
    counterparts::write(
        &work.join("greeting.go"),
        "package greeting\n\nconst Text = \"hello from the private repository\"\n",
    );
    let commands: [&[&str]; 4] = [
        &["add", "."],
        &["commit", "--quiet", "--message=module"],
        &["tag", "v1.0.0"],
        &["push", "--quiet", "../acme/private.git", "main", "v1.0.0"],
    ];
    for command in commands {
        counterparts::run(
            Command::new("git")
                .arg("-C")
                .arg(&work)
                .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
                .args(command),
        );
    }
    let origin = server.origin();
    let token = Secret::env("GIT_TOKEN");
    let download = go::download().token("acme.test/*", origin.as_str(), token);
    let mut stage = Stage::from_image("golang:1.19-bookworm");
    // A module's path has no port.
    let key = format!("url.{origin}/.insteadOf");
    stage.run(sh!("git config --system {key} https://acme.test/"));
    add_app(&mut stage, download.script().unwrap());
    let context = project(
        "recipe-go-git",
        MODULE,
        "xSvR2SxfjjmwWfc1DaYD7zTXhfQ79+ejdokzrfzHEs4",
        "Oe2OaYUBx2Wu6MCM3fBfgAXj0cOI4aWz/r6x4rOWsN8",
    );
    let proof = Proof {
        recipe: "go",
        call: "go::download().token(..)",
        has_page: false,
        stage,
        server: &server,
        host: "git.acme.test",
        context: &context,
        variable: "GIT_TOKEN",
        content: &itself,
        // Go tries all protocols, and shows what the last one says.
        refusal: "git ls-remote -q origin",
    };
    proof.prove(engine);
}
