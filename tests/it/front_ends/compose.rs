//! Compose files, read back by yaml_serde. What compose itself makes of them is in `tests/engine/front_ends.rs`.

use dockerfile_dsl::build_command::{BuildNetwork, Compose};
use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
use indoc::indoc;
use serde_json::{Value, json};

use super::command;

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);

fn yaml(text: &str) -> Value {
    yaml_serde::from_str(text).unwrap()
}

fn read(compose: &Compose) -> Value {
    yaml(&compose.render().unwrap())
}

#[track_caller]
fn refuses(compose: &Compose, expected: &str) {
    assert_eq!(compose.render().unwrap_err().to_string(), expected);
    assert_eq!(compose.shell().unwrap_err().to_string(), expected);
}

#[test]
fn every_setting_has_its_field() {
    let command = command(&[TOKEN, NPMRC, GH_TOKEN])
        .context("src dir")
        .file("docker/app.Dockerfile")
        .target("app")
        .tag("app:1")
        .tag("app:2")
        .platform("linux/arm64")
        .label("a.b", "yes")
        .build_arg("VERSION", "a\"b\\c\n${HOME}$")
        .build_arg_from_env("HTTP_PROXY")
        .build_context("docs", "../docs")
        .build_context("base", "docker-image://debian")
        .fresh_secrets()
        .network(BuildNetwork::Host)
        .clone();
    let compose = command.compose("app");
    assert_eq!(
        read(&compose),
        json!({
            "services": {"app": {
                "image": "app:1",
                "build": {
                    "context": "src dir",
                    "dockerfile": "../docker/app.Dockerfile",
                    "additional_contexts": {"docs": "../docs", "base": "docker-image://debian"},
                    "target": "app",
                    "args": {"VERSION": "a\"b\\c\n$${HOME}$$", "HTTP_PROXY": null},
                    "labels": {"a.b": "yes"},
                    "platforms": ["linux/arm64"],
                    "tags": ["app:2"],
                    "secrets": ["TOKEN", "gh_token", "npmrc"],
                    "no_cache": true,
                    "network": "host",
                },
            }},
            "secrets": {
                "TOKEN": {"environment": "TOKEN"},
                "gh_token": {"environment": "GH_TOKEN"},
                "npmrc": {"file": "${HOME}/.npmrc"},
            },
        })
    );
    assert_eq!(
        compose.shell().unwrap(),
        "GH_TOKEN=\"$(gh auth token)\" docker compose --file compose.yaml build app"
    );
}

#[test]
fn the_dockerfile_may_be_in_the_file() {
    let command = command(&[TOKEN]).file("-").clone();
    let text = command.dockerfile().render();
    let compose = command.compose("app");
    let inline = &read(&compose)["services"]["app"]["build"]["dockerfile_inline"];
    assert_eq!(inline.as_str().unwrap(), text.replace('$', "$$"));
    let rendered = compose.render().unwrap();
    assert!(rendered.contains("dockerfile_inline: |\n        FROM debian AS app\n"));
}

#[test]
fn paths_are_from_the_folder_of_the_file() {
    const KEY: Secret = Secret::file("key", "keys/a b");
    let mut compose = command(&[KEY]).compose("app");
    compose.file("deploy/ci/compose.yaml");
    let file = read(&compose);
    assert_eq!(file["services"]["app"]["build"]["context"], "../..");
    assert_eq!(file["secrets"]["key"]["file"], "../../keys/a b");
    compose.file("/srv/compose.yaml");
    refuses(
        &compose,
        "service `app`: the path `.` is relative to the current directory, and the file will be \
         in `/srv`; write the whole path",
    );
}

