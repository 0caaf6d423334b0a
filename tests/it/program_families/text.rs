//! sed, awk, grep, jq: what prints bytes.

use super::*;

#[test]
fn text() {
    check("awk 1 /run/secrets/tok > /etc/key", "layer");
    check(
        r#"awk '{ cmd="cat >/etc/k"; print | cmd }' /run/secrets/tok"#,
        "log",
    );
    check("sed '' /run/secrets/tok > /etc/key", "layer");
    check(
        "sed -ne p -e 'w /etc/key' < /run/secrets/tok >/dev/null",
        "layer",
    );
    check("grep -h '' /run/secrets/tok > /etc/key", "layer");
    check("paste -s /run/secrets/tok > /etc/k", "layer");
    check(
        "export T=$(cat /run/secrets/tok); envsubst < /etc/tpl > /etc/conf",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); envsubst '$A $T' < /etc/tpl > /etc/conf",
        "layer",
    );
    check(
        r#"jq --arg k "$(cat /run/secrets/tok)" '.k = $k' /etc/a.json > /etc/b.json"#,
        "layer",
    );
    check(
        r#"yq -i ".token = \"$(cat /run/secrets/tok)\"" /etc/a.yml"#,
        "layer",
    );
    check(
        "T=$(cat /run/secrets/tok) yq -i '.token = strenv(T)' /etc/a.yml",
        "layer",
    );
    check("comm -23 /run/secrets/tok /dev/null", "log");
    check("diff <(cat /run/secrets/tok) /dev/null", "log");
    check("column -s= -t /run/secrets/tok", "log");
    check("strings /run/secrets/tok", "log");
    check(
        r#"K=$(cat /run/secrets/tok); sed -i "/^KEY=/c\\KEY=$K" /etc/env"#,
        "layer",
    );
    check(
        r#"K=$(cat /run/secrets/tok); sed -i -e "\$aKEY=$K" /etc/env"#,
        "layer",
    );
    check(
        r#"awk -v k="$(cat /run/secrets/tok)" '{ sub("@@", k); print > FILENAME }' /etc/conf"#,
        "layer",
    );
    check(
        r#"awk 'NR==FNR{k=$0; next} {gsub("@@",k); print}' /run/secrets/tok /etc/tpl > /etc/conf"#,
        "layer",
    );
    check("uniq - /etc/k < /run/secrets/tok", "layer");
    check(
        "csplit -f /etc/p /run/secrets/tok '/x/' '{*}' || true",
        "layer",
    );
    check("jq -r '.a' /run/secrets/tok | tee /etc/a", "layer");
    check(
        "jq --slurpfile s /run/secrets/tok '. + {s:$s}' /etc/a.json > /etc/b.json",
        "layer",
    );
    check("yq e '.a' /run/secrets/tok > /etc/a", "layer");
    check(
        "printenv | grep -i tok; export T=$(cat /run/secrets/tok); printenv | sort",
        "log",
    );
}
