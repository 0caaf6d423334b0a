//! Lines, comments, continuations, directives.

use super::*;

#[test]
fn comments_and_blank_lines_inside_a_continuation() {
    let instructions = stage("RUN a \\\n# c\n   # d \\\n\n  b # e");
    let Kind::Run(run) = &instructions[0].kind else {
        panic!("it is a RUN")
    };
    assert_eq!(
        run.command.shell_text().map(|text| text.as_str()),
        Some("a   b # e")
    );
    assert_eq!(instructions[0].empty_continuations.len(), 1);
}

#[test]
fn blanks_after_the_escape_character() {
    check_shell_texts("RUN a \\  \t\n b", &["a  b"]);
}

#[test]
fn two_escape_characters_do_not_continue() {
    check_shell_texts("RUN a \\\\\nRUN b", &["a \\\\", "b"]);
}

#[test]
fn a_flag_is_continued() {
    let run = &runs("RUN --mount=type=secret,id=a\\\n,required=true ls")[0];
    assert_eq!(run.mounts.len(), 1);
    assert_eq!(
        run.mounts[0].flag.value.as_deref(),
        Some("type=secret,id=a,required=true")
    );
}

#[test]
fn mounts_on_separate_lines() {
    let text =
        "RUN --mount=type=secret,id=a \\\n  --mount=type=cache,target=/c \\\n  # c\n  echo hi";
    assert_eq!(runs(text)[0].mounts.len(), 2);
    check_shell_texts(text, &["echo hi"]);
}

#[test]
fn blanks_around_flags_and_text() {
    check_shell_texts("RUN  --mount=type=secret,id=a   \t echo  a  ", &["echo  a"]);
}

#[test]
fn a_comment_inside_quotes() {
    assert_eq!(labels("FROM x\nLABEL a=\"x\\\n#y\\\nz\"", &[]), ["a=xz"]);
}

#[test]
fn an_escaped_backslash_after_a_continuation() {
    check_values("ENV B=\"q\\\n\\\\w\"", &[("B", "q\\w")]);
}

#[test]
fn backtick_as_escape_character() {
    let environment = environment_with("# escape=`\nFROM x\nENV A=a`$b B=\"c`\"d\\e\"", &[]);
    assert_eq!(
        (environment.variable("A"), environment.variable("B")),
        (Some("a$b"), Some("c\"d\\e"))
    );
}

#[test]
fn a_blank_line_ends_the_directives() {
    let file = read("# syntax=a\n\n# escape=`\nFROM x");
    assert_eq!((file.directives.len(), file.escape.char()), (1, '\\'));
}

#[test]
fn a_check_directive_is_cut_at_the_first_blank() {
    let file = read("# check=skip=SecretsUsedInArgOrEnv, StageNameCasing\nFROM x");
    assert_eq!(file.skipped_checks, ["SecretsUsedInArgOrEnv", ""]);
}

#[test]
fn a_check_directive_with_blanks() {
    refused(
        "# check = skip = X ; error = true\nFROM x",
        "invalid check option `skip`",
    );
}

#[test]
fn carriage_returns_and_byte_order_mark() {
    let file =
        read("\u{feff}# escape=`\r\nFROM x\r\nRUN a `\r\n  b\r\nCOPY <<E /d\r\nfoo\r\nE\r\n");
    assert_eq!(file.escape.char(), '`');
    let instructions = &file.stages[0].instructions;
    let Kind::Run(run) = &instructions[0].kind else {
        panic!("it is a RUN")
    };
    assert_eq!(
        run.command.shell_text().map(|text| text.as_str()),
        Some("a   b")
    );
    let Kind::Copy(copy) = &instructions[1].kind else {
        panic!("it is a COPY")
    };
    let [Source::HereDocument(document)] = copy.sources.as_slice() else {
        panic!("it has a here-document")
    };
    assert_eq!(document.body, "foo\r\n");
}

#[test]
fn the_longest_line() {
    let comment = |length: usize| format!("# {}\nFROM x", "c".repeat(length - 2));
    read(&comment(65_535));
    refused(&comment(65_536), "longer than 65535");
    refused("", "is empty");
    refused("# c\n", "no instructions");
    refused("ARG A\n", "no stage");
    refused("RUN a\nFROM x", "before the first FROM");
}

#[test]
fn directives_given_twice_or_wrong() {
    refused("# escape=`\n# escape=`\nFROM x", "only one `escape`");
    refused("# escape=x\nFROM x", "escape character");
}

#[test]
fn an_escape_character_at_the_end_of_the_file() {
    check_shell_texts("RUN a \\", &["a"]);
    check_shell_texts("RUN a \\\n\n\n", &["a"]);
    check_shell_texts("RUN a \\\\\\", &["a \\\\\\"]);
}
