//! Each recipe is built with the real program, against a server on loopback that requires the credential; and so are the three mistakes of its
//! page.
//!
//! The right credential builds, without it or with another one the build fails, and `verify` finds nothing in the image or in the log. Each
//! mistake is refused by the analysis, builds, and is found by `verify`. The table of it is `docs/recipes.md`.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dockerfile_dsl::finding::Severity;
use dockerfile_dsl::recipes::{cargo, curl, git, npm, pip};
use dockerfile_dsl::verify::{Image, Place, Report, Secret as Value, Verdict, Verify};
use dockerfile_dsl::{
    BuildTool, Dockerfile, Script, Secret, Stage, StageBuilder, Stale, import, sh,
};
use dockerfile_dsl_tests::pages::Page;
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use crate::builders::{Build, Built, Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(crate) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [
            git_clone,
            npm_ci_with_a_token,
            npm_ci_with_an_npmrc,
            pip_requirements_with_a_password,
            pip_requirements_with_a_netrc,
            cargo_fetch,
            curl_download
        ]
    )
}

const TOKEN: &str = "x7KqZt9RmW2vB4nD8sF1pLcY";

/// A recipe in an image with nothing else.
struct Proof<'a> {
    /// The module, whose page has the mistakes.
    recipe: &'a str,
    /// The call, for the table.
    call: &'a str,
    /// Whether the mistakes of the page are built here, and not with another credential.
    has_page: bool,
    stage: StageBuilder,
    server: &'a Server,
    /// The host in the page, which the server replaces.
    host: &'a str,
    context: &'a Path,
    /// The variable that the credential comes from.
    variable: &'a str,
    /// What is in it for a token.
    content: &'a dyn Fn(&str) -> String,
    /// What the program says to a wrong credential.
    refusal: &'a str,
}

impl Proof<'_> {
    /// Builds the recipe with the right credential, with a wrong one, and without.
    #[track_caller]
    fn prove(&self, engine: &Engine) {
        let image = Dockerfile::from_stage(&self.stage.build()).unwrap();
        let text = self.on_loopback(&image.render());
        let build = |token: Option<&str>| {
            let content = token.map(self.content);
            let variables: Vec<(&str, &str)> = content
                .iter()
                .map(|content| (self.variable, content.as_str()))
                .collect();
            engine.build(Build {
                text: &text,
                context: self.context,
                variables: &variables,
                ..Build::of(image.build_command())
            })
        };
        assert!(!build(None).success, "it builds without a credential");
        build(Some("wrong-credential-0815")).expect_failure(self.refusal);
        let built = build(Some(TOKEN)).expect_success();
        let requests = self.server.requests();
        let mut shown = requests
            .iter()
            .map(|request| request.header("authorization"));
        assert!(
            shown.any(|header| header.is_some()),
            "no credential was shown"
        );
        let report = search(engine, &built);
        assert_eq!(report.verdict(), Verdict::Clean, "{report:?}");
        let mut row = format!("| `{}` | yes | no | no | clean | clean |", self.call);
        let mistakes = if self.has_page {
            self.mistakes(engine)
        } else {
            Vec::new()
        };
        for (rule, path) in &mistakes {
            row += &format!(" {rule}: `{path}` |");
        }
        if mistakes.is_empty() {
            row += " as above | as above | as above |";
        }
        keep_row(&row);
    }

    /// Builds the mistakes of the page; returns the rule that refuses each, and the file in which the value is found.
    #[track_caller]
    fn mistakes(&self, engine: &Engine) -> Vec<(String, String)> {
        let mut mistakes = Vec::new();
        for (index, (sentence, text)) in Page::of(self.recipe).leaks.iter().enumerate() {
            let parsed = import::parse(text).unwrap();
            let findings = parsed.check();
            let mut refused = findings.iter();
            let refused = refused.find(|finding| finding.severity == Severity::Error);
            let rule = refused.expect(sentence).rule.to_string();
            let id = parsed.secret_ids()[0].to_owned();
            let tag = format!("dsl-test/recipe-{}-{index}", self.recipe);
            let line = format!(
                "docker build --network host --progress plain --tag {tag} --secret \
                 id={id},env=LEAKING --file - ."
            );
            let text = self.on_loopback(text);
            let variables = [("LEAKING", TOKEN)];
            let built =
                engine.build_line(&line, BuildTool::Buildx, &text, self.context, &variables);
            let report = search(engine, &Built { tag, ..built }.expect_success());
            assert_eq!(report.verdict(), Verdict::Leaked, "{sentence}");
            let found = report
                .findings
                .iter()
                .find(|finding| finding.place == Place::Layer);
            mistakes.push((rule, stable(&found.expect(sentence).path)));
        }
        mistakes
    }

    /// Returns the text with the server in the place of its host.
    fn on_loopback(&self, text: &str) -> String {
        let (host, address) = (self.host, format!("127.0.0.1:{}", self.server.port));
        text.replace("https://", "http://")
            // A line of `.netrc` is for a host, whatever the port.
            .replace(&format!("machine {host}"), "machine 127.0.0.1")
            .replace(host, &address)
    }
}

