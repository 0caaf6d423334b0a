//! `dockerfile!`: the text that it renders, instruction by instruction, and control flow.

use std::fmt::Display;

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::{
    Dockerfile, Error, LayerPath, Secret, Stage, StageBuilder, dockerfile, inline, path, sh,
};
use indoc::indoc;

#[track_caller]
fn check(image: Result<dockerfile_dsl::Dockerfile, Error>, expected: &str) {
    assert_eq!(image.unwrap().render(), expected);
}

#[test]
fn every_instruction_has_its_line() {
    let (name, port) = ("server", 8080_u16);
    let more = path!("/more");
    check(
        dockerfile! {
            ARG VERSION = "3.20"
            FROM --platform=linux/amd64 "alpine:${VERSION}" AS my_build
            WORKDIR "/src/{name}"
            ARG TARGETARCH
            ENV A = "1" B = (name) PATH = "/opt/bin:$PATH"
            LABEL "org.example.name" = "the {name}"
            COPY --link --chown=1000:1000 --chmod=0755 --exclude="*.md" "a b" (more) "/src/"
            COPY "package*.json" "/src/"
            COPY (inline("motd", "hello\n")) "/etc/"
            ADD --keep-git-dir=true "https://example.com/x.git" "/x"
            ADD --checksum="sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d" "https://example.com/x.tar" "/y/"
            RUN --network=none ["make", (name)]
            EXPOSE 80 443/tcp 7000-7010/udp (port)
            VOLUME "/a" "/b"
            USER 1000
            STOPSIGNAL SIGTERM
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=30s --start-period=1m30s --retries=3 CMD ["/probe"]
            ONBUILD USER "app"
            ENTRYPOINT ["/app/{name}"]
            CMD ["--port", (port)]
        },
        indoc! {r#"
            ARG VERSION="3.20"

            FROM --platform=linux/amd64 alpine:${VERSION} AS my-build
            WORKDIR /src/server
            ARG TARGETARCH
            ENV A="1" B="server" PATH="/opt/bin:$PATH"
            LABEL org.example.name="the server"
            COPY --chown=1000:1000 --chmod=0755 --link --exclude="*.md" ["a b", "/more", "/src/"]
            COPY ["package*.json", "/src/"]
            COPY <<"motd" /etc/
            hello
            motd
            ADD --keep-git-dir=true https://example.com/x.git /x
            ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x.tar /y/
            RUN --network=none ["make", "server"]
            EXPOSE 80 443/tcp 7000-7010/udp 8080
            VOLUME /a /b
            USER 1000
            STOPSIGNAL SIGTERM
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=30s --start-period=1m30s --retries=3 CMD ["/probe"]
            ONBUILD USER app
            ENTRYPOINT ["/app/server"]
            CMD ["--port", "8080"]
            "#},
    );
}

/// For the private registry.
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
const TOKEN: Secret = Secret::env("TOKEN");

#[test]
fn a_script_is_what_sh_makes_of_it() {
    let target = "it's";
    let written = dockerfile! {
        FROM "node:22"
        RUN [cache "/root/.npm"] [secret NPMRC => "/root/.npmrc"] "npm ci"
        RUN "test -s {TOKEN} && echo {target} > {out}", out = path!("/out")
        ADD [token TOKEN] "https://github.com/acme/private.git" "/src"
    }
    .unwrap();
    let built = Stage::from_image("node:22")
        .instruction(
            Run::new(&sh!("npm ci", @mount(NPMRC => "/root/.npmrc")))
                .mount(CacheMount::at(path!("/root/.npm"))),
        )
        .run(sh!(
            "test -s {TOKEN} && echo {target} > {out}",
            out = path!("/out")
        ))
        .add_git("https://github.com/acme/private.git")
        .token(TOKEN)
        .to(path!("/src"))
        .build();
    assert_eq!(
        written.render(),
        Dockerfile::from_stage(&built).unwrap().render()
    );
    assert_eq!(
        written.build_command().shell().unwrap(),
        "docker build --secret id=GIT_AUTH_TOKEN.github.com,env=TOKEN --secret id=TOKEN,env=TOKEN \
         --secret id=npmrc,src=\"$HOME\"/.npmrc ."
    );
}

#[test]
fn mounts_are_in_brackets() {
    check(
        dockerfile! {
            FROM "alpine" AS build
            FROM "alpine"
            RUN [cache "/root/.cache", id = "c", sharing = locked, mode = 0700] [tmpfs "/tmp/x", size = 1024] ["make"]
            RUN [bind "/src", from = build, source = "/x", rw] [ssh, id = "deploy", optional] --security=sandbox ["make"]
        },
        "FROM alpine AS build\n\nFROM alpine\nRUN \
         --mount=type=cache,id=c,target=/root/.cache,sharing=locked,mode=0700 \\\n    \
         --mount=type=tmpfs,target=/tmp/x,size=1024 \\\n    [\"make\"]\nRUN \
         --mount=type=bind,target=/src,source=/x,from=build,rw=true \\\n    \
         --mount=type=ssh,id=deploy,required=false \\\n    --security=sandbox \\\n    [\"make\"]\n",
    );
}

#[test]
fn stages_are_bindings() {
    let image = dockerfile! {
        FROM "golang:1.25" AS build
        FROM build AS test = "test.1"
        ENV CI = "1"
        FROM scratch AS app
        COPY --from=build "/go/bin/app" "/app"
        COPY --from="busybox:1.37" "/bin/sh" "/bin/sh"
        TARGETS test, app
    };
    check(
        image,
        indoc! {r#"
        FROM golang:1.25 AS build

        FROM build AS test.1
        ENV CI="1"

        FROM scratch AS app
        COPY --from=build /go/bin/app /app
        COPY --from=busybox:1.37 /bin/sh /bin/sh
        "#},
    );
}

fn tools(stage: &mut StageBuilder, packages: &[&str]) {
    for package in packages {
        stage.run_exec(["apk", "add", package]);
    }
}

fn labelled<'a>(stage: &'a mut StageBuilder, text: &str) -> Result<&'a mut StageBuilder, Error> {
    LayerPath::parse(text)?;
    Ok(stage.label("path", text))
}

