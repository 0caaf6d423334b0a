//! Programs of the author: rows in the settings, in a script, for an existing file, and in the text of a file.
//!
//! Each verdict comes with its twin without the rows, and what is rendered has the same verdict when it is checked again.

use dockerfile_dsl::instructions::{IntoScript, Run};
use dockerfile_dsl::mounts::SecretMount;
use dockerfile_dsl::{
    Dockerfile, Script, Secret, Stage, dockerfile, import, include_dockerfile, sh, sh_file,
};

const TOKEN: Secret = Secret::env("TOKEN");
const FROBCTL: &str = include_str!("own_programs/frobctl.rows");

/// The comment that a file with the program has.
const COMMENT: &str = "# dockerfile-dsl: program=\"frobctl; option --token: credential; command \
                       login; operands stored...; stdin stored; stores $FROB_CONFIG \
                       ~/.frob/token; command get|list; operands credential...\"";

fn stage(run: impl IntoScript) -> Stage {
    Stage::from_image("debian").run(run).build()
}

/// The program without a script of `sh!`.
fn exec(arguments: &[&str]) -> Run {
    Run::exec(arguments.iter().copied()).mount(SecretMount::new(TOKEN))
}

/// What is rendered has the verdict that its stages had.
#[track_caller]
fn check_again(dockerfile: &Dockerfile) {
    let text = dockerfile.render();
    assert_eq!(text.matches(COMMENT).count(), 1, "{text}");
    let parsed = import::parse(&text).unwrap();
    assert_eq!(parsed.check(), [], "{text}");
    let again = parsed.bind(&[TOKEN]).unwrap();
    assert!(again.audit().to_string().contains("program=\"frobctl;"));
}

#[test]
fn a_script_brings_the_rows_that_it_was_checked_with() {
    let script = sh!(
        r#"frobctl --token "$(cat {TOKEN})" get x"#,
        @programs("own_programs/frobctl.rows"),
    );
    let dockerfile = Dockerfile::from_stage(&stage(&script)).unwrap();
    check_again(&dockerfile);
    let audit = dockerfile.audit().to_string();
    assert!(
        audit.contains("because: rows of own_programs/frobctl.rows (tests/it/own_programs.rs:"),
        "{audit}"
    );
    // Said twice in the same words is said once.
    let settings = Dockerfile::settings().programs(FROBCTL).clone();
    let twice = Stage::from_stage(&stage(&script)).run(&script).build();
    check_again(&settings.dockerfile(&twice).unwrap());
}

#[test]
fn a_script_of_a_file_brings_them_too() {
    let script = sh_file!(
        "own_programs/get.sh",
        @programs("own_programs/frobctl.rows"),
    );
    check_again(&Dockerfile::from_stage(&stage(&script)).unwrap());
}

#[test]
fn a_script_brings_only_what_it_names() {
    let script = sh!("test -s {TOKEN}", @programs("own_programs/frobctl.rows"));
    let text = Dockerfile::from_stage(&stage(&script)).unwrap().render();
    assert!(!text.contains("program="), "{text}");
    let settings = Dockerfile::settings().programs(FROBCTL).clone();
    assert_eq!(settings.dockerfile(&stage(&script)).unwrap().render(), text);
}

#[test]
fn rows_of_the_settings() {
    let get = exec(&["frobctl", "--token", "x", "get", "/run/secrets/TOKEN"]);
    let refused = Dockerfile::from_stage(&stage(&get))
        .unwrap_err()
        .to_string();
    assert!(refused.contains("`frobctl`"), "{refused}");
    let settings = Dockerfile::settings().programs(FROBCTL).clone();
    check_again(&settings.dockerfile(&stage(&get)).unwrap());

    // A store is a leak, unless the file is removed.
    let leak = "frobctl login < /run/secrets/TOKEN";
    for (script, is_refused) in [
        (leak, true),
        (&format!("{leak} && rm ~/.frob/token"), false),
    ] {
        let run = exec(&["sh", "-c", script]);
        let answer = settings.dockerfile(&stage(&run));
        let message = answer.err().map(|error| error.to_string());
        assert_eq!(message.is_some(), is_refused, "{message:?}");
        assert!(message.is_none_or(|message| message.contains("/.frob/token")));
    }
}

