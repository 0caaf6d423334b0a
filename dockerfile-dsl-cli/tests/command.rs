//! `dockerfile-dsl command` as a user runs it: every form, missing and misspelt secrets, leaks.

mod place;

use std::path::Path;
use std::process::{Command, Output};

use place::check;

const TEXT: &str = "FROM debian AS deps
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
FROM deps AS app
RUN --mount=type=secret,id=TOKEN,required=true test -s /run/secrets/TOKEN
";

const SECRETS: [&str; 4] = [
    "--secret",
    "id=TOKEN,env=API_TOKEN",
    "--secret",
    "id=npmrc,src=~/.npmrc",
];

fn command(text: &str, arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("Dockerfile"), text).unwrap();
    run(directory.path(), arguments)
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .arg("command")
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap()
}

#[test]
fn every_form_passes_the_secrets_of_the_file() {
    for (form, answer, told) in [
        (
            "docker",
            "docker build --secret id=TOKEN,env=API_TOKEN --secret id=npmrc,src=\"$HOME\"/.npmrc --tag acme/app .\n",
            "",
        ),
        (
            "podman",
            "podman build --secret id=TOKEN,type=env,env=API_TOKEN ",
            "",
        ),
        (
            "buildah",
            "buildah build --secret id=TOKEN,type=env,env=API_TOKEN ",
            "",
        ),
        (
            "nerdctl",
            "nerdctl build --secret id=TOKEN,env=API_TOKEN ",
            "",
        ),
        (
            "buildctl",
            "buildctl build --frontend dockerfile.v0 --secret id=TOKEN,env=API_TOKEN ",
            "",
        ),
        (
            "kaniko",
            "/kaniko/executor --secret id=TOKEN,env=API_TOKEN ",
            "note: line 2: ",
        ),
        (
            "bake",
            "\"env\": \"API_TOKEN\"",
            "docker buildx bake --file docker-bake.json",
        ),
        (
            "compose",
            "environment: API_TOKEN",
            "docker compose --file compose.yaml build app",
        ),
    ] {
        let arguments = [&["--for", form, "--tag", "acme/app"], &SECRETS[..]].concat();
        check(&command(TEXT, &arguments), 0, answer, told);
    }
}

#[test]
fn forms_of_ci_take_secrets_that_a_job_has() {
    let secrets = ["--secret", "id=TOKEN,env=API_TOKEN"];
    let text = TEXT.replace("npmrc", "TOKEN");
    let github = command(&text, &[&["--for", "github"], &secrets[..]].concat());
    check(&github, 0, "secret-envs: \"TOKEN=API_TOKEN\"", "");
    let arguments = [
        "--for",
        "gitlab",
        "--name",
        "build-image",
        "--file-variable",
    ];
    let gitlab = [&arguments[..], &["npmrc=NPMRC"], &SECRETS].concat();
    check(
        &command(TEXT, &gitlab),
        0,
        "id=npmrc,src=\\\"$NPMRC\\\"",
        "",
    );
    // A job has no home directory with the file.
    let gitlab = [&["--for", "gitlab"], &SECRETS[..]].concat();
    check(&command(TEXT, &gitlab), 2, "", "variable of type File");
}

#[test]
fn settings_are_those_of_the_build() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("service")).unwrap();
    std::fs::write(directory.path().join("service/app.Dockerfile"), TEXT).unwrap();
    let arguments = "service/app.Dockerfile --context service --target deps --build-arg VERSION=1 \
                     --build-arg CHANNEL --platform linux/arm64 --label a=b";
    let arguments: Vec<&str> = arguments.split(' ').chain(SECRETS).collect();
    let output = run(directory.path(), &arguments);
    let expected = "docker build --secret id=npmrc,src=\"$HOME\"/.npmrc --build-arg VERSION=1 --build-arg CHANNEL";
    // The secret of the other stage is not passed.
    check(&output, 2, "", "--build-arg `VERSION`");
    let text = TEXT.replace(
        "FROM debian AS deps",
        "FROM debian AS deps\nARG VERSION CHANNEL",
    );
    std::fs::write(directory.path().join("service/app.Dockerfile"), text).unwrap();
    let output = run(directory.path(), &arguments);
    check(&output, 0, expected, "");
    check(&output, 0, "--target deps", "");
    check(&output, 0, "--file service/app.Dockerfile service\n", "");
}

