//! Comments without effect, and the options of `# check=`.

use crate::problem::Problems;
use crate::render::lines;

/// Splits a comment into lines. Refuses a comment that BuildKit or the check would act on: there are methods for those.
pub(crate) fn comment_lines(comment: &str, problems: &mut Problems) -> Vec<String> {
    let obeyed = |line: &str| {
        let line = line.trim_start_matches(|c: char| c == '#' || c.is_whitespace());
        let name: String = line
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let directive = line[name.len()..].trim_start().starts_with('=');
        line.starts_with("dockerfile-dsl:")
            || (directive
                && ["syntax", "escape", "check"].contains(&name.to_ascii_lowercase().as_str()))
    };
    if comment.contains('\0') || comment.contains('\r') {
        problems.unwritable("a comment holds a NUL or a carriage return");
    }
    let mut written = Vec::new();
    for line in comment.split('\n') {
        if obeyed(line) {
            problems.unwritable(
                "a comment reads as a directive: there are methods for those (`.check(..)`, \
                 `.decide(..)`, `Settings`)",
            );
        }
        if !lines::fit(line) {
            problems.unwritable("a comment has more than 65534 bytes in one line");
        }
        written.push(format!("# {line}").trim_end().to_owned());
    }
    written
}

/// Checks `skip=Rule[,Rule]`, `error=true`, `experimental=..`, separated by `;` without blanks.
pub(crate) fn check_options(options: &str, problems: &mut Problems) {
    let value = |text: &str| {
        !text.is_empty()
            && text.split(',').all(|name| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    };
    let option = |text: &str| match text.split_once('=') {
        Some(("skip" | "experimental", names)) => value(names),
        Some(("error", state)) => matches!(state, "true" | "false"),
        _ => false,
    };
    let options: Vec<&str> = options.split(';').collect();
    if options.len() > 3 || !options.into_iter().all(option) {
        problems.unwritable(
            "the options of `# check=` are `skip=Rule,Rule`, `error=true` and `experimental=Rule`, \
             with `;` between them and no blanks",
        );
    }
}
