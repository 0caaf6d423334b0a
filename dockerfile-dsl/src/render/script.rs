//! Renders a script as RUN: on one line, as a here-document, or in exec form.
//!
//! In: the script's text and the SHELL that runs it. Out: the text after `RUN` and its flags. Invariant: the shell gets the same
//! text in every form, under `set -e`, and BuildKit interprets no line of it.

use dockerfile_dsl_analysis::shell::{self, AndOr, CommandKind, Connector, Pipeline, Terminator};

use super::{Written, heredoc, json, lines};
use crate::Dialect;

/// SHELL at one point of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptShell {
    arguments: Vec<String>,
}

impl Default for ScriptShell {
    fn default() -> Self {
        Self {
            arguments: vec!["/bin/sh".to_owned(), "-c".to_owned()],
        }
    }
}

impl ScriptShell {
    pub(crate) fn new(arguments: &[String]) -> Self {
        Self {
            arguments: arguments.to_vec(),
        }
    }

    /// Whether it parses the language of [`Dialect::Posix`].
    pub(crate) fn is_posix(&self) -> bool {
        matches!(
            self.program(),
            "sh" | "ash" | "dash" | "bash" | "ksh" | "mksh" | "zsh"
        )
    }

    pub(crate) fn is_bash(&self) -> bool {
        self.program() == "bash"
    }

    /// Returns its name without the directory.
    pub(crate) fn program(&self) -> &str {
        let path = self.arguments.first().map_or("", String::as_str);
        path.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Whether `-e` is set, alone or with other letters, so that the shell stops at the first failure.
    fn stops_at_failure(&self) -> bool {
        let options = self.arguments.iter().skip(1);
        options.clone().any(|option| {
            option.starts_with('-') && !option.starts_with("--") && option.contains('e')
        }) || options
            .clone()
            .zip(options.skip(1))
            .any(|(option, value)| option == "-o" && value == "errexit")
    }
}

/// Max. length of one program argument on Linux in bytes, without the final NUL; longer scripts cannot run.
pub(crate) const LONGEST_ARGUMENT: usize = 131_071;

const SET_E: &str = "set -e; ";
/// Max. length of what comes before a script, in bytes.
pub(crate) const LONGEST_PREFIX: usize = SET_E.len();

/// Returns the text that the shell gets.
pub(crate) fn under_set_e(text: &str, dialect: Dialect, shell: &ScriptShell) -> String {
    let prefixed = shell.is_posix() && !shell.stops_at_failure() && needs_set_e(text, dialect);
    if prefixed {
        format!("{SET_E}{text}")
    } else {
        text.to_owned()
    }
}

/// Whether a failure in the middle would be ignored: not in one simple command, nor in an `&&` list of those. A script that
/// begins with `set` makes this decision itself.
fn needs_set_e(text: &str, dialect: Dialect) -> bool {
    let dialect = match dialect {
        Dialect::Posix => shell::Dialect::Sh,
        Dialect::Bash => shell::Dialect::Bash,
    };
    let Ok(script) = shell::parse(
        text,
        &shell::Options {
            dialect,
            ..shell::Options::default()
        },
    ) else {
        return true;
    };
    let Some(first) = script.list.items.first() else {
        return false;
    };
    let is_one_list = script.list.items.len() == 1
        && first.terminator == Terminator::Sequential
        && is_chain(&first.and_or);
    !is_one_list && !begins_with_set(&first.and_or.first, text)
}

fn is_chain(list: &AndOr) -> bool {
    is_simple(&list.first)
        && list
            .rest
            .iter()
            .all(|(connector, pipeline)| *connector == Connector::And && is_simple(pipeline))
}

fn is_simple(pipeline: &Pipeline) -> bool {
    !pipeline.negated
        && pipeline.commands.len() == 1
        && matches!(pipeline.commands[0].kind, CommandKind::Simple(_))
}

fn begins_with_set(pipeline: &Pipeline, text: &str) -> bool {
    let Some(CommandKind::Simple(simple)) = pipeline.commands.first().map(|command| &command.kind)
    else {
        return false;
    };
    simple.assignments.is_empty()
        && simple
            .words
            .first()
            .is_some_and(|word| word.span.of(text) == "set")
}

/// Writes the script after the flags of RUN.
pub(crate) fn write(text: &str, shell: &ScriptShell, here_documents: bool) -> Written {
    let text = text.trim_matches('\n');
    if fits_on_a_line(text) {
        return Written::line(text.to_owned());
    }
    if here_documents && lines::fit(text) {
        let body = format!("{text}\n");
        let delimiter = heredoc::delimiter(&body);
        return Written {
            head: format!("<<'{delimiter}'"),
            bodies: format!("\n{body}{delimiter}"),
        };
    }
    let arguments = shell.arguments.iter().map(String::as_str).chain([text]);
    Written::line(json::array(arguments))
}

/// Whether BuildKit reads the text as one line of plain text: no flag, no JSON, no here-document, no continuation.
fn fits_on_a_line(text: &str) -> bool {
    let plain = text
        .chars()
        .all(|character| !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}'));
    plain
        && !text.is_empty()
        && text.trim() == text
        && !text.starts_with("--")
        && !text.starts_with('[')
        && !text.contains("<<")
        && !text.ends_with(['\\', '`'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let text = under_set_e(text, Dialect::Posix, &ScriptShell::default());
        let written = write(&text, &ScriptShell::default(), true);
        assert_eq!(format!("{}{}", written.head, written.bodies), expected);
    }

    #[test]
    fn a_simple_command_stays_as_it_is() {
        check("make", "make");
        check("A=1 make && make install", "A=1 make && make install");
        check("set -eux; make; true", "set -eux; make; true");
        check("", "<<'EOF'\n\nEOF");
    }

    #[test]
    fn anything_else_runs_under_set_e() {
        check("make; true", "set -e; make; true");
        check("make || true", "set -e; make || true");
        check("make | tee log", "set -e; make | tee log");
        check("(make)", "set -e; (make)");
        check("make &", "set -e; make &");
    }

    #[test]
    fn several_lines_are_a_here_document_and_the_first_stays_first() {
        check(
            "# build\nmake\nmake install",
            "<<'EOF'\nset -e; # build\nmake\nmake install\nEOF",
        );
        check(
            "cat > x <<EOF\na\nEOF",
            "<<'EOF1'\ncat > x <<EOF\na\nEOF\nEOF1",
        );
    }

    #[test]
    fn what_buildkit_would_not_read_as_text_is_a_here_document() {
        check("[ -f x ]", "<<'EOF'\n[ -f x ]\nEOF");
        check("--x", "<<'EOF'\n--x\nEOF");
        check("echo $((1 << 3))", "<<'EOF'\necho $((1 << 3))\nEOF");
        check("echo \\\\", "<<'EOF'\necho \\\\\nEOF");
        check("echo a\tb", "<<'EOF'\necho a\tb\nEOF");
    }

    #[test]
    fn old_builders_get_the_exec_form() {
        let written = write("a\nb", &ScriptShell::default(), false);
        assert_eq!(written.head, r#"["/bin/sh", "-c", "a\nb"]"#);
    }

    #[test]
    fn a_shell_that_stops_by_itself_needs_no_set() {
        let bash = ScriptShell::new(&["/bin/bash", "-eo", "pipefail", "-c"].map(str::to_owned));
        assert_eq!(under_set_e("a; b", Dialect::Bash, &bash), "a; b");
        let powershell = ScriptShell::new(&["pwsh", "-Command"].map(str::to_owned));
        assert_eq!(under_set_e("a; b", Dialect::Posix, &powershell), "a; b");
    }
}