#[test]
fn what_compose_refuses() {
    refuses(
        &Compose::new(),
        "a compose file needs a service: add `.service(..)`",
    );
    for name in ["", "my app", "a/b", "äpp", "a:b"] {
        refuses(
            &command(&[]).compose(name),
            &format!(
                "compose: the name `{name}` is refused; it has letters, digits, `.`, `-` and `_`"
            ),
        );
    }
    for (path, bad) in [
        ("/a,b", ","),
        ("/a\"b", "\""),
        ("/${x}", "${"),
        ("/%{x}", "%{"),
    ] {
        let secret = Secret::try_file("key", path).unwrap();
        refuses(
            &command(&[secret]).compose("app"),
            &format!(
                "service `app`: secret `key`: compose passes the path `{path}` on without quotes, \
                 so that its `{bad}` would be read; use a link without one"
            ),
        );
    }
    let mut two = command(&[TOKEN]).compose("app");
    two.service("web", &command(&[Secret::file("TOKEN", "/token")]));
    refuses(
        &two,
        "compose: the secret `TOKEN` has two sources, and a file has one for all its services; \
         give one another id",
    );
    refuses(
        &command(&[]).label("a", "%{b}").compose("app"),
        "service `app`: compose passes a label to bake unchanged, which would expand its `%{`; use \
         bake itself: `.bake(..)`",
    );
    let curl = Stage::from_image("debian")
        .run(sh!("curl -w '%{{http_code}}' https://x.example"))
        .build();
    let mut curl = Dockerfile::from_stage(&curl).unwrap().build_command();
    assert!(curl.compose("app").render().is_ok());
    refuses(
        &curl.file("-").compose("app"),
        "service `app`: compose passes the Dockerfile to bake unchanged, which would expand its \
         `%{`; name a file with `.file(..)`",
    );
    refuses(
        &command(&[]).output("type=local,dest=out").compose("app"),
        "service `app`: compose does not support --output; remove it, or use Buildx",
    );
}

fn ours() -> Compose {
    command(&[TOKEN, NPMRC]).compose("app")
}

/// The result has every line of the file, in its order; `added` are the others.
#[track_caller]
fn merges(existing: &str, merged: &str) {
    let text = ours().merged_into(existing).unwrap();
    assert_eq!(text, merged);
    // Merging again adds nothing.
    assert_eq!(ours().merged_into(&text).unwrap(), text);
    let build = &yaml(&text)["services"]["app"]["build"];
    assert!(build["context"].as_str().unwrap().starts_with('.'));
    let secrets = build["secrets"].as_array().unwrap();
    for id in ["TOKEN", "npmrc"] {
        assert!(
            secrets
                .iter()
                .any(|secret| secret == id || secret["source"] == id)
        );
    }
    assert_eq!(
        yaml(&text)["secrets"]["npmrc"],
        json!({"file": "${HOME}/.npmrc"})
    );
}

