//! Rejections, script by script.

use super::super::{Hole, Label, Question};
use super::answer;
use crate::template::Template;

/// Lists the rejections, one per line: `hole: Labels` and `from -> to: Label/Label`.
fn told(script: &str) -> String {
    told_on(None, script)
}

fn told_on(base: Option<&str>, script: &str) -> String {
    let template = Template::parse(script);
    let holes: Vec<Hole<'_>> = template.holes();
    let question = Question {
        text: &template.text,
        holes: &holes,
        bash: false,
        file_mounts: &[("NPMRC", "/root/.npmrc")],
        env_mounts: &[],
        trust: &[],
        accepted: &[],
        only_to: &[],
        allow_cache: false,
        programs: crate::programs::Programs::NONE,
        base: base.and_then(|base| crate::bases::Bases::NONE.find(base)),
    };
    let answer = answer(&question).unwrap_or_else(|error| panic!("{script}: {error}"));
    let mut lines: Vec<String> = answer
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule, finding.span.of(&template.text)))
        .collect();
    for (hole, given) in holes.iter().zip(&answer.holes) {
        let mut labels: Vec<Label> = given.refused.iter().map(|(label, _)| *label).collect();
        labels.dedup();
        if !labels.is_empty() {
            lines.push(format!("{}: {labels:?}", hole.name));
        }
    }
    for flow in &answer.flows {
        let pairs: Vec<String> = flow
            .refused
            .iter()
            .map(|(a, b, _)| format!("{a:?}/{b:?}"))
            .collect();
        lines.push(format!(
            "{} -> {}: {}",
            holes[flow.from].name,
            holes[flow.to].name,
            pairs.join(" ")
        ));
    }
    lines.join("\n")
}

#[track_caller]
fn check(script: &str, expected: &str) {
    assert_eq!(told(script), expected, "{script}");
}

#[test]
fn a_layer_path_in_the_text_refuses_secrets() {
    check("cat {t} > /root/.netrc", "t: [SecretFile, SecretValue]");
    check("cat {t} > /dev/null", "t: [SecretValue]");
    check("wc -c < {t}", "t: [SecretValue]");
    check("echo {t} > /root/.netrc", "t: [SecretValue]");
}

#[test]
fn from_hole_to_hole_the_pair_decides() {
    let pairs = [
        "Public",
        "Word",
        "LayerPath",
        "SecretFile",
        "SecretValue",
        "CachePath",
    ]
    .map(|label| format!("SecretFile/{label}"));
    check(
        "cat {t} > {d} 2> /dev/null",
        &format!("d: [SecretValue]\nt -> d: {}", pairs.join(" ")),
    );
    check(
        "cat {t} > {d}/.netrc 2> /dev/null",
        &format!("d: [SecretValue]\nt -> d: {}", pairs.join(" ")),
    );
}

#[test]
fn a_shell_of_git_takes_checked_words_only() {
    for script in [
        "git -c credential.helper='!f() { echo username={n}; }; f' fetch",
        "git -c \"alias.x=!echo {n}\" x",
        "git config --global credential.helper '!f() { echo {n}; }; f'",
    ] {
        let told = told(script);
        assert!(told.contains("n: [Public"), "{script}: {told}");
    }
    assert!(!told("find . ! -name {n}").contains("Public"));
    assert!(!told("git -c user.name='{n}' commit").contains("Public"));
}

#[test]
fn labels_belong_to_words() {
    check(
        "cat {t} > {d}.netrc 2> /dev/null",
        "t: [SecretFile]\nd: [SecretValue]",
    );
    check(
        "cat {t} > {d}/../x 2> /dev/null",
        "t: [SecretFile]\nd: [SecretValue]",
    );
    check(
        "cat {t} > /scratch/{d} 2> /dev/null",
        "t: [SecretFile]\nd: [SecretValue]",
    );
}

#[test]
fn the_right_one_of_two_holes_of_a_name_is_refused() {
    check(
        "wc -c < {t}; cp {t} /app/ 2> /dev/null",
        "t: [SecretValue]\nt: [SecretFile, SecretValue]",
    );
}

#[test]
fn mounts_are_followed_too() {
    check("cp /root/.npmrc /app/x", "SecretInLayer: /app/x");
    check("wc -c /root/.npmrc", "");
    check("cp -r /root /app/", "SecretInLayer: /app/");
}

#[test]
fn directories_that_hold_the_mounts_count() {
    check(
        "wc -c < {t} 2> /dev/null; cp -r /run /backup",
        "t: [SecretFile, SecretValue]",
    );
}

#[test]
fn literal_paths_are_refused() {
    check(
        "cat /run/secrets/t | wc -c",
        "LiteralSecretPath: /run/secrets/t",
    );
}

#[test]
fn what_receives_only_a_credential_takes_public_operands() {
    let helper = "-c credential.helper= -c credential.https://github.com.helper='!f() { echo \
                  username=x; echo \"password=$(cat {t})\"; }; f'";
    let told = told(&format!("git {helper} clone --depth=1 {{repo}} {{dest}}"));
    // The helper's text is another script: a public value in it is rejected, and the secret is allowed.
    assert_eq!(told.lines().next(), Some("t: [Public]"), "{told}");
    assert!(!told.lines().any(|line| line.starts_with("t ->")), "{told}");
    let sorted = "opt: [SecretValue]\nt: [SecretValue]";
    check(
        "sort {opt} {t} > /dev/null",
        &format!(
            "{sorted}\nt -> opt: SecretFile/Public SecretValue/Public\nopt -> t: SecretFile/Public \
             SecretValue/Public"
        ),
    );
    check("sort -- {opt} {t} > /dev/null", sorted);
}

