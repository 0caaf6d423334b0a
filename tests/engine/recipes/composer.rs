//! Packages of a Composer repository that requires a password.

use std::path::PathBuf;

use dockerfile_dsl::recipes::composer;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;
use serde_json::json;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [install_with_a_password, install_with_an_auth_json]
    )
}

const DIST: &str = "/dist/acme-greeting-1.0.0.zip";

fn package(origin: &str) -> serde_json::Value {
    let dist = json!({"type": "zip", "url": format!("{origin}{DIST}")});
    json!({"name": "acme/greeting", "version": "1.0.0", "type": "library", "dist": dist})
}

/// A repository with one package, `acme/greeting` 1.0.0, and a project that needs it.
fn project(name: &str) -> (Server, PathBuf) {
    let archive = counterparts::zip(&[
        ("composer.json", r#"{"name": "acme/greeting"}"#),
        (
            "greeting.php",
            "<?php return 'hello from the private repository';\n",
        ),
    ]);
    let expected = counterparts::encode(format!("reader:{TOKEN}").as_bytes());
    let server = Server::start(move |request| match request.path.as_str() {
        _ if !counterparts::shows(request, "basic", &expected) => Response::unauthorized(),
        "/packages.json" => {
            let host = request.header("host").unwrap_or_default();
            let package = package(&format!("http://{host}"));
            let packages = json!({"packages": {"acme/greeting": {"1.0.0": package}}});
            Response::new(200, packages.to_string())
        }
        DIST => Response::new(200, archive.clone()),
        _ => Response::new(404, ""),
    });
    let context = folder(&format!("{name}-context"));
    let repository = json!({"type": "composer", "url": server.origin()});
    let manifest = json!({
        "repositories": [repository, {"packagist.org": false}],
        "require": {"acme/greeting": "1.0.0"},
        "config": {"secure-http": false},
    });
    counterparts::write(&context.join("composer.json"), &manifest.to_string());
    // Composer warns that it is of another `composer.json`, and installs what it names.
    let lock = json!({
        "content-hash": "0",
        "packages": [package(&server.origin())],
        "packages-dev": [],
        "minimum-stability": "stable",
        "platform": {},
        "platform-dev": {},
    });
    counterparts::write(&context.join("composer.lock"), &lock.to_string());
    (server, context)
}

fn stage(install: Script) -> StageBuilder {
    let mut stage = Stage::from_image("composer:2.5");
    stage
        .copy(["composer.json", "composer.lock"], "./")
        .run(install);
    stage
}

fn install_with_a_password(engine: &Engine) {
    let (server, context) = project("recipe-composer");
    let install =
        composer::install().password(server.origin(), "reader", Secret::env("COMPOSER_PASSWORD"));
    let proof = Proof {
        recipe: "composer",
        call: "composer::install().password(..)",
        has_page: true,
        stage: stage(install.script().unwrap()),
        server: &server,
        host: "composer.acme.test",
        context: &context,
        variable: "COMPOSER_PASSWORD",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}

fn install_with_an_auth_json(engine: &Engine) {
    let (server, context) = project("recipe-composer-auth");
    let port = server.port;
    let install = composer::install().auth(Secret::env("AUTH_JSON"));
    let proof = Proof {
        recipe: "composer",
        call: "composer::install().auth(..)",
        has_page: false,
        stage: stage(install.script().unwrap()),
        server: &server,
        host: "composer.acme.test",
        context: &context,
        variable: "AUTH_JSON",
        content: &|token| {
            let reader = json!({"username": "reader", "password": token});
            json!({"http-basic": {format!("127.0.0.1:{port}"): reader}}).to_string()
        },
        refusal: "401",
    };
    proof.prove(engine);
}
