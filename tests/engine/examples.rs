//! The examples are built for real: by a current Docker Engine, with real servers on loopback that require a token; and one file each by
//! Docker 20.10 and by buildah. The images are then searched for the token. Examples that are a recipe are built in `recipes`.

use std::fs;
use std::path::Path;

use dockerfile_dsl::{BuildCommand, BuildTool, Dockerfile, Secret, Stage, Word, path, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

mod committed;
mod packages;

#[path = "../../examples/apt_private_repository.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod apt_private_repository;
#[path = "../../examples/from_config.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod from_config;
#[path = "../../examples/go_private_module.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod go_private_module;
#[path = "../../examples/hello.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod hello;
#[path = "../../examples/maven_settings.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod maven_settings;
#[path = "../../examples/model_from_s3.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod model_from_s3;
#[path = "../../examples/npm_private_registry.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod npm_private_registry;
#[path = "../../examples/pip_private_index.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod pip_private_index;
#[path = "../../examples/private_git_add.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod private_git_add;
#[path = "../../examples/private_git_clone.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod private_git_clone;
#[path = "../../examples/rust_server.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod rust_server;
#[path = "../../examples/signed_release.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod signed_release;

use crate::builders::{self, Build, Engine, folder};
use crate::counterparts::{self, write};
use crate::server;

pub(crate) fn trials() -> Vec<Trial> {
    let built = trials!(
        &Engine::find(),
        [
            the_builders_are_known,
            a_clone_needs_the_token_and_keeps_none,
            credential_store_of_the_base_image_stays_empty,
            redirect_does_not_send_the_token,
            an_add_needs_the_token_and_keeps_none,
            git_server_gets_its_expected_user_name,
            hello_needs_nothing,
            crates_of_a_private_registry,
            stages_from_data,
            docker_before_23_builds,
            buildah_builds_the_same_file,
            buildkit_reads_the_same_secrets_out_of_every_example,
            buildkits_own_checks_find_nothing,
            a_secret_that_is_not_passed_fails_the_build,
            fresh_secrets_are_not_taken_from_the_cache
        ]
    );
    let others = [committed::trials(), packages::trials()];
    others.into_iter().flatten().chain(built).collect()
}

const TOKEN: &str = "ghp_x7KqZt9RmW2vB4nD8sF1";
const HELLO: &str = "hello from the private repository\n";

/// The clone, from a server on loopback: its origin is in the script as the one that the token is for.
fn clone(origin: &str) -> (Dockerfile, String) {
    let image = private_git_clone::image(&format!("{origin}/acme/private.git")).unwrap();
    let text = image.render().replace("https://github.com", origin);
    (image, text)
}

fn the_builders_are_known(engine: &Engine) {
    eprintln!("{}", engine.versions());
}

fn a_clone_needs_the_token_and_keeps_none(engine: &Engine) {
    let server = counterparts::git(&folder("clone"), TOKEN);
    let (image, text) = clone(&server.origin());
    let build = |variables: &[(&str, &str)]| {
        engine.build(Build {
            text: &text,
            variables,
            ..Build::of(private_git_clone::command(&image))
        })
    };
    build(&[]).expect_failure("Authentication failed");
    build(&[("GITHUB_TOKEN", "wrong")]).expect_failure("Authentication failed");
    let built = build(&[("GITHUB_TOKEN", TOKEN)]).expect_success();
    assert_eq!(engine.run(&built), HELLO);
    engine.holds_no(&built, TOKEN);
    // The stage that had the token, too.
    let source = engine.build(Build {
        text: &text,
        variables: &[("GITHUB_TOKEN", TOKEN)],
        ..Build::of(image.build_command().target("source").clone())
    });
    engine.holds_no(&source.expect_success(), TOKEN);
}

/// A base image that makes git store every accepted credential.
fn storing_base(engine: &Engine) -> String {
    let text = "FROM debian:bookworm-slim\nRUN git config --system credential.helper store\n";
    let built = engine.build_line(
        "docker build --network host --tag dsl-test/store -",
        BuildTool::Buildx,
        text,
        &folder("store-base"),
        &[],
    );
    built.expect_success();
    "FROM dsl-test/store AS source".to_owned()
}

fn credential_store_of_the_base_image_stays_empty(engine: &Engine) {
    let server = counterparts::git(&folder("store"), TOKEN);
    let (image, text) = clone(&server.origin());
    let text = text.replace("FROM debian:bookworm-slim AS source", &storing_base(engine));
    let build = |text: &str| {
        let command = image.build_command().target("source").clone();
        engine
            .build(Build {
                text,
                variables: &[("GITHUB_TOKEN", TOKEN)],
                ..Build::of(command.clone())
            })
            .expect_success()
    };
    engine.holds_no(&build(&text), TOKEN);
    // The search finds what it looks for: without the reset, git stores the token.
    let without_reset = text.replace("git -c credential.helper= ", "git ");
    assert_ne!(without_reset, text);
    engine.holds(&build(&without_reset), TOKEN);
}

fn redirect_does_not_send_the_token(engine: &Engine) {
    let other = server::Server::start(|_| server::Response::unauthorized());
    let server = counterparts::redirecting_git(TOKEN, &other.origin());
    let (image, text) = clone(&server.origin());
    let built = engine.build(Build {
        text: &text,
        variables: &[("GITHUB_TOKEN", TOKEN)],
        ..Build::of(private_git_clone::command(&image))
    });
    built.expect_failure("Authentication failed");
    let asked = other.requests();
    assert!(!asked.is_empty(), "git did not follow the redirect");
    assert!(
        asked
            .iter()
            .all(|request| request.header("authorization").is_none()),
        "{asked:?}"
    );
    assert!(
        server
            .requests()
            .iter()
            .any(|request| request.header("authorization").is_some()),
        "the token was never shown"
    );
}

fn an_add_needs_the_token_and_keeps_none(engine: &Engine) {
    let server = counterparts::git(&folder("add"), TOKEN);
    let image = private_git_add::image(&format!("{}/acme/private.git", server.origin())).unwrap();
    let build = |variables: &[(&str, &str)]| {
        engine.build(Build {
            variables,
            ..Build::of(private_git_add::command(&image))
        })
    };
    assert!(!build(&[]).success);
    let built = build(&[("GITHUB_TOKEN", TOKEN)]).expect_success();
    assert_eq!(engine.run(&built), HELLO);
    engine.holds_no(&built, TOKEN);
}

/// GitLab's and Bitbucket's servers answer 401 to a token with another user name.
fn git_server_gets_its_expected_user_name(engine: &Engine) {
    let job = Secret::env("CI_JOB_TOKEN");
    for user in ["gitlab-ci-token", "oauth2", "x-token-auth"] {
        let server = counterparts::git_of(&folder(user), user, TOKEN);
        let repo = format!("{}/acme/private.git", server.origin());
        let image = |named: Option<&str>| {
            let mut app = Stage::from_image("debian:bookworm-slim");
            let add = app.add_git(&repo);
            let add = match named {
                Some(user) => add.token_of(user, job),
                None => add.token(job),
            };
            add.to(path!("/app")).cmd(["/app/run"]);
            Dockerfile::from_stage(&app.build()).unwrap()
        };
        let build = |named| {
            engine.build(Build {
                variables: &[("CI_JOB_TOKEN", TOKEN)],
                ..Build::of(image(named).build_command())
            })
        };
        let built = build(Some(user)).expect_success();
        assert_eq!(engine.run(&built), HELLO);
        engine.holds_no(&built, TOKEN);
        assert!(!build(Some("x-access-token")).success);
        // The variable of a job has a special user name.
        assert_eq!(build(None).success, user == "gitlab-ci-token");
    }
}

fn hello_needs_nothing(engine: &Engine) {
    let image = hello::image("it's me").unwrap();
    let built = engine
        .build(Build::of(hello::command(&image)))
        .expect_success();
    assert_eq!(engine.run(&built), "Hello, it's me\n");
}

fn crates_of_a_private_registry(engine: &Engine) {
    let (server, checksum) = counterparts::cargo(&folder("cargo"), TOKEN);
    let context = folder("cargo-context");
    counterparts::cargo_project(&context, &server, &checksum);
    let image = rust_server::image("server").unwrap();
    let build = |token| {
        engine.build(Build {
            context: &context,
            variables: &[("CARGO_REGISTRIES_ACME_TOKEN", token)],
            ..Build::of(rust_server::command(&image))
        })
    };
    build("wrong").expect_failure("401");
    let built = build(TOKEN).expect_success();
    assert_eq!(engine.run(&built), "hello from the private registry\n");
    engine.holds_no(&built, TOKEN);
}

fn stages_from_data(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello from the bundle\n");
    let image = from_config::image(&server.origin(), from_config::SERVICES).unwrap();
    let build = |token| {
        engine.build(Build {
            variables: &[("API_TOKEN", token), ("WEB_TOKEN", token)],
            ..Build::of(from_config::command(&image))
        })
    };
    build("wrong").expect_failure("401");
    let built = build(TOKEN).expect_success();
    assert_eq!(engine.run(&built), "hello from the bundle\n");
    engine.holds_no(&built, TOKEN);
}

/// A file that also an old builder can read: one line, one secret in a file.
fn download(url: &str) -> Dockerfile {
    const BUNDLE_TOKEN: Secret = Secret::env("BUNDLE_TOKEN");
    let stage = Stage::from_image("debian:bookworm-slim")
        .run(sh!(
            r#"curl -fsS -H "Authorization: Bearer $(cat {BUNDLE_TOKEN})" -o {bundle} {url}"#,
            bundle = path!("/bundle"),
            url = Word::parse(url).unwrap(),
        ))
        .cmd(["cat", "/bundle"])
        .build();
    Dockerfile::from_stage(&stage).unwrap()
}

fn docker_before_23_builds(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello\n");
    let image = download(&server.origin());
    let build = |token| {
        engine.build(Build {
            tool: BuildTool::DockerBefore23,
            variables: &[("BUNDLE_TOKEN", token)],
            ..Build::of(image.build_command())
        })
    };
    build("wrong").expect_failure("401");
    build(TOKEN).expect_success();
    assert_eq!(server.requests().len(), 2);
}

fn buildah_builds_the_same_file(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello\n");
    let folder = folder("buildah");
    write(
        &folder.join("Dockerfile"),
        &download(&server.origin()).render(),
    );
    write(&folder.join("token"), TOKEN);
    let output = engine
        .buildah()
        .args([
            "bud",
            "--quiet",
            "--network=host",
            "--secret",
            "id=BUNDLE_TOKEN,src=token,type=file",
            "--tag",
            "dsl-test/buildah",
            ".",
        ])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let archive = folder.join("image.tar");
    let output = engine
        .buildah()
        .args(["push", "--quiet", "dsl-test/buildah"])
        .arg(format!("docker-archive:{}", archive.display()))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!builders::contains(&fs::read(&archive).unwrap(), TOKEN));
}

