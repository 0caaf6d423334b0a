//! Bypasses of the check that people (and reviewers) tried: each is refused, and a similar honest script is accepted. At run
//! time, where a case costs no compiler; `ui/` has the texts.

use dockerfile_dsl::{CacheDir, Script, Secret, TmpFs, path, value::AnyValue};

const TOKEN: Secret = Secret::env("TOKEN");

fn verdict(text: &str) -> Result<Script, dockerfile_dsl::Error> {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let cache = CacheDir::at(path!("/root/.cache"));
    let dest = path!("/app/dest");
    let value = TOKEN.value();
    let values: [(&str, &dyn AnyValue); 6] = [
        ("TOKEN", &TOKEN),
        ("tmp", &tmp),
        ("cache", &cache),
        ("dest", &dest),
        ("value", &value),
        ("text", &"text"),
    ];
    let used: Vec<_> = values
        .into_iter()
        .filter(|(name, _)| text.contains(&format!("{{{name}}}")))
        .collect();
    Script::parse(text, &used)
}

/// All at once, so that one run shows every gap.
#[track_caller]
fn refused(scripts: &[&str]) {
    let accepted: Vec<_> = scripts
        .iter()
        .filter(|text| verdict(text).is_ok())
        .collect();
    assert!(
        accepted.is_empty(),
        "{} of {} are accepted: {accepted:#?}",
        accepted.len(),
        scripts.len()
    );
}

#[track_caller]
fn accepted(scripts: &[&str]) {
    let refused: Vec<String> = scripts
        .iter()
        .filter_map(|text| verdict(text).err().map(|error| format!("{text}\n{error}")))
        .collect();
    assert!(
        refused.is_empty(),
        "{} of {} are refused:\n{}",
        refused.len(),
        scripts.len(),
        refused.join("\n\n")
    );
}

#[test]
fn every_way_to_write_a_file() {
    refused(&[
        "cat {TOKEN} > /x",
        "cat {TOKEN} 1>/x",
        "cat {TOKEN} >| /x",
        "cat {TOKEN} >> /x",
        "cat {TOKEN} &> /x",
        "cat < {TOKEN} > /x",
        "cat {TOKEN} > x",
        "cat {TOKEN} > $F",
        "cat {TOKEN} > \"$HOME/.netrc\"",
        "cat {TOKEN} > ~/.netrc",
        "cat {TOKEN} > /dev/../x",
        "cat {TOKEN} > {dest}",
        "(cat {TOKEN}) > /x",
        "{ cat {TOKEN}; } > /x",
        "if true; then cat {TOKEN}; fi > /x",
        "exec > /x; cat {TOKEN}",
        "exec 3> /x; cat {TOKEN} >&3",
        "exec 3> /x; cat {TOKEN} 1>&3",
        "cat {TOKEN} > /x & wait",
        "cat {TOKEN} | (cat > /x)",
        "cat {TOKEN} | while read l; do echo \"$l\"; done > /x",
        "tee /x < {TOKEN} > /dev/null",
        "tee -a /x < {TOKEN} > /dev/null",
        "dd if={TOKEN} of=/x",
        "dd of=/x < {TOKEN}",
        "install -D {TOKEN} /x",
        "cp {TOKEN} /x",
        "cp -t /app {TOKEN}",
        "cp {TOKEN} {dest}",
        "mv {TOKEN} /x",
        "split {TOKEN} /x",
        "sort -o /x {TOKEN}",
        "sed -n 'w /x' {TOKEN} > /dev/null",
        "awk '{print > \"/x\"}' {TOKEN}",
        "awk '{ system(\"echo \" $0 \" > /x\") }' {TOKEN}",
        "openssl enc -base64 -in {TOKEN} -out /x",
        "gzip -c {TOKEN} > /x.gz",
        "xxd {TOKEN} /x",
        "python3 -c \"open('/x','w').write(open('{TOKEN}').read())\"",
        "perl -ne 'print' {TOKEN} > /x",
        "cat <<E > /x\n$(cat {TOKEN})\nE",
        "cat <<< \"$(cat {TOKEN})\" > /x",
        "touch \"/x$(cat {TOKEN})\"",
        "mkdir \"/x$(cat {TOKEN})\"",
        "ln -s \"$(cat {TOKEN})\" /x",
        "rsync {TOKEN} /x",
        "tar cf /x.tar {TOKEN}",
        "zip /x.zip {TOKEN}",
    ]);
}

