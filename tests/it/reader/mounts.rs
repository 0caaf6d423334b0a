//! The mounts of RUN.

use super::*;

#[track_caller]
fn mount_in(before: &str, flag: &str) -> Mount {
    let environment = environment(before);
    let runs = runs(&format!("RUN --mount={flag} x"));
    environment
        .mount(&runs[0].mounts[0])
        .unwrap_or_else(|error| panic!("{flag}: {error}"))
}

#[track_caller]
fn check_secret(flag: &str, id: &str, target: Option<&str>, env: Option<&str>) -> Secret {
    let Mount::Secret(secret) = mount_in("", flag) else {
        panic!("{flag} is a secret mount")
    };
    assert_eq!(
        (
            secret.id.as_str(),
            secret.target.as_deref(),
            secret.env.as_deref()
        ),
        (id, target, env)
    );
    secret
}

#[track_caller]
fn check_source(flag: &str, expected: &str) {
    let Mount::Bind(bind) = mount_in("", flag) else {
        panic!("{flag} is a bind mount")
    };
    assert_eq!(bind.source, expected);
}

#[test]
fn a_secret_by_its_id() {
    let secret = check_secret("type=secret,id=a/b", "a/b", Some("/run/secrets/b"), None);
    assert_eq!((secret.mode, secret.required), (256, false));
}

#[test]
fn a_secret_by_its_source() {
    check_secret(
        "type=secret,source=/x/y",
        "/x/y",
        Some("/run/secrets/y"),
        None,
    );
}

#[test]
fn a_secret_by_its_target() {
    check_secret("type=secret,target=/x/y/", "y", Some("/x/y/"), None);
}

#[test]
fn a_secret_as_a_variable() {
    check_secret("type=secret,id=a,env=FOO", "a", None, Some("FOO"));
    check_secret(
        "type=secret,id=a,env=FOO,target=/x",
        "a",
        Some("/x"),
        Some("FOO"),
    );
    check_secret(
        "type=secret,env=FOO,target=/x/tok",
        "tok",
        Some("/x/tok"),
        Some("FOO"),
    );
}

/// BuildKit would take the last part of the target, unless the base image or a build argument sets the variable: the secret is not
/// known, and has the name of the variable.
#[test]
fn an_undefined_variable_as_id() {
    check_secret(
        "type=secret,id=$UNDEF,target=/x",
        "${UNDEF}",
        Some("/x"),
        None,
    );
    check_secret(
        "type=secret,id=${UNDEF:-x},target=/x",
        "x",
        Some("/x"),
        None,
    );
}

#[test]
fn quoted_fields() {
    check_source("'type=bind,\"source=a,b\",target=/x'", "a,b");
    check_source("type=bind,\\\"source=a,b\\\",target=/x", "a,b");
    refused(
        "FROM x\nRUN --mount='type=bind,\"source=a\"\"b\",target=/x' y",
        "double quote",
    );
    refused(
        "FROM x\nRUN --mount=type=bind,source=a,target=/x,\\\"b y",
        "quote",
    );
}

#[test]
fn escaped_values() {
    check_source(r"type=bind,source=a\\\$b,target=/x", "a$b");
    check_source(r"type=bind,source=a\\\\b,target=/x", r"a\b");
}

#[test]
fn blanks_in_values() {
    check_secret(
        "\"type=secret,id=a b,target=/x y\"",
        "a b",
        Some("/x y"),
        None,
    );
    refused(
        "FROM x\nRUN --mount=type=secret,id=a, target=/x",
        "invalid mount",
    );
}

/// BuildKit puts its namespace and a `/` before the id.
#[test]
fn cache_ids() {
    let cache = |before, flag| match mount_in(before, flag) {
        Mount::Cache(cache) => (cache.id, environment(before).absolute(&cache.target)),
        other => panic!("{other:?} is no cache mount"),
    };
    assert_eq!(
        cache("", "type=cache,target=/c/"),
        ("/c".to_owned(), "/c".to_owned())
    );
    assert_eq!(
        cache("WORKDIR /w", "type=cache,id=foo,target=x"),
        ("foo".to_owned(), "/w/x".to_owned())
    );
}

#[test]
fn ssh() {
    let run =
        &runs("RUN --mount=type=ssh,id=k,target=/s --mount=type=ssh,id=j,required,uid=5 x")[0];
    let sockets: Vec<_> = run
        .mounts
        .iter()
        .map(|flag| environment("").mount(flag).expect("is right"))
        .collect();
    let [Mount::Ssh(first), Mount::Ssh(second)] = sockets.as_slice() else {
        panic!("both are ssh mounts")
    };
    assert_eq!(
        (first.id.as_str(), first.target.as_deref(), first.required),
        ("k", Some("/s"), false)
    );
    assert_eq!(
        (
            second.id.as_str(),
            second.target.as_deref(),
            second.required,
            second.uid
        ),
        ("j", None, true, 5)
    );
    let places = sockets
        .iter()
        .enumerate()
        .map(|(index, mount)| match mount {
            Mount::Ssh(ssh) => ssh.socket(index),
            _ => String::new(),
        });
    assert_eq!(
        places.collect::<Vec<_>>(),
        ["/s", "/run/buildkit/ssh_agent.1"]
    );
}

#[test]
fn root_as_mount_target_is_refused() {
    let run = &runs("RUN --mount=type=bind x")[0];
    assert!(environment("").mount(&run.mounts[0]).is_err());
    assert!(environment("WORKDIR /w").mount(&run.mounts[0]).is_ok());
}

#[test]
fn invalid_mount_options() {
    let refused =
        |flag: &str, expected| refused(&format!("FROM x\nRUN --mount={flag} y"), expected);
    refused("required,type=secret,id=a", "write `type=` first");
    refused("size=1m,type=tmpfs,target=/t", "write `type=` first");
    refused("type=secret,env=FOO", "needs an `id`");
    refused("type=secret,id=a,source=b", "either `source` or `id`");
    refused("type=secret,id=a,from=b", "no `from`");
    refused("type=secret,id=a,env", "must be `env=value`");
    refused(
        "type=secret,id=a,mod=4",
        "unknown mount option `mod`, did you mean `mode`?",
    );
    refused(
        "type=secert,id=a",
        "unknown mount type `secert`, did you mean `secret`?",
    );
    refused("type=secret,id=a,uid=app", "invalid value `app` for `uid`");
    refused(
        "type=secret,id=a,mode=0o400",
        "invalid value `0o400` for `mode`",
    );
    refused("type=secret,id=a,required=yes", "invalid value `yes`");
    refused("type=bind,target=/a,uid=1", "does not fit");
    refused("type=ssh,source=a", "no `source`");
    refused("type=bind,from=$A,target=/a", "does not support variables");
}

/// BuildKit's answers with the flags of `labs`.
#[test]
fn devices() {
    let check = |device: &str, is_valid: bool| {
        let read = dockerfile::read(&format!("FROM scratch\nRUN --device={device} x\n"));
        assert_eq!(read.is_ok(), is_valid, "{device}: {read:?}");
    };
    check("h.io/a=b", true);
    check("name=h.io/a=b,required=0", true);
    check("REQUIRED,h.io/a", true);
    check("", false);
    check("a,b", false);
    check("a,name=b", false);
    check("a,required=2", false);
    check("\\\"a", false);
}