/// Searches the image and the log of its build.
fn search(engine: &Engine, built: &Built) -> Report {
    let value = Value::new("credential", TOKEN).unwrap();
    let verify = Verify::new([value]);
    let saved = Image::reader("image", Cursor::new(engine.save(built)));
    let mut report = verify.run(saved).unwrap();
    let log = Image::log("log", Cursor::new(built.log.clone().into_bytes()));
    report.extend(verify.run(log).unwrap());
    report
}

/// Returns a path without the time of the run, which npm has in the names of its logs.
fn stable(path: &str) -> String {
    match path.split_once("/_logs/") {
        Some((folder, _)) => format!("{folder}/_logs/"),
        None => path.to_owned(),
    }
}

/// Compares a row with that of `docs/recipes.md`, or writes it there.
#[track_caller]
fn keep_row(row: &str) {
    static WRITING: Mutex<()> = Mutex::new(());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes.md");
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(&path).unwrap();
    let is_same = |line: &str| line.split('|').nth(1) == row.split('|').nth(1);
    if Stale::from_environment() == Stale::Rewrite {
        let (head, rows) = text.split_once("|---|\n").unwrap();
        let mut rows: Vec<&str> = rows.lines().filter(|line| !is_same(line)).collect();
        rows.push(row);
        rows.sort_unstable();
        fs::write(&path, format!("{head}|---|\n{}\n", rows.join("\n"))).unwrap();
    } else {
        assert_eq!(text.lines().find(|line| is_same(line)), Some(row));
    }
}

fn itself(token: &str) -> String {
    token.to_owned()
}

fn git_clone(engine: &Engine) {
    let server = counterparts::git(&folder("recipe-git"), TOKEN);
    let url = format!("{}/acme/private.git", server.origin());
    let clone = git::clone(url)
        .token(Secret::env("GITHUB_TOKEN"))
        .to("/src");
    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.run(clone.script().unwrap()).cmd(["/src/run"]);
    let context = folder("recipe-git-context");
    let proof = Proof {
        recipe: "git",
        call: "git::clone(..).token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "github.com",
        context: &context,
        variable: "GITHUB_TOKEN",
        content: &itself,
        refusal: "Authentication failed",
    };
    proof.prove(engine);
}

/// An app that needs a private package, and its server.
fn npm_project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::npm(&folder(&format!("{name}-server")), TOKEN);
    let context = folder(&format!("{name}-context"));
    counterparts::npm_project(&context, &server);
    (server, context)
}

fn npm_stage(ci: Script) -> StageBuilder {
    let mut stage = Stage::from_image("node:22-bookworm-slim");
    stage.workdir("/app");
    stage
        .copy(["package.json", "package-lock.json"], "./")
        .run(ci);
    stage.copy("server.js", "./").cmd(["node", "server.js"]);
    stage
}