#[test]
fn a_mistake_in_rows_names_its_place() {
    let rows = "program frobctl\n  command get; stdin reed\n";
    let message = "line 2, column 22: unknown stdin `reed`, did you mean `read`? (valid: unused, \
                   read, read-without-operand, credential, stored)";
    let refused = [
        Dockerfile::settings()
            .programs(rows)
            .dockerfile(&stage(exec(&["true"])))
            .unwrap_err(),
        import::parse("FROM a\n")
            .unwrap()
            .programs(rows)
            .unwrap_err(),
        Script::template("true").programs(rows).parse().unwrap_err(),
    ];
    for error in refused {
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn one_program_has_one_description() {
    let script = sh!("frobctl get {TOKEN}", @programs("own_programs/frobctl.rows"));
    let settings = Dockerfile::settings()
        .programs("program frobctl\n  operands plain...\n")
        .clone();
    let error = settings
        .dockerfile(&stage(&script))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(
            "`frobctl` has two different descriptions, by the rows of `Settings::programs` and \
             by the rows of own_programs/frobctl.rows"
        ),
        "{error}"
    );
    let text = "# dockerfile-dsl: program=\"a; stdin read\" reason=\"x\"\n# dockerfile-dsl: \
                program=\"b a; stdin unused\" reason=\"x\"\nFROM debian\nRUN a\n";
    let findings = import::parse(text).unwrap().check();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0]
            .message
            .contains("describes `a`, as another comment does")
    );
}

#[test]
fn scripts_known_at_run_time() {
    let text = r#"frobctl --token "$(cat {token})" list"#;
    let mut template = Script::template(text);
    template.bind("token", &TOKEN);
    template.parse().unwrap_err();
    let script = template.programs(FROBCTL).parse().unwrap();
    check_again(&Dockerfile::from_stage(&stage(&script)).unwrap());
}

#[test]
fn a_template_names_the_rows_once() {
    let dockerfile = dockerfile! {
        @programs("own_programs/frobctl.rows")
        ARG VERSION = "1"
        FROM "debian" AS build
        RUN r#"frobctl --token "$(cat {TOKEN})" get x"#
        FROM (&build)
        RUN "frobctl list {TOKEN}"
    };
    check_again(&dockerfile.unwrap());
}

#[test]
fn an_existing_file_keeps_its_text() {
    const TEXT: &str = include_str!("own_programs/frobctl.Dockerfile");
    let parsed = import::parse(TEXT).unwrap();
    assert_eq!(parsed.check().len(), 1);
    parsed.bind(&[TOKEN]).unwrap_err();
    let bound = parsed.programs(FROBCTL).unwrap().bind(&[TOKEN]).unwrap();
    assert_eq!(bound.render(), TEXT);
    let included: Dockerfile = include_dockerfile!(
        "own_programs/frobctl.Dockerfile",
        secrets = [TOKEN],
        programs = "own_programs/frobctl.rows",
    );
    assert_eq!(included.render(), TEXT);
}

/// Data has the rows: what is read back is checked with them.
#[test]
fn data_keeps_the_rows() {
    let script = sh!(
        r#"frobctl --token "$(cat {TOKEN})" get x"#,
        @programs("own_programs/frobctl.rows"),
    );
    let of_script = Dockerfile::from_stage(&stage(&script)).unwrap();
    let get = exec(&["frobctl", "get", "/run/secrets/TOKEN"]);
    let settings = Dockerfile::settings().programs(FROBCTL).clone();
    let of_settings = settings.dockerfile(&stage(&get)).unwrap();
    let text = include_str!("own_programs/frobctl.Dockerfile");
    let parsed = import::parse(text).unwrap().programs(FROBCTL).unwrap();
    let of_text = parsed.bind(&[TOKEN]).unwrap();
    for dockerfile in [of_script, of_settings, of_text] {
        let data = serde_json::to_string(&dockerfile).unwrap();
        let again: Dockerfile = serde_json::from_str(&data).unwrap();
        assert_eq!(again.render(), dockerfile.render());
        // Data without the rows lacks the reason why it is safe.
        let without = data.replace("frobctl; option", "frob; option");
        let without = without.replace("program frobctl", "program frob");
        serde_json::from_str::<Dockerfile>(&without).unwrap_err();
    }
}

/// The rows here, in the guide and in the grammar are the recipe of ARCHITECTURE.
#[test]
fn the_recipe_is_what_is_tested() {
    let page = include_str!("../../ARCHITECTURE.md");
    let indented = FROBCTL.lines().map(|line| format!("  {line}\n"));
    let recipe = format!("  ```text\n{}  ```\n", indented.collect::<String>());
    assert!(page.contains(&recipe), "{recipe}");
    let grammar = include_str!("../../dockerfile-dsl-analysis/src/programs/grammar.md");
    assert!(grammar.contains(&format!("```text\n{FROBCTL}```\n")));
    let rows = include_str!("../../dockerfile-dsl/src/guide/frobctl.rows");
    let guide = include_str!("../../dockerfile-dsl/src/guide.md");
    assert!(guide.contains(&format!("```text\n{rows}```\n")));
    let cases = "  case frobctl-login frobctl-get\n";
    assert_eq!(rows, FROBCTL.replace(cases, ""));
}
