//! `gradle` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gradle;
use dockerfile_dsl::{Secret, Stage};

use super::{TOKEN, refused, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut java = Stage::from_image("gradle:8-jdk17");
    let password = Secret::env("ACME_PASSWORD");
    let build = gradle::tasks(["build"]).property("acmePassword", password);
    java.workdir("/app")
        .copy(".", "./")
        .run(build.script().unwrap());
    renders_as_its_page("gradle", &mut java);
}

#[test]
fn options_are_written() {
    script_is(
        gradle::tasks([":app:jar", "check"])
            .wrapper()
            .property("a", TOKEN)
            .property("b", TOKEN)
            .script(),
        "ORG_GRADLE_PROJECT_a=\"$(cat /run/secrets/TOKEN)\" ORG_GRADLE_PROJECT_b=\"$(cat \
         /run/secrets/TOKEN)\" ./gradlew --no-daemon --console=plain :app:jar check",
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    let tasks = |name: &str| gradle::tasks([name]);
    refused(
        tasks("build").property("a.b", TOKEN).script(),
        "the property `a.b`",
    );
    refused(
        tasks("--info").property("a", TOKEN).script(),
        "the name of a task",
    );
    refused(
        tasks("a; id").property("a", TOKEN).script(),
        "the name of a task",
    );
}
