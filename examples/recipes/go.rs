//! Private modules of Go.

use dockerfile_dsl::recipes::go;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = go::download()
        .netrc(NETRC)
        .proxy("https://go.acme.test/")
        .script()?;
    let stage = Stage::from_image("golang:1.19-bookworm")
        .workdir("/src")
        .copy(["go.mod", "go.sum"], "./")
        .run(download)
        .copy(".", "./")
        .run(sh!("GOPROXY=off go build -o /usr/local/bin/app ."))
        .build();
    Dockerfile::from_stage(&stage)
}
