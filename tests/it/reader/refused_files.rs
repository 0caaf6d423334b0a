//! Files that a real BuildKit (Docker Engine 28.5) refuses, and the near miss that it builds: `data/buildkit_refuses.tsv` has its
//! answer for each file, with `|` for the end of a line.

use dockerfile_dsl_analysis::dockerfile;

const ANSWERS: &str = include_str!("../../data/buildkit_refuses.tsv");

/// The answer and the file of each row.
fn rows() -> impl Iterator<Item = (bool, String)> {
    ANSWERS.lines().map(|row| {
        let (answer, file) = row.split_once('\t').expect("an answer, a tab, a file");
        (answer == "ok", format!("{}\n", file.replace('|', "\n")))
    })
}

#[test]
fn reader_agrees_with_buildkit() {
    let wrong: Vec<String> = rows()
        .filter_map(|(is_built, text)| match dockerfile::read(&text) {
            Ok(_) if !is_built => Some(format!("BuildKit refuses this:\n{text}")),
            Err(errors) if is_built => Some(format!("BuildKit builds this:\n{text}{}", errors[0])),
            _ => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each error points into the text and says what to do, or what is missing.
#[test]
fn each_refusal_names_its_place() {
    for (_, text) in rows() {
        let errors = dockerfile::read(&text).err().unwrap_or_default();
        for error in errors {
            assert!(error.span.end <= text.len(), "{text}: {error:?}");
            let message = error.to_string();
            assert!(
                message
                    .chars()
                    .next()
                    .is_some_and(|first| !first.is_lowercase() || first.is_alphabetic()),
                "{message}"
            );
            assert!(!message.ends_with('.'), "{message}");
        }
    }
}

/// A stage without a name, that nothing needs, is not built. What a build can ask for by name is.
#[test]
fn stored_instructions_are_read_in_stages_that_can_be_built() {
    let file = |rest: &str| format!("FROM scratch AS a\nONBUILD o\n{rest}");
    let check = |rest: &str, is_refused| {
        let read = dockerfile::read(&file(rest));
        assert_eq!(read.is_err(), is_refused, "{rest}: {read:?}");
    };
    check("FROM a\n", true);
    check("FROM a\nFROM scratch\n", false);
    assert!(dockerfile::read("FROM scratch AS a\nONBUILD -- EXPOSE 80\nFROM a\n").is_err());
    assert!(dockerfile::read("FROM scratch AS a\nONBUILD EXPOSE 80\nFROM a\n").is_ok());
    check("FROM a AS b\nFROM scratch\n", true);
    check("FROM a\nFROM scratch\nCOPY --from=1 /a /b\n", true);
    check(
        "FROM a\nFROM scratch\nFROM scratch\nCOPY --from=1 /a /b\n",
        true,
    );
    check(
        "FROM a\nFROM scratch\nCOPY --from=1 /a /b\nFROM scratch\n",
        false,
    );
}

/// BuildKit's answers for images, which the engine would ask a registry for.
#[test]
fn names_of_images_have_the_grammar_of_registries() {
    let check = |image: &str, is_valid: bool| {
        let read = dockerfile::read(&format!("FROM {image}\n"));
        assert_eq!(read.is_ok(), is_valid, "{image}: {read:?}");
    };
    check("[::1]:5000/a", true);
    check("[::g]:5000/a", false);
    check("h.io:/a", false);
    check("h.o_f/m", true);
    check("H.o_f/m", false);
    check("a@sha256:00", false);
    check(&format!("a@sha256:{}", "0a".repeat(32)), true);
    check(&"0a".repeat(32), false);
    check(&"b".repeat(247), true);
    check(&"b".repeat(248), false);
}