/// Compares BuildKit's own list of the secrets of a file.
fn buildkit_reads_the_same_secrets_out_of_every_example(engine: &Engine) {
    for (name, image) in examples() {
        let outline = engine.call("outline,format=json", &image.render());
        assert!(
            outline.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&outline.stderr)
        );
        let outline: serde_json::Value = serde_json::from_slice(&outline.stdout).unwrap();
        let secrets = outline["secrets"].as_array().cloned().unwrap_or_default();
        let mut read: Vec<(String, bool)> = secrets
            .iter()
            .map(|secret| {
                (
                    secret["name"].as_str().unwrap_or_default().to_owned(),
                    secret["required"] == true,
                )
            })
            .collect();
        read.sort();
        // The secrets that an ADD uses by itself are not in the outline.
        let mounted = image
            .secrets()
            .iter()
            .filter(|secret| !secret.id().starts_with("GIT_AUTH_"));
        let expected: Vec<(String, bool)> = mounted
            .map(|secret| (secret.id().to_owned(), true))
            .collect();
        assert_eq!(read, expected, "{name}");
    }
}

fn buildkits_own_checks_find_nothing(engine: &Engine) {
    for (name, image) in examples() {
        let check = engine.call("check", &image.render());
        assert!(
            check.status.success(),
            "{name}: {}{}",
            String::from_utf8_lossy(&check.stdout),
            String::from_utf8_lossy(&check.stderr)
        );
    }
}

