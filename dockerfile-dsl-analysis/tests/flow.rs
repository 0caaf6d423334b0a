//! Where a secret comes to rest: a script for each mechanism, and the near miss beside it.

use dockerfile_dsl_analysis::{Channel, check::check_file, dockerfile};

/// What is expected of a script.
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
        "FROM debian\n{shell}RUN --mount=type=tmpfs,target=/scratch --mount=type=secret,id=tok,required=true <<'END_OF_CASE'\n{script}\nEND_OF_CASE\n"
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
        r#"su -c 'cp /run/secrets/tok /srv/x' nobody"#,
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

#[test]
fn programs() {
    check(r#"TOKEN=$(cat /run/secrets/tok) npm ci"#, Nothing);
    check(
        r#"TOKEN=$(cat /run/secrets/tok) frobnicate"#,
        In(Channel::Opaque),
    );
    check(
        r#"curl -fsSL -H "Authorization: token $(cat /run/secrets/tok)" https://x/y -o /srv/y"#,
        Nothing,
    );
    check(
        r#"curl -v -H "Authorization: token $(cat /run/secrets/tok)" https://x/y -o /srv/y"#,
        In(Channel::Log),
    );
    check(
        r#"wget --header="Authorization: token $(cat /run/secrets/tok)" -qO /srv/y https://x"#,
        Nothing,
    );
    check(
        r#"git clone https://x:$(cat /run/secrets/tok)@github.com/a/b /srv/b"#,
        In(Channel::Layer),
    );
    check(
        r#"git clone https://x:$(cat /run/secrets/tok)@github.com/a/b /srv/b && rm -rf /srv/b/.git"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > ~/.netrc && go mod download && rm ~/.netrc"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > "$HOME/.netrc" && go mod download && rm /root/.netrc"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > ~/.netrc && rm '~/.netrc'"#,
        In(Channel::Layer),
    );
    check(
        r#"eval $(ssh-agent -s); ssh-add /run/secrets/tok; git clone git@github.com:a/b /srv/b"#,
        Nothing,
    );
    check(
        r#"gpg --batch --import /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"export GNUPGHOME=/scratch/g; mkdir -p /scratch/g; gpg --batch --import /run/secrets/tok"#,
        Nothing,
    );
    check(
        r#"sed "s/@T@/$(cat /run/secrets/tok)/" /srv/t > /srv/o"#,
        In(Channel::Layer),
    );
    check(
        r#"sed -i "s/@T@/$(cat /run/secrets/tok)/" /srv/t"#,
        In(Channel::Layer),
    );
    check(
        r#"export T=$(cat /run/secrets/tok); envsubst < /srv/t > /srv/o"#,
        In(Channel::Layer),
    );
    check(
        r#"jq -r .key /run/secrets/tok > /srv/k"#,
        In(Channel::Layer),
    );
}

#[test]
fn as_people_write_it() {
    bash(
        r#"echo "$(</run/secrets/tok)" > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"read -r T < /run/secrets/tok && echo "$T" >> /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"IFS= read -rd '' T < /run/secrets/tok || true; echo "$T" > /srv/x"#,
        In(Channel::Layer),
    );
    bash(r#"source <(cat /run/secrets/tok)"#, In(Channel::Opaque));
    check(
        r#"cat /run/secrets/tok | sudo tee /etc/x > /dev/null"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok | docker login -u x --password-stdin ghcr.io"#,
        In(Channel::Layer),
    );
    check(
        r#"gh auth login --with-token < /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"pip config set global.index-url https://u:$(cat /run/secrets/tok)@h/s"#,
        In(Channel::Layer),
    );
    check(
        r#"yarn config set npmAuthToken $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(r#"cargo login < /run/secrets/tok"#, In(Channel::Layer));
    check(
        r#"sh -ec 'cp /run/secrets/tok /srv/x; git version; rm /srv/x'"#,
        Nothing,
    );
    check(r#"f() { cat /run/secrets/tok; } > /dev/null; f"#, Nothing);
    check(r#"exec 2>/dev/null; cat /run/secrets/tok >&2"#, Nothing);
    check(r#"F=/srv/x; cp /run/secrets/tok "$F"; rm -f "$F""#, Nothing);
    check(
        r#"cp /run/secrets/tok "$CONF_DIR/x"; npm ci; rm -f "$CONF_DIR/x""#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok "$CONF_DIR/x"; rm -f "$CONF_DIR/y""#,
        In(Channel::Layer),
    );
    check(
        r#"mkdir -p /srv/d; cp /run/secrets/tok /srv/d/k; rm -rf /srv"#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok /srv/k; truncate -s 0 /srv/k"#,
        Nothing,
    );
    check(r#"cp /run/secrets/tok /srv/k; shred -u /srv/k"#, Nothing);
    check(r#"cp /run/secrets/tok /srv/k; unlink /srv/k"#, Nothing);
    check(
        r#"mkdir /srv/w; (cd /srv/w && cp /run/secrets/tok k); rm /srv/w/k"#,
        Nothing,
    );
    bash(
        r#"mkdir /srv/w; pushd /srv/w; cp /run/secrets/tok k; popd; rm /srv/w/k"#,
        Nothing,
    );
    check(
        r#"cd /srv; cp /run/secrets/tok k; cd -; rm /srv/k"#,
        Nothing,
    );
    check(r#"nohup cat /run/secrets/tok > /srv/o"#, In(Channel::Layer));
    check(
        r#"env -i T=$(cat /run/secrets/tok) sh -c 'echo $T > /srv/x'"#,
        In(Channel::Layer),
    );
    check(
        r#"openssl base64 -in /run/secrets/tok -out /srv/x"#,
        In(Channel::Layer),
    );
    check(r#"xxd -p /run/secrets/tok > /srv/x"#, In(Channel::Layer));
    check(r#"zip /srv/a.zip /run/secrets/tok"#, In(Channel::Layer));
    check(r#"diff /run/secrets/tok /srv/x || true"#, In(Channel::Log));
    check(r#"sort -u /run/secrets/tok -o /srv/x"#, In(Channel::Layer));
    check(r#"paste -sd, /run/secrets/tok"#, In(Channel::Log));
    check(
        r#"cut -d= -f2 /run/secrets/tok | tr -d '\n' > /srv/v"#,
        In(Channel::Layer),
    );
    check(
        r#"git config --file /srv/c http.extraHeader "A: $(cat /run/secrets/tok)""#,
        In(Channel::Layer),
    );
    check(
        r#"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0="A: $(cat /run/secrets/tok)" git clone https://h/r /srv/r"#,
        Nothing,
    );
    check(
        r#"mkdir -p ~/.config && echo token=$(cat /run/secrets/tok) > ~/.config/x && npm ci && rm -rf ~/.config"#,
        Nothing,
    );
    check(
        r#"while read -r c; do case $c in a*) echo A;; b*) echo B;; esac; done < /run/secrets/tok > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"if grep -q ghp_ /run/secrets/tok; then echo gh > /srv/kind; fi"#,
        Nothing,
    );
    bash(
        r#"T=$(cat /run/secrets/tok); i=0; while [ $i -lt ${#T} ]; do printf %s "${T:$i:1}" >> /srv/x; i=$((i+1)); done"#,
        In(Channel::Layer),
    );
    check(
        r#"composer config http-basic.h u $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(
        r#"COMPOSER_AUTH="{\"x\":\"$(cat /run/secrets/tok)\"}" composer install"#,
        Nothing,
    );
    check(
        r#"bundle config set --global gems.x.com u:$(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(r#"mvn -s /run/secrets/tok -B package"#, Nothing);
    check(
        r#"printf 'machine h login u password %s' "$(cat /run/secrets/tok)" > /etc/apt/auth.conf.d/x.conf && apt-get update && rm /etc/apt/auth.conf.d/x.conf"#,
        Nothing,
    );
    check(
        r#"GIT_SSH_COMMAND='ssh -i /run/secrets/tok' git clone git@h:r /srv/r"#,
        Nothing,
    );
    check(
        r#"install -m600 /run/secrets/tok ~/.ssh/id_rsa && git clone git@h:r /srv/r && rm ~/.ssh/id_rsa"#,
        Nothing,
    );
    check(
        r#"aws configure set aws_secret_access_key $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(
        r#"AWS_SECRET_ACCESS_KEY=$(cat /run/secrets/tok) aws s3 cp s3://b/k /srv/k"#,
        Nothing,
    );
    check(r#"echo root:$(cat /run/secrets/tok) | chpasswd"#, Nothing);
    check(
        r#"exec 5>>/srv/log; echo "t=$(cat /run/secrets/tok)" >&5"#,
        In(Channel::Layer),
    );
    check(
        r#"f() { printf '%s\n' "$@" >> /srv/x; }; f a "$(cat /run/secrets/tok)""#,
        In(Channel::Layer),
    );
}
