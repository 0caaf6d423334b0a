//! Packages of a private NuGet feed.

use dockerfile_dsl::recipes::nuget;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const NUGET_PASSWORD: Secret = Secret::env("NUGET_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let restore = nuget::restore()
        .password("acme", "reader", NUGET_PASSWORD)
        .script()?;
    let stage = Stage::from_image("mcr.microsoft.com/dotnet/sdk:8.0")
        .workdir("/app")
        .copy(["app.csproj", "nuget.config"], "./")
        .run(restore)
        .copy(".", "./")
        .run(sh!("dotnet publish --no-restore --configuration Release"))
        .build();
    Dockerfile::from_stage(&stage)
}
