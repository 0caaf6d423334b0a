//! `dotnet restore` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::nuget;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut dotnet = Stage::from_image("mcr.microsoft.com/dotnet/sdk:8.0");
    let restore = nuget::restore().password("acme", "reader", Secret::env("NUGET_PASSWORD"));
    dotnet
        .workdir("/app")
        .copy(["app.csproj", "nuget.config"], "./")
        .run(restore.script().unwrap())
        .copy(".", "./")
        .run(sh!("dotnet publish --no-restore --configuration Release"));
    renders_as_its_page("nuget", &mut dotnet);
}

#[test]
fn options_are_written() {
    script_is(
        nuget::restore().config(TOKEN).script(),
        "dotnet restore --configfile /run/secrets/TOKEN",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let restore = nuget::restore();
    refused(
        restore.clone().password("a-b", "u", TOKEN).script(),
        "the feed `a-b`",
    );
    refused(
        restore.password("a", "u;Password=x", TOKEN).script(),
        "the user name",
    );
}
