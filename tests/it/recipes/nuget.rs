//! `dotnet restore` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::nuget;

use super::{TOKEN, refused, script_is};

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
