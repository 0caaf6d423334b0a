//! What is read, and every mistake at its place.

use super::*;

#[track_caller]
fn errors(text: &str) -> Vec<String> {
    let tokens: TokenStream = text.parse().expect("tokens");
    parse(tokens).1.messages()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(errors(text), expected);
}

#[test]
fn every_instruction_is_read() {
    check(
        r#"
        ARG VERSION = "3.20"
        FROM --platform=linux/amd64 "alpine:{VERSION}" AS build
        WORKDIR "/src"
        ARG TARGETARCH
        ENV A = "1" B = (value)
        LABEL "org.x" = "y" other = "z"
        COPY --link --chown=1000:1000 --exclude="*.md" --exclude="x" "." (more) "/src/"
        ADD --keep-git-dir=true "https://example.com/x.git" "/x"
        RUN [cache "/root/.cache", id = "c", sharing = locked] [secret NPMRC => "/root/.npmrc"] --network=none
            "make {target}", target = name, @trust("frob", "reads it only")
        RUN ["make", (target)]
        RUN (script)
        EXPOSE 80 443/tcp 7000-7010/udp "53/udp" (port)
        VOLUME "/a" "/b"
        VOLUME ["/c"]
        USER 1000
        STOPSIGNAL SIGTERM
        SHELL ["/bin/bash", "-c"]
        HEALTHCHECK --interval=30s --start-period=1m30s --retries=3 CMD ["/probe"]
        ONBUILD RUN "make"
        if debug { RUN "a" } else if let Some(x) = y { RUN "b" } else { ENV D = "1" }
        for package in &packages { RUN "apk add {package}" }
        match kind { Kind::A => { RUN "a" }, _ => { } }
        ..fragment::tools(&packages)?
        ENTRYPOINT ["/app"]
        CMD "--help"
        FROM build AS test = "test-1"
        HEALTHCHECK NONE
        FROM scratch AS app
        COPY --from=build "/src/app" "/app"
        TARGETS test, app
        "#,
        &[],
    );
}

#[test]
fn several_mistakes_are_shown_at_once() {
    check(
        r#"FROM "a" WORKDRI "/x" COPY --form=b "x" "/y" ENV A CMD RUN "ok" EXPOSE HEALTHCHECK "x" "#,
        &[
            "unknown instruction `WORKDRI`, did you mean `WORKDIR`?",
            "COPY has no flag `--form`, did you mean `from`?",
            "ENV needs `NAME = \"value\"`",
            "CMD needs a list: `CMD [\"prog\", \"arg\"]`, or shell text in quotes",
            "EXPOSE needs a port: `EXPOSE 8080` or `EXPOSE 53/udp`",
            "HEALTHCHECK needs `NONE` or `CMD [\"prog\", \"arg\"]`",
        ],
    );
}

#[test]
fn what_counts_once_stands_once() {
    check(
        r#"FROM "a" CMD ["x"] RUN "y" CMD ["z"]"#,
        &["CMD stands twice in this stage; only the last one would count"],
    );
    check(r#"FROM "a" CMD ["x"] FROM "b" CMD ["z"]"#, &[]);
}

#[test]
fn stages_stand_at_the_top_only() {
    check(
        r#"FROM "a" for x in y { RUN "b" FROM "c" RUN "d" }"#,
        &[
            "a stage starts at the top level only; make one in a loop with `Stage::from_image(..)` and use it as `FROM (expr)` or `--from=(expr)`",
        ],
    );
    check(
        r#"RUN "x" FROM "a""#,
        &["only ARG may stand before the first FROM, not RUN"],
    );
    check(
        "",
        &["a template needs a stage: start one with `FROM \"image\"`"],
    );
}

#[test]
fn flags_are_those_of_the_instruction() {
    check(r#"FROM "a" USER --chown=x "y""#, &["USER has no flags"]);
    check(
        r#"FROM "a" COPY --chown "x" "/y""#,
        &["`--chown` needs a value: `--chown=..`"],
    );
    check(
        r#"FROM "a" COPY --link --link "x" "/y""#,
        &["`--link` stands twice"],
    );
    check(
        r#"FROM "a" RUN --mount=type "x""#,
        &[
            "mounts stand in brackets: `RUN [cache \"/root/.cache\"] \"..\"`; a secret is mounted by its use: `{SECRET}`",
        ],
    );
    check(
        r#"FROM "a" RUN [cahce "/x"] "y""#,
        &["unknown mount type `cahce`, did you mean `cache`?"],
    );
}

#[test]
fn a_name_is_bound_and_written_with_dashes() {
    let tokens: TokenStream = r#"FROM "a" AS my_build FROM "b" AS x = "y.z""#
        .parse()
        .expect("tokens");
    let names: Vec<String> = parse(tokens)
        .0
        .stages
        .iter()
        .filter_map(|stage| stage.binding.as_ref())
        .map(|binding| binding.name.text.clone())
        .collect();
    assert_eq!(names, ["my-build", "y.z"]);
}

#[test]
fn missing_arguments_are_named() {
    check(
        r#"FROM "a" COPY "x""#,
        &["COPY needs a destination after its source"],
    );
    check(
        r#"FROM "a" ONBUILD FROM "b""#,
        &["ONBUILD cannot hold FROM"],
    );
    check(
        r#"FROM "a" AS "b""#,
        &["AS needs a name to bind: `AS build`, or `AS build = \"name-in-the-file\"`"],
    );
    check(
        r#"FROM"#,
        &[
            "FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM scratch`",
        ],
    );
    check(
        r#"FROM "a" MAINTAINER "x""#,
        &["MAINTAINER is deprecated; write `LABEL \"org.opencontainers.image.authors\" = \"..\"`"],
    );
}
