//! Rewords a leak that depends on the base image.
//!
//! In: the finding from one assumption about the image. Out: the same finding as a warning, with the variables that decide and a fix.

use crate::{Channel, Finding, Rule, Severity};

/// Returns the finding as a warning about `image`. `is_described`: everything but the user is known of the image.
pub(crate) fn under_a_guess(finding: Finding, image: &str, is_described: bool) -> Finding {
    let base = if is_described {
        format!("the user in `{image}`, whose home directory is unknown,")
    } else {
        format!("the base image `{image}`, which is not described,")
    };
    let leak = &finding.message;
    let message = match finding.depends_on.as_slice() {
        [] => format!("{leak}, unless {base} sets HOME, WORKDIR or a directory for this program"),
        names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("{leak}, if {base} sets {}", names.join(" and "))
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
        fix: None,
        ..finding
    }
}