fn npm_ci_with_a_token(engine: &Engine) {
    let (server, context) = npm_project("recipe-npm");
    let ci = npm::ci().token(server.origin(), Secret::env("NPM_TOKEN"));
    let proof = Proof {
        recipe: "npm",
        call: "npm::ci().token(..)",
        has_page: true,
        stage: npm_stage(ci.script().unwrap()),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPM_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}

fn npm_ci_with_an_npmrc(engine: &Engine) {
    let (server, context) = npm_project("recipe-npmrc");
    let (origin, port) = (server.origin(), server.port);
    let ci = npm::ci().npmrc(Secret::env("NPMRC"));
    let proof = Proof {
        recipe: "npm",
        call: "npm::ci().npmrc(..)",
        has_page: false,
        stage: npm_stage(ci.script().unwrap()),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPMRC",
        content: &|token| format!("registry={origin}/\n//127.0.0.1:{port}/:_authToken={token}\n"),
        refusal: "401",
    };
    proof.prove(engine);
}

/// A project that needs a private package, and its index.
fn pip_project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::pip("reader", TOKEN);
    let context = folder(&format!("{name}-context"));
    counterparts::write(&context.join("requirements.txt"), "acme-greeting==1.0.0\n");
    (server, context)
}

fn pip_stage(install: Script) -> StageBuilder {
    let mut stage = Stage::from_image("python:3.11-slim-bookworm");
    stage.copy("requirements.txt", "./").run(install);
    stage.cmd(["python3", "-c", "import acme_greeting"]);
    stage
}

fn pip_requirements_with_a_password(engine: &Engine) {
    let (server, context) = pip_project("recipe-pip");
    let index = format!("{}/simple/", server.origin());
    let install = pip::requirements("requirements.txt");
    let install = install.password(index, "reader", Secret::env("PYPI_PASSWORD"));
    let proof = Proof {
        recipe: "pip",
        call: "pip::requirements(..).password(..)",
        has_page: true,
        stage: pip_stage(install.script().unwrap()),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "PYPI_PASSWORD",
        content: &itself,
        refusal: "No matching distribution",
    };
    proof.prove(engine);
}

fn pip_requirements_with_a_netrc(engine: &Engine) {
    let (server, context) = pip_project("recipe-netrc");
    let index = format!("{}/simple/", server.origin());
    let install = pip::requirements("requirements.txt").netrc(Secret::env("NETRC_FILE"));
    let proof = Proof {
        recipe: "pip",
        call: "pip::requirements(..).netrc(..)",
        has_page: false,
        stage: pip_stage(install.index(index).script().unwrap()),
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "NETRC_FILE",
        content: &|token| format!("machine 127.0.0.1 login reader password {token}\n"),
        refusal: "No matching distribution",
    };
    proof.prove(engine);
}

fn cargo_fetch(engine: &Engine) {
    let (server, checksum) = counterparts::cargo(&folder("recipe-cargo"), TOKEN);
    let context = folder("recipe-cargo-context");
    counterparts::cargo_project(&context, &server, &checksum);
    let fetch = cargo::fetch().token("acme", Secret::env("ACME_TOKEN"));
    let mut stage = Stage::from_image("rust:1.95-slim-bookworm");
    stage
        .workdir("/app")
        .copy(".", "./")
        .run(fetch.script().unwrap());
    stage.run(sh!("cargo build --offline --locked"));
    let proof = Proof {
        recipe: "cargo",
        call: "cargo::fetch().token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "cargo.acme.test",
        context: &context,
        variable: "ACME_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}

fn curl_download(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello from the bundle\n");
    let url = format!("{}/tool.tgz", server.origin());
    let download = curl::download(url)
        .bearer(Secret::env("FILES_TOKEN"))
        .to("/opt/tool.tgz");
    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.run(download.script().unwrap());
    let context = folder("recipe-curl-context");
    let proof = Proof {
        recipe: "curl",
        call: "curl::download(..).bearer(..)",
        has_page: true,
        stage,
        server: &server,
        host: "files.acme.test",
        context: &context,
        variable: "FILES_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}
