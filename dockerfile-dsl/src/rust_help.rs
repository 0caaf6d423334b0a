//! What to write in Rust instead: the fix of a finding in a file that was made by the builder.
//!
//! In: a finding. Out: its help, where that of the analysis is in the syntax of Dockerfiles.

use dockerfile_dsl_analysis::{Finding, Rule};

/// The same finding, with a fix in Rust.
pub(crate) fn in_rust(finding: &Finding) -> Finding {
    let mut in_rust = finding.clone();
    if let Some(help) = help(finding) {
        in_rust.help = Some(help);
    }
    in_rust
}

fn help(finding: &Finding) -> Option<String> {
    let name = constant(finding.secret.as_deref().unwrap_or(&finding.sink));
    Some(match finding.rule {
        Rule::SecretsUsedInArgOrEnv => format!(
            "leave it out; for a step that needs it declare `const {name}: Secret = \
             Secret::env({:?});` and write `{{{name}}}` in its `sh!`; what the container needs is \
             passed when it starts: `docker run --env {}`",
            finding.sink, finding.sink
        ),
        Rule::LiteralCredential => {
            "revoke it, declare its successor, as in `const TOKEN: Secret = \
             Secret::env(\"TOKEN\");`, and write `$(cat {TOKEN})` in the `sh!` that needs it"
                .to_owned()
        }
        Rule::SecretFileInContext => format!(
            "leave it out, add `{0}` to .dockerignore, and declare it for the step that needs it: \
             `const FILE: Secret = Secret::file(\"file\", {0:?});`, then `{{FILE}}` in its `sh!`",
            finding.sink
        ),
        Rule::SecretUnreadable => format!(
            "say who reads it where it is declared: `{name}.uid(1000)` with the number of that \
             user, or `.mode(0o444)`"
        ),
        Rule::OverlappingMounts => format!(
            "give the secret another target: `sh!(\"..\", @mount({name} => \"/run/build/{}\"))`",
            finding.secret.as_deref().unwrap_or("secret")
        ),
        Rule::SecretNotMounted => format!(
            "write the secret itself, `{{{name}}}`, in the `sh!` of this step: that mounts it"
        ),
        _ => return None,
    })
}

/// The call that accepts a finding; `None` for what is found about comments.
pub(crate) fn accepting_call(finding: &Finding) -> Option<String> {
    finding.accepting_comment()?;
    let rule = finding.rule;
    Some(match &finding.secret {
        Some(id) if finding.also.is_empty() => format!(
            ".decide(danger::allow_for(&{}, Rule::{rule}, \"reason\"))",
            constant(id)
        ),
        _ => format!(".decide(danger::allow(Rule::{rule}, \"reason\"))"),
    })
}

/// What the constant of a secret is usually called.
fn constant(id: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    id.chars().map(letter).collect()
}