#[test]
fn a_file_that_a_variable_names_is_given_to_a_program() {
    check("FOO={t} frobnicate", "t: [SecretFile, SecretValue]");
    check("PIP_CONFIG_FILE={t} pip install x", "");
}

#[test]
fn public_values_are_no_programs() {
    check("sh -c 'echo {x}'", "x: [Public, SecretValue]");
    check("echo $(({x} + 1))", "x: [Public, SecretValue]");
}

/// A script does not know its base image: leaks on every base are rejected, and the check of the file finds the others.
#[test]
fn what_leaks_on_every_base() {
    let (clean, leak) = ("t: [SecretValue]", "t: [SecretFile, SecretValue]");
    let login = |removes: &str| told(&format!("cargo login < {{t}} && rm -f {removes}"));
    assert_eq!(login("/nowhere"), leak);
    assert_eq!(login("~/.cargo/config.toml"), leak);
    for removes in [
        "~/.cargo/credentials.toml",
        "\"$CARGO_HOME/credentials.toml\"",
        "\"${CARGO_HOME:-$HOME/.cargo}/credentials.toml\"",
    ] {
        assert_eq!(login(removes), clean, "{removes}");
    }
    check(
        "cp {t} ~/.netrc && curl -n https://h.example/ && rm -f ~/.netrc",
        clean,
    );
    check("cp {t} ~/.netrc && curl -n https://h.example/", leak);
    check("cp {t} ~/.netrc && rm -f ~/.netrc.bak", leak);
}

/// `@base("rust:1.80")` decides at once.
#[test]
fn what_leaks_on_one_base() {
    let (clean, leak) = ("t: [SecretValue]", "t: [SecretFile, SecretValue]");
    let by_home = "cargo login < {t} && rm -f ~/.cargo/credentials.toml";
    let by_variable = "cargo login < {t} && rm -f $CARGO_HOME/credentials.toml";
    assert_eq!(told_on(Some("rust:1.80"), by_home), leak);
    assert_eq!(told_on(Some("rust:1.80"), by_variable), clean);
    assert_eq!(told_on(Some("debian"), by_home), clean);
    assert_eq!(told_on(Some("debian"), by_variable), leak);
    let netrc = "cp {t} ~/.netrc && rm -f /var/jenkins_home/.netrc";
    assert_eq!(told_on(Some("jenkins/jenkins:lts"), netrc), clean);
    assert_eq!(told_on(Some("debian"), netrc), leak);
}

/// A removal is tried in the state at the end, where a hole is the one of the script.
#[test]
fn removal_of_a_hole_is_tried_at_the_end() {
    for (script, is_removed) in [
        ("cat {TOK} > {dest}", "`rm -f {dest}`"),
        ("cat {TOK} > {tmp}/$X", "`rm -f {tmp}/$X`"),
        ("cat {TOK} > {tmp}/$X; unset X", ""),
        ("cat {TOK} > {dest}; exit 0", ""),
        ("cp --parents {TOK} {tmp}", ""),
        ("unzip -q -d \"$(cat {TOK})\" a.zip", ""),
    ] {
        let template = Template::parse(script);
        let holes: Vec<Hole<'_>> = template.holes();
        let question = Question {
            text: &template.text,
            holes: &holes,
            bash: false,
            file_mounts: &[],
            env_mounts: &[],
            trust: &[],
            accepted: &[],
            only_to: &[],
            allow_cache: false,
            programs: crate::programs::Programs::NONE,
            base: None,
        };
        let answer = answer(&question).unwrap();
        let of_holes = answer.holes.iter().flat_map(|hole| &hole.refused);
        let of_flows = answer.flows.iter().flat_map(|flow| &flow.refused);
        let findings = of_holes
            .map(|(_, finding)| finding)
            .chain(of_flows.map(|(_, _, finding)| finding));
        let helps = findings.filter_map(|finding| finding.help.as_deref());
        let removals: Vec<&str> = helps.filter(|help| help.contains("`rm -")).collect();
        if is_removed.is_empty() {
            assert_eq!(removals, [""; 0], "{script}");
        } else {
            let is_it = |help: &&str| help.contains(is_removed);
            assert!(removals.iter().any(is_it), "{script}: {removals:?}");
        }
    }
}

/// The text of a hole is not known where a program evaluates it, that of a secret's file is.
#[test]
fn a_file_in_evaluated_text_is_refused_as_such() {
    let tells = |script: &str| told(script).contains("t: [") && told(script).contains("SecretFile");
    for [leak, twin] in [
        ["sed '1r {t}' /a > /srv/x", "sed '1r {t}' /a > /dev/null"],
        ["env -S 'cat {t}' > /srv/x", "env -S 'cat {t}' > /dev/null"],
        [
            "echo '{t} /srv/k' | xargs -L1 cp",
            "echo '{t} /dev/null' | xargs -L1 cp",
        ],
        [
            "sqlite3 /srv/x.db '.import {t} t'",
            "sqlite3 /dev/null '.import {t} t'",
        ],
        [
            "SOPS_AGE_KEY_FILE={t} sops -d a.enc > /srv/a",
            "SOPS_AGE_KEY_FILE={t} sops -d a.enc > /dev/null",
        ],
    ] {
        assert!(tells(leak), "{leak}: {}", told(leak));
        assert!(!tells(twin), "{twin}: {}", told(twin));
    }
}

/// With two holes each is a file alone: the other one may be anything, and the pair decides.
#[test]
fn a_file_in_evaluated_text_flows_to_another_hole() {
    let told = told("sed '1r {t}' /a > {v}");
    assert!(told.contains("t -> v: SecretFile/Public"), "{told}");
    assert!(!told.contains("t: [SecretFile"), "{told}");
    assert!(!told.contains("TmpPath"), "{told}");
}
