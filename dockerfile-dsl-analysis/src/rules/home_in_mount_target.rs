//! `HomeInMountTarget`: a secret is mounted at `~/..` or `$HOME/..`. BuildKit performs no tilde expansion, and knows `HOME` only if ENV
//! sets it.

use super::steps::{RuleStep, flag_at};
use crate::{Finding, Rule};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let is_set = step.environment.variable("HOME").is_some();
    let written = |span: crate::Span| {
        let flag = flag_at(run, span)?;
        let is_target = |key: &str| matches!(key, "target" | "dst" | "destination");
        let field = flag.fields.iter().find(|field| is_target(&field.key))?;
        field.value.as_ref()
    };
    let findings = step.secrets().filter_map(|(secret, span)| {
        let target = written(span)?;
        let (why, real) = if target.as_str() == "~" || target.starts_with("~/") {
            let real = step.environment.absolute(target);
            ("no shell expands `~` in a mount", real)
        } else if !is_set && (target.contains("$HOME") || target.contains("${HOME}")) {
            let real = target.replace("${HOME}", "").replace("$HOME", "");
            ("`HOME` is empty in a mount where no ENV sets it", real)
        } else {
            return None;
        };
        let message = format!("{why}: `{}` is `{real}`", target.as_str());
        Some(Finding {
            secret: Some(secret.id.clone()),
            sink: real,
            help: Some(
                "write the directory itself, `/root` for root, or set it with ENV before the step"
                    .to_owned(),
            ),
            is_advice: true,
            ..step.finding(Rule::HomeInMountTarget, span, message)
        })
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn home_in_a_target() {
        let check = |before: &str, target: &str, is_found: bool| {
            let flag = format!("--mount=type=secret,id=a,required,target={target}");
            let expected: &[&str] = if is_found { &[&flag] } else { &[] };
            let instructions = format!("{before}RUN {flag} x a");
            testing::check(Rule::HomeInMountTarget, &instructions, expected);
        };
        check("", "~/.netrc", true);
        check("", "$HOME/.netrc", true);
        check("", "${HOME}/.netrc", true);
        check("ENV HOME=/root\n", "$HOME/.netrc", false);
        check("ENV HOME=/root\n", "~/.netrc", true);
        check("", "/root/.netrc", false);
        check("", "/opt/~x", false);
    }
}
