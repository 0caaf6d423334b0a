//! Bake files: JSON, read back by serde_json. What bake itself makes of them is in `tests/engine/front_ends.rs`.

use dockerfile_dsl::build_command::{Bake, BuildNetwork};
use dockerfile_dsl::{Dockerfile, Secret, Stage, path, sh};
use serde_json::{Value, json};

use super::command;

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);

fn read(bake: &Bake) -> Value {
    serde_json::from_str(&bake.render().unwrap()).unwrap()
}

#[track_caller]
fn refuses(bake: &Bake, expected: &str) {
    assert_eq!(bake.render().unwrap_err().to_string(), expected);
    assert_eq!(bake.shell().unwrap_err().to_string(), expected);
}

#[test]
fn the_text_is_the_same_every_time() {
    let bake = command(&[TOKEN, NPMRC]).tag("acme/app").bake("app");
    let expected = r#"{
  "variable": {
    "HOME": {
      "default": ""
    }
  },
  "group": {
    "default": {
      "targets": [
        "app"
      ]
    }
  },
  "target": {
    "app": {
      "context": ".",
      "tags": [
        "acme/app"
      ],
      "secret": [
        {
          "id": "TOKEN",
          "env": "TOKEN"
        },
        {
          "id": "npmrc",
          "src": "${HOME}/.npmrc"
        }
      ]
    }
  }
}
"#;
    assert_eq!(bake.render().unwrap(), expected);
    assert_eq!(
        bake.shell().unwrap(),
        "docker buildx bake --file docker-bake.json --allow fs.read=\"$HOME\"/.npmrc"
    );
}

#[test]
fn every_setting_has_its_field() {
    let command = command(&[])
        .context("src dir")
        .file("docker/app.Dockerfile")
        .target("app")
        .tag("app:1")
        .platform("linux/arm64")
        .label("a.${b}", "%{c}")
        .build_arg("VERSION", "a\"b\\c\n${HOME}")
        .build_arg_from_env("HTTP_PROXY")
        .build_context("docs", "../docs")
        .output("type=local,dest=../out")
        .no_cache_filter("app")
        .network(BuildNetwork::Host)
        .clone();
    let mut bake = command.bake("app");
    let target = read(&bake)["target"]["app"].clone();
    assert_eq!(
        target,
        json!({
            "context": "src dir",
            "dockerfile": "../docker/app.Dockerfile",
            "contexts": {"docs": "../docs"},
            "target": "app",
            "args": {"VERSION": "a\"b\\c\n$${HOME}", "HTTP_PROXY": "${HTTP_PROXY}"},
            "labels": {"a.$${b}": "%%{c}"},
            "tags": ["app:1"],
            "platforms": ["linux/arm64"],
            "output": ["type=local,dest=../out"],
            "no-cache-filter": ["app"],
            "network": "host",
        })
    );
    assert_eq!(
        read(&bake)["variable"],
        json!({"HTTP_PROXY": {"default": null}})
    );
    bake.builder("cluster").file("ci/bake file.json");
    assert_eq!(
        bake.shell().unwrap(),
        "docker buildx bake --builder cluster --file 'ci/bake file.json' --allow fs.read=../docs \
         --allow fs.write=../out --allow network.host"
    );
}

#[test]
fn a_command_is_read_by_the_line_beside_it() {
    let mut bake = Bake::new();
    bake.target("one", &command(&[GH_TOKEN]))
        .target("two", command(&[GH_TOKEN, TOKEN]).file("two"));
    assert_eq!(
        read(&bake)["target"]["one"]["secret"],
        json!([{"id": "gh_token", "env": "GH_TOKEN"}])
    );
    assert_eq!(
        bake.shell().unwrap(),
        "GH_TOKEN=\"$(gh auth token)\" docker buildx bake --file docker-bake.json"
    );
    let other = Secret::command("gh_token", &["cat", "x"]);
    bake.target("three", command(&[other]).file("three"));
    refuses(
        &bake,
        "bake: two secrets of different sources would be in the variable `GH_TOKEN`; give one \
         another id",
    );
}

#[test]
fn targets_share_stages() {
    let base = Stage::from_image("debian")
        .named("base")
        .run(sh!("test -s {TOKEN}"))
        .build();
    let base = Dockerfile::from_stage(&base).unwrap();
    let app = Stage::from_image("base").run(sh!("true")).build();
    let app = Dockerfile::from_stage(&app).unwrap();
    let mut bake = Bake::new();
    bake.target("base", base.build_command().file("-"))
        .target(
            "app",
            app.build_command()
                .file("-")
                .build_context("base", "target:base"),
        )
        .group("default", ["app"]);
    let file = read(&bake);
    assert_eq!(file["group"], json!({"default": {"targets": ["app"]}}));
    assert_eq!(file["target"]["app"]["contexts"]["base"], "target:base");
    assert_eq!(file["target"]["app"].get("secret"), None);
    let inline = file["target"]["base"]["dockerfile-inline"]
        .as_str()
        .unwrap();
    assert_eq!(inline, base.render());
    bake.target(
        "lost",
        app.build_command()
            .file("-")
            .build_context("base", "target:bsae"),
    );
    refuses(
        &bake,
        "target `lost`: the build context `target:bsae` is not a target; the targets are \
         `base`, `app`, `lost`, `default`",
    );
}

