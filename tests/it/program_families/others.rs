//! Wrappers, package managers, and what has no family.

use super::*;

#[test]
fn others() {
    check(
        r#"find /run/secrets -maxdepth 1 -mindepth 1 | while read -r f; do cat "$f" >> /etc/all; done"#,
        "layer",
    );
    check(
        r#"sudo sh -c "echo $(cat /run/secrets/tok) > /etc/k""#,
        "layer",
    );
    check("xargs -a /run/secrets/tok -n1 echo", "log");
    check(
        "timeout 10 sh -c 'cat /run/secrets/tok | tee /etc/k'",
        "layer",
    );
    check("perl -ne 'print' /run/secrets/tok > /etc/k", "layer");
    check(
        r#"ruby -e 'puts ENV["T"]'; T=$(cat /run/secrets/tok) ruby -e 'puts ENV["T"]'"#,
        "opaque",
    );
    check(r#"date -d "$(cat /run/secrets/tok)" || true"#, "log");
    check(
        r#"numfmt --to=iec "$(cat /run/secrets/tok)" || true"#,
        "log",
    );
    check(
        "mysql_config_editor set --password $(cat /run/secrets/tok)",
        "opaque",
    );
    check(
        r#"echo "machine h login u password $(cat /run/secrets/tok)" | tee ~/.netrc"#,
        "layer",
    );
    check(r#"bash -c "$(cat /run/secrets/tok)""#, "opaque");
    check("sh /run/secrets/tok", "opaque");
    check("make TOKEN=$(cat /run/secrets/tok)", "opaque");
    check("script -c 'cat /run/secrets/tok' /etc/log", "layer");
    check("cat /run/secrets/tok > /proc/self/cwd/x", "layer");
    check(
        "cd /srv && cat /run/secrets/tok | tee -a log | wc -c",
        "layer",
    );
    check(
        "find / -name tok -path '*secrets*' -exec cp {} /etc/ ';'",
        "layer",
    );
    check(
        r#"find /run/secrets -type f -exec sh -c 'for f; do cat "$f"; done' sh {} +"#,
        "log",
    );
    check(r#"xargs -I X printf '%s\n' X < /run/secrets/tok"#, "log");
    check("cat /run/secrets/tok | xargs echo token:", "log");
    check(
        "mkdir -p ~/.kube && base64 -d /run/secrets/tok > ~/.kube/config",
        "layer",
    );
    check(
        "sudo -E env > /etc/e; export T=$(cat /run/secrets/tok); sudo -E env > /etc/e",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); su -p -c 'env' root > /etc/e",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); env -u HOME printenv > /etc/e",
        "layer",
    );
    check("T=$(cat /run/secrets/tok) nohup env > /etc/e", "layer");
    check(r#"T=$(cat /run/secrets/tok); mkdir -p "/opt/$T""#, "layer");
    check(r#"logger -s "tok $(cat /run/secrets/tok)""#, "log");
    check(
        r#"perl -e 'open F,"/run/secrets/tok"; print <F>'"#,
        "opaque",
    );
    check("ps auxe; export T=$(cat /run/secrets/tok); ps auxe", "log");
    check("strace -f cat /run/secrets/tok", "opaque");
    check(
        r#"php -r 'echo file_get_contents("/run/secrets/tok");'"#,
        "opaque",
    );
}
