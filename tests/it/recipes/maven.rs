//! `mvn` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::maven;
use dockerfile_dsl::{Secret, Stage, sh};

use super::{TOKEN, renders_as_its_page, script_is};

#[test]
fn page_shows_what_is_rendered() {
    let mut java = Stage::from_image("maven:3.8-openjdk-17-slim");
    let resolve = maven::resolve().settings(Secret::file("settings", "~/.m2/settings.xml"));
    java.workdir("/app")
        .copy("pom.xml", "./")
        .run(resolve.script().unwrap())
        .copy(".", "./")
        .run(sh!("mvn --batch-mode --offline package"));
    renders_as_its_page("maven", &mut java);
}

#[test]
fn options_are_written() {
    script_is(
        maven::go_offline().settings(TOKEN).script(),
        "mvn --batch-mode --settings /run/secrets/TOKEN dependency:go-offline",
    );
}
