//! One image with a secret of each source, in all forms.

use std::fmt::Write as _;

use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const VARIABLE: Secret = Secret::env("NPM_TOKEN");
const FILE: Secret = Secret::file("ca", "/etc/keys/ca.pem");
const COMMAND: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);

#[test]
fn one_image_in_all_forms() {
    let mut stage = Stage::from_image("debian");
    stage
        .run(sh!("test -s {VARIABLE}"))
        .run(sh!("test -s {FILE}"));
    let two = stage.build();
    let three = stage.run(sh!("test -s {COMMAND}")).build();
    let two = Dockerfile::from_stage(&two).unwrap();
    let three = Dockerfile::from_stage(&three).unwrap();
    let mut text = String::new();
    let mut add = |form: &str, written: Result<String, Error>| {
        let written = written.unwrap_or_else(|error| format!("error: {error}"));
        // Lines of the width of this file.
        let written = written
            .replace(" --", " \\\n --")
            .replace("; `", ";\n`")
            .replace(". For", ".\nFor");
        let _ = write!(text, "## {form}\n\n{}\n\n", written.trim_end());
    };
    for tool in super::TOOLS {
        let mut command = three.build_command();
        add(
            &format!("{tool:?}"),
            command.tool(tool).tag("acme/app").shell(),
        );
    }
    let mut command = three.build_command();
    command.tag("acme/app");
    let bake = command.bake("app");
    add("bake", bake.render());
    add("bake, its line", bake.shell());
    let compose = command.compose("app");
    add("compose", compose.render());
    add("compose, its line", compose.shell());
    add("GitLab CI", command.gitlab_job("build").render());
    add("GitHub Actions", command.github_step().render());
    let mut command = two.build_command();
    add(
        "GitHub Actions without the command",
        command.tag("acme/app").github_step().render(),
    );
    insta::assert_snapshot!(text, @r###"
    ## Buildx

    GH_TOKEN="$(gh auth token)" docker build \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --tag acme/app .

    ## DockerBefore23

    GH_TOKEN="$(gh auth token)" DOCKER_BUILDKIT=1 docker build \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --tag acme/app .

    ## Podman

    GH_TOKEN="$(gh auth token)" podman build \
     --secret id=NPM_TOKEN,type=env,env=NPM_TOKEN \
     --secret id=ca,type=file,src=/etc/keys/ca.pem \
     --secret id=gh_token,type=env,env=GH_TOKEN \
     --tag acme/app .

    ## Buildah

    GH_TOKEN="$(gh auth token)" buildah build \
     --secret id=NPM_TOKEN,type=env,env=NPM_TOKEN \
     --secret id=ca,type=file,src=/etc/keys/ca.pem \
     --secret id=gh_token,type=env,env=GH_TOKEN \
     --tag acme/app .

    ## Nerdctl

    GH_TOKEN="$(gh auth token)" nerdctl build \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --tag acme/app .

    ## Buildctl

    GH_TOKEN="$(gh auth token)" buildctl build \
     --frontend dockerfile.v0 \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --local context=. \
     --local dockerfile=. \
     --output type=image,name=acme/app

    ## Kaniko

    GH_TOKEN="$(gh auth token)" /kaniko/executor \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --destination acme/app \
     --context .

    ## bake

    {
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
              "id": "NPM_TOKEN",
              "env": "NPM_TOKEN"
            },
            {
              "id": "ca",
              "src": "/etc/keys/ca.pem"
            },
            {
              "id": "gh_token",
              "env": "GH_TOKEN"
            }
          ]
        }
      }
    }

    ## bake, its line

    GH_TOKEN="$(gh auth token)" docker buildx bake \
     --file docker-bake.json \
     --allow fs.read=/etc/keys/ca.pem

    ## compose

    services:
      app:
        image: acme/app
        build:
          context: "."
          secrets:
            - NPM_TOKEN
            - ca
            - gh_token
    secrets:
      NPM_TOKEN:
        environment: NPM_TOKEN
      ca:
        file: "/etc/keys/ca.pem"
      gh_token:
        environment: GH_TOKEN

    ## compose, its line

    GH_TOKEN="$(gh auth token)" docker compose \
     --file compose.yaml build app

    ## GitLab CI

    build:
      script:
        - "GH_TOKEN=\"$(gh auth token)\""
        - "[ -n \"$GH_TOKEN\" ] || { echo 'gh auth token returns no value' >&2; exit 1; }"
        - "export GH_TOKEN"
        - "docker build \
     --secret id=NPM_TOKEN,env=NPM_TOKEN \
     --secret id=ca,src=/etc/keys/ca.pem \
     --secret id=gh_token,env=GH_TOKEN \
     --tag acme/app ."

    ## GitHub Actions

    error: secret `gh_token` is what `gh auth token` prints;
    `.shell()` and, with the feature `run`, `.run()` do that.
    For anything else put the value itself into a variable, and declare `Secret::env(..)`, or `env=NAME` for the tool

    ## GitHub Actions without the command

    - uses: "docker/build-push-action@v7"
      env:
        DOCKER_BUILD_RECORD_UPLOAD: "false"
        NPM_TOKEN: "${{ secrets.NPM_TOKEN }}"
      with:
        context: "."
        tags: acme/app
        secret-envs: "NPM_TOKEN=NPM_TOKEN"
        secret-files: "ca=/etc/keys/ca.pem"
    "###);
}
