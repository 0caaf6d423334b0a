//! Variables, descriptors, and text that runs later.

use super::*;

#[test]
fn descriptors() {
    check(
        r#"T=$(cat /run/secrets/tok)
cat <<X > /srv/a
$T
X"#,
        In(Channel::Layer),
    );
    bash(
        r#"read -r a < /run/secrets/tok; cat <<<"$a" > /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"read -r a < /run/secrets/tok; grep -q x <<<"$a""#,
        Nothing,
    );
    check(r#"cat /run/secrets/tok > /dev/stdout"#, In(Channel::Log));
    check(r#"cat /run/secrets/tok > /dev/fd/2"#, In(Channel::Log));
    check(
        r#"cat /run/secrets/tok > /proc/self/fd/1"#,
        In(Channel::Log),
    );
    check(
        r#"tee /srv/x < /run/secrets/tok > /dev/null"#,
        In(Channel::Layer),
    );
    check(r#"tee /dev/null < /run/secrets/tok"#, In(Channel::Log));
    check(
        r#"{ cat /run/secrets/tok >&2; } 2>&1 >/dev/null | wc -c"#,
        Nothing,
    );
    bash(r#"cat /run/secrets/tok &> /srv/x"#, In(Channel::Layer));
    check(
        r#"cat /run/secrets/tok > /dev/null 2>&1 &
wait"#,
        Nothing,
    );
    bash(
        r#"cat /run/secrets/tok > >(tee /srv/x >/dev/null)"#,
        In(Channel::Layer),
    );
    bash(r#"grep -c . <(cat /run/secrets/tok)"#, Nothing);
    check(
        r#"exec > /srv/log 2>&1; cat /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"exec 3>/srv/log; exec 3>&-; cat /run/secrets/tok >/dev/null"#,
        Nothing,
    );
}

#[test]
fn variables() {
    bash(
        r#"A=($(cat /run/secrets/tok)); echo ${A[0]} > /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"A=(a b); A+=("$(cat /run/secrets/tok)"); printf '%s\n' "${A[@]}" > /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"A=($(cat /run/secrets/tok)); echo ${#A[@]} > /srv/n"#,
        Nothing,
    );
    bash(
        r#"declare -A m; m[x]=$(cat /run/secrets/tok); for k in "${!m[@]}"; do echo $k; done > /srv/k"#,
        Nothing,
    );
    bash(
        r#"mapfile -t l < /run/secrets/tok; echo "${l[0]}" > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"f() { local T; T=$(cat /run/secrets/tok); test -n "$T"; }
f
echo "$T" > /srv/x"#,
        Nothing,
    );
    bash(r#"cat /run/secrets/{tok,x} > /srv/x"#, In(Channel::Layer));
    check(r#"D=/run; cp $D/secrets/tok /srv/x"#, In(Channel::Layer));
    check(
        r#"a=/run/sec b=rets/tok; cp $a$b /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"F=${SECRET_FILE:-/run/secrets/tok}; cp "$F" /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"x=$(echo $(cat $(echo /run/secrets/tok))); echo $x>/srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"printf '%d\n' "$(cat /run/secrets/tok)" || true"#,
        In(Channel::Log),
    );
    check(r#"T=$(cat /run/secrets/tok); echo ${#T}"#, Nothing);
    bash(
        r#"T=$(cat /run/secrets/tok); echo ${T:0:4}"#,
        In(Channel::Log),
    );
    check(
        r#"T=$(cat /run/secrets/tok); echo "${T%%-*}""#,
        In(Channel::Log),
    );
    check(
        r#"while IFS='=' read -r k v; do export "$k=$v"; done < /run/secrets/tok; env > /srv/e"#,
        In(Channel::Layer),
    );
    check(
        r#"while IFS='=' read -r k v; do export "$k=$v"; done < /run/secrets/tok; npm ci"#,
        Nothing,
    );
    check(
        r#"set -- a $(cat /run/secrets/tok); shift; echo $1 > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"f() { while getopts k: o; do case $o in k) K=$OPTARG;; esac; done; echo $K > /srv/x; }
f -k $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    bash(
        r#"printf -v X %s "$(cat /run/secrets/tok)"; echo $X > /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"echo $'a\n'"$(cat /run/secrets/tok)" > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"cp \
 /run/secrets/tok \
 /srv/x"#,
        In(Channel::Layer),
    );
}

#[test]
fn texts_that_run() {
    check(
        r#"T=$(cat /run/secrets/tok); eval "echo \$T > /srv/x""#,
        In(Channel::Layer),
    );
    check(r#"T=$(cat /run/secrets/tok); eval 'test -n "$T"'"#, Nothing);
    check(
        r#"T=$(cat /run/secrets/tok); sh -c "echo $T > /srv/x""#,
        In(Channel::Layer),
    );
    check(
        r#"export T=$(cat /run/secrets/tok); sh -c 'echo $T' > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"T=$(cat /run/secrets/tok); sh -c 'echo $T' > /srv/x"#,
        Nothing,
    );
    check(
        r#"bash -c 'cp /run/secrets/tok /srv/x'"#,
        In(Channel::Layer),
    );
    check(
        r#"su -c 'cp /run/secrets/tok /srv/x' daemon"#,
        In(Channel::Layer),
    );
    check(
        r#"find /run/secrets -type f -exec cp {} /srv/ \;"#,
        In(Channel::Layer),
    );
    check(
        r#"find /run -name tok -exec sh -c 'cat "$1" > /srv/x' _ {} \;"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok | xargs -I{} sh -c 'echo {} > /srv/x'"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok | xargs -I{} curl -sH 'X: {}' https://x -o /dev/null"#,
        Nothing,
    );
    check(r#". /run/secrets/tok"#, In(Channel::Opaque));
    check(
        r#"cat > /tmp/s.sh <<'E'
cp /run/secrets/tok /srv/x
E
sh /tmp/s.sh"#,
        In(Channel::Layer),
    );
    check(
        r#"printf '#!/bin/sh\ncat /run/secrets/tok > /srv/x\n' > /usr/local/bin/foo; chmod +x /usr/local/bin/foo; foo"#,
        In(Channel::Layer),
    );
    check(
        r#"cat > /tmp/l.sh <<'E'
save() { cat "$1" > /srv/x; }
E
. /tmp/l.sh; save /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"cat() { command cat "$@" | tee -a /srv/log; }
cat /run/secrets/tok > /dev/null"#,
        In(Channel::Layer),
    );
}

/// Paths are merged between the commands of a list: n commands take n steps, not 2^n, and the budget suffices for both scripts.
#[test]
fn long_and_or_list_is_within_the_budget() {
    let list: String = (0..300)
        .map(|n| {
            let connector = if n % 2 == 0 { "&&" } else { "||" };
            format!("v{n}=$(uname -r) {connector} ")
        })
        .collect();
    let read = "T=$(cat /run/secrets/tok)";
    check(&format!("{read}\n{list} true"), Nothing);
    check(
        &format!("{read}\n{list} echo \"$T\" > /srv/x"),
        In(Channel::Layer),
    );
}
