//! `mvn` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::maven;

use super::{TOKEN, script_is};

#[test]
fn options_are_written() {
    script_is(
        maven::go_offline().settings(TOKEN).script(),
        "mvn --batch-mode --settings /run/secrets/TOKEN dependency:go-offline",
    );
}