/// The examples whose base images are on this machine.
fn examples() -> Vec<(&'static str, Dockerfile)> {
    const REPOSITORY: &str = "https://github.com/acme/private.git";
    vec![
        (
            "private_git_clone",
            private_git_clone::image(REPOSITORY).unwrap(),
        ),
        (
            "private_git_add",
            private_git_add::image(REPOSITORY).unwrap(),
        ),
        ("hello", hello::image("it's me").unwrap()),
        ("rust_server", rust_server::image("server").unwrap()),
        (
            "npm_private_registry",
            npm_private_registry::image().unwrap(),
        ),
        (
            "from_config",
            from_config::image("https://artifacts.acme.test", from_config::SERVICES).unwrap(),
        ),
        (
            "apt_private_repository",
            apt_private_repository::image().unwrap(),
        ),
        ("model_from_s3", model_from_s3::image().unwrap()),
        ("pip_private_index", pip_private_index::image().unwrap()),
        ("signed_release", signed_release::image().unwrap()),
    ]
}

fn a_secret_that_is_not_passed_fails_the_build(engine: &Engine) {
    let text = download("http://127.0.0.1:9/").render();
    let built = engine.build_line(
        "docker build --progress plain -",
        BuildTool::Buildx,
        &text,
        Path::new("."),
        &[],
    );
    built.expect_failure("secret BUNDLE_TOKEN: not found");
}

/// The cache does not look at a secret's value; `fresh_secrets` does not ask the cache.
fn fresh_secrets_are_not_taken_from_the_cache(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello\n");
    let image = download(&server.origin());
    let build = |command: BuildCommand, token| {
        engine.build(Build {
            variables: &[("BUNDLE_TOKEN", token)],
            ..Build::of(command)
        })
    };
    build(image.build_command(), TOKEN).expect_success();
    build(image.build_command(), "wrong").expect_success();
    build(image.build_command().fresh_secrets().clone(), "wrong").expect_failure("401");
}
