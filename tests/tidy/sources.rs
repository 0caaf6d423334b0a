//! Sources: their form, their length, their heads, their exceptions.

use std::ops::Range;

use super::{cargo, files, none, read};

#[test]
fn exceptions_are_explained_and_no_test_is_left_out() {
    let mut complaints = Vec::new();
    // Attributes that the macros write into the caller's code are not ours.
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

/// The page of the playground calls two functions of its module by their names. The lint counts such a name as unsafe code.
#[test]
fn unsafe_code_is_two_names_in_the_playground() {
    let forms =
        [" {", " fn", " impl", " extern", " trait", "("].map(|form| format!("unsafe{form}"));
    let mut found = Vec::new();
    for path in files(".rs") {
        if path == "tests/tidy/sources.rs" {
            continue;
        }
        for line in read(&path).lines().map(str::trim_start) {
            if !line.starts_with("//") && forms.iter().any(|form| line.contains(form)) {
                found.push((path.clone(), line.to_owned()));
            }
        }
    }
    let name = ("playground/src/lib.rs", "#[unsafe(no_mangle)]");
    let found: Vec<_> = found
        .iter()
        .map(|(path, line)| (&**path, &**line))
        .collect();
    assert_eq!(found, [name; 2]);
}

/// A long file does two jobs, or gives its reason at its top.
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

/// Unknown parts of a path or a text have their own type; a character could also occur in other text.
#[test]
fn no_control_character_has_a_meaning() {
    let marks = ["1", "2", "3"].map(|digit| format!("\\u{{{digit}}}"));
    let complaints = files(".rs")
        .into_iter()
        .filter(|path| {
            path.starts_with("dockerfile-dsl-analysis/src/") && !path.ends_with("/tests.rs")
        })
        .filter(|path| marks.iter().any(|mark| read(path).contains(mark)))
        .map(|path| format!("{path}: a control character as a mark"))
        .collect();
    none(complaints);
}

/// The file of an instruction or of a mount contains one type, whose own documentation suffices.
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

/// Files whose lines of code may be longer than rustfmt's limit, and why. Raw strings may be long everywhere.
const LONG_LINES: &[(&str, &str)] = &[
    (
        "dockerfile-dsl-analysis/src/secret_text/alphabet.rs",
        "a table, one alphabet a row",
    ),
    (
        "dockerfile-dsl-verify/tests/spellings.rs",
        "one program a row",
    ),
    ("dockerfile-dsl-cli/tests/", "what is printed, as it is"),
    ("dockerfile-dsl-macros/src/", "`quote!` is not formatted"),
    (
        "dockerfile-dsl-verify/tests/report.rs",
        "reports as they are",
    ),
    ("examples/", "scripts are shown as people write them"),
    ("tests/it/dockerfile_macro.rs", "it is not formatted"),
    ("tests/it/macros.rs", "scripts with every kind of hole"),
    (
        "tests/canary/commands.rs",
        "tables of calls: rustfmt does not know their macro",
    ),
    ("tests/canary/recipes.rs", "the same"),
    ("tests/canary/texts.rs", "the same"),
    ("tests/it/render", "snapshots, as insta writes them"),
];

/// One literal that is too long silently disables rustfmt for the whole statement.
#[test]
fn lines_of_code_have_100_characters_at_most() {
    const WIDTH: usize = 100;
    let is_exempt = |path: &str| {
        LONG_LINES
            .iter()
            .any(|(prefix, _)| path.starts_with(prefix))
    };
    let mut long = Vec::new();
    for path in files(".rs") {
        if path.contains("/ui/") || is_exempt(&path) {
            continue;
        }
        let text = read(&path);
        let raw = raw_strings(&text);
        let mut start = 0;
        for (index, line) in text.lines().enumerate() {
            let end = start + line.len();
            let is_raw = raw.iter().any(|raw| raw.start <= end && start <= raw.end);
            let is_comment = line.trim_start().starts_with("//");
            if line.chars().count() > WIDTH && !is_comment && !is_raw {
                long.push(format!(
                    "{path}:{}: break the line, or its literal",
                    index + 1
                ));
            }
            start = end + 1;
        }
    }
    none(long);
}

/// The places of the raw strings of a source file.
fn raw_strings(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('r').map(|at| from + at) {
        from = at + 1;
        let after = text[from..].trim_start_matches('#');
        let hashes = text.len() - from - after.len();
        let is_in_a_word = text[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_');
        if !after.starts_with('"') || is_in_a_word {
            continue;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        let body = from + hashes + 1;
        let length = text[body..].find(&end).unwrap_or(0);
        found.push(at..body + length + end.len());
        from = body + length + end.len();
    }
    found
}

#[test]
fn raw_strings_are_seen() {
    let text = "let a = r#\"b \" c\"#; let bar\" = r\"d\";";
    let seen: Vec<&str> = raw_strings(text)
        .into_iter()
        .map(|raw| &text[raw])
        .collect();
    assert_eq!(seen, ["r#\"b \" c\"#", "r\"d\""]);
}

/// The rows of a program describe its behaviour, and the engine only consults them. A program's name is used in messages, and to
/// compare it with the programs that an author trusts.
#[test]
fn no_program_is_special_cased_by_name() {
    const TRUSTED: &str = ".find(|(program, _)| **program == *self.name)";
    let mut complaints = Vec::new();
    let mut uses = 0;
    for path in files(".rs") {
        if !path.starts_with("dockerfile-dsl-analysis/src/") {
            continue;
        }
        let text = read(&path).replace(TRUSTED, "");
        let is_part_of_a_call = text.contains("Call<'_");
        for (at, name) in text
            .match_indices("call.name")
            .chain(text.match_indices("self.name"))
        {
            let rest = &text[at + name.len()..];
            let is_longer = rest.starts_with(|c: char| c.is_alphanumeric() || "_(".contains(c));
            if is_longer || name == "self.name" && !is_part_of_a_call {
                continue;
            }
            uses += 1;
            let before = text[..at].trim_end_matches('&');
            let is_looked_at = before.ends_with('*') || before.ends_with("match ");
            let is_passed_on = [".clone()", ".join(", ";", ")", ","]
                .iter()
                .any(|end| rest.starts_with(end));
            if is_looked_at || !is_passed_on {
                let line = text[..at].lines().count();
                complaints.push(format!(
                    "{path}:{line}: a row of the program says what this asks its name"
                ));
            }
        }
    }
    assert!(
        uses > 20,
        "{uses} uses are found: what are they called today?"
    );
    none(complaints);
}
