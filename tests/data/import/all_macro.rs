use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::SecretMount;
use dockerfile_dsl::{Dockerfile, Error, Secret, StageBuilder, danger, dockerfile, inline};

const NPMRC: Secret = Secret::env_as("npmrc", "NPMRC").mode(0o444);
const NPMRC_2: Secret = Secret::env_as("npmrc", "NPMRC").optional();

/// The image of the Dockerfile that was imported.
pub fn image() -> Result<Dockerfile, Error> {
    // left out, as `dockerfile!` has no syntax for it: # syntax=docker/dockerfile:1
    // left out, as `dockerfile!` has no syntax for it: # check=skip=JSONArgsRecommended
    dockerfile! {
        ARG VERSION = "1.2"
        ARG BASE

        // The version of everything
        // Build it
        FROM --platform="$BUILDPLATFORM" "golang:${VERSION}" AS build
        ARG TARGETOS
        ARG TARGETARCH = "amd64"
        SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
        ENV A = "1" B = "two words" C = "$A/x"
        LABEL "org.opencontainers.image.title" = "it's" x = "y"
        WORKDIR "/src"
        COPY "go.mod" "go.sum" "./"
        COPY --chown="1000:1000" --chmod="755" --link "package*.json" "src/" "./"
        COPY (inline("motd", "hello $USER\n")) (inline("plain", "a\n")) "/etc/"
        ADD --checksum="sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"
            "https://example.com/a.tgz"
            "/a.tgz"
        ADD "https://github.com/moby/buildkit.git#v0.10.1" "/buildkit"
        ADD --keep-git-dir=true "https://github.com/moby/buildkit.git#v0.10.1" "/bk"
        ADD "rootfs.tar" "/"
        RUN [cache "/root/.cache", id = "c", sharing = locked]
            [bind "/ctx", source = ".", rw]
            [tmpfs "/tmp", size = 1000]
            [ssh, optional]
            --network=none
            "go build ./...", @shell(bash)
        RUN [secret NPMRC => "/root/.npmrc"] "npm ci", @shell(bash)
        ..StageBuilder::instruction(
            Run::exec(["npm", "ci"])
                .mount(SecretMount::new(NPMRC_2).env("NPM_X", "imported from a Dockerfile")),
        )
        // a comment
        // inside
        RUN "apt-get update     \
         && apt-get install -y curl \"a b\"     \
         && rm -rf /var/lib/apt/lists/*", @shell(bash)
        RUN r#"
set -e
echo "${A}" {{x}}
awk '{print $1}' f
"#, @shell(bash)
        RUN "false; true", @shell(bash)
        USER "1000:1000"
        EXPOSE "80" "443/tcp"
        VOLUME "/data" "/logs"
        STOPSIGNAL "SIGTERM"
        HEALTHCHECK --interval="30s"
            --timeout="5s"
            --retries=3
            CMD "curl -f http://localhost/ || exit 1"
        // raw: this ONBUILD has no typed form
        ..StageBuilder::instruction(danger::raw_instruction(
            "ONBUILD RUN make",
            "imported as it was: this ONBUILD has no typed form",
        ))
        // raw: this MAINTAINER has no typed form
        ..StageBuilder::instruction(danger::raw_instruction(
            "MAINTAINER me",
            "imported as it was: this MAINTAINER has no typed form",
        ))
        // left out: a later CMD replaces the one in line 47
        ENTRYPOINT "exec /app"
        CMD ["b", r#"c"d"#]

        FROM scratch
        COPY --from=build "/a" "/b"
        COPY --from=build "/a" "/c"
        COPY --from="busybox:1" "/bin/sh" "/sh"
        // end
    }
}
