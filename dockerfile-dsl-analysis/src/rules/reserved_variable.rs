//! `ReservedVariable`: a secret mounted as a variable that changes how programs run.

use super::steps::RuleStep;
use crate::report::Fix;
use crate::{Finding, Rule, names};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let findings = step.secrets().filter_map(|(secret, span)| {
        let name = secret
            .env
            .as_deref()
            .filter(|name| name.is_empty() || names::changes_programs(name))?;
        let message =
            format!("a secret is mounted as the variable `{name}`, which changes how programs run");
        let (id, variable) = (secret.id.clone(), variable_of(&secret.id));
        let fix = Fix::OtherMount {
            mount: format!("--mount=type=secret,id={id},env={variable},required=true"),
            id,
            is_variable: true,
        };
        let finding = step.finding(Rule::ReservedVariable, span, message);
        Some(Finding {
            secret: Some(secret.id.clone()),
            sink: name.to_owned(),
            ..finding.with_fix(fix)
        })
    });
    findings.collect()
}

/// Returns a variable that is named after a secret and changes nothing by itself.
fn variable_of(id: &str) -> String {
    let plain = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte.to_ascii_uppercase())
        } else {
            '_'
        }
    };
    let name: String = id.bytes().map(plain).collect();
    if names::is_assignable(&name) {
        name
    } else {
        format!("SECRET_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn names() {
        for name in [
            "PATH",
            "LD_PRELOAD",
            "https_proxy",
            "HTTP_PROXY",
            "BASH_ENV",
            "",
        ] {
            let flag = format!("--mount=type=secret,id=a,env={name}");
            testing::check(Rule::ReservedVariable, &format!("RUN {flag} x"), &[&flag]);
        }
        for name in ["NPM_TOKEN", "ENVIRONMENT", "OLD_PATH", "PROXY", "path"] {
            testing::check(
                Rule::ReservedVariable,
                &format!("RUN --mount=type=secret,id=a,env={name} x"),
                &[],
            );
        }
    }
}
