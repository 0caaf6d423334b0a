//! What the analysis says of a script, as `check --strict` would.

use dockerfile_dsl_analysis::{
    Channel, Finding, Severity,
    bases::Bases,
    check::{Setting, check_file_in},
    dockerfile,
    programs::Programs,
    rules::Context,
};

/// The verdict of `check --strict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It has no error.
    Accepted,
    /// An argument, or the program, is not described.
    NotDescribed,
    /// It reports a leak.
    Leak,
}

/// The verdict about a script that gets the secret `tok`.
///
/// # Panics
///
/// If the script ends the here-document that it is wrapped in.
#[must_use]
pub fn verdict(script: &str) -> Verdict {
    let mount = "--mount=type=secret,id=tok,required=true";
    let text = format!("FROM debian:bookworm\nRUN {mount} <<'CALL_END'\n{script}\nCALL_END\n");
    let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    let context = Context::default();
    let setting = Setting {
        context: &context,
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    let is_error =
        |finding: &Finding| finding.severity == Severity::Error || finding.is_error_when_strict();
    let findings = check_file_in(&file, setting);
    findings
        .iter()
        .filter(|finding| is_error(finding))
        .map(|finding| match finding.channel {
            Channel::Layer | Channel::Log => Verdict::Leak,
            _ => Verdict::NotDescribed,
        })
        .max()
        .unwrap_or(Verdict::Accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_verdicts() {
        assert_eq!(verdict("cat /run/secrets/tok"), Verdict::Leak);
        assert_eq!(verdict("frobctl /run/secrets/tok"), Verdict::NotDescribed);
        assert_eq!(verdict("wc -c </run/secrets/tok"), Verdict::Accepted);
    }
}
