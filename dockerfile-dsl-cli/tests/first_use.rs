//! What a new user does: wrong names, wrong files, wrong options. Each message names the place, and says what to do.

mod place;

use place::{Place, text};

const LEAK: &str =
    "FROM debian\nRUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /srv/a\n";
const TOKEN: &str = "npm_aB3dE5fG7hJ9aB3dE5fG7hJ9aB3dE5fG7hJ9";

/// Runs the tool beside a Dockerfile that leaks, and compares its status and a part of its messages.
#[track_caller]
fn check(files: &[(&str, &str)], arguments: &[&str], status: i32, expected: &str) {
    let place = Place::with(files);
    let output = place.tool(arguments);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {told}");
    assert!(told.contains(expected), "{arguments:?}: {told}");
}

#[test]
fn a_file_that_does_not_exist() {
    check(&[], &["check", "x"], 2, "error: x does not exist\n");
    for command in ["command", "import"] {
        check(
            &[],
            &[command],
            2,
            "error: Dockerfile does not exist: name the file, as in `docker/Dockerfile`\n",
        );
    }
    for command in ["check", "audit"] {
        check(
            &[],
            &[command],
            0,
            "no Dockerfile found in `.`: they are called",
        );
    }
}

#[test]
fn a_file_that_is_not_a_dockerfile() {
    let page = [("README.md", "Title\n\nsome words\nmore words\n")];
    check(
        &page,
        &["check", "README.md"],
        2,
        "help: no line begins with an instruction: name a Dockerfile",
    );
    let place = Place::with(&page);
    let told = text(&place.run(&["README.md"]).stderr);
    assert_eq!(told.matches("unknown instruction").count(), 1, "{told}");
    check(
        &[("Dockerfile", LEAK), ("a.Dockerfile", "FRM x\n")],
        &["check", "Dockerfile", "a.Dockerfile", "b"],
        2,
        "\n1 error and 0 warnings in 1 file; not checked: 1 file that could not be read, 1 file that \
         cannot be built as written\n",
    );
}

#[test]
fn a_fix_that_was_not_asked_for() {
    let file = [("Dockerfile", LEAK.to_owned() + "CMD [\"app\"]\n")];
    let file = [(file[0].0, &*file[0].1)];
    let other = "fixes: 1 to review (--unsafe-fixes --diff)\n";
    check(&file, &["check"], 1, other);
    check(&file, &["check", "--fix"], 1, other);
    let place = Place::with(&file);
    let told = text(&place.run(&["--unsafe-fixes"]).stderr);
    assert!(!told.contains("to review"), "{told}");
}

#[test]
fn a_baseline_says_what_it_hides() {
    let place = Place::with(&[("Dockerfile", LEAK)]);
    let run = |arguments: &[&str]| text(&place.run(arguments).stderr);
    let told = run(&["--baseline", "known.json", "--update-baseline"]);
    assert!(
        told.contains("known.json now contains 1 finding\n"),
        "{told}"
    );
    let told = run(&["--baseline", "known.json"]);
    assert!(
        told.contains("note: 1 finding is in known.json and not reported\n"),
        "{told}"
    );
    place.write("known.json", "{");
    let told = run(&["--baseline", "known.json"]);
    assert!(told.contains("restore it, or remove it and run"), "{told}");
    let told = run(&["--baseline", "absent/known.json", "--update-baseline"]);
    assert!(
        told.ends_with("absent/known.json: the folder absent does not exist\n"),
        "{told}"
    );
}

#[test]
fn a_word_for_a_secret() {
    for command in ["verify", "command"] {
        check(
            &[],
            &[command, "--secret", "TOKEN", "x"],
            2,
            "expected `key=value`: write `id=ID,env=NAME` or `id=ID,src=FILE`",
        );
    }
    check(
        &[],
        &["canary", "new", "--secret", "id=a,env=UNSET_NAME", "decoys"],
        2,
        "secret `a`: the variable `UNSET_NAME` is not set",
    );
}

#[test]
fn a_secret_instead_of_its_place_is_not_repeated() {
    let place = Place::with(&[("Dockerfile", LEAK)]);
    for value in [TOKEN, "hunter2-hunter2"] {
        let fields = format!("id=a,value={value}");
        for command in ["verify", "command", "build", "canary", "import"] {
            for secret in [value, &fields] {
                let mut arguments = vec![command, "--secret", secret, "x"];
                if command == "canary" {
                    arguments.insert(1, "new");
                }
                let output = place.tool(&arguments);
                assert_eq!(output.status.code(), Some(2), "{arguments:?}");
                let told = text(&output.stderr);
                assert!(told.contains("key"), "{told}");
                assert!(!told.contains(value), "{told}");
            }
        }
        let variable = format!("id=a,env={value}");
        for arguments in [
            &["verify", "--secret", &variable, "x"][..],
            &["canary", "new", "--secret", &variable, "x"],
        ] {
            let told = text(&place.tool(arguments).stderr);
            assert!(told.contains("and not the value"), "{told}");
            assert!(!told.contains(value), "{told}");
        }
    }
}

#[test]
fn a_text_is_not_an_image() {
    let files = [("token", TOKEN), ("notes.txt", "a note\n")];
    let secret = "--secret=id=token,src=token";
    check(
        &files,
        &["verify", secret, "./notes.txt"],
        0,
        "clean: none of the values is in ./notes.txt, which is a text and not an image\n\nsearched a \
         text of 7 bytes\n",
    );
    check(
        &files,
        &["verify", secret, "--base-layer=abc", "./notes.txt"],
        2,
        "expected `sha256:` and 64 hexadecimal digits",
    );
}

#[test]
fn an_incomplete_search_says_what_to_do() {
    check(
        &[("token", "short"), ("notes.txt", "a note\n")],
        &["verify", "--secret=id=token,src=token", "./notes.txt"],
        2,
        "secret `token`: each part of it has fewer than 8 bytes and cannot be distinguished from other \
         text\n\nwhat to do now: mend what is listed and search again, or accept what is harmless, \
         by\n  --allow-incomplete short-secret\n",
    );
}

#[test]
fn a_command_that_does_not_exist() {
    check(
        &[],
        &["man", "chek"],
        2,
        "unknown sub-command `chek`, did you mean `check`? (there are check, ",
    );
    check(
        &[("Dockerfile", LEAK)],
        &["import"],
        1,
        "1 finding is a comment in the code: mend its step, as the code does not compile before\n",
    );
}
