//! A Go program with private modules: a mounted `.netrc`, and caches of the modules and of the compiler.

use dockerfile_dsl::{BuildCommand, CacheDir, Dockerfile, Error, Secret, Stage, path, sh};

/// Has the line `machine go.acme.test login reader password ..`.
const NETRC: Secret = Secret::file("netrc", "~/.netrc");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let modules = CacheDir::at(path!("/go/pkg/mod"));
    let build = Stage::from_image("golang:1.23-bookworm")
        .named("build")
        .workdir("/src")
        .copy(["go.mod", "go.sum"], "./")
        .run(sh!("NETRC={NETRC} GOPRIVATE=go.acme.test GOMODCACHE={modules} go mod download"))
        .copy(".", "./")
        .run(sh!(
            "CGO_ENABLED=0 GOFLAGS=-mod=readonly GOPROXY=off GOMODCACHE={modules} GOCACHE={compiled} go build -o {server} .",
            compiled = CacheDir::at(path!("/root/.cache/go-build")),
            server = path!("/out/server"),
        ))
        .build();
    let server = Stage::from_image("gcr.io/distroless/static-debian12")
        .copy_from(&build, "/out/server", "/server")
        .user("65532")
        .cmd(["/server"])
        .build();
    Dockerfile::from_stage(&server)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("server");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