#[test]
fn an_existing_file_gets_what_is_missing() {
    merges(
        indoc! {"
            # Ours.
            name: 'shop'   # the project

            services:
                web:
                    image: nginx
                    command: |
                        services:
                          app: nothing

                app:
                    build:
                        context: ./ # here
                        args: [ \"VERSION=2\" ]

                    # the port
                    ports:
                    - \"80:80\"

            volumes: {}
        "},
        indoc! {"
            # Ours.
            name: 'shop'   # the project

            services:
                web:
                    image: nginx
                    command: |
                        services:
                          app: nothing

                app:
                    build:
                        context: ./ # here
                        args: [ \"VERSION=2\" ]
                        secrets:
                          - TOKEN
                          - npmrc

                    # the port
                    ports:
                    - \"80:80\"

            volumes: {}
            secrets:
              TOKEN:
                environment: TOKEN
              npmrc:
                file: \"${HOME}/.npmrc\"
        "},
    );
    // A directory becomes a context; lists and mappings in brackets stay so.
    merges(
        "services:\n  app:\n    build: . # all\n    tty: true\n\
         secrets: {TOKEN: {environment: TOKEN}}",
        "services:\n  app:\n    build: # all\n      context: .\n      secrets:\n        - TOKEN\n\
        \u{20}       - npmrc\n    tty: true\n\
         secrets: {TOKEN: {environment: TOKEN}, \"npmrc\": {\"file\": \"${HOME}/.npmrc\"}}",
    );
    merges(
        "services: {app: {build: {context: ., secrets: [source: TOKEN, ]}}}\n",
        "services: {app: {build: {context: ., secrets: [source: TOKEN, \"npmrc\" ]}}}\nsecrets:\n  \
         TOKEN:\n    environment: TOKEN\n  npmrc:\n    file: \"${HOME}/.npmrc\"\n",
    );
    // Items at the column of their key, and Windows line breaks.
    merges(
        "secrets:\r\nservices:\r\n  app:\r\n    build:\r\n      context: .\r\n\
        \u{20}     secrets:\r\n      - other",
        "secrets:\r\n  TOKEN:\r\n    environment: TOKEN\r\n  npmrc:\r\n    file: \
         \"${HOME}/.npmrc\"\r\nservices:\r\n  app:\r\n    build:\r\n      context: .\r\n\
        \u{20}     secrets:\r\n      - other\r\n      - TOKEN\r\n      - npmrc\r\n",
    );
}

#[test]
fn a_file_of_other_things_gets_the_whole_service() {
    for existing in [
        "",
        "# nothing yet\n",
        "services:\n",
        "name: x",
        "---\nx-a: |+\n  text\n\n\n",
    ] {
        let text = ours().merged_into(existing).unwrap();
        assert!(text.starts_with(existing), "{text}");
        let file = yaml(&text);
        assert_eq!(file["services"], read(&ours())["services"]);
        assert_eq!(file["secrets"], read(&ours())["secrets"]);
        if existing.contains("|+") {
            assert_eq!(file["x-a"], "text\n\n\n");
        }
    }
}

#[test]
fn a_file_that_says_something_else_is_not_touched() {
    for (existing, message) in [
        ("- a\n", "the file is not a mapping"),
        ("just text\n", "the file is not a mapping"),
        ("services: [app]\n", "`services` is not a mapping"),
        (
            "services:\n  app:\n    build: ./other\n",
            "`services.app.build.context` is `./other`, and `.` here; make them agree",
        ),
        (
            "services:\n  app:\n    build: {context: web}\n",
            "`services.app.build.context` is `web`, and `.` here; make them agree",
        ),
        (
            "secrets:\n  TOKEN:\n    file: token.txt\n",
            "`secrets.TOKEN` has another source; make them agree",
        ),
        (
            "secrets:\n  TOKEN:\n    environment: OTHER\n",
            "`secrets.TOKEN.environment` is `OTHER`, and `TOKEN` here; make them agree",
        ),
        (
            "secrets:\n  TOKEN:\n    external: true\n    environment: TOKEN\n",
            "`secrets.TOKEN` has another source; make them agree",
        ),
        (
            "x-build: &build\n  context: .\nservices:\n  app:\n    build: *build\n",
            "`services.app.build` is an alias; write it out",
        ),
        (
            "services:\n  app:\n    build: &build\n      context: .\n  web:\n    build: *build\n",
            "`services.app.build` has an anchor, and what is added to it would be added wherever \
             that is used",
        ),
        (
            "services:\n  app:\n    build:\n      context: .\n      secrets:\n        - source: \
             TOKEN\n          target: token\n",
            "`services.app.build.secrets` has an entry with `target: token`, which is another \
             id to compose than to bake; give the secret that name, and remove the target",
        ),
        (
            "services: {app: {build: {context: ., secrets: [\n  other # why\n  ]}}}\n",
            "nothing can be added safely to a file of this form; add the lines of `render()` by \
             hand",
        ),
        (
            "a: b\n---\nc: d\n",
            "line 2: a second document begins here, and compose reads one",
        ),
    ] {
        let error = ours().merged_into(existing).unwrap_err().to_string();
        assert_eq!(error, message, "{existing}");
    }
    let error = ours().merged_into("a: [\n").unwrap_err().to_string();
    assert!(error.starts_with("invalid YAML: "), "{error}");
}

#[test]
fn a_file_is_completed_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("compose.yaml");
    let mut compose = command(&[TOKEN]).context("/src").compose("app");
    compose.file(path.to_str().unwrap());
    compose.write().unwrap();
    let new = std::fs::read_to_string(&path).unwrap();
    assert_eq!(new, compose.render().unwrap());
    std::fs::write(&path, "- no mapping\n").unwrap();
    let error = compose.write().unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{}: the file is not a mapping", path.display())
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "- no mapping\n");
    std::fs::write(&path, "name: shop # ours\n").unwrap();
    compose.write().unwrap();
    let completed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(completed, format!("name: shop # ours\n{new}"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