#[test]
fn every_way_to_carry_the_value() {
    refused(&[
        "T=$(cat {TOKEN}); echo $T > /x",
        "T=`cat {TOKEN}`; echo $T > /x",
        "T=$(< {TOKEN}); echo $T > /x",
        "T=$(cat {TOKEN}); U=x$T; V=${U#x}; echo $V > /x",
        "T=$(cat {TOKEN}); echo ${NOPE:-$T} > /x",
        "export T=$(cat {TOKEN}); env > /x",
        "export T=$(cat {TOKEN}); printenv T > /x",
        "export T=$(cat {TOKEN}); sh -c 'echo $T > /x'",
        "T=$(cat {TOKEN}); set > /x",
        "T=$(cat {TOKEN}); export -p > /x; export T; export -p > /x",
        "read T < {TOKEN}; echo $T > /x",
        "read -r T < {TOKEN} && echo \"$T\" > /x",
        "set -- $(cat {TOKEN}); echo $1 > /x",
        "set -- \"$(cat {TOKEN})\"; echo \"$@\" > /x",
        "for t in $(cat {TOKEN}); do echo $t > /x; done",
        "case $(cat {TOKEN}) in *) echo ok;; esac; T=$(cat {TOKEN}); echo $T > /x",
        "f() { echo \"$1\" > /x; }; f \"$(cat {TOKEN})\"",
        "f() { cat {TOKEN}; }; f > /x",
        "f() { cat {TOKEN}; }; T=$(f); echo $T > /x",
        "eval \"cat {TOKEN} > /x\"",
        "sh -c 'cat {TOKEN} > /x'",
        "sh -c 'cat \"$0\" > /x' {TOKEN}",
        "bash -c \"cat {TOKEN} > /x\"",
        "cat {TOKEN} | sh",
        "sh {TOKEN}",
        ". {TOKEN}; env > /x",
        "trap 'cat {TOKEN} > /x' EXIT",
        "cat {TOKEN} | xargs -I{} touch /x{}",
        "xargs -a {TOKEN} touch",
        "echo {TOKEN} | xargs -I{} cp {} /x",
        "find {TOKEN} -exec cp '{}' /x ';'",
        "F={TOKEN}; cp $F /x",
        "F={TOKEN}; cp \"${F}\" /x",
        "cat {TOKEN} > /tmp/a; cat /tmp/a > /x; rm /tmp/a",
        "cat {TOKEN} > /tmp/a; ln /tmp/a /x; rm /tmp/a",
        "cat {TOKEN} > /tmp/a; mv /tmp/a /x",
        "cat {TOKEN} > /tmp/a; false && rm /tmp/a; true",
        "cp {TOKEN} {tmp}/x; cp {tmp}/x /x",
        "cp {TOKEN} {tmp}/x; cp -r {tmp} /app",
        "cp {TOKEN} {tmp}/x; tar -C {tmp} -cf /x .",
        "cp {TOKEN} {tmp}/x; cd {tmp}; cp x /x",
        "cp {TOKEN} {tmp}/x; cp {dest} /x",
        "cp {TOKEN} {cache}/x",
        "echo {value} > /x",
        "T={value}; echo $T > /x",
        "cat {TOKEN} | base64 | rev > /x",
        "diff {TOKEN} /etc/hostname > /x",
        "(. {TOKEN}; echo $T > /x)",
    ]);
}

#[test]
fn every_way_around_the_name() {
    refused(&[
        "cp /run/secrets/TOKEN /x",
        "test -s {TOKEN}; D=/run; cp $D/secrets/TOKEN /x",
        "test -s {TOKEN}; cd /run; cp secrets/TOKEN /x",
        "test -s {TOKEN}; cd /run && cp -r . /x",
        "test -s {TOKEN}; cp -r /run /x",
        "test -s {TOKEN}; cp -a /run/. /x",
        "test -s {TOKEN}; cp -r /run/sec* /x",
        "test -s {TOKEN}; tar cf /x.tar /",
        "test -s {TOKEN}; tar -C / -cf /x.tar run",
        "test -s {TOKEN}; rsync -a /run/ /x",
        "test -s {TOKEN}; find / -name TOKEN -exec cp '{}' /x ';'",
        "test -s {TOKEN}; find / -name 'TOK*' -exec cp '{}' /x ';'",
        "test -s {TOKEN}; cd /run; for f in */T*; do cp $f /x; done",
        "test -s {TOKEN}; grep -r . /run > /x",
        "test -s {TOKEN}; ln -s /run /r; cp /r/secrets/TOKEN /x",
        "ln -s {TOKEN} /l; cp /l /x",
        "test -s {TOKEN}; cat /proc/self/root/run/secrets/TOKEN > /x",
        "cat {TOKEN} > {tmp}.netrc",
        "cat {TOKEN} > {tmp}/../../app/x",
        "cat {TOKEN} > {tmp}/$X",
        "ln -s /app {tmp}/d; cat {TOKEN} > {tmp}/d/x",
        "ln -s /app/x {tmp}/x; cat {TOKEN} > {tmp}/x",
        "ln -s /app/x {tmp}/x; cp {TOKEN} {tmp}/x",
    ]);
}

