//! Checks that depend on more than one instruction, or on something outside of the file.

mod bases;
mod derived;
mod growth;
mod hosts;
mod project_code;
mod worlds;

use super::check_file;
use crate::dockerfile::read;
use crate::{Channel, Rule};

/// Returns the findings of a file whose steps mount `token`, each with its line.
fn told(text: &str) -> Vec<(Rule, Channel, usize)> {
    let text = text.replace("RUN ", "RUN --mount=type=secret,id=token,required=true ");
    let file = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    check_file(&file)
        .into_iter()
        .map(|finding| (finding.rule, finding.channel, line(finding.span.start)))
        .collect()
}

/// Whether a command that reads the whole working directory reads the mounted secrets depends on whether that is the root.
#[test]
fn a_sweep_through_the_working_directory() {
    let leaks = [(Rule::SecretInLayer, Channel::Layer, 3)];
    let doubt = Rule::SecretInUnknownDirectory;
    for sweep in [
        "tar -cf /srv/all.tar .",
        "cp -r . /srv",
        "find . -type f -exec cat {} + > /srv/all",
    ] {
        let at = |head: &str| told(&format!("FROM x\n{head}RUN {sweep}\n"));
        assert_eq!(at("WORKDIR /src\n"), [], "{sweep}");
        assert_eq!(at("WORKDIR /\n"), leaks, "{sweep}");
        // In the unknown directory of the base image.
        assert_eq!(at(""), [(doubt, Channel::Layer, 2)], "{sweep}");
        assert_eq!(at("WORKDIR src\n"), [], "{sweep}");
        let used = format!("wc -c < /run/secrets/token; {sweep}");
        let used = told(&format!("FROM x\nRUN {used}\n"));
        assert_eq!(used, [(doubt, Channel::Opaque, 2)], "{sweep}");
        let root = told(&format!("FROM x\nRUN cd / && {sweep}\n"));
        assert_eq!(root, [(Rule::SecretInLayer, Channel::Layer, 2)], "{sweep}");
        let stage = told(&format!("FROM x AS a\nWORKDIR /\nFROM a\nRUN {sweep}\n"));
        assert_eq!(stage, [(Rule::SecretInLayer, Channel::Layer, 4)], "{sweep}");
    }
    // Names reveal no content.
    let names = "find . -name '*.sh' -exec chmod +x {} + && wc -c < /run/secrets/token";
    assert_eq!(told(&format!("FROM x\nRUN {names}\n")), []);
}