#[test]
fn secret_without_a_flag_is_listed_with_one() {
    let output = command(TEXT, &[]);
    check(
        &output,
        2,
        "",
        "Dockerfile mounts secrets that no `--secret` names",
    );
    check(
        &output,
        2,
        "",
        "\n  --secret id=TOKEN,env=TOKEN\n  --secret id=npmrc,src=~/.npmrc\n",
    );
    let output = command(
        TEXT,
        &["--secret", "id=TOKNE,env=T", "--secret", "id=npmrc,src=a"],
    );
    check(
        &output,
        2,
        "",
        "--secret id=TOKEN,env=TOKEN    # did you mean `TOKNE` in your `--secret`?",
    );
    let output = command(
        TEXT,
        &[&SECRETS[..], &["--secret", "id=other,env=OTHER"]].concat(),
    );
    check(
        &output,
        0,
        "docker build",
        "note: no step mounts the secret `other`\n",
    );
}

#[test]
fn command_of_a_secret_runs_before_the_build() {
    let secrets = [
        "--secret",
        "id=TOKEN,cmd=gh auth token",
        "--secret",
        "id=npmrc,src=a",
    ];
    check(
        &command(TEXT, &secrets),
        0,
        "TOKEN=\"$(gh auth token)\" docker build --secret id=TOKEN,env=TOKEN ",
        "",
    );
    check(
        &command(TEXT, &["--secret", "id=TOKEN,cmd=gh | cat"]),
        2,
        "",
        "no shell runs",
    );
}

#[test]
fn leak_is_status_1_and_everything_else_status_2() {
    let leak = TEXT.replace(
        "test -s /run/secrets/TOKEN",
        "cp /run/secrets/TOKEN /etc/token",
    );
    check(&command(&leak, &SECRETS), 1, "", "(SecretInLayer)");
    check(
        &command("FROM a\nRUNN b\n", &[]),
        2,
        "",
        "Dockerfile is no valid Dockerfile\nline 2: ",
    );
    check(&command(TEXT, &["absent"]), 2, "", "absent does not exist");
    check(
        &command(TEXT, &["."]),
        2,
        "",
        ". is a directory: name its Dockerfile",
    );
    check(&command(TEXT, &["--for", "dockr"]), 2, "", "docker");
}

#[test]
fn rows_describe_programs_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let text = "FROM a\nRUN --mount=type=secret,id=T,required=true frobctl --key /run/secrets/T\n";
    std::fs::write(directory.path().join("Dockerfile"), text).unwrap();
    let rows = "program frobctl\n  option --key: credential-file\n";
    std::fs::write(directory.path().join("own.rows"), rows).unwrap();
    let secret = ["--secret", "id=T,env=T"];
    check(&run(directory.path(), &secret), 1, "", "frobctl");
    let arguments = [&secret[..], &["--programs", "own.rows"]].concat();
    check(&run(directory.path(), &arguments), 0, "docker build", "");
    // Those of the configuration are read, too.
    let configuration = "programs = [\"own.rows\"]\n";
    std::fs::write(directory.path().join("dockerfile-dsl.toml"), configuration).unwrap();
    check(&run(directory.path(), &secret), 0, "docker build", "");
}

/// The verdict is that of `check --strict`, whatever the configuration says.
#[test]
fn configuration_is_that_of_check() {
    let trust = "[[trust]]\nprogram = \"frobctl\"\nreason = \"keeps nothing\"\n";
    let frobctl = "FROM a\nRUN --mount=type=secret,id=T,required=true frobctl /run/secrets/T > \
                   /dev/null 2>&1\n";
    let base = "[bases.\"registry.acme.com/base\"]\nworkdir = \"/src\"\n";
    let directory = "FROM registry.acme.com/base\nRUN --mount=type=secret,id=T,required=true \
                     cp /run/secrets/T t && test -s t && rm /src/t\n";
    let level = "[rules]\nSecretToUnknownProgram = \"off\"\n";
    let name = "[[allow-name]]\nname = \"API_TOKEN\"\nreason = \"shown to every visitor\"\n";
    let argument = "FROM a\nARG API_TOKEN\nRUN --mount=type=secret,id=T,required=true test -s \
                    /run/secrets/T\n";
    for (configuration, text) in [
        (trust, frobctl),
        (level, frobctl),
        (base, directory),
        (name, argument),
    ] {
        let place = place::Place::with(&[("Dockerfile", text)]);
        let both = |status: i32| {
            place.check_status(&["--strict"], status);
            let output = place.tool(&["command", "--secret", "id=T,env=T"]);
            assert_eq!(
                output.status.code(),
                Some(status),
                "{configuration}\n{text}"
            );
        };
        both(1);
        place.write("dockerfile-dsl.toml", configuration);
        both(0);
        // By its name, as for `check`.
        let other = "[rules]\nSecretNotRequired = \"error\"\n";
        place.write("other.toml", other);
        let arguments = [
            "command",
            "--secret",
            "id=T,env=T",
            "--config",
            "other.toml",
        ];
        assert_eq!(place.tool(&arguments).status.code(), Some(1), "{text}");
    }
}
