//! What is said of a leak that only the base image decides.
//!
//! In: the finding of the guess under which it is one. Out: the same as a doubt, with what decides and what settles it.

use crate::{Channel, Finding, Rule, Severity};

/// The finding as a doubt about an image; `is_described`: all but the user is known of it.
pub(crate) fn under_a_guess(finding: Finding, image: &str, is_described: bool) -> Finding {
    let base = if is_described {
        format!("the user in `{image}`, whose home nobody described,")
    } else {
        format!("the base image `{image}`, which nobody described,")
    };
    let leak = &finding.message;
    let message = match finding.depends_on.as_slice() {
        [] => format!(
            "{leak}, unless {base} has a HOME, a WORKDIR or a directory for this program of its own"
        ),
        names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "{leak}, if {base} has a {} of its own",
                names.join(" and a ")
            )
        }
    };
    let help = "remove the file by the expression that it was written through (`~/.netrc`, \
                `${CARGO_HOME:-$HOME/.cargo}/credentials.toml`), or describe the image under \
                `[bases]` in dockerfile-dsl.toml";
    Finding {
        rule: Rule::SecretInUnknownDirectory,
        severity: Severity::Warning,
        channel: Channel::Opaque,
        message,
        help: Some(help.to_owned()),
        edit: None,
        ..finding
    }
}
