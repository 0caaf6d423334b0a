//! Here-documents: what starts one, what it is, where it ends.

use super::*;

#[test]
fn the_body_is_the_script() {
    let run = &runs("RUN <<EOF\necho $A \"b\"\nEOF")[0];
    assert!(matches!(run.command, Command::HereDocument(_)));
    check_shell_texts("RUN <<EOF\necho $A \"b\"\nEOF", &["echo $A \"b\"\n"]);
    check_shell_texts("RUN <<-EOF\n\t\techo\n\tEOF", &["echo\n"]);
}

#[test]
fn two_for_the_shell() {
    let text = "RUN cat <<A <<-\"B\"\na $A\nA\n\tb\n\tB";
    check_shell_texts(text, &["cat <<A <<-\"B\"\na $A\nA\n\tb\nB"]);
}

#[test]
fn an_executable() {
    let run = &runs("RUN <<EOF\n#!/usr/bin/env python\nx\nEOF")[0];
    let Command::Executable { document, path } = &run.command else {
        panic!("it is executable")
    };
    assert_eq!(
        (path.as_str(), document.body.as_str()),
        ("/dev/pipes/EOF", "#!/usr/bin/env python\nx\n")
    );
}

#[track_caller]
fn check_content(instruction: &str, expected: &str) {
    let Some(Kind::Copy(copy)) = stage(instruction).pop().map(|last| last.kind) else {
        panic!("it is a COPY")
    };
    let [Source::HereDocument(document)] = copy.sources.as_slice() else {
        panic!("it has a here-document")
    };
    assert_eq!(
        environment("ENV A=1").content(document).as_deref(),
        Ok(expected)
    );
}

#[test]
fn copy_expands() {
    check_content(
        "COPY <<EOF /d\n$A ${A} \"x\" \\$A \\\\ \\n ${Z:-q} \\\n\nEOF",
        "1 1 \"x\" $A \\ n q \n\n",
    );
}

#[test]
fn copy_with_tabs() {
    check_content("COPY <<-\"EOF\" /d\n\ta\n  \tb\nEOF", "a\n  \tb\n");
}

#[test]
fn copy_as_it_is() {
    check_content(
        "COPY <<\"EOF\" /d\n\u{feff}\0\r\n$A\nEOF",
        "\u{feff}\0\r\n$A\n",
    );
}

#[test]
fn words_that_start_no_here_document() {
    for line in [
        r#"cat "<<EOF""#,
        r"cat \<<EOF",
        "cat <<<x",
        "a=1<<3",
        "echo $((1<<3))",
        "cat<<EOF",
        "it's <<EOF",
        "echo ${#x} <<EOF",
    ] {
        check_shell_texts(&format!("RUN {line}"), &[line]);
    }
    let json = &runs("RUN [\"cat\", \"<<EOF\"]")[0];
    assert!(matches!(&json.command, Command::Exec(arguments) if arguments.len() == 2));
    assert_eq!(stage("CMD cat <<EOF").len(), 1);
}

#[test]
fn error_for_unterminated_heredoc() {
    let errors = errors("FROM x\nRUN echo ${X^^} && cat <<EOF\nbody\nEOF\n");
    let help = errors[0].help.as_deref().unwrap_or_default();
    assert!(
        help.contains("no here-document") && help.contains("^"),
        "{errors:?}"
    );
    assert_eq!(errors[1].help, None);
}

#[test]
fn words_that_start_a_here_document() {
    for (line, name) in [
        ("echo $((1 << 3))", "3))"),
        ("x 1 <<3", "3"),
        ("cat <<EOF|sh", "EOF|sh"),
        ("(cat <<EOF)", "EOF)"),
        ("cat <<EOF>f", "EOF>f"),
        ("cat << EOF", "EOF"),
        ("cat 3<<'E F'", "E F"),
        ("cat <<$FOO", "$FOO"),
    ] {
        check_shell_texts(
            &format!("RUN {line}\nbody\n{name}"),
            &[&format!("{line}\nbody\n{name}")],
        );
    }
}

#[test]
fn the_end_must_match() {
    for end in ["EOF ", " EOF", "eof", "\tEOF"] {
        refused(
            &format!("FROM x\nRUN <<EOF\na\n{end}"),
            "no line is just `EOF`",
        );
    }
    check_shell_texts("RUN <<EOF\na\nEOF\r\n", &["a\n"]);
}

#[test]
fn the_same_name_twice() {
    let text = "COPY <<A <<A /d/\nfirst\nA\nsecond\nA";
    let Some(Kind::Copy(copy)) = stage(text).pop().map(|last| last.kind) else {
        panic!("it is a COPY")
    };
    for source in &copy.sources {
        assert!(matches!(source, Source::HereDocument(document) if document.body == "second\n"));
    }
}

#[test]
fn onbuild() {
    let instructions = stage("ONBUILD RUN --mount=type=secret,id=a cat <<EOF\nb\nEOF\nUSER c");
    assert_eq!(instructions.len(), 2);
    let Kind::Onbuild(inner) = &instructions[0].kind else {
        panic!("it is an ONBUILD")
    };
    let Kind::Run(run) = &inner.kind else {
        panic!("it holds a RUN")
    };
    assert_eq!(run.mounts.len(), 1);
    assert_eq!(
        run.command.shell_text().map(|text| text.as_str()),
        Some("cat <<EOF\nb\nEOF")
    );
    refused("FROM x\nONBUILD ONBUILD RUN a", "cannot hold ONBUILD");
    refused("FROM x\nONBUILD", "needs an instruction");
    // BuildKit keeps what it cannot read, and refuses it where it runs.
    assert!(matches!(
        &stage("ONBUILD RNU a")[0].kind,
        Kind::Onbuild(inner) if matches!(inner.kind, Kind::Unread(_))
    ));
    refused(
        "FROM x AS base\nONBUILD RNU a\nFROM base",
        "unknown instruction `RNU`, did you mean `RUN`?, and a stage of this file is FROM this one",
    );
}