#[test]
fn every_program_that_keeps_it() {
    refused(&[
        "git clone https://x:$(cat {TOKEN})@github.com/a/b",
        "git clone https://x:{value}@github.com/a/b",
        "git remote set-url origin https://$(cat {TOKEN})@github.com/a/b",
        "git config --global http.extraHeader \"Authorization: $(cat {TOKEN})\"",
        "git config --global url.https://$(cat {TOKEN})@github.com/.insteadOf https://github.com/",
        "npm config set //r/:_authToken $(cat {TOKEN})",
        "pip config set global.index-url https://$(cat {TOKEN})@x/simple",
        "cargo login $(cat {TOKEN})",
        "composer config --global http-basic.x u $(cat {TOKEN})",
        "bundle config set x $(cat {TOKEN})",
        "poetry config http-basic.x u $(cat {TOKEN})",
        "aws configure set aws_secret_access_key $(cat {TOKEN})",
        "gpg --import {TOKEN}",
        "echo root:$(cat {TOKEN}) | chpasswd --unknown",
        "frobnicate --token $(cat {TOKEN})",
        "frobnicate {TOKEN}",
        "python3 -c \"import json; json.load(open('{value}'))\"",
        "python3 -c \"import json; print(json.load(open('{TOKEN}')))\"",
        "./script {TOKEN}",
        "curl -v -H @{TOKEN} https://x -o /dev/null",
        "curl --trace /x -H @{TOKEN} https://x -o /dev/null",
        "set -x; curl -H \"A: $(cat {TOKEN})\" https://x -o /dev/null",
        "set -v; T=$(cat {TOKEN}); set -x; echo $T > /dev/null",
        "sh -xc 'T=$(cat {TOKEN}); test -n \"$T\"'",
    ]);
}

#[test]
fn every_way_into_the_log() {
    refused(&[
        "cat {TOKEN}",
        "cat {TOKEN} >&2",
        "echo $(cat {TOKEN})",
        "cat {TOKEN} | base64",
        "cat {TOKEN} > /dev/stdout",
        "cat {TOKEN} > /dev/stderr",
        "cat {TOKEN} > /dev/fd/2",
        "cat {TOKEN} > /proc/self/fd/1",
        "T=$(cat {TOKEN}); echo \"${T:?$T}\"",
        "T=$(cat {TOKEN}); $T",
        "T=$(cat {TOKEN}); cd $T",
        "T=$(cat {TOKEN}); ls $T",
        "head -c 100 {TOKEN}",
        "grep . {TOKEN}",
        "xxd {TOKEN}",
        "tail -n1 {TOKEN} | tee /dev/stderr > /dev/null",
    ]);
}

#[test]
fn public_values_where_they_could_do_more() {
    refused(&[
        "sort {text} {TOKEN} > /dev/null",
        "{text} < {TOKEN} > /dev/null",
        "git -c http.extraHeader=\"A: $(cat {TOKEN})\" {text} https://x",
        "sh -c 'echo {text}'",
        "eval echo {text}",
        "echo $(( {text} ))",
        "cat {TOKEN} > {text}",
        "cp {TOKEN} {text}",
    ]);
}

#[test]
fn honest_scripts() {
    accepted(&[
        "test -s {TOKEN}",
        "cat {TOKEN} > /dev/null",
        "cat {TOKEN} > {tmp}/x",
        "curl -fsS -H @{TOKEN} {text} -o /srv/x",
        "cp {TOKEN} {tmp}/x && cp {tmp}/x {tmp}/y",
        "cat {TOKEN} | sha256sum > /x",
        "cat {TOKEN} > /srv/x; rm -f /srv/x",
        "if test -s {TOKEN}; then echo yes > /x; fi",
        "curl -fsS -H @{TOKEN} -o /srv/x https://example.com/{text}",
        "curl -fsS -H \"Authorization: Bearer $(cat {TOKEN})\" -o /srv/x https://example.com/x",
        "curl -fsS -H \"Authorization: Bearer {value}\" -o /srv/x https://example.com/x",
        "git -c credential.helper= -c credential.https://github.com.helper='!f() { echo \
         username=x; echo \"password=$(cat {TOKEN})\"; }; f' clone https://github.com/a/b {dest}",
        "NODE_AUTH_TOKEN={value} npm ci",
        "NPM_CONFIG_USERCONFIG={TOKEN} npm ci",
        "npm ci --userconfig {TOKEN}",
        "CARGO_REGISTRIES_ACME_TOKEN=$(cat {TOKEN}) cargo build --release --locked --bin {text}",
        "cp /etc/hostname {dest}; test -s {TOKEN}",
        "echo {text} > {dest}",
        "apt-get install {text}",
        "unknown-program {text} --anything",
        "ls {cache}",
        "find /run -name TOKEN | xargs -n1 test -s; test -s {TOKEN}",
        "cat {TOKEN} | xargs -n1 test",
        "python3 -c \"import json; json.load(open('{TOKEN}'))\"",
    ]);
}
