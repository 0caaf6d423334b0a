//! What a secret opens, fetches or issues, and what is given to code of the project: refused, unless the author says otherwise.

use dockerfile_dsl::{Dockerfile, Error, Rule, Script, Secret, Stage, danger, sh};

const TOKEN: Secret = Secret::env("TOKEN");

const READ: &str = "VAULT_TOKEN=\"$(cat {token})\" vault read -field=certificate pki/ca > /app/ca";

fn file(script: Script) -> Result<Dockerfile, Error> {
    let mut stage = Stage::from_image("alpine");
    stage.run(script);
    Dockerfile::from_stage(&stage.build())
}

#[test]
fn the_decision_of_a_macro_is_in_the_file() -> Result<(), Error> {
    let script = sh!(
        "VAULT_TOKEN={token} vault read -field=certificate pki/ca > /app/ca",
        token = TOKEN.value(),
        @declassify(TOKEN, "vault", "a certificate is public"),
    );
    drop(script);
    let script = sh!(
        "VAULT_TOKEN=\"$(cat {TOKEN})\" vault read -field=certificate pki/ca > /app/ca",
        @declassify(TOKEN, "vault", "a certificate is public"),
    );
    let text = file(script)?.render();
    let comment = "# dockerfile-dsl: declassify=TOKEN/vault reason=\"a certificate is public\"\n";
    assert!(text.contains(comment), "{text}");
    Ok(())
}

#[test]
fn a_script_of_run_time_is_refused_alike() {
    let refused = Script::template(READ).bind("token", &TOKEN).parse();
    let refused = refused.expect_err("it is kept");
    let rules: Vec<Rule> = refused
        .findings()
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, [Rule::DerivedSecretInLayer]);
    let accepts = |program| {
        let decision = danger::declassify_issued(&TOKEN, program, "a certificate is public");
        let mut template = Script::template(READ);
        template.bind("token", &TOKEN).decide(decision).parse()
    };
    assert!(accepts("op").is_err(), "another program");
    let script = accepts("vault").expect("it is accepted");
    assert!(file(script).is_ok());
    // A program that only uses the secret needs no decision.
    let used = "P=$(VAULT_TOKEN=\"$(cat {token})\" vault read -field=p kv/a)\n\
                curl -u a:\"$P\" https://h.test";
    assert!(Script::template(used).bind("token", &TOKEN).parse().is_ok());
    let answer = "curl -H \"Authorization: Bearer $(cat {token})\" -o /app/answer \
                  https://h.test/token";
    assert!(
        Script::template(answer)
            .bind("token", &TOKEN)
            .parse()
            .is_ok()
    );
}

#[test]
fn invalid_program_name_is_refused() {
    let decision = danger::declassify_issued(&TOKEN, "a b", "why");
    let mut stage = Stage::from_image("alpine");
    stage.decide(decision).run_exec(["true"]);
    assert!(Dockerfile::from_stage(&stage.build()).is_err());
}

#[test]
fn code_of_the_project_has_a_secret_on_the_author_s_word() -> Result<(), Error> {
    let script = sh!(
        "make -C /src release KEY={key}",
        key = TOKEN,
        @project_code(TOKEN, "it uploads symbols and prints nothing"),
    );
    let text = file(script)?.render();
    let comment = "# dockerfile-dsl: project-code=TOKEN reason=\"it uploads symbols and prints \
                   nothing\"\n";
    assert!(text.contains(comment), "{text}");

    let make = "make -C /src release KEY={key}";
    let refused = Script::template(make).bind("key", &TOKEN).parse();
    let refused = refused.expect_err("it is given to the recipes");
    let rules: Vec<Rule> = refused
        .findings()
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, [Rule::SecretToProjectCode]);
    let mut template = Script::template(make);
    let decision = danger::project_code(&TOKEN, "it prints nothing");
    file(template.bind("key", &TOKEN).decide(decision).parse()?)?;

    // Installing with a mounted configuration needs no word.
    let script = sh!("npm ci", @mount(TOKEN => "/root/.npmrc"));
    file(script).map(drop)
}
