//! A crate that uses the pieces, and knows nothing of `dockerfile-dsl` but through them.

use dockerfile_dsl_example_fragments::{
    Dockerfile, Error, Secret, Stage, debian_packages, dockerfile, npm_packages, path, program, sh,
    supervised,
};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

const EXPECTED: &str = r#"FROM registry.example/tools:1 AS program
RUN install -m 0755 /tools/watch /program

FROM node:22-bookworm-slim AS app
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY ["package*.json", "./"]
RUN --mount=type=secret,id=npmrc,target=/run/secrets/npmrc,required=true \
    --mount=type=cache,target=/root/.npm/_cacache,sharing=locked \
    NPM_CONFIG_USERCONFIG=/run/secrets/npmrc npm ci
COPY --from=program --link /program /watch
HEALTHCHECK --interval=30s CMD ["/watch", "check"]
ENTRYPOINT ["/watch", "run"]
RUN node --version
"#;

#[test]
fn pieces_become_part_of_a_stage() -> Result<(), Error> {
    let watch = program("watch");
    let mut app = Stage::from_image("node:22-bookworm-slim");
    app.named("app");
    debian_packages(&mut app, &["git", "ca-certificates"]).workdir("/app");
    npm_packages(&mut app, &NPMRC);
    supervised(&mut app, &watch, &path!("/watch")).run(sh!("node --version"));
    let file = Dockerfile::from_stage(&app.build())?;
    assert_eq!(file.render(), EXPECTED);
    let ids: Vec<&str> = file.secrets().iter().map(|secret| secret.id()).collect();
    assert_eq!(ids, ["npmrc"]);
    Ok(())
}

#[test]
fn pieces_are_spliced_into_a_template() -> Result<(), Error> {
    let watch = program("watch");
    let file = dockerfile! {
        FROM "node:22-bookworm-slim" AS app
        ..debian_packages(&["git", "ca-certificates"])
        WORKDIR "/app"
        ..npm_packages(&NPMRC)
        ..supervised(&watch, &path!("/watch"))
        RUN "node --version"
    }?;
    assert_eq!(file.render(), EXPECTED);
    Ok(())
}
