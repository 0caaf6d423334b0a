//! Shell form, exec form, flags, FROM.

use super::*;

#[test]
fn json_or_its_silent_fallback() {
    for (line, is_exec) in [
        (r#"[ "a" ]"#, true),
        ("[ -f x ] && y", false),
        ("['a']", false),
        (r#"["c:\w"]"#, false),
    ] {
        assert_eq!(
            matches!(runs(&format!("RUN {line}"))[0].command, Command::Exec(_)),
            is_exec,
            "{line}"
        );
    }
    refused("FROM x\nCMD [\"a\", 1]", "strings only");
    refused("FROM x\nRUN []", "at least one");
    refused("FROM x\nSHELL []", "at least one");
    refused("FROM x\nSHELL bash -c", "JSON array");
}

#[test]
fn from() {
    let file = read("FROM --platform=$BUILDPLATFORM a AS Build\nFROM build");
    assert_eq!(
        file.stages[0].name.as_ref().map(|name| name.name.as_str()),
        Some("build")
    );
    for text in [
        "FROM",
        "FROM a b",
        "FROM a AS",
        "FROM a TO b",
        "FROM a AS 1b",
    ] {
        assert_eq!(errors(text).len(), 1, "{text}");
    }
}

#[test]
fn healthcheck() {
    assert_eq!(
        stage("HEALTHCHECK --interval=1m30s --retries=3 CMD a b").len(),
        1
    );
    assert_eq!(stage("HEALTHCHECK --nonsense NONE").len(), 1);
    refused("FROM x\nHEALTHCHECK --interval=5 CMD a", "duration");
    refused("FROM x\nHEALTHCHECK CMD", "needs a command");
    refused("FROM x\nHEALTHCHECK CMD []", "needs a command");
    refused("FROM x\nHEALTHCHECK TEST a", "unknown");
}

#[test]
fn flags() {
    check_shell_texts("RUN -- --foo", &["--foo"]);
    check_shell_texts("RUN '--mount=x' y", &["'--mount=x' y"]);
    refused("FROM x\nCMD --foo", "unknown flag `--foo` for CMD");
    refused(
        "FROM x\nRUN --mout=type=tmpfs,target=/a b",
        "did you mean `--mount`?",
    );
    refused("FROM x\nRUN --network=hots b", "did you mean `host`?");
    assert_eq!(stage("STOPSIGNAL --x 9")[0].flags.len(), 1);
}

#[test]
fn every_error_is_reported() {
    assert_eq!(errors("FROM x\nRUNN a\nENV B\nCOPY c\nRUN ok").len(), 3);
}
