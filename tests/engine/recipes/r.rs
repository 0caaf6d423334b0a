//! Packages of R of a server that speaks as GitHub's API does, as CRAN and as git.

use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl::recipes::r;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [restore, install_github])
}

const DESCRIPTION: &str = "Package: greeting\nVersion: 1.0.0\nTitle: Greeting\n\
                           Description: A greeting.\nAuthor: test\n\
                           Maintainer: test <test@example.com>\nLicense: MIT\n";
const COMMIT: &str = "0123456789012345678901234567890123456789";

/// A server with one package, `greeting` 1.0.0: for the token as `acme/greeting`, for git, and for a password as a repository of packages.
fn packages(folder: &Path) -> Server {
    let files = [
        ("DESCRIPTION", DESCRIPTION),
        ("NAMESPACE", "export(greet)\n"),
        ("R/greet.R", "greet <- function() \"hello\"\n"),
    ];
    for (name, content) in files {
        counterparts::write(&folder.join("greeting").join(name), content);
    }
    let arguments = ["-czf", "greeting.tar.gz", "greeting"];
    counterparts::run(Command::new("tar").args(arguments).current_dir(folder));
    let archive = std::fs::read(folder.join("greeting.tar.gz")).unwrap();
    let root = folder.join("git");
    counterparts::make_repository_of(&root, "greeting", &files);
    let credential = |user: &str| counterparts::encode(format!("{user}:{TOKEN}").as_bytes());
    let (reader, git) = (credential("reader"), credential("x-access-token"));
    let description = counterparts::encode(DESCRIPTION.as_bytes());
    Server::start(move |request| {
        let shows = |scheme, credential| counterparts::shows(request, scheme, credential);
        let path = request.path.as_str();
        let is_api = path.starts_with("/repos/");
        match path {
            _ if is_api && !shows("token", TOKEN) => Response::unauthorized(),
            _ if is_api && path.contains("/tarball/") => Response::new(200, archive.clone()),
            _ if is_api && path.contains("/commits/") => {
                Response::new(200, format!("{{\"sha\": \"{COMMIT}\"}}"))
            }
            "/repos/acme/greeting/contents/DESCRIPTION" => {
                Response::new(200, format!("{{\"content\": \"{description}\"}}"))
            }
            _ if shows("basic", &git) => counterparts::http_backend(&root, request),
            _ if !shows("basic", &reader) => Response::unauthorized(),
            "/src/contrib/PACKAGES" => Response::new(200, DESCRIPTION),
            "/src/contrib/greeting_1.0.0.tar.gz" => Response::new(200, archive.clone()),
            _ => Response::new(404, ""),
        }
    })
}

/// The server, and a project that names it.
fn project(name: &str) -> (Server, PathBuf) {
    let server = packages(&folder(&format!("{name}-server")));
    let context = folder(&format!("{name}-context"));
    counterparts::write(
        &context.join("renv.lock"),
        &format!(
            "{{\"R\": {{\"Version\": \"4.5.0\", \"Repositories\": []}}, \"Packages\": \
             {{\"greeting\": {{\"Package\": \"greeting\", \"Version\": \"1.0.0\", \
             \"Source\": \"GitHub\", \"RemoteType\": \"github\", \"RemoteHost\": \"{}\", \
             \"RemoteUsername\": \"acme\", \"RemoteRepo\": \"greeting\", \
             \"RemoteRef\": \"HEAD\", \"RemoteSha\": \"{COMMIT}\"}}}}}}\n",
            server.origin()
        ),
    );
    (server, context)
}

fn stage(install: Script) -> StageBuilder {
    let mut stage = Stage::from_image("rocker/r-ver:4.4.2");
    stage.workdir("/app").copy("renv.lock", "./").run(install);
    stage
}

fn restore(engine: &Engine) {
    let (server, context) = project("recipe-r");
    let restore = r::restore().token(Secret::env("GITHUB_TOKEN"));
    let proof = Proof {
        recipe: "r",
        call: "r::restore().token(..)",
        has_page: true,
        stage: stage(restore.script().unwrap()),
        server: &server,
        host: "cran.acme.test|github.com",
        context: &context,
        variable: "GITHUB_TOKEN",
        content: &itself,
        refusal: "error downloading",
    };
    proof.prove(engine);
}

fn install_github(engine: &Engine) {
    let (server, context) = project("recipe-r-github");
    let install = r::install_github("acme/greeting").host(server.origin());
    let install = install.token(Secret::env("GITHUB_TOKEN"));
    let proof = Proof {
        recipe: "r",
        call: "r::install_github(..).token(..)",
        has_page: false,
        stage: stage(install.script().unwrap()),
        server: &server,
        host: "no host",
        context: &context,
        variable: "GITHUB_TOKEN",
        content: &itself,
        refusal: "cannot open URL",
    };
    proof.prove(engine);
}
