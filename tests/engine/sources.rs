//! Sources of secrets with real builders: variables, files and commands, each of which arrives as it is, by every builder.

use dockerfile_dsl::{BuildCommand, BuildNetwork, Dockerfile, FrontEnd, Secret, Stage, sh};
use dockerfile_dsl_tests::trials::Trial;

use crate::in_engine;
use crate::verify::real::{Engine, Folder};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = in_engine!(Engine::Docker, [every_source_arrives_in_docker]);
    trials.extend(in_engine!(
        Engine::Containerd,
        [every_source_arrives_in_containerd]
    ));
    trials.extend(in_engine!(
        Engine::Buildah,
        [every_source_arrives_in_podman_and_buildah]
    ));
    trials
}

fn every_source_arrives_in_docker() {
    every_source_arrives(FrontEnd::Buildx);
}

fn every_source_arrives_in_containerd() {
    every_source_arrives(FrontEnd::Buildx);
}

fn every_source_arrives_in_podman_and_buildah() {
    every_source_arrives(FrontEnd::Podman);
    every_source_arrives(FrontEnd::Buildah);
}

const VALUE: &str = "Hn5qWz8Lk2Rv7Tb4Yc9Xm3Pd";

/// The command that builds this text with these secrets.
fn build(folder: &Folder, front_end: FrontEnd, text: &str, secrets: &[Secret]) -> BuildCommand {
    let mut stage = Stage::from_image("debian:bookworm-slim");
    for secret in secrets {
        stage.run(sh!("test -s {secret}"));
    }
    Dockerfile::target(&stage.build())
        .unwrap()
        .build_command()
        .front_end(front_end)
        .network(BuildNetwork::Host)
        .context(folder.path())
        .file(folder.write("Dockerfile", text))
}

/// A command whose output differs from call to call, a value with a NUL that no variable can carry, a trimmed file, a variable.
fn every_source_arrives(front_end: FrontEnd) {
    let folder = Folder::new("sources");
    let count = folder.write("count", "");
    let script =
        format!("echo call >>'{count}'; printf '%s\\n\\n' \"{VALUE}-$(wc -l <'{count}')\"");
    let key = folder.write("key", "line one\nline two\n");
    let with_nul = folder.write("nul", "a\0b\n");
    let secrets = [
        Secret::try_command("changing", &["sh", "-c", &script]).unwrap(),
        Secret::try_command("key", &["cat", &key])
            .unwrap()
            .untrimmed(),
        Secret::try_file("trimmed", &key).unwrap().trimmed(),
        Secret::try_command("nul", &["cat", &with_nul]).unwrap(),
        Secret::try_file("file", &key).unwrap(),
        Secret::env_as("variable", "DOCKER_HOST"),
    ];
    let mut text = "FROM debian:bookworm-slim\n".to_owned();
    text.push_str(&format!(
        "RUN echo {} {}\n",
        std::process::id(),
        front_end_name(front_end)
    ));
    let host = std::env::var("DOCKER_HOST").unwrap();
    for (id, content) in [
        ("changing", format!("{VALUE}-1")),
        ("key", "line one\\nline two\\n".to_owned()),
        ("trimmed", "line one\\nline two".to_owned()),
        ("nul", "a\\0b".to_owned()),
        ("file", "line one\\nline two\\n".to_owned()),
        ("variable", host),
    ] {
        let target = format!("/run/secrets/{id}");
        text.push_str(&format!(
            "RUN --mount=type=secret,id={id},target={target},required=true printf '{content}' \
             >/expected && cmp {target} /expected\n"
        ));
    }
    build(&folder, front_end, &text, &secrets).run().unwrap();
    let calls = std::fs::read_to_string(&count).unwrap();
    assert_eq!(calls, "call\n", "the command ran once");
}

fn front_end_name(front_end: FrontEnd) -> &'static str {
    match front_end {
        FrontEnd::Podman => "podman",
        FrontEnd::Buildah => "buildah",
        _ => "docker",
    }
}
