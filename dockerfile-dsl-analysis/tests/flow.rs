//! Sinks of a secret: a script for each mechanism, with a near miss.

#[path = "flow/programs.rs"]
mod programs;
#[path = "flow/state.rs"]
mod state;

use dockerfile_dsl_analysis::{Channel, check::check_file, dockerfile};

/// The expected verdict of a script.
#[derive(Clone, Copy)]
enum Expected {
    Nothing,
    In(Channel),
}

use Expected::{In, Nothing};

#[track_caller]
fn check(script: &str, expected: Expected) {
    under("", script, expected);
}

#[track_caller]
fn bash(script: &str, expected: Expected) {
    under("SHELL [\"/bin/bash\", \"-c\"]\n", script, expected);
}

#[track_caller]
fn under(shell: &str, script: &str, expected: Expected) {
    let text = format!(
        "FROM debian\n{shell}RUN --mount=type=tmpfs,target=/scratch \
         --mount=type=secret,id=tok,required=true <<'END_OF_CASE'\n{script}\nEND_OF_CASE\n"
    );
    let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{errors:?}"));
    let findings = check_file(&file);
    let found: Vec<Channel> = findings.iter().map(|finding| finding.channel).collect();
    match expected {
        Nothing => assert!(findings.is_empty(), "{script}\n{findings:#?}"),
        In(channel) => assert!(found.contains(&channel), "{script}\n{findings:#?}"),
    }
    for finding in &findings {
        assert_eq!(finding.secret.as_deref(), Some("tok"), "{script}");
        assert!(
            !finding.way.is_empty() && finding.help.is_some(),
            "{script}\n{finding:#?}"
        );
        assert!(!finding.span.of(&text).is_empty(), "{script}\n{finding:#?}");
    }
}