#[test]
fn a_target_is_built_for_each_value() {
    let mut bake = command(&[TOKEN]).tag("acme/app").tag("app:x").bake("app");
    bake.matrix("app", "VERSION", ["1.80", "1.95"]);
    let target = &read(&bake)["target"]["app"];
    assert_eq!(target["name"], "app-${replace(VERSION, \".\", \"-\")}");
    assert_eq!(target["matrix"], json!({"VERSION": ["1.80", "1.95"]}));
    assert_eq!(target["args"], json!({"VERSION": "${VERSION}"}));
    assert_eq!(
        target["tags"],
        json!(["acme/app:${VERSION}", "app:x-${VERSION}"])
    );
    for (values, message) in [
        (&["1.0", "1-0"][..], "has two values of the name `1-0`"),
        (&[], "has no value"),
        (
            &["a b"],
            "has the value `a b`, which cannot be part of a name: letters, digits, `.`, `-` and \
             `_` can",
        ),
    ] {
        let mut bake = command(&[]).bake("app");
        bake.matrix("app", "VERSION", values.iter().copied());
        refuses(
            &bake,
            &format!("target `app`: the matrix of `VERSION` {message}"),
        );
    }
    let mut bake = command(&[]).bake("app");
    bake.matrix("app", "VERSOIN", ["1"]);
    refuses(
        &bake,
        "target `app`: the matrix of `VERSOIN` is for a build argument that the Dockerfile does \
         not declare",
    );
    bake = command(&[]).bake("app");
    bake.matrix("ap", "VERSION", ["1"]);
    refuses(
        &bake,
        "bake: a matrix has the unknown target `ap`; the targets are `app`",
    );
}

#[test]
fn what_bake_refuses() {
    refuses(
        &Bake::new(),
        "a bake file needs a target: add `.target(..)`",
    );
    for name in ["", "my.app", "my app", "a/b", "äpp", "${x}"] {
        refuses(
            &command(&[]).bake(name),
            &format!("bake: the name `{name}` is refused; it has letters, digits, `-` and `_`"),
        );
    }
    let mut bake = command(&[]).bake("app");
    bake.target("app", &command(&[]));
    refuses(
        &bake,
        "bake: two targets or groups have the name `app`; give one another",
    );
    let mut bake = command(&[]).bake("app");
    bake.target("other", &command(&[TOKEN]));
    refuses(
        &bake,
        "bake: `app` and `other` have different Dockerfiles in the same file; name another with \
         `.file(..)`, or write it into the bake file with `.file(\"-\")`",
    );
    let mut bake = command(&[]).bake("app");
    bake.group("all", ["app", "web"]);
    refuses(
        &bake,
        "bake: the group `all` has an unknown target `web`; the targets are `app`, `all`",
    );
    refuses(
        &command(&[]).builder("b").bake("app"),
        "target `app`: a target of bake does not support --builder; `Bake::builder` is for all \
         of them; remove it, or use Buildx",
    );
    refuses(
        &command(&[]).context("-").bake("app"),
        "target `app`: a context on standard input cannot be written into a file; name a directory",
    );
    refuses(
        &command(&[]).context("/src").file("docker/x").bake("app"),
        "target `app`: --file `docker/x`: bake resolves it from the context `/src`; write the \
         whole path of the Dockerfile",
    );
    refuses(
        &command(&[]).tag("Acme/App").bake("app"),
        "target `app`: --tag `Acme/App`: a name has lower-case letters, digits, `.`, `_` and `-` \
         between its slashes, and begins and ends with a letter or digit",
    );
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/bake.json");
    let file = file.to_str().unwrap();
    let mut bake = command(&[TOKEN]).bake("app");
    bake.file(file).write().unwrap();
    let before = std::fs::read_to_string(file).unwrap();
    assert_eq!(before, bake.render().unwrap());
    let mut bad = command(&[TOKEN]).bake("a b");
    assert!(bad.file(file).write().is_err());
    assert_eq!(std::fs::read_to_string(file).unwrap(), before);
    let files = std::fs::read_dir(folder.path().join("deep")).unwrap();
    assert_eq!(files.count(), 1);
}

/// A secret from a separate file, in the folder of the tests.
#[test]
fn a_relative_path_needs_no_right() {
    let stage = Stage::from_image("debian")
        .run(sh!("test -s {KEY}"))
        .workdir(path!("/x"))
        .build();
    const KEY: Secret = Secret::file("key", "keys/a b,\"c\"");
    let bake = Dockerfile::from_stage(&stage)
        .unwrap()
        .build_command()
        .bake("x");
    assert_eq!(
        read(&bake)["target"]["x"]["secret"],
        json!([{"id": "key", "src": "keys/a b,\"c\""}])
    );
    assert_eq!(
        bake.shell().unwrap(),
        "docker buildx bake --file docker-bake.json"
    );
}
