//! Existing files as code: every instruction, and the page about it. The files of the corpora are in `tests/corpus/import.rs`.

use std::fs;
use std::path::Path;

use dockerfile_dsl::import::{self, Code};
use dockerfile_dsl::{Dockerfile, Rule, Secret};

#[path = "../data/import/all.rs"]
#[expect(unreachable_pub, reason = "a module of another crate")]
mod all;

#[path = "../data/import/all_macro.rs"]
#[expect(unreachable_pub, reason = "a module of another crate")]
mod all_macro;

const ALL: &str = include_str!("../data/import/all.Dockerfile");

#[track_caller]
fn to_rust(text: &str) -> Code {
    import::parse(text).unwrap().to_rust(&[]).unwrap()
}

/// Checks that the code has a line.
#[track_caller]
fn check(text: &str, expected: &str) {
    let code = to_rust(text);
    assert!(code.as_str().contains(expected), "{code}");
}

/// Checks the code of the file with every instruction, and what it renders.
#[track_caller]
fn check_all(name: &str, code: &Code, image: Dockerfile) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/import")
        .join(name);
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        fs::write(&path, code.as_str()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), code.as_str());
    let read = import::parse(image.as_str()).unwrap();
    assert_eq!(read.definition(), import::parse(ALL).unwrap().definition());
    let lines: Vec<&str> = ALL.lines().collect();
    let raw: Vec<&str> = code
        .raw_lines()
        .iter()
        .map(|line| lines[line - 1])
        .collect();
    assert_eq!(raw, ["ONBUILD RUN make", "MAINTAINER me"]);
}

#[test]
fn code_of_every_instruction_renders_the_same_images() {
    check_all("all.rs", &to_rust(ALL), all::image().unwrap());
    let code = import::parse(ALL).unwrap().to_macro(&[]).unwrap();
    check_all("all_macro.rs", &code, all_macro::image().unwrap());
    assert_eq!(
        code.left_out(),
        [
            "# syntax=docker/dockerfile:1",
            "# check=skip=JSONArgsRecommended"
        ]
    );
}

/// `tests/engine/import.rs` has BuildKit read it.
#[test]
fn code_for_the_engine_is_that_of_its_file() {
    let code = to_rust(include_str!("../data/import/engine.Dockerfile"));
    assert_eq!(include_str!("../data/import/engine.rs"), code.as_str());
}

#[test]
fn page_shows_what_the_import_writes() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/import.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = |language: &str| -> Vec<String> {
        let fence = format!("```{language}\n");
        let blocks = page.split(&fence).skip(1);
        let end = |block: &str| block.split_once("```").unwrap().0.to_owned();
        blocks.map(end).collect()
    };
    let parsed = import::parse(&blocks("dockerfile")[0]).unwrap();
    let code = [parsed.to_rust(&[]).unwrap(), parsed.to_macro(&[]).unwrap()];
    assert_eq!(blocks("rust"), code.map(|code| code.to_string()));
}

#[test]
fn script_keeps_its_text_and_its_way_of_failing() {
    check("FROM a\nRUN a && b\n", "    stage.run(sh!(\"a && b\"));\n");
    check(
        "FROM a\nRUN a; b\n",
        "    stage.instruction(Run::new(sh!(\"a; b\")).without_set_e());\n",
    );
    check("FROM a\nRUN echo {x} ${y}\n", "sh!(\"echo {{x}} ${y}\")");
    check(
        "FROM a\nRUN a \\\n  # why\n  && b\n",
        "    stage.comment(\"why\");\n    stage.run(sh!(\"a   \\\n         && b\"));\n",
    );
}

#[test]
fn secret_is_a_constant_and_a_hole() {
    let mount = "RUN --mount=type=secret,id=tok,required=true";
    let text = format!("FROM a\n{mount} test -s /run/secrets/tok\n");
    check(
        &text,
        "const TOK: Secret = Secret::env_as(\"tok\", \"TOK\");\n",
    );
    check(&text, "sh!(\"test -s {TOK}\")");
    check(
        &text.replace(",required=true", ""),
        "\"TOK\").optional();\n",
    );
    check(
        &text
            .replace("id=tok", "id=tok,target=/t")
            .replace("/run/secrets/tok", "/t"),
        "sh!(\"test -s /t\", @mount(TOK => \"/t\"))",
    );
    // A shell variable of that name would be taken for the secret, and a build argument for its source.
    check(
        &text.replace("test", "echo $TOK; test"),
        "const TOK_SECRET: Secret",
    );
    check(
        &text.replace("FROM a", "FROM a\nARG TOK"),
        "\"TOK_SECRET\")",
    );
    let parsed = import::parse(&text).unwrap();
    let code = parsed.to_rust(&[Secret::file("tok", "~/.tok")]).unwrap();
    assert!(
        code.as_str().contains("Secret::file(\"tok\", \"~/.tok\");"),
        "{code}"
    );
}

#[test]
fn finding_is_a_comment_above_its_step() {
    let mount = "RUN --mount=type=secret,id=tok,required=true";
    let leak = format!("FROM a\nRUN true\n{mount} cp /run/secrets/tok /etc/tok\n");
    let code = to_rust(&leak);
    assert_eq!(code.findings()[0].rule, Rule::SecretInLayer);
    let expected =
        "    stage.run(sh!(\"true\"));\n    // finding SecretInLayer: `tok` would leak: ";
    assert!(code.as_str().contains(expected), "{code}");
    assert!(!code.as_str().contains("compile_error!"), "{code}");
    // No macro sees this one.
    let code = to_rust("FROM a\nCOPY .netrc /root/\n");
    let expected = "    compile_error!(\"line 2 of the Dockerfile: ";
    assert!(code.as_str().contains(expected), "{code}");
}

#[test]
fn settings_of_the_whole_file_have_no_macro() {
    let text = "FROM a\nRUN --mount=type=secret,id=t,required=true,target=a/b test -s /run/x\n";
    let error = import::parse(text).unwrap().to_macro(&[]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("it needs settings of the whole file"),
        "{error}"
    );
    check(text, "    settings.declare(T);\n");
}

#[track_caller]
fn check_refused(text: &[u8], expected: &str) {
    let error = import::parse_bytes(text).unwrap().to_rust(&[]).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn file_without_an_equal_form_is_refused() {
    check_refused(
        b"FROM a AS x\nFROM b AS X\n",
        "two stages have the same name, `x`",
    );
    check_refused(b"FROM a\n# caf\xe9\n", "not UTF-8");
    check_refused(
        b"FROM a\nARG I\nRUN --mount=type=secret,id=$I,required=true x\n",
        "depends on `${I}`",
    );
}

#[test]
fn definition_is_the_same_for_other_spellings_only() {
    let definition = |text: &str| import::parse(text).unwrap().definition();
    let text = "FROM a AS b\nENV A=$X\nRUN a b\nFROM b\nCOPY --from=b x y\n";
    let other = "# c\nfrom a as B\nenv A \"${X}\"\nRUN <<EOF\na b\nEOF\n\
                 FROM b\nCOPY --from=0 [\"x\", \"y\"]\n";
    assert_eq!(definition(text), definition(other));
    for (from, to) in [
        ("$X", "'$X'"),
        ("a b", "a  b"),
        ("x y", "y x"),
        ("AS b", "AS b\nUSER 1"),
    ] {
        assert_ne!(
            definition(text),
            definition(&text.replacen(from, to, 1)),
            "{from}"
        );
    }
}
