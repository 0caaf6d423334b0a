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
    let login = "cargo login < /run/secrets/t";
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
