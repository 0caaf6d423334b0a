//! Codes are stable and documented; only the report writes sentences, and no code parses them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{CauseCode, SinkCode, StepCode};

const PAGE: &str = include_str!("codes.md");

/// Returns the rows of the table beneath a heading.
fn table(heading: &str, rows: &[(&str, &str)]) -> String {
    let rows: String = rows
        .iter()
        .map(|(code, meaning)| format!("| `{code}` | {meaning} |\n"))
        .collect();
    format!("## {heading}\n\n| code | meaning |\n|---|---|\n{rows}")
}

fn sets() -> [(&'static str, Vec<(&'static str, &'static str)>); 3] {
    macro_rules! rows {
        ($codes:ty) => {
            <$codes>::ALL
                .iter()
                .map(|code| (code.code(), code.meaning()))
                .collect()
        };
    }
    [
        ("Sinks", rows!(SinkCode)),
        ("Steps", rows!(StepCode)),
        ("Causes", rows!(CauseCode)),
    ]
}

#[test]
fn page_lists_every_code_and_no_other() {
    for (heading, rows) in sets() {
        let table = table(heading, &rows);
        assert!(
            PAGE.contains(&format!("\n{table}\n")) || PAGE.ends_with(&format!("\n{table}")),
            "src/report/codes.md has to have this table:\n{table}"
        );
    }
}

#[test]
fn codes_are_kebab_case_and_unique() {
    for (heading, rows) in sets() {
        let codes: BTreeSet<&str> = rows.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), rows.len(), "{heading}");
        for code in codes {
            let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            assert!(code.bytes().all(is_kebab), "{code}");
            assert!(!code.starts_with('-') && !code.ends_with('-'), "{code}");
        }
    }
}

/// Collects the Rust files beneath a folder, without test modules.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the sources are here") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            found.push((name, code.to_owned()));
        }
    }
}

#[test]
fn no_code_outside_reads_a_sentence() {
    // Calls that convert a typed step, sink or cause to text, or search the text of a finding.
    const READS: &[&str] = &[
        "how.to_string()",
        "cause.to_string()",
        "step.to_string()",
        "sink.to_string()",
        "why.to_string()",
        ".message.contains",
        ".message.starts_with",
        ".message.ends_with",
        ".message.split",
        ".message.find",
        ".message.replace",
        "help.contains",
        "help.starts_with",
        "step.text.",
        "way.text",
        "{how}",
        "{cause}",
        "{step}",
    ];
    // Beginnings of step sentences, each followed by a program or a path.
    const SENTENCES: &[&str] = &[
        "\"read by `",
        "\"written to `",
        "\"passed to `",
        "\"kept in `",
        "\"kept by `",
        "\"stored by `",
        "\"output of `",
        "\"message of `",
        "\"messages of `",
        "\"log of `",
        "\"part of the file name",
        "would leak",
        "which may leak it",
    ];
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 100, "{}", found.len());
    let is_outside = |name: &str| !name.contains("/report/") && !name.ends_with("/report.rs");
    for (name, code) in found.iter().filter(|(name, _)| is_outside(name)) {
        for (number, line) in code.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            let is_written = |text: &&&str| line.contains(**text);
            if let Some(text) = READS.iter().chain(SENTENCES).find(is_written) {
                panic!("{name}:{}: `{text}` belongs into src/report", number + 1);
            }
        }
    }
}

#[test]
fn no_code_reads_the_dots_of_a_shown_path() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    // `SymbolicPath::show` writes them. In the grammar of program rows they repeat an operand.
    let is_meant = |name: &str| name.ends_with("/path.rs") || name.ends_with("/programs/rows.rs");
    for (name, code) in found.iter().filter(|(name, _)| !is_meant(name)) {
        let mut lines = code.lines().map(str::trim_start);
        let reads = lines.find(|line| !line.starts_with("//") && line.contains("\"...\""));
        assert_eq!(reads, None, "{name}: ask the `SymbolicPath`");
    }
}

/// A doubt names the image and its settings, and contains a fix.
#[test]
fn a_doubt_says_what_decides() {
    let text = "FROM acme/base:1\nRUN --mount=type=secret,id=t,required=true cargo login < \
                /run/secrets/t && rm -f ~/.cargo/credentials.toml\n";
    let [finding] = <[_; 1]>::try_from(crate::check::check_file(
        &crate::dockerfile::read(text).unwrap(),
    ))
    .unwrap();
    assert_eq!(
        finding.message,
        "`t` would leak: its value is written to `$CARGO_HOME/credentials.toml`, which becomes \
         part of the image layer (stored by `cargo`), if the base image `acme/base:1`, which \
         is not described, sets `CARGO_HOME`"
    );
    assert_eq!(finding.depends_on, ["CARGO_HOME"]);
    assert!(finding.help.unwrap().contains("[bases]"));
}

