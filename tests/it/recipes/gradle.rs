//! `gradle` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::gradle;

use super::{TOKEN, refused, script_is};

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
