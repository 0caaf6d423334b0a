//! Steps of GitHub Actions and jobs of GitLab CI, read back by yaml_serde.

use std::process::Command;

use dockerfile_dsl::build_command::{GithubStep, GitlabJob, Progress};
use dockerfile_dsl::{BuildTool, Secret};
use serde_json::{Value, json};

use super::command;

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
const KEY: Secret = Secret::file("key", "keys/a b");
const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);

fn plain() -> GithubStep {
    command(&[]).github_step()
}

fn yaml(text: &str) -> Value {
    yaml_serde::from_str(text).unwrap()
}

#[track_caller]
fn step_refuses(step: &GithubStep, expected: &str) {
    assert_eq!(step.render().unwrap_err().to_string(), expected);
}

#[track_caller]
fn job_refuses(job: &GitlabJob, expected: &str) {
    assert_eq!(job.render().unwrap_err().to_string(), expected);
}

#[test]
fn every_setting_has_its_input() {
    let mut command = command(&[TOKEN, Secret::env("GITHUB_TOKEN"), KEY]);
    command
        .context("src dir")
        .file("docker/Dockerfile")
        .target("app")
        .tag("app:1")
        .platform("linux/arm64")
        .platform("linux/amd64")
        .label("a", "it's \"x\", y")
        .build_arg("VERSION", "1\n2")
        .build_arg_from_env("HTTP_PROXY")
        .build_context("docs", "../docs")
        .fresh_secrets();
    let mut step = command.github_step();
    step.name("Build")
        .uses("docker/build-push-action@0123456789abcdef")
        .secret("TOKEN", "REGISTRY_TOKEN")
        .tags_from("steps.meta.outputs.tags");
    assert_eq!(
        yaml(&step.render().unwrap()),
        json!([{
            "name": "Build",
            "uses": "docker/build-push-action@0123456789abcdef",
            "env": {
                "DOCKER_BUILD_RECORD_UPLOAD": "false",
                "GITHUB_TOKEN": "${{ secrets.GITHUB_TOKEN }}",
                "TOKEN": "${{ secrets.REGISTRY_TOKEN }}",
            },
            "with": {
                "context": "src dir",
                "file": "docker/Dockerfile",
                "target": "app",
                "platforms": "linux/arm64\nlinux/amd64\n",
                "tags": "app:1\n${{ steps.meta.outputs.tags }}\n",
                "build-args": "\"VERSION=1\n2\"\nHTTP_PROXY\n",
                "labels": "\"a=it's \"\"x\"\", y\"",
                "build-contexts": "docs=../docs",
                "no-cache-filters": "app",
                "secret-envs": "GITHUB_TOKEN=GITHUB_TOKEN\nTOKEN=TOKEN\n",
                "secret-files": "key=keys/a b",
            },
        }])
    );
    // Without a secret, the record of the build may be kept.
    let without = yaml(&plain().render().unwrap());
    assert_eq!(without[0].get("env"), None);
}

#[test]
fn what_a_step_cannot_carry() {
    step_refuses(
        &command(&[NPMRC]).github_step(),
        "secret `npmrc`, file `~/.npmrc`: docker/build-push-action does not replace `~`; write the \
         whole path, or one of the workspace",
    );
    step_refuses(
        &command(&[Secret::file("key", "/a,b")]).github_step(),
        "secret `key`, file `/a,b`: docker/build-push-action passes it on without quotes, so that \
         its comma or quote would be read; use a link without",
    );
    step_refuses(
        &command(&[GH_TOKEN]).github_step(),
        "secret `gh_token` is what `gh auth token` prints; `.shell()` and, with the feature `run`, \
         `.run()` do that. For anything else put the value itself into a variable, and declare \
         `Secret::env(..)`, or `env=NAME` for the tool",
    );
    step_refuses(
        &command(&[Secret::env("GITHUB_PAT")]).github_step(),
        "GitHub has no secret of the name `GITHUB_PAT`: letters, digits and `_`, not beginning \
         with a digit or `GITHUB_`; read it from another variable, or name it with \
         `.secret(\"GITHUB_PAT\", ..)`",
    );
    step_refuses(
        &command(&[]).label("a", "${{ secrets.X }}").github_step(),
        "labels `a=${{ secrets.X }}`: GitHub replaces `${{` in every text of a workflow; leave it \
         out",
    );
    step_refuses(
        &command(&[]).build_arg("VERSION", "1 ").github_step(),
        "build-args `VERSION=1 `: docker/build-push-action removes white space from its end; leave \
         it out",
    );
    step_refuses(
        &command(&[]).file("-").github_step(),
        "docker/build-push-action does not support standard input; name a file and a directory; \
         remove it, or use Buildx",
    );
    step_refuses(
        &command(&[]).progress(Progress::Plain).github_step(),
        "docker/build-push-action does not support --progress; BUILDKIT_PROGRESS does that; remove \
         it, or use Buildx",
    );
    let mut step = plain();
    step.tags_from("github.event.issue.title }} ${{ x");
    step_refuses(
        &step,
        "tags from `github.event.issue.title }} ${{ x`: an expression is like \
         `steps.meta.outputs.tags`",
    );
}

