//! Secrets from a command, or transformed before use: how a shell passes them, and which messages mention them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use dockerfile_dsl::{BuildCommand, BuildTool, Dockerfile, Secret, Stage, emit::Emit, import, sh};

const GH_TOKEN: Secret = Secret::command("gh_token", &["gh", "auth", "token"]);
const KEY: Secret = Secret::command("deploy.key", &["printf", "%s\\n\\n", "it's a $key"]);

fn command(secret: Secret) -> BuildCommand {
    let stage = Stage::from_image("debian")
        .run(sh!("test -s {secret}"))
        .build();
    Dockerfile::from_stage(&stage).unwrap().build_command()
}

/// A builder that prints the variables and files of its `--secret`s.
fn builder(folder: &Path) {
    let script = "#!/bin/sh\nfor a; do case $a in\n*,src=*) cat \"${a#*,src=}\";;\nid=*env=*) eval \
                  \"printf %s \\\"\\$${a##*env=}\\\"\";; esac; done\n";
    for program in ["docker", "podman"] {
        let path = folder.join(program);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn run(folder: &Path, script: &str) -> Output {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    // Written by another process: while this one has a file open for writing, none of its children can run it.
    Command::new("sh")
        .args(["-c", script])
        .env("PATH", path)
        .env("TOKEN", "abc\n\n")
        .env("HOME", folder)
        .env("PATH_LIKE", "kept")
        .output()
        .unwrap()
}

/// The line, and what the builder gets by it.
#[track_caller]
fn check(command: &BuildCommand, line: &str, value: &str) {
    assert_eq!(command.shell().unwrap(), line);
    let folder = tempfile::tempdir().unwrap();
    builder(folder.path());
    fs::write(folder.path().join("token"), "abc\n").unwrap();
    let script = Emit::new(command)
        .to_directory(folder.path())
        .unwrap()
        .script;
    for script in [line.to_owned(), format!("sh {}", script.display())] {
        let output = run(folder.path(), &script);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), value, "{script}");
    }
}

#[test]
fn the_line_that_the_documentation_shows() {
    assert_eq!(
        command(GH_TOKEN).shell().unwrap(),
        "GH_TOKEN=\"$(gh auth token)\" docker build --secret id=gh_token,env=GH_TOKEN ."
    );
    assert_eq!(
        command(GH_TOKEN).tool(BuildTool::Podman).shell().unwrap(),
        "GH_TOKEN=\"$(gh auth token)\" podman build --secret id=gh_token,type=env,env=GH_TOKEN ."
    );
    assert_eq!(
        command(GH_TOKEN)
            .tool(BuildTool::DockerBefore23)
            .shell()
            .unwrap(),
        "GH_TOKEN=\"$(gh auth token)\" DOCKER_BUILDKIT=1 docker build --secret \
         id=gh_token,env=GH_TOKEN ."
    );
}

#[test]
fn a_builder_gets_what_the_command_prints() {
    check(
        &command(KEY),
        "DEPLOY_KEY=\"$(printf '%s\\n\\n' 'it'\\''s a $key')\" docker build --secret \
         id=deploy.key,env=DEPLOY_KEY .",
        "it's a $key",
    );
    check(
        &command(KEY.untrimmed()),
        "DEPLOY_KEY=\"$(printf '%s\\n\\n' 'it'\\''s a $key' && printf .)\" && \
         DEPLOY_KEY=\"${DEPLOY_KEY%.}\" docker build --secret id=deploy.key,env=DEPLOY_KEY .",
        "it's a $key\n\n",
    );
}

#[test]
fn a_final_line_break_is_left_out_on_demand() {
    check(
        &command(Secret::env("TOKEN")),
        "docker build --secret id=TOKEN,env=TOKEN .",
        "abc\n\n",
    );
    check(
        &command(Secret::env("TOKEN").trimmed()),
        "TOKEN=\"$(printf %s \"$TOKEN\")\" docker build --secret id=TOKEN,env=TOKEN .",
        "abc",
    );
    check(
        &command(Secret::file("token", "~/token").trimmed()),
        "TOKEN=\"$(cat \"$HOME\"/token)\" docker build --secret id=token,env=TOKEN .",
        "abc",
    );
}

