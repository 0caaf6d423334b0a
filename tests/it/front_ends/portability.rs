//! What tools ignore or read in another way.

use dockerfile_dsl::{BuildTool, Dockerfile, Secret, import};

const TOKEN: Secret = Secret::env("TOKEN");

const TEXT: &str = "# syntax=docker/dockerfile:1
FROM debian
RUN --mount=type=secret,id=TOKEN,uid=1000,required=true test -s /run/secrets/TOKEN
RUN --mount=type=secret,id=TOKEN,env=T,required=true test -n \"$T\"
RUN <<EOF
true
EOF
COPY --link a /a
RUN --mount=type=bind,target=/m --mount=type=ssh --mount=type=tmpfs,target=/t true
RUN --network=none true
RUN --security=insecure true
ONBUILD RUN --mount=type=secret,id=TOKEN,required=true test -s /run/secrets/TOKEN
";

/// Each with its first words.
fn differences(text: &str, tool: BuildTool) -> String {
    let image: Dockerfile = import::parse(text).unwrap().bind(&[TOKEN]).unwrap();
    let found: Vec<String> = image
        .portability(tool)
        .iter()
        .map(|difference| {
            let words: Vec<&str> = difference.message().split(' ').take(4).collect();
            format!("{} {}", difference.line(), words.join(" "))
        })
        .collect();
    found.join("\n")
}

#[test]
fn each_tool_has_its_own() {
    const ONBUILD: &str = "12 the secret is mounted";
    for tool in [BuildTool::Buildx, BuildTool::Nerdctl, BuildTool::Buildctl] {
        assert_eq!(differences(TEXT, tool), ONBUILD);
    }
    let buildah = "1 `# syntax` is ignored:
3 Buildah 1.41.3 gives the
3 a remote podman before
4 Buildah before 1.44 refuses
4 a remote podman before
5 Buildah before 1.35 takes
8 Buildah before 1.41 refuses
11 --security is refused: podman
12 the secret is mounted";
    assert_eq!(differences(TEXT, BuildTool::Podman), buildah);
    let kaniko = "1 `# syntax` is ignored
3 the secret is written
4 the secret is written
8 --link is ignored: there
9 a bind mount is
9 a mount of an
9 a tmpfs mount is
10 --network of a RUN
11 --security is ignored with
12 the secret is mounted";
    assert_eq!(differences(TEXT, BuildTool::Kaniko), kaniko);
}

#[test]
fn a_plain_file_is_the_same_everywhere() {
    let text = "FROM debian\nRUN true\nCOPY a /a\n";
    for tool in super::TOOLS {
        assert_eq!(differences(text, tool), "", "{tool:?}");
    }
}

/// Docker 20.10 takes the frontend that the file names.
#[test]
fn an_old_docker_needs_the_syntax_to_be_named() {
    let text = "FROM debian\nRUN <<EOF\ntrue\nEOF\n";
    assert_eq!(
        differences(text, BuildTool::DockerBefore23),
        "1 the file needs the"
    );
    let named = format!("# syntax=docker/dockerfile:1\n{text}");
    assert_eq!(differences(&named, BuildTool::DockerBefore23), "");
}
