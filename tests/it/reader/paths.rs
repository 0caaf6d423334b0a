//! The paths of COPY and ADD.

use super::*;

#[track_caller]
fn copy(instruction: &str) -> Transfer {
    match stage(instruction).pop().map(|last| last.kind) {
        Some(Kind::Copy(copy)) => copy,
        other => panic!("{other:?} is no COPY"),
    }
}

/// The sources seen from the root of the build context, and the destination.
#[track_caller]
fn check(instruction: &str, sources: &[&str], destination: &str) {
    let environment = environment("ENV D=q\nWORKDIR /w");
    let copy = copy(instruction);
    let path = |source: &Source| match source {
        Source::Path(path) => {
            environment.absolute(&format!("/{}", environment.expand(path).expect("is right")))
        }
        Source::HereDocument(document) => {
            format!("<<{} {:?}", document.name, document.body.as_str())
        }
    };
    assert_eq!(copy.sources.iter().map(path).collect::<Vec<_>>(), sources);
    assert_eq!(environment.destination(&copy).as_deref(), Ok(destination));
}

#[test]
fn json_with_blanks_and_a_variable() {
    check(r#"COPY ["a b", "$D x/"]"#, &["/a b"], "/w/q x/");
}

#[test]
fn an_escaped_blank_separates_all_the_same() {
    check(r"COPY a\ b c", &["/a", "/b"], "/w/c");
}

#[test]
fn quotes_are_removed() {
    check("COPY \"a\" b", &["/a"], "/w/b");
}

#[test]
fn nothing_escapes_the_context() {
    check("COPY ../../x .", &["/x"], "/w/");
}

#[test]
fn json_with_all_quotes() {
    check(r#"COPY ["q\\\"r\\'s\\\\t","/d"]"#, &[r#"/q"r's\t"#], "/d");
}

#[test]
fn a_here_document_in_json_is_an_empty_file() {
    check(r#"COPY ["<<EOF","/d"]"#, &["<<EOF \"\""], "/d");
    check(r#"COPY ["./<<EOF","/d"]"#, &["/<<EOF"], "/d");
}

#[test]
fn invalid_copy_instructions() {
    refused("FROM x\nCOPY a", "a destination");
    refused("FROM x\nCOPY --from=$A a b", "does not support variables");
    refused(
        "FROM x\nCOPY --form=a a b",
        "unknown flag `--form` for COPY, did you mean `--from`?",
    );
    refused("FROM x\nCOPY --from=a --from=b a b", "given twice");
    refused("FROM x\nCOPY --link=maybe a b", "either `true` or `false`");
    refused("FROM x\nCOPY --chown a b", "needs a value");
    refused("FROM x\nCOPY a <<EOF\nEOF", "destination");
}