/// `PATH=".." docker` would not find docker, and the variable of another secret is its own.
#[test]
fn no_variable_of_another_secret_is_reused() {
    let path = Secret::try_command("path", &["echo", "x"]).unwrap();
    assert_eq!(
        command(path).shell().unwrap(),
        "SECRET_PATH=\"$(echo x)\" docker build --secret id=path,env=SECRET_PATH ."
    );
    let other = Secret::env_as("other", "GH_TOKEN");
    let stage = Stage::from_image("debian")
        .run(sh!("test -s {other} && test -s {GH_TOKEN}"))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    assert_eq!(
        image.build_command().shell().unwrap(),
        "SECRET_GH_TOKEN=\"$(gh auth token)\" docker build --secret \
         id=gh_token,env=SECRET_GH_TOKEN --secret id=other,env=GH_TOKEN ."
    );
    assert_eq!(
        command(Secret::try_command("1.a", &["if", "x"]).unwrap())
            .shell()
            .unwrap(),
        "_1_A=\"$('if' x)\" docker build --secret id=1.a,env=_1_A ."
    );
}

#[test]
fn error_of_argv_names_the_alternatives() {
    let error = command(GH_TOKEN).argv().unwrap_err().to_string();
    assert_eq!(
        error,
        "secret `gh_token` is what `gh auth token` prints; `.shell()` and, with the feature \
         `run`, `.run()` do that. For anything else put the value itself into a variable, and \
         declare `Secret::env(..)`, or `env=NAME` for the tool"
    );
    let error = command(Secret::env("TOKEN").trimmed()).argv().unwrap_err();
    assert!(error.to_string().contains("without the final line break"));
}

#[test]
fn the_script_ends_where_the_command_fails_or_prints_nothing() {
    for (failing, said) in [
        (
            &["sh", "-c", "echo token; echo no login >&2; exit 4"][..],
            "no login\n",
        ),
        (&["true"], "true returns no value\n"),
    ] {
        for form in [Secret::trimmed, Secret::untrimmed] {
            let folder = tempfile::tempdir().unwrap();
            builder(folder.path());
            let secret = form(Secret::try_command("t", failing).unwrap());
            let command = command(secret);
            let script = Emit::new(&command)
                .to_directory(folder.path())
                .unwrap()
                .script;
            let output = run(folder.path(), &format!("sh {}", script.display()));
            assert!(!output.status.success());
            assert_eq!(String::from_utf8_lossy(&output.stdout), "");
            assert_eq!(String::from_utf8_lossy(&output.stderr), said);
        }
    }
}

#[test]
fn process_gets_the_value_in_its_variable() {
    let process = command(KEY).to_command().unwrap();
    let variables: Vec<_> = process.get_envs().collect();
    assert_eq!(variables.len(), 1, "{variables:?}");
    let (name, value) = variables[0];
    assert_eq!(value.unwrap(), "it's a $key");
    let argument = format!("id=deploy.key,env={}", name.to_str().unwrap());
    assert!(
        process
            .get_args()
            .any(|word| word.to_str() == Some(&argument))
    );
    assert!(!format!("{:?}", process.get_args().collect::<Vec<_>>()).contains("it's"));
}

#[test]
fn audit_lists_commands_on_the_build_machine() {
    let image = command(GH_TOKEN);
    let audit = image.dockerfile().audit().to_string();
    assert!(
        audit.contains("runs `gh auth token` on the build machine, for secret `gh_token`"),
        "{audit}"
    );
    let audit = command(Secret::env("GH_TOKEN"))
        .dockerfile()
        .audit()
        .to_string();
    assert!(!audit.contains("runs `"), "{audit}");
}

#[test]
fn it_is_data_and_can_be_bound() {
    for secret in [KEY, KEY.untrimmed(), Secret::env("TOKEN").trimmed()] {
        let file = command(secret).dockerfile().clone();
        let data = serde_json::to_string(&file).unwrap();
        let back: Dockerfile = serde_json::from_str(&data).unwrap();
        assert_eq!(back.secrets(), file.secrets(), "{data}");
        let bound = import::parse(&file.render())
            .unwrap()
            .bind(&[secret])
            .unwrap();
        assert_eq!(
            bound.build_command().shell().unwrap(),
            command(secret).shell().unwrap()
        );
        let back: Dockerfile =
            serde_json::from_str(&serde_json::to_string(&bound).unwrap()).unwrap();
        assert_eq!(back.secrets(), bound.secrets());
    }
}

#[test]
fn a_command_that_fails_is_named_before_the_build() {
    let secret = Secret::try_command("t", &["sh", "-c", "exit 4"]).unwrap();
    let error = command(secret).preflight_secrets().unwrap_err().to_string();
    assert_eq!(
        error,
        "secret `t`: the command `sh -c 'exit 4'` failed (exit status: 4); see its error output \
         above"
    );
    let warnings = command(secret.optional()).preflight_secrets().unwrap();
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "secret `t`: the command `sh -c 'exit 4'` returns no value; the secret is optional, \
             and the build runs without it"
        ]
    );
    let secret = Secret::try_command("t", &["no-such-program-here"]).unwrap();
    let error = command(secret).preflight_secrets().unwrap_err().to_string();
    assert!(
        error.contains("is not installed, or not on PATH"),
        "{error}"
    );
    let secret = Secret::try_command("t", &["true"]).unwrap();
    let error = command(secret).preflight_secrets().unwrap_err().to_string();
    assert!(
        error.contains("the command `true` prints nothing"),
        "{error}"
    );
}