/// The fix for a leak on every base is right on every base.
#[test]
fn a_fix_names_no_guess() {
    let help = |base: &str, runs: &str| {
        let mount = "--mount=type=secret,id=t,required=true";
        let text = format!("FROM {base}\nRUN {mount} {runs}\n");
        let findings = crate::check::check_file(&crate::dockerfile::read(&text).unwrap());
        let [finding] = <[_; 1]>::try_from(findings).unwrap();
        (finding.rule, finding.sink, finding.help.unwrap())
    };
    let check = |base: &str, runs: &str, sink: &str| {
        let (rule, found, help) = help(base, runs);
        assert_eq!(
            (rule, &*found),
            (crate::Rule::SecretInLayer, sink),
            "{base}: {runs}"
        );
        assert!(help.contains(&format!("rm -f {sink}")), "{help}");
    };
    let login = "cat /run/secrets/t | cargo login";
    check(
        "acme/base",
        login,
        "${CARGO_HOME:-$HOME/.cargo}/credentials.toml",
    );
    check("rust", login, "/usr/local/cargo/credentials.toml");
    check("debian", login, "/root/.cargo/credentials.toml");
    let netrc = "cp /run/secrets/t ~/.netrc";
    check("acme/base", netrc, "~/.netrc");
    check("debian", netrc, "/root/.netrc");
    check("acme/base", "cp /run/secrets/t /etc/netrc", "/etc/netrc");
}

/// Returns the fix of the first finding in a step.
fn help_of(script: &str) -> String {
    let mount = "--mount=type=secret,id=t,required=true";
    let text = format!("FROM debian\nRUN {mount} <<'E'\n{script}\nE\n");
    let findings = crate::check::check_file(&crate::dockerfile::read(&text).unwrap());
    let first = findings.into_iter().next();
    first.and_then(|finding| finding.help).unwrap_or_default()
}

/// A printed removal removes the file in the state in which the script ends.
#[test]
fn removal_is_tried_at_the_end_of_the_script() {
    const S: &str = "/run/secrets/t";
    let cases = [
        ("cp S \"/srv/f$X\"", "`rm -f \"/srv/f$X\"`"),
        ("cp S \"/srv/f$X\"; unset X", "write it under a name"),
        ("f=$(mktemp); cp S \"$f\"", "`rm -f \"$f\"`"),
        ("f=$(mktemp); cp S \"$f\"; f=$(mktemp)", "write it beneath"),
        ("cp S /srv/a; wc /srv/a", "`rm -f /srv/a`"),
        ("cp S /srv/a; exit 0", "write `/tmp/secret/a`"),
        ("cd /srv; cp S a", "`rm -f /srv/a`"),
        (
            "put() { local f; f=$(mktemp); cp S \"$f\"; }; put",
            "write it beneath",
        ),
        ("put() { f=$(mktemp); cp S \"$f\"; }; put", "`rm -f \"$f\"`"),
        ("( f=$(mktemp); cp S \"$f\" )", "write it beneath"),
        (
            "while :; do wc /srv/a; done &\ncp S /srv/a",
            "write `/tmp/secret/a`",
        ),
        (
            "while :; do wc /srv/a; done &\ncp S /srv/a\nwait",
            "`rm -f /srv/a`",
        ),
    ];
    for (script, expected) in cases {
        let script = script.replace('S', S);
        let help = help_of(&script);
        assert!(help.contains(expected), "{script}\n{help}");
    }
}

/// A fix keeps the files of the project. A file that the step itself writes is no such file.
#[test]
fn file_of_the_project_is_not_removed() {
    let kept = [
        "sed -i \"s/T/$(cat /run/secrets/t)/\" package.json",
        "echo \"$(cat /run/secrets/t)\" >> /app/.yarnrc.yml",
    ];
    for script in kept {
        let help = help_of(script);
        let is_kept = help.contains("a file of the project") && !help.contains("rm -");
        assert!(is_kept, "{script}\n{help}");
    }
    let help = help_of("cargo add --git \"https://$(cat /run/secrets/t)@github.com/a/b\" b");
    let is_plain = help.contains("&& cargo add --git \"https://github.com/a/b\" b`");
    assert!(is_plain && !help.contains("rm -"), "{help}");
    for script in [
        "cp /run/secrets/t package.json",
        "echo \"$(cat /run/secrets/t)\" > /app/.yarnrc.yml",
        "echo \"$(cat /run/secrets/t)\" >> /app/token.json",
    ] {
        let help = help_of(script);
        assert!(help.contains("rm -f"), "{script}\n{help}");
    }
}

