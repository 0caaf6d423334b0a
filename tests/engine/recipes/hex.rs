//! A package of an organization, from a repository of Hex that requires its key.

use std::fs;
use std::path::Path;
use std::process::Command;

use dockerfile_dsl::recipes::hex;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [deps_get])
}

/// A server with one package of the organization `acme`, `greeting` 1.0.0.
fn packages(folder: &Path) -> Server {
    let write = |name: &str, content: &str| counterparts::write(&folder.join(name), content);
    let run = |program: &str, arguments: &str| {
        let mut command = Command::new(program);
        counterparts::run(command.args(arguments.split(' ')).current_dir(folder))
    };
    let project = "use Mix.Project\n  def project, do: [app: :greeting, version: \"1.0.0\"]";
    write(
        "mix.exs",
        &format!("defmodule Greeting.MixProject do\n  {project}\nend\n"),
    );
    run("tar", "-czf contents.tar.gz mix.exs");
    write(
        "metadata.config",
        "{<<\"app\">>,<<\"greeting\">>}.\n{<<\"build_tools\">>,[<<\"mix\">>]}.\n\
         {<<\"name\">>,<<\"greeting\">>}.\n{<<\"version\">>,<<\"1.0.0\">>}.\n\
         {<<\"requirements\">>,[]}.\n{<<\"files\">>,[<<\"mix.exs\">>]}.\n",
    );
    write("VERSION", "3");
    let parts = ["VERSION", "metadata.config", "contents.tar.gz"];
    let parts = parts.map(|name| fs::read(folder.join(name)).unwrap());
    fs::write(folder.join("inner"), parts.concat()).unwrap();
    let inner = counterparts::sha256(&folder.join("inner"));
    write("CHECKSUM", &inner.to_uppercase());
    run(
        "tar",
        "--format=ustar -cf outer VERSION CHECKSUM metadata.config contents.tar.gz",
    );
    let outer = counterparts::sha256(&folder.join("outer"));
    let release = [
        field(1, b"1.0.0"),
        field(2, &bytes(&inner)),
        field(5, &bytes(&outer)),
    ];
    let package = [
        field(1, &release.concat()),
        field(2, b"greeting"),
        field(3, b"acme"),
    ];
    // The payload of an envelope, which the project does not ask to be signed.
    fs::write(folder.join("package"), field(1, &package.concat())).unwrap();
    run("gzip", "-n package");
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    let (package, archive) = (file("package.gz"), file("outer"));
    Server::start(move |request| match &*request.path {
        _ if request.header("authorization") != Some(TOKEN) => Response::new(401, ""),
        // What `mix hex.organization auth` asks.
        "/api/auth" => Response::new(204, ""),
        "/repos/acme/packages/greeting" => Response::new(200, package.clone()),
        "/repos/acme/tarballs/greeting-1.0.0.tar" => Response::new(200, archive.clone()),
        _ => Response::new(404, ""),
    })
}

/// A field of a message of Protocol Buffers: fewer than 128 bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    assert!(length < 128, "the length is one byte");
    [&[number << 3 | 2, length], content].concat()
}

/// The bytes of a checksum.
fn bytes(digits: &str) -> Vec<u8> {
    let places = (0..digits.len()).step_by(2);
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    places.map(byte).collect()
}

fn deps_get(engine: &Engine) {
    let server = packages(&folder("recipe-hex-server"));
    let context = folder("recipe-hex-context");
    let origin = server.origin();
    counterparts::write(
        &context.join("mix.exs"),
        &format!(
            "defmodule App.MixProject do\n  use Mix.Project\n  def project do\n    \
             [app: :app, version: \"1.0.0\", deps: [{{:greeting, \"~> 1.0\", \
             organization: \"acme\"}}],\n     hex: [api_url: \"{origin}/api\", \
             trusted_mirror_url: \"{origin}\", unsafe_registry: true]]\n  end\nend\n"
        ),
    );
    let deps = hex::deps_get().key(Secret::env("HEX_KEY"));
    let mut stage = Stage::from_image("elixir:1.18-slim");
    stage
        .workdir("/app")
        .copy("mix.exs", "./")
        .run(deps.script().unwrap());
    let proof = Proof {
        recipe: "hex",
        call: "hex::deps_get().key(..)",
        has_page: true,
        stage,
        server: &server,
        host: "hex.acme.test",
        context: &context,
        variable: "HEX_KEY",
        content: &itself,
        refusal: "Failed to fetch record for hexpm:acme/greeting",
    };
    proof.prove(engine);
}