#[test]
fn control_flow_surrounds_instructions() -> Result<(), Error> {
    enum Kind {
        Web(u16),
        #[expect(dead_code, reason = "the other arm")]
        Job,
    }
    let (debug, kind) = (false, Kind::Web(80));
    let base = Stage::from_image("alpine").named("base").build();
    let image = dockerfile! {
        FROM (&base)
        ..tools(&["tini", "curl"])
        ..labelled("/x")?
        if debug { ENV LOG = "debug" } else { ENV LOG = "info" }
        match kind {
            Kind::Web(port) => { EXPOSE (port) }
            Kind::Job => {}
        }
        for n in 0..2 { ENV N = (n) }
    };
    check(
        image,
        indoc! {r#"
        FROM alpine AS base

        FROM base
        RUN ["apk", "add", "tini"]
        RUN ["apk", "add", "curl"]
        LABEL path="/x"
        ENV LOG="info"
        EXPOSE 80
        ENV N="0"
        ENV N="1"
        "#},
    );
    Ok(())
}

#[test]
fn invalid_layer_path_is_an_error_of_the_expression() {
    let id = "../run/secrets";
    let image = dockerfile! {
        FROM "alpine"
        WORKDIR "/{id}/x"
    };
    let error = image.unwrap_err().to_string();
    assert!(error.contains("secret"), "{error}");
}

trait Named<A, B> {
    fn named() -> &'static str;
}

impl Named<u8, u16> for String {
    fn named() -> &'static str {
        "named"
    }
}

#[test]
fn a_value_is_any_expression_of_rust() {
    struct Limits {
        ports: [u16; 2],
    }
    let (limits, user) = (Limits { ports: [80, 81] }, "app");
    let highest = Some(3);
    let image = dockerfile! {
        FROM "alpine"
        ENV A = (<String as Named<u8, u16>>::named()) B = (limits.ports.len() as u64)
        ENV C = (limits.ports.iter().fold(1, |product, port| product.max(port * 2)))
        if let Some(1..=9) = highest && limits.ports.len() < 3 {
            EXPOSE (limits.ports[0])
        }
        match (Limits { ports: [1, 2] }.ports) {
            [first, second] if first < second => { EXPOSE (second) }
            _ => { EXPOSE 1 }
        }
        RUN "echo {name} {number} > {out}",
            name = <String as Named<u8, u16>>::named(),
            number = [1, 2].into_iter().reduce(|a: u8, b: u8| a + b).unwrap_or(0),
            out = path!("/out"),
        for (_, port) in [(1, 90), (2, 91)] { EXPOSE (port as u16) }
        COPY --chown=(user) "a" "/b"
    };
    check(
        image,
        indoc! {r#"
        FROM alpine
        ENV A="named" B="2"
        ENV C="162"
        EXPOSE 80
        EXPOSE 2
        RUN echo named 3 > /out
        EXPOSE 90
        EXPOSE 91
        COPY --chown=app a /b
        "#},
    );
}

struct Fragments(&'static str);

impl Fragments {
    fn label<A: Display, B: Display>(&self, stage: &mut StageBuilder, text: (A, B)) {
        stage.label(self.0, format!("{}{}", text.0, text.1));
    }
}

#[test]
fn a_fragment_may_be_generic_or_a_method() {
    fn user<A: Display, B: Display>(stage: &mut StageBuilder, user: A, group: B) {
        stage.user(format!("{user}:{group}"));
    }
    let fragments = Fragments("key");
    check(
        dockerfile! {
            FROM "alpine"
            ..user::<u32, u64>(1000, 1)
            ..fragments.label::<_, u8>(("a", 1))
        },
        "FROM alpine\nUSER 1000:1\nLABEL key=\"a1\"\n",
    );
}
