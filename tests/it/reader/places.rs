//! Every span points at the text that it is about.

use super::*;

use dockerfile_dsl_analysis::Span;

#[test]
fn shell_text_points_into_the_file() {
    let text = "FROM x\nRUN a \\\n  # c\n  bcd";
    let file = read(text);
    let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
        panic!("it is a RUN")
    };
    let shell = run.command.shell_text().expect("it has one");
    let at = shell.find("bcd").expect("is there");
    assert_eq!(shell.span(Span::new(at, at + 3)).of(text), "bcd");
    assert_eq!(shell.whole().of(text), "a \\\n  # c\n  bcd");
}

#[test]
fn here_documents_point_into_the_file() {
    let text = "FROM x\nRUN cat <<A && b <<B\none\nA\ntwo\nB\nUSER u";
    let file = read(text);
    let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
        panic!("it is a RUN")
    };
    let shell = run.command.shell_text().expect("it has one");
    for word in ["<<A", "one", "two", "\nB"] {
        let at = shell.find(word).expect("is there");
        assert_eq!(shell.span(Span::new(at, at + word.len())).of(text), word);
    }
    assert_eq!(
        file.stages[0].instructions[0].span.of(text),
        "RUN cat <<A && b <<B\none\nA\ntwo\nB"
    );
}

#[test]
fn errors_are_at_character_boundaries() {
    for text in [
        "FROM x\nRUN --mount=type=\u{c5}p y",
        "FROM x\nCOPY --from=$\u{c5} a b",
        "FROM x\nRUN --\u{c5}=\u{a0} y",
    ] {
        for error in errors(text) {
            assert!(
                text.get(error.span.start..error.span.end).is_some(),
                "{text}: {error:?}"
            );
        }
    }
}

#[test]
fn notes_belong_to_the_instruction_below() {
    let text = "# dockerfile-dsl: raw reason=\"a\"\n\nFROM x\n# dockerfile-dsl: trust=p \
                reason=\"b\"\n# other\nRUN p\n# dockerfile-dsl: raw reason=\"c\"\n";
    let file = read(text);
    assert_eq!(file.stages[0].instructions[0].notes.len(), 1);
    assert_eq!(file.malformed_notes.len(), 2);
}
