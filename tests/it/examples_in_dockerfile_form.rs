//! Every example once more, as a `dockerfile!`: it renders the bytes that the builder renders.

use dockerfile_dsl::{
    Dockerfile, Error, LayerPath, Secret, Stage, Word, dockerfile, path, sh, words,
};

#[track_caller]
fn check(name: &str, image: Result<Dockerfile, Error>) {
    let path = format!(
        "{}/../examples/{name}.Dockerfile",
        env!("CARGO_MANIFEST_DIR")
    );
    assert_eq!(
        image.unwrap().render(),
        std::fs::read_to_string(path).unwrap()
    );
}

const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");

#[test]
fn hello() {
    let name = "it's me";
    check(
        "hello",
        dockerfile! {
            FROM "debian:bookworm-slim"
            RUN "echo Hello, {name} > /greeting"
            CMD ["cat", "/greeting"]
        },
    );
}

#[test]
fn private_git_clone() {
    let repo = "https://github.com/acme/private.git";
    check(
        "private_git_clone",
        dockerfile! {
            FROM "debian:bookworm-slim" AS source
            RUN "apt-get update && apt-get install -y --no-install-recommends git ca-certificates"
            RUN r#"git -c credential.helper= \
        -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat {GITHUB_TOKEN})"; }; f' \
        clone --depth=1 -- {repo} {dest}"#, dest = path!("/src")

            FROM "debian:bookworm-slim"
            COPY --from=source "/src" "/app"
            CMD ["/app/run"]
        },
    );
}

#[test]
fn private_git_add() {
    let repo = "https://github.com/acme/private.git";
    check(
        "private_git_add",
        dockerfile! {
            FROM "debian:bookworm-slim"
            ADD [token GITHUB_TOKEN] (repo) "/app"
            CMD ["/app/run"]
        },
    );
}

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc").uid(1000);

#[test]
fn npm_private_registry() {
    check(
        "npm_private_registry",
        dockerfile! {
            FROM "node:22-bookworm-slim"
            RUN "install -d -o node -g node /app"
            USER "1000:1000"
            WORKDIR "/app"
            COPY --chown=1000:1000 "package*.json" "./"
            RUN "NPM_CONFIG_USERCONFIG={NPMRC} npm ci"
            COPY --chown=1000:1000 "." "./"
            CMD ["node", "server.js"]
        },
    );
}

const ACME_TOKEN: Secret = Secret::env("CARGO_REGISTRIES_ACME_TOKEN");

#[test]
fn rust_server() {
    let program = "server";
    check(
        "rust_server",
        dockerfile! {
            FROM "rust:1.95-slim-bookworm" AS build
            WORKDIR "/src"
            COPY "." "/src/"
            RUN [cache "/usr/local/cargo/registry"] [cache "/src/target"]
                r#"CARGO_REGISTRIES_ACME_TOKEN="$(cat {ACME_TOKEN})" cargo build --release --locked
        cp target/release/{program} {server}"#, server = path!("/usr/local/bin/server")

            FROM "debian:bookworm-slim"
            COPY --from=build "/usr/local/bin/server" "/usr/local/bin/server"
            USER "65532"
            EXPOSE 8080
            CMD ["server"]
        },
    );
}

#[test]
fn from_config() -> Result<(), Error> {
    let services = [("api", &["libsqlite3-0"][..]), ("web", &[])];
    let base = Stage::from_image("debian:bookworm-slim")
        .named("base")
        .run(sh!(
            "apt-get update && apt-get install -y --no-install-recommends ca-certificates curl"
        ))
        .build();
    let mut stages = Vec::new();
    for (name, packages) in services {
        let mut stage = Stage::from_stage(&base);
        stage.named(name);
        if !packages.is_empty() {
            stage.run(sh!(
                "apt-get install -y --no-install-recommends -- {packages}",
                packages = words(packages)
            ));
        }
        let token = Secret::try_env("ARTIFACTS_TOKEN", "ARTIFACTS_TOKEN")?;
        stage.run(sh!(
            r#"curl -fsS -H "Authorization: Bearer $(cat {token})" -o {bundle} {url}"#,
            bundle = path!("/bundle"),
            url = Word::parse(format!("https://artifacts.acme.test/{name}"))?,
        ));
        stages.push((LayerPath::parse(format!("/srv/{name}/"))?, stage.build()));
    }
    check(
        "from_config",
        dockerfile! {
            FROM (&base)
            for (directory, stage) in &stages {
                COPY --from=(stage) "/bundle" (directory)
            }
            CMD ["cat", "/srv/api/bundle"]
        },
    );
    Ok(())
}
