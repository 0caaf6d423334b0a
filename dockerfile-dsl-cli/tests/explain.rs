//! `dockerfile-dsl explain` as users see it: pages on stdout, unknown rules as errors.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
    command.arg("explain").args(arguments);
    command.output().expect("can be run")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_page_is_printed() {
    let output = run(&["SecretInLayer"]);
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    assert!(page.starts_with("# SecretInLayer\n"), "{page}");
    assert!(page.contains("\n## Good\n"), "{page}");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn every_listed_rule_has_its_page() {
    let list = text(&run(&["--list"]).stdout);
    assert!(list.lines().count() > 20, "{list}");
    for line in list.lines() {
        let name = line.split(' ').next().expect("begins with a name");
        let page = text(&run(&[name]).stdout);
        assert!(page.starts_with(&format!("# {name}\n")), "{name}: {page}");
    }
}

#[test]
fn an_unknown_rule_is_an_error_with_the_nearest_one() {
    let output = run(&["SecretInBuildLogs"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("did you mean `SecretInBuildLog`?"),
        "{error}"
    );
    // What is given is repeated without control characters.
    let error = text(&run(&["Secret\x1b[31m"]).stderr);
    assert!(!error.contains('\x1b'), "{error:?}");
    assert_eq!(run(&[]).status.code(), Some(2));
}
