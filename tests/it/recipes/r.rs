//! `renv` and `remotes` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::r;

use super::{TOKEN, refused, script_is};

#[test]
fn options_are_written() {
    script_is(
        r::install_github("acme/greeting@v1.0")
            .token(TOKEN)
            .script(),
        "GITHUB_PAT=\"$(cat /run/secrets/TOKEN)\" Rscript -e \
         'remotes::install_github(\"acme/greeting@v1.0\", upgrade = \"never\")'",
    );
    script_is(
        r::install_github("acme/greeting")
            .host("https://github.acme.test/api/v3")
            .token(TOKEN)
            .script(),
        "GITHUB_PAT=\"$(cat /run/secrets/TOKEN)\" Rscript -e \
         'remotes::install_github(\"acme/greeting\", host = \"https://github.acme.test/api/v3\", \
         upgrade = \"never\")'",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    refused(
        r::install_github("a/b\"); print(Sys.getenv())#")
            .token(TOKEN)
            .script(),
        "a repository such as",
    );
    refused(
        r::install_github("acme/greeting")
            .host("https://x:swordfish@github.acme.test")
            .token(TOKEN)
            .script(),
        "take the user name out",
    );
    refused(
        r::restore()
            .host("https://github.acme.test/api/v3")
            .token(TOKEN)
            .script(),
        "`renv.lock` has the host",
    );
}
