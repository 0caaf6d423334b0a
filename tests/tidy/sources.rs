//! Sources: their form, their length, their heads, their exceptions.

use super::{cargo, files, none, read};

#[test]
fn exceptions_are_explained_and_no_test_is_left_out() {
    let mut complaints = Vec::new();
    // What the macros write into other people's code is no exception of ours.
    let ours = |path: &&String| {
        path.as_str() != "tests/tidy/sources.rs"
            && !path.starts_with("dockerfile-dsl-macros/src/")
            && !path.contains("/ui/")
    };
    for path in files(".rs").iter().filter(ours) {
        let text = read(path);
        for word in ["#[ignore", "todo!(", "dbg!("] {
            if text.contains(word) {
                complaints.push(format!("{path}: {word}"));
            }
        }
        for (at, _) in text
            .match_indices("[expect(")
            .chain(text.match_indices("[allow("))
        {
            let attribute = text[at..].split(")]").next().unwrap_or_default();
            let line = text[..at].matches('\n').count() + 1;
            let line_start = text[..at].rsplit('\n').next().unwrap_or_default().trim();
            let is_attribute = line_start == "#" || line_start == "#!";
            if is_attribute && !attribute.contains("reason") {
                complaints.push(format!("{path}:{line}: an exception without a reason"));
            }
        }
    }
    none(complaints);
}

/// A long file does two jobs, or it says at its top why it does not.
#[test]
fn no_file_is_long_without_a_reason() {
    const LONGEST: usize = 500;
    let is_excused = |text: &str| {
        text.lines()
            .take_while(|line| line.starts_with("//!"))
            .any(|line| line.starts_with("//! One file, because "))
    };
    let long = files(".rs")
        .into_iter()
        .map(|path| (read(&path), path))
        .filter(|(text, _)| text.lines().count() > LONGEST && !is_excused(text))
        .map(|(text, path)| {
            let lines = text.lines().count();
            format!(
                "{path} has {lines} lines: split it, or say `//! One file, because ..` at its top"
            )
        })
        .collect();
    none(long);
}

/// The file of an instruction or of a mount holds one type, whose own documentation says it.
#[test]
fn every_module_says_what_it_is() {
    let is_module = |path: &&String| {
        let is_source = path.contains("/src/")
            || path.starts_with("examples/")
            || (path.starts_with("tests/") && !path.contains("/ui/") && !path.contains("/data/"));
        is_source && !path.contains("/src/instruction/") && !path.contains("/src/mount/")
    };
    let silent = files(".rs")
        .iter()
        .filter(is_module)
        .filter(|path| !read(path).trim_start().starts_with("//!"))
        .map(|path| format!("{path} does not open with `//!`"))
        .collect();
    none(silent);
}

#[test]
fn everything_is_formatted() {
    cargo(&["fmt", "--all", "--check"]);
}
