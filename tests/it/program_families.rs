//! Scripts as people write them, family by family: leaks, and honest ones beside them. Unlike `data/cases`, these were not executed:
//! their programs need a network or are not packaged; the verdicts follow from the executed cases of the same rows.

mod catch_all;
mod files;
mod git;
mod languages;
mod network;
mod node;
mod others;
mod python;
mod text;

use dockerfile_dsl_analysis::{Channel, Severity, check::check_file, dockerfile};

/// The worst channel of the findings for a script that has the secret at `/run/secrets/tok`; `clean` without any.
#[track_caller]
fn check(script: &str, expected: &str) {
    let is_bash = ["[[", "pipefail", "<("]
        .iter()
        .any(|mark| script.contains(mark));
    let shell = if is_bash {
        "SHELL [\"/bin/bash\", \"-c\"]\n"
    } else {
        ""
    };
    let text = format!(
        "FROM debian\n{shell}RUN --mount=type=secret,id=tok,required=true <<'END'\n{script}\nEND\n"
    );
    let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    let findings = check_file(&file);
    let has = |channel: Channel| {
        findings.iter().any(|finding| {
            let is_derived = finding.issued_by().is_some();
            let counts = finding.severity == Severity::Error || is_derived;
            finding.channel == channel && (counts || channel == Channel::Opaque)
        })
    };
    let worst = [Channel::Layer, Channel::Log, Channel::Opaque]
        .into_iter()
        .find(|channel| has(*channel));
    assert_eq!(
        worst.map_or("clean", Channel::name),
        expected,
        "{script}\n{findings:#?}"
    );
}
