//! Every example once more, as a `dockerfile!`: it renders the bytes that the builder renders.

use dockerfile_dsl::{
    CacheDir, Dockerfile, Error, LayerPath, Secret, Stage, TmpFs, Word, dockerfile, path, sh, words,
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
            CMD ["server"]
        },
    );
}

const PYPI_PASSWORD: Secret = Secret::env("PYPI_PASSWORD");

#[test]
fn pip_private_index() {
    check(
        "pip_private_index",
        dockerfile! {
            FROM "python:3.11-slim-bookworm" AS wheels
            COPY "requirements.txt" "/"
            RUN r#"PIP_INDEX_URL="https://reader:$(cat {PYPI_PASSWORD})@pypi.acme.test/simple/" \
        pip wheel --no-input --no-cache-dir --wheel-dir {wheels} -r /requirements.txt"#, wheels = path!("/wheels")

            FROM "python:3.11-slim-bookworm"
            COPY --from=wheels "/wheels" "/wheels"
            COPY "requirements.txt" "/"
            RUN "pip install --no-index --no-cache-dir --find-links /wheels -r /requirements.txt"
            USER "65532"
            CMD ["python3", "-m", "acme_greeting"]
        },
    );
}

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

#[test]
fn go_private_module() {
    let modules = CacheDir::at(path!("/go/pkg/mod"));
    check(
        "go_private_module",
        dockerfile! {
            FROM "golang:1.23-bookworm" AS build
            WORKDIR "/src"
            COPY "go.mod" "go.sum" "./"
            RUN "NETRC={NETRC} GOPRIVATE=go.acme.test GOMODCACHE={modules} go mod download"
            COPY "." "./"
            RUN r#"CGO_ENABLED=0 GOFLAGS=-mod=readonly GOPROXY=off GOMODCACHE={modules} GOCACHE={compiled} go build -o {server} ."#,
                compiled = CacheDir::at(path!("/root/.cache/go-build")),
                server = path!("/out/server")

            FROM "gcr.io/distroless/static-debian12"
            COPY --from=build "/out/server" "/server"
            USER "65532"
            CMD ["/server"]
        },
    );
}

const SETTINGS: Secret = Secret::file("maven-settings", "~/.m2/settings.xml");

#[test]
fn maven_settings() {
    check(
        "maven_settings",
        dockerfile! {
            FROM "maven:3.9-eclipse-temurin-21" AS build
            WORKDIR "/src"
            COPY "." "./"
            RUN [cache "/root/.m2/repository"]
                "mvn --batch-mode --settings {SETTINGS} package && cp target/app.jar {jar}",
                jar = path!("/app.jar")

            FROM "eclipse-temurin:21-jre"
            COPY --from=build "/app.jar" "/app.jar"
            USER "65532"
            CMD ["java", "-jar", "/app.jar"]
        },
    );
}

const AWS: Secret = Secret::file("aws", "~/.aws/credentials");

#[test]
fn model_from_s3() {
    check(
        "model_from_s3",
        dockerfile! {
            FROM "amazon/aws-cli:2.9.19" AS model
            RUN r#"AWS_SHARED_CREDENTIALS_FILE={AWS} aws --region eu-central-1 s3 cp --only-show-errors s3://acme-models/weights.bin {file}"#,
                file = path!("/opt/weights.bin")

            FROM "python:3.11-slim-bookworm"
            COPY --from=model "/opt/weights.bin" "/opt/weights.bin"
            COPY "serve.py" "/opt/"
            USER "65532"
            CMD ["python3", "/opt/serve.py", "/opt/weights.bin"]
        },
    );
}

const APT_AUTH: Secret = Secret::file("apt-auth", "~/.config/acme/apt-auth.conf");

#[test]
fn apt_private_repository() {
    check(
        "apt_private_repository",
        dockerfile! {
            FROM "debian:bookworm-slim"
            COPY "acme.gpg" "/etc/apt/keyrings/"
            COPY "acme.sources" "/etc/apt/sources.list.d/"
            RUN r#"apt-get -o Dir::Etc::netrc={APT_AUTH} update && apt-get -o Dir::Etc::netrc={APT_AUTH} install -y --no-install-recommends -- {packages} && rm -rf /var/lib/apt/lists/*"#,
                packages = words(["ca-certificates", "acme-greeting"])
            USER "65532"
            CMD ["acme-greeting"]
        },
    );
}

const SIGNING_KEY: Secret = Secret::file("signing-key", "~/.config/acme/signing-key.gpg");

#[test]
fn signed_release() {
    check(
        "signed_release",
        dockerfile! {
            FROM "debian:bookworm-slim" AS sign
            RUN "apt-get update && apt-get install -y --no-install-recommends gpg gpg-agent"
            COPY "app.tar" "/release/"
            RUN "export GNUPGHOME={memory}
gpg --batch --import {SIGNING_KEY}
gpg --batch --output {signature} --detach-sign /release/app.tar",
                memory = TmpFs::at(path!("/run/gnupg")), signature = path!("/release/app.tar.sig")

            FROM scratch
            COPY --from=sign "/release" "/"
        },
    );
}

#[test]
fn from_config() -> Result<(), Error> {
    let mut stages = Vec::new();
    for (name, package) in [("api", "libsqlite3-0"), ("web", "zlib1g")] {
        let variable = format!("{}_TOKEN", name.to_uppercase());
        let token = Secret::try_env(&variable, &variable)?;
        let stage = Stage::from_image("debian:bookworm-slim")
            .named(name)
            .run(sh!(
                "apt-get update && apt-get install -y -- ca-certificates curl {package}"
            ))
            .run(sh!(
                r#"curl -fsS -H "Authorization: Bearer $(cat {token})" -o {bundle} {url}"#,
                bundle = path!("/bundle"),
                url = Word::parse(format!("https://artifacts.acme.test/{name}"))?,
            ))
            .build();
        stages.push((LayerPath::parse(format!("/srv/{name}/"))?, stage));
    }
    check(
        "from_config",
        dockerfile! {
            FROM "debian:bookworm-slim"
            for (directory, stage) in &stages {
                COPY --from=(stage) "/bundle" (directory)
            }
            CMD ["cat", "/srv/api/bundle"]
        },
    );
    Ok(())
}