#[test]
fn the_script_passes_its_arguments_on() {
    let folder = tempfile::tempdir().unwrap();
    builder(folder.path());
    fs::write(
        folder.path().join("docker"),
        "#!/bin/sh\nprintf '<%s>' \"$@\"\n",
    )
    .unwrap();
    let command = command(Secret::env("TOKEN")).context("a b").clone();
    let script = Emit::new(&command)
        .to_directory(folder.path())
        .unwrap()
        .script;
    let line = format!("sh {} --tag 'x y' --no-cache", script.display());
    let output = run(folder.path(), &line);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "<build><--secret><id=TOKEN,env=TOKEN><--file><-><--tag><x y><--no-cache><a b>"
    );
}

/// BuildKit sends `x-access-token` by itself; other hosts need a header.
#[test]
fn git_host_gets_its_expected_user_name() {
    let line = |url: &str, secret: Secret| {
        let mut stage = Stage::from_image("debian");
        stage
            .add_git(url)
            .token(secret)
            .to(dockerfile_dsl::path!("/src"));
        let image = Dockerfile::from_stage(&stage.build()).unwrap();
        let data: Dockerfile =
            serde_json::from_str(&serde_json::to_string(&image).unwrap()).unwrap();
        let line = image.build_command().shell().unwrap();
        assert_eq!(data.build_command().shell().unwrap(), line);
        line
    };
    let token = Secret::env("TOKEN");
    assert_eq!(
        line("https://github.com/a/b.git", token),
        "docker build --secret id=GIT_AUTH_TOKEN.github.com,env=TOKEN ."
    );
    assert_eq!(
        line("https://gitlab.com/a/b.git", token),
        "GIT_AUTH_HEADER_GITLAB_COM=\"Basic $(printf %s:%s oauth2 \"$(printf %s \"$TOKEN\")\" | \
         base64 | tr -d '\\n')\" docker build --secret \
         id=GIT_AUTH_HEADER.gitlab.com,env=GIT_AUTH_HEADER_GITLAB_COM ."
    );
    assert!(line("https://bitbucket.org/a/b.git", token).contains("printf %s:%s x-token-auth "));
    assert!(
        line("https://git.acme.test/a/b.git", Secret::env("CI_JOB_TOKEN"))
            .contains("printf %s:%s gitlab-ci-token ")
    );
    let mut stage = Stage::from_image("debian");
    stage
        .add_git("https://github.com/a/b.git")
        .token_of("a:b", token)
        .to(dockerfile_dsl::path!("/src"));
    let error = Dockerfile::from_stage(&stage.build())
        .unwrap_err()
        .to_string();
    assert!(error.contains("the user name of a token"), "{error}");
}

/// A build argument announces a new value to the builder, without revealing it.
#[test]
fn step_reruns_when_its_secret_changes() {
    const TOKEN: Secret = Secret::env("TOKEN").rerun_on_change("salt-of-this-project");
    let argument = "DOCKERFILE_DSL_RERUN_";
    let with = |value: &str| {
        let secret = Secret::try_command("t", &["printf", value]).unwrap();
        let secret = secret.rerun_on_change("salt-of-this-project");
        let process = command(secret).to_command().unwrap();
        let words: Vec<String> = process
            .get_args()
            .map(|word| word.to_str().unwrap().to_owned())
            .collect();
        let at = words.iter().position(|word| word == "--build-arg").unwrap();
        words[at + 1].clone()
    };
    let (one, same, other) = (with("value-1"), with("value-1"), with("value-2"));
    assert!(
        one.starts_with(argument) && one == same && one != other,
        "{one} {other}"
    );
    assert_eq!(one.split_once('=').unwrap().1.len(), 8);

    let stage = Stage::from_image("debian")
        .run(sh!("true"))
        .run(sh!("test -s {TOKEN}"))
        .run(sh!("test -s {TOKEN}"))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    let text = image.render();
    assert_eq!(text.matches(argument).count(), 1, "{text}");
    assert!(text.find("RUN true").unwrap() < text.find(argument).unwrap());
    assert!(import::parse(&text).unwrap().check().is_empty(), "{text}");
    let audit = image.audit().to_string();
    assert!(
        audit.contains("8 digits of a keyed digest of secret `TOKEN`"),
        "{audit}"
    );
    let data = serde_json::to_string(&image).unwrap();
    let back: Dockerfile = serde_json::from_str(&data).unwrap();
    assert_eq!(back.secrets(), image.secrets());
}