/// What a shell gives to the program of the last line of the script.
fn arguments(
    job: &GitlabJob,
    name: &str,
    program: &str,
    variables: &[(&str, &str)],
) -> Vec<String> {
    let file = yaml(&job.render().unwrap());
    let script = file[name]["script"].as_array().unwrap();
    let script: Vec<&str> = script.iter().map(|line| line.as_str().unwrap()).collect();
    let script = script.join("\n");
    let script = format!("{program}() {{ printf '%s\\n' \"$@\"; }}\n{script}");
    let output = Command::new("sh")
        .args(["-euc", &script])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_job_has_variables_of_both_types() {
    let mut job = command(&[TOKEN, NPMRC, KEY]).gitlab_job("build image: app");
    job.image("docker:28")
        .service("docker:28-dind")
        .file_variable("npmrc", "NPMRC")
        .tag("$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA");
    let file = yaml(&job.render().unwrap());
    let written = &file["build image: app"];
    assert_eq!(written["image"], "docker:28");
    assert_eq!(written["services"], json!(["docker:28-dind"]));
    let variables = [
        ("NPMRC", "/builds/a b.tmp/NPMRC"),
        ("CI_REGISTRY_IMAGE", "reg.example/app"),
        ("CI_COMMIT_SHA", "0123"),
    ];
    assert_eq!(
        arguments(&job, "build image: app", "docker", &variables),
        [
            "build",
            "--secret",
            "id=TOKEN,env=TOKEN",
            "--secret",
            "id=key,src=keys/a b",
            "--secret",
            "id=npmrc,src=/builds/a b.tmp/NPMRC",
            "--tag",
            "reg.example/app:0123",
            "."
        ]
    );
    let mut job = command(&[NPMRC])
        .tool(BuildTool::Podman)
        .gitlab_job("build");
    job.file_variable("npmrc", "NPMRC");
    assert_eq!(
        arguments(&job, "build", "podman", &variables)[2],
        "id=npmrc,type=file,src=/builds/a b.tmp/NPMRC"
    );
}

#[test]
fn a_job_runs_the_command_of_a_secret() {
    const PRINTED: Secret = Secret::command("gh_token", &["printf", "it's %s", "a b"]);
    let job = command(&[PRINTED]).gitlab_job("build");
    assert_eq!(
        arguments(&job, "build", "docker", &[]),
        ["build", "--secret", "id=gh_token,env=GH_TOKEN", "."]
    );
}

#[test]
fn what_a_job_cannot_be() {
    for name in ["", "stages", "image", "a\nb"] {
        job_refuses(
            &command(&[]).gitlab_job(name),
            &format!(
                "GitLab has no job of the name `{}`: it is empty, too long, or a keyword",
                name.escape_debug()
            ),
        );
    }
    job_refuses(
        &command(&[NPMRC]).gitlab_job("build"),
        "secret `npmrc`: a job has no file `~/.npmrc`; name its variable of type File with \
         `.file_variable(\"npmrc\", ..)`, or `--file-variable npmrc=VARIABLE` of the tool",
    );
    let mut job = command(&[]).gitlab_job("build");
    job.tag("$(id)");
    job_refuses(
        &job,
        "the tag `$(id)` contains more than an image name and variables",
    );
    let mut job = command(&[NPMRC]).gitlab_job("build");
    job.file_variable("npmrc", "A; id");
    job_refuses(
        &job,
        "invalid variable name `A; id`; it has letters, digits and `_`",
    );
    let mut job = command(&[TOKEN]).gitlab_job("build");
    job.file_variable("npmrc", "NPMRC");
    job_refuses(
        &job,
        "a variable of type File is given for `npmrc`, which is not a secret of the build",
    );
    job_refuses(
        &command(&[]).file("-").gitlab_job("build"),
        "the standard input of a job is empty; name a file and a directory",
    );
}