/// The name of a download is no random one: the option of the program gives it.
#[test]
fn download_gets_a_name_of_the_author() {
    let help = help_of("wget -q \"https://h.test/$(cat /run/secrets/t)/a.tgz\"");
    assert!(
        help.contains("write `wget -O download -q \"https://"),
        "{help}"
    );
    assert!(!help.contains("mktemp"), "{help}");
    let help = help_of("curl -fsSLO \"https://h.test/$(cat /run/secrets/t)\"");
    assert!(help.contains("write `curl -fsSL -o download`"), "{help}");
    let help = help_of("touch \"/srv/$(cat /run/secrets/t)\"");
    assert!(help.contains("mktemp -u"), "{help}");
}

/// Two secrets in one URL have one fix with both of them.
#[test]
fn helper_has_both_secrets_of_a_url() {
    let check = |script: &str, expected: &str| {
        let text = format!(
            "FROM debian\nRUN --mount=type=secret,id=a,required=true \
             --mount=type=secret,id=b,env=B,required=true {script}\n"
        );
        let findings = crate::check::check_file(&crate::dockerfile::read(&text).unwrap());
        let helps: Vec<String> = findings.into_iter().filter_map(|one| one.help).collect();
        assert!(!helps.is_empty(), "{script}");
        for help in helps {
            assert!(help.contains(expected), "{script}\n{help}");
        }
    };
    let both = "echo \"username=$(cat /run/secrets/a)\"; echo \"password=$B\";";
    check(
        "git clone \"https://$(cat /run/secrets/a):$B@h.test/x\" /srv/x",
        both,
    );
    check(
        "A=$(cat /run/secrets/a) && git clone \"https://$A:${B}@h.test/x\" /srv/x",
        "echo \"username=$(cat /run/secrets/a)\"; echo \"password=${B}\";",
    );
    check(
        "git clone \"https://bot:$B@h.test/x\" /srv/x",
        "echo username=bot; echo \"password=$B\";",
    );
}

/// Another shell traces to its standard error: no option of this one ends that.
#[test]
fn trace_of_another_shell_is_not_printed() {
    let check = |script: &str, expected: &str| {
        let help = help_of(&script.replace('T', "$(cat /run/secrets/t)"));
        assert!(help.contains(expected), "{script}\n{help}");
    };
    check("V=T\necho \": $V\" | sh -v", "`2> /dev/null`");
    check("sh -x -c \": T\"", "`2> /dev/null`");
    check("sh -xc ': T'", "directly after the command: `2> /dev/null`");
    check("set -x\n: T", "`set +x &&`");
    check("set -ex\n: T", "`set +x &&`");
    check("set -o xtrace\n: T", "`set +x &&`");
}

/// The text of another shell begins after its quote. A command that begins with a quote is no such text.
#[test]
fn tracing_ends_inside_the_text_of_another_shell() {
    let check = |script: &str, expected: &str| {
        let help = help_of(&script.replace('T', "$(cat /run/secrets/t)"));
        assert!(help.contains(expected), "{script}\n{help}");
    };
    let quote = "directly after the opening quote: `set +x &&`";
    check("set -x\neval 'V=T; : \"$V\"'", quote);
    check("set -x\neval ': T'", quote);
    check("set -x\n':' T", "directly before the command: `set +x &&`");
}

/// A fix names files as the program does: git chooses the names of what it checks out, and of its objects.
#[test]
fn fix_names_no_file_of_a_commit() {
    let commit = "git init -q /tmp/r; cd /tmp/r; cp /run/secrets/t a; git add a; git commit -qm m";
    for (script, expected) in [
        (
            "git worktree add -q /srv/w HEAD",
            "write `/tmp/secret` instead of `/srv/w`",
        ),
        (
            "git clone -q /tmp/r /srv/w",
            "write `/tmp/secret` instead of `/srv/w`",
        ),
        (
            "git clone -q --bare /tmp/r /srv/w",
            "write `/tmp/secret` instead of `/srv/w`",
        ),
        ("mv .git /srv/g", "/tmp/secret"),
    ] {
        let help = help_of(&format!("{commit}\n{script}\ncd /; rm -rf /tmp/r"));
        assert!(help.contains(expected), "{script}\n{help}");
    }
}

/// A step reads the file of the secret, and does not write it.
#[test]
fn secret_is_not_moved() {
    let help = help_of("cd /srv && unzip -q -d \"$(cat /run/secrets/t)\" a.zip");
    assert!(!help.contains("instead of `/run/secrets/t`"), "{help}");
    let help = help_of("cp /run/secrets/t /srv/a; exit 0");
    assert!(
        help.contains("write `/tmp/secret/a` instead of `/srv/a`"),
        "{help}"
    );
}
