//! Checks that nerdctl, buildctl or kaniko is installed and answers.
//!
//! In: a build tool; asks the program. Out: problems, each with a fix. BuildKit itself refuses unknown features of the file;
//! kaniko only warns about them.

use std::io;

use super::builder;
use super::environment::Environment;
use super::report::Report;
use crate::build_command::BuildTool;

pub(super) fn look(tool: BuildTool, environment: &Environment<'_>, report: &mut Report) {
    let program = tool.program();
    let (question, how): (&[&str], &str) = match tool {
        BuildTool::Buildctl => (
            &["debug", "workers"],
            "the daemon does not answer; start buildkitd, or name one with BUILDKIT_HOST",
        ),
        BuildTool::Nerdctl => (
            &["info"],
            "containerd does not answer; start it, and buildkitd beside it",
        ),
        _ => (&["version"], "it does not work"),
    };
    let message = match builder::ask(program, question, environment) {
        Ok(output) if output.status.success() => {
            let version = String::from_utf8_lossy(&output.stdout).into_owned();
            if tool == BuildTool::Kaniko {
                look_at_kaniko(&version, report);
            }
            return;
        }
        Ok(_) => how.to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match tool {
            BuildTool::Kaniko => {
                "not found; it is in the image ghcr.io/osscontainertools/kaniko, and meant \
                                  to run there only"
                    .to_owned()
            }
            _ => "it is not installed, or not on PATH".to_owned(),
        },
        Err(error) => format!("it cannot be started ({})", error.kind()),
    };
    report.problem(program, message);
}

/// Parses `Kaniko version :  v1.26.3`. Earlier versions do not mount secrets, and the step runs without them.
fn look_at_kaniko(answer: &str, report: &mut Report) {
    let Some(version) = answer
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('v'))
        .find(|version| version.starts_with(|first: char| first.is_ascii_digit()))
    else {
        return;
    };
    let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    if numbers.is_some_and(|numbers| numbers.as_slice() < [1, 26, 3].as_slice()) {
        report.problem(
            BuildTool::Kaniko.program(),
            format!(
                "it is version {version}, which does not mount secrets, so steps run without them; \
                 use osscontainertools/kaniko 1.26.3 or later"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kaniko_without_secret_mounts_is_refused() {
        let look = |answer: &str| {
            let mut report = Report::default();
            look_at_kaniko(answer, &mut report);
            let refused = report.finish().err();
            refused.map(|error| error.to_string().trim().to_owned())
        };
        let refused = "/kaniko/executor: it is version 1.24.0, which does not mount secrets, so \
                       steps run without them; use osscontainertools/kaniko 1.26.3 or later";
        assert_eq!(
            look("Kaniko version :  v1.24.0\n").as_deref(),
            Some(refused)
        );
        assert_eq!(look("Kaniko version :  v1.26.3\n"), None);
        assert_eq!(look("Kaniko version :  v2.0.0\n"), None);
        assert_eq!(look("Kaniko version :  ${VERSION}\n"), None);
    }
}
