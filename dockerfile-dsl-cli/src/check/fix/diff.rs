//! Changes as a unified diff on stdout, for `git apply` and `patch`.
//!
//! On a terminal, values are masked and control characters are shown; elsewhere the diff is the text itself.

use std::io::{self, IsTerminal};

use dockerfile_dsl_analysis::masked_dockerfile;
use dockerfile_dsl_analysis::printable::{printable, printable_lines};
use similar::TextDiff;

use crate::output;

/// Shows the change of one file, which is new if it has no old text.
pub(super) fn show(path: &str, old: Option<&str>, new: &str) -> Result<(), String> {
    let diff = if io::stdout().is_terminal() {
        let old = old.map(masked_dockerfile);
        printable_lines(&unified(path, old.as_deref(), &masked_dockerfile(new)))
    } else {
        unified(path, old, new)
    };
    output::answer(&diff).map_err(|error| error.to_string())
}

fn unified(path: &str, old: Option<&str>, new: &str) -> String {
    let name = printable(
        path.strip_prefix("./")
            .unwrap_or(path)
            .trim_start_matches('/'),
    );
    let before = match old {
        Some(_) => format!("a/{name}"),
        None => "/dev/null".to_owned(),
    };
    TextDiff::from_lines(old.unwrap_or_default(), new)
        .unified_diff()
        .header(&before, &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_change_is_a_unified_diff() {
        assert_eq!(
            unified("./x/D", Some("a\nb"), "a\nc"),
            "--- a/x/D\n+++ b/x/D\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ \
             No newline at end of file\n"
        );
        let new = unified(".dockerignore", None, ".env\n");
        assert_eq!(
            new,
            "--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1 @@\n+.env\n"
        );
    }
}