#[test]
fn files() {
    check(
        r#"cat /run/secrets/tok > /srv/x && grep -q . /srv/x && rm /srv/x"#,
        Nothing,
    );
    check(
        r#"set -e
cat /run/secrets/tok > /srv/x
git version
rm /srv/x"#,
        Nothing,
    );
    check(
        r#"cat /run/secrets/tok > /srv/x && git version && rm /srv/x || true"#,
        In(Channel::Layer),
    );
    check(
        r#"for f in a b; do cp /run/secrets/tok /srv/$f; done; for f in a b; do rm /srv/$f; done"#,
        Nothing,
    );
    check(
        r#"for f in a b; do cp /run/secrets/tok /srv/$f; done; for f in a c; do rm /srv/$f; done"#,
        In(Channel::Layer),
    );
    check(
        r#"f=$(mktemp); cat /run/secrets/tok > "$f"; wc -c < $f; rm -f "$f""#,
        Nothing,
    );
    check(
        r#"f=$(mktemp); cat /run/secrets/tok > "$f"; wc -c < $f"#,
        In(Channel::Layer),
    );
    check(
        r#"d=$(mktemp -d); cp /run/secrets/tok $d/k; rm -rf $d"#,
        Nothing,
    );
    check(
        r#"for i in 1 2; do f=$(mktemp); cat /run/secrets/tok > $f; done; rm $f"#,
        In(Channel::Layer),
    );
    check(r#"f=/tmp/x.$$; cat /run/secrets/tok > $f; rm $f"#, Nothing);
    check(
        r#"cp /run/secrets/tok /srv/a; mv /srv/a /srv/b; rm /srv/b"#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok /srv/a; mv /srv/a /srv/b; rm -f /srv/a"#,
        In(Channel::Layer),
    );
    check(
        r#"mkdir /srv/d; cp /run/secrets/tok /srv/d/a; cp -r /srv/d /srv/e; rm -r /srv/d"#,
        In(Channel::Layer),
    );
    check(
        r#"cp /run/secrets/tok /srv/c; sed -i.bak s/a/b/ /srv/c; rm /srv/c"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok > /scratch/x; wc -c /scratch/x"#,
        Nothing,
    );
    check(r#"cat /run/secrets/tok > /scratch2/x"#, In(Channel::Layer));
    check(
        r#"cat /run/secrets/tok > /scratch/../srv/x"#,
        In(Channel::Layer),
    );
    check(r#"cat /run/secrets/tok > /dev/shm/x"#, Nothing);
    check(r#"cp -r /run /srv/r"#, In(Channel::Layer));
    check(r#"cp -a /run/secrets /srv/r"#, In(Channel::Layer));
    check(r#"tar -czf /srv/a.tgz /run/secrets"#, In(Channel::Layer));
    check(
        r#"tar -c -C /run secrets | tar -x -C /srv"#,
        In(Channel::Layer),
    );
    check(r#"tar -cf /dev/null /run/secrets"#, Nothing);
    check(r#"cat /run/secrets/* > /srv/x"#, In(Channel::Layer));
    check(r#"cat /run/secrets/to? > /srv/x"#, In(Channel::Layer));
    check(
        r#"ln -s /run/secrets/tok /srv/l; cat /srv/l > /srv/x"#,
        In(Channel::Layer),
    );
    check(r#"ln /run/secrets/tok /srv/l || true"#, Nothing);
    check(r#"touch /srv/$(cat /run/secrets/tok)"#, In(Channel::Layer));
    check(
        r#"mkdir -p /srv/$(cat /run/secrets/tok)/x"#,
        In(Channel::Layer),
    );
    check(r#"dd if=/run/secrets/tok of=/srv/x"#, In(Channel::Layer));
    check(
        r#"install -Dm600 /run/secrets/tok /srv/x"#,
        In(Channel::Layer),
    );
    check(r#"split -b 4 /run/secrets/tok /srv/p"#, In(Channel::Layer));
}

#[test]
fn cleanup() {
    check(
        r#"trap 'rm -f /srv/x' EXIT
cat /run/secrets/tok > /srv/x"#,
        Nothing,
    );
    check(
        r#"trap 'rm -f /srv/x' EXIT
cat /run/secrets/tok > /srv/x
exec true"#,
        In(Channel::Layer),
    );
    check(
        r#"trap 'rm -f /srv/x' EXIT
cat /run/secrets/tok > /srv/x
trap - EXIT"#,
        In(Channel::Layer),
    );
    check(
        r#"trap 'rm -f /srv/x' INT TERM
cat /run/secrets/tok > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"clean() { rm -f /srv/x; }
trap clean EXIT
cat /run/secrets/tok > /srv/x
git version"#,
        Nothing,
    );
    check(
        r#"( trap 'rm -f /srv/x' EXIT; cat /run/secrets/tok > /srv/x )"#,
        Nothing,
    );
    check(
        r#"cat /run/secrets/tok > /srv/x
[ -f /nope ] && exit 0
rm /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok > /srv/x
[ -f /nope ] && exit 1
rm /srv/x"#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok /srv/x & wait; rm -f /srv/x"#,
        Nothing,
    );
    check(r#"( cp /run/secrets/tok /srv/x; rm /srv/x )"#, Nothing);
    check(
        r#"if [ -s /run/secrets/tok ]; then cp /run/secrets/tok ~/.npmrc; fi; npm ci; rm -f ~/.npmrc"#,
        Nothing,
    );
}

#[test]
fn control() {
    check(
        r#"case x in x) T=$(cat /run/secrets/tok);; esac; echo $T > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"case y in x) T=$(cat /run/secrets/tok);; esac; echo $T > /srv/x"#,
        Nothing,
    );
    check(
        r#"cat /run/secrets/tok | read T; echo $T > /srv/x"#,
        Nothing,
    );
    check(
        r#"sha256sum /run/secrets/tok | cut -d' ' -f1 > /srv/h"#,
        Nothing,
    );
    check(r#"[ -f /run/secrets/tok ] && echo yes > /srv/y"#, Nothing);
    check(
        r#"[ "$(cat /run/secrets/tok)" = x ] && echo same || echo other"#,
        Nothing,
    );
    check(r#"echo $(wc -c < /run/secrets/tok) > /srv/n"#, Nothing);
    check(
        r#"f() { cat /run/secrets/tok; }; f | base64 > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"f() { [ "$1" = "$2" ]; }; f "$(cat /run/secrets/tok)" x || echo no"#,
        Nothing,
    );
    check(
        r#"until cp /run/secrets/tok /srv/x; do sleep 1; done"#,
        In(Channel::Layer),
    );
    check(
        r#"until curl -fsS -u u:$(cat /run/secrets/tok) https://x -o /srv/f; do sleep 1; done"#,
        Nothing,
    );
    check(
        r#"n=0; while [ $n -lt 3 ]; do curl -fsS -H "A: $(cat /run/secrets/tok)" https://x -o /srv/f && break; n=$((n+1)); echo retry $n; done"#,
        Nothing,
    );
    bash(
        r#"if [[ -s /run/secrets/tok ]]; then cat /run/secrets/tok; fi"#,
        In(Channel::Log),
    );
    bash(r#"time cat /run/secrets/tok > /srv/x"#, In(Channel::Layer));
    check(
        r#"timeout 5 cp /run/secrets/tok /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok |
 base64 |
 tee /srv/x >/dev/null"#,
        In(Channel::Layer),
    );
}

#[test]
fn log() {
    check(r#"set -x; cat /run/secrets/tok | wc -c"#, Nothing);
    check(r#"set -x; T=$(cat /run/secrets/tok)"#, In(Channel::Log));
    check(
        r#"set -x; echo hi; set +x; T=$(cat /run/secrets/tok); test -n "$T""#,
        Nothing,
    );
    check(
        r#"set -x; { T=$(cat /run/secrets/tok); } 2>/dev/null"#,
        Nothing,
    );
    check(r#"cd "$(cat /run/secrets/tok)" || true"#, In(Channel::Log));
    check(r#"$(cat /run/secrets/tok) || true"#, In(Channel::Log));
    check(
        r#"[ $(cat /run/secrets/tok) -eq 1 ] || true"#,
        In(Channel::Log),
    );
    check(
        r#"T=$(cat /run/secrets/tok); echo $((T+1)) || true"#,
        In(Channel::Log),
    );
    check(
        r#"T=$(cat /run/secrets/tok); : ${U:?bad $T}"#,
        In(Channel::Log),
    );
    check(r#"awk '{print}' /run/secrets/tok"#, In(Channel::Log));
    check(r#"awk 'END{print NR}' /run/secrets/tok"#, Nothing);
    check(r#"rev /run/secrets/tok"#, In(Channel::Log));
}
