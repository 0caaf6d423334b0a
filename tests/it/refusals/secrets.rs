//! Errors about a secret, its mount and its source.

use super::*;

#[test]
fn a_secret_that_the_user_cannot_read() {
    let message = "stage `app`, RUN: the user `app` cannot read `/run/secrets/GITHUB_TOKEN`: the \
                   program reads an empty value, and the step does not fail (SecretUnreadable)";
    check_text(
        |stage| {
            stage
                .user("app")
                .run(script_with("cat ", &TOKEN, " > /dev/null"));
        },
        message,
    );
    accepts(|stage| {
        stage
            .user("app")
            .run(script_with("cat ", &TOKEN.uid(1000), " > /dev/null"));
        stage.run(script_with("cat ", &TOKEN.mode(0o444), " > /dev/null"));
        stage
            .user("1000")
            .run(script_with("cat ", &TOKEN, " > /dev/null"));
        stage
            .user("root")
            .run(script_with("cat ", &TOKEN, " > /dev/null"));
    });
    let base = Stage::from_image("debian").user("app").build();
    let inherits = Stage::from_stage(&base)
        .named("app")
        .run(script_with("cat ", &TOKEN, " > /dev/null"))
        .build();
    let error = Dockerfile::from_stage(&inherits).unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}

#[test]
fn mounts_that_hide_each_other() {
    check_text(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SecretMount::new(TOKEN).target("/t"))
                    .mount(SecretMount::new(OTHER).target("/t")),
            );
        },
        "stage `app`, RUN: two mounts of this RUN are at `/t`, one of them a secret \
         (OverlappingMounts)",
    );
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SecretMount::new(TOKEN).env("T", "r"))
                    .mount(SecretMount::new(OTHER).env("T", "r")),
            );
        },
        "stage `app`, RUN: two secrets use the variable `T`",
    );
    accepts(|stage| {
        stage.run(
            Run::exec(["a"])
                .decide(danger::trust_with_output("a", "no secret leaves it"))
                .mount(SecretMount::new(TOKEN).target("/t"))
                .mount(SecretMount::new(OTHER).target("/o")),
        );
    });
}

#[test]
fn reserved_variables_cannot_carry_a_secret() {
    for name in [
        "PATH",
        "HOME",
        "LD_PRELOAD",
        "IFS",
        "ENV",
        "BASH_ENV",
        "PS4",
        "SHELLOPTS",
        "PWD",
        "TMPDIR",
        "https_proxy",
        "ALL_PROXY",
    ] {
        check_text(
            |stage| {
                stage.run(
                    Run::exec(["a"])
                        .decide(danger::trust_with_output("a", "no secret leaves it"))
                        .mount(SecretMount::new(TOKEN).env(name, "r")),
                );
            },
            &format!(
                "stage `app`, RUN: a secret is mounted as the variable `{name}`, which changes how \
                 programs run (ReservedVariable)"
            ),
        );
    }
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SecretMount::new(TOKEN).env("NODE_AUTH_TOKEN", " ")),
            );
        },
        "stage `app`, RUN: secret `GITHUB_TOKEN` is visible to every process of the step: give \
         a reason",
    );
    accepts(|stage| {
        stage.run(
            Run::exec(["a"])
                .decide(danger::trust_with_output("a", "no secret leaves it"))
                .mount(SecretMount::new(TOKEN).env("PATH_TOKEN", "r")),
        );
    });
}

#[test]
fn one_id_has_one_source() {
    let again = Secret::file("GITHUB_TOKEN", "token.txt");
    check(
        |stage| {
            stage
                .run(script_with("cat ", &TOKEN, " > /dev/null"))
                .run(script_with("cat ", &again, " > /dev/null"));
        },
        "stage `app`: secret id `GITHUB_TOKEN` has two sources in this file, and the command \
         line can use only one: declare it once",
    );
    accepts(|stage| {
        stage
            .run(script_with("cat ", &TOKEN, " > /dev/null"))
            .run(script_with("cat ", &TOKEN.mode(0o444), " > /dev/null"));
    });
}

#[test]
fn build_argument_named_as_a_secret_variable_is_refused() {
    let said = |keyword: &str| {
        format!(
            "stage `app`, {keyword}: `ACME_LOGIN` is the variable that holds secret `acme`: as a \
             build argument or environment variable its value stays in the image; use the secret \
             in `sh!`, or write `.decide(danger::allow_name(\"ACME_LOGIN\", \"reason\"))`"
        )
    };
    let acme = Secret::env_as("acme", "ACME_LOGIN");
    check(
        |stage| {
            stage
                .arg("ACME_LOGIN")
                .run(script_with("cat ", &acme, " > /dev/null"));
        },
        &said("ARG"),
    );
    check(
        |stage| {
            stage
                .run(script_with("cat ", &acme, " > /dev/null"))
                .instruction(Env::new("A", "1").and("ACME_LOGIN", "x"));
        },
        &said("ENV"),
    );
    accepts(|stage| {
        stage
            .decide(danger::allow_name("ACME_LOGIN", "a name that is public"))
            .arg("ACME_LOGIN")
            .run(script_with("cat ", &acme, " > /dev/null"));
    });
}

#[test]
fn the_file_of_a_secret_is_not_copied() {
    let config = Secret::file("config", "./deploy/config.json");
    check(
        |stage| {
            stage
                .copy("deploy/config.json", path!("/etc/"))
                .run(script_with("cat ", &config, " > /dev/null"));
        },
        "stage `app`, COPY: `deploy/config.json` is the file of secret `config`: copying it \
         keeps its value in a layer; use the secret in `sh!`, where it is mounted",
    );
    accepts(|stage| {
        stage
            .copy("deploy/config.js", path!("/etc/"))
            .run(script_with("cat ", &config, " > /dev/null"));
        stage.copy_from_image("nginx:1", "deploy/config.json", path!("/etc/"));
    });
}

#[test]
fn credentials_of_an_add() {
    check_text(
        |stage| {
            stage
                .add_git("https://me:hunter2@example.com/x.git")
                .to(path!("/x"));
        },
        "stage `app`, ADD: the URL contains a user or password, which the image history would \
         keep: remove it, and write `.token(SECRET)`",
    );
    check(
        |stage| {
            stage
                .add_git("git@example.com:x.git")
                .token(TOKEN)
                .to(path!("/x"));
        },
        "stage `app`, ADD: BuildKit sends a token only to `http://` and `https://`: over ssh it \
         uses the agent of `--ssh default`",
    );
    check(
        |stage| {
            stage.instruction(Add::new("x", path!("/x")).token(TOKEN));
        },
        "stage `app`, ADD: a token applies to a download or a git repository: files of the \
         build context need none",
    );
    check(
        |stage| {
            stage.add("https://example.com/x", path!("/x"));
        },
        "stage `app`, ADD: a source that looks like a URL: write `.add_http(url)` or \
         `.add_git(url)` for one, and `./` before a path that only looks like it",
    );
}

#[test]
fn global_argument_named_as_a_secret_variable_is_refused() {
    let stage = Stage::from_image("debian")
        .run(script_with("cat ", &OTHER, " > /dev/null"))
        .build();
    let error = Dockerfile::settings()
        .global_arg(dockerfile_dsl::instructions::Arg::new("OTHER"))
        .dockerfile(&stage)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("global ARG: `OTHER` is the variable that holds secret `other`"),
        "{error}"
    );
}

#[test]
fn secret_path_used_as_value_is_refused() {
    let wrong = "the path of secret `GITHUB_TOKEN` is used where its value is expected: write \
                 `$(cat {GITHUB_TOKEN})` with the name of its constant, or use `.value()`";
    for text in [
        "curl -H \"Authorization: Bearer {t}\" https://example.com -o /dev/null",
        "git clone https://{t}@github.com/acme/private /src",
        "git clone https://user:{t}@github.com/acme/private /src",
    ] {
        let script = Script::parse(text, &[("t", &TOKEN)]).unwrap();
        check(
            |stage| {
                stage.run(script.clone());
            },
            &format!("line 3: {wrong}"),
        );
    }
    for text in [
        "curl -H \"Authorization: Bearer $(cat {t})\" https://example.com -o /dev/null",
        "curl -H @{t} https://example.com -o /dev/null",
        "test -s {t}",
    ] {
        let script = Script::parse(text, &[("t", &TOKEN)]).unwrap();
        accepts(|stage| {
            stage.run(script.clone());
        });
    }
}

/// A secret passed as text by mistake is refused, and not shown.
#[test]
fn refused_value_is_not_shown() {
    let token = format!("npm{}aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", '_');
    let stages: [&dyn Fn(&mut StageBuilder); 4] = [
        &|stage| {
            stage.env("NPM_TOKEN", token.as_str());
        },
        &|stage| {
            stage.env("DB_PASSWORD", "swordfish9");
        },
        &|stage| {
            stage.env("A", token.as_str());
        },
        &|stage| {
            stage.env("DB_PASSWORD", expand("swordfish9 $("));
        },
    ];
    for build in stages {
        let mut stage = Stage::from_image("debian");
        build(&mut stage);
        let error = Dockerfile::from_stage(&stage.build()).expect_err("it is refused");
        for told in [
            error.to_string(),
            format!("{error:?}"),
            format!("{:?}", error.findings()),
        ] {
            assert!(!told.contains("swordfish9"), "{told}");
            assert!(!told.contains(&token), "{told}");
        }
    }
    // The same names with values that are none.
    accepts(|stage| {
        stage.env("NPM_TOKEN", "changeme").env("GPG_KEY_ID", "abc");
    });
}

/// Findings in a build stage have a configurable level, and each can be accepted at its instruction.
#[test]
fn findings_are_accepted_at_their_instruction() {
    let build = |allow: Option<danger::Decision>| {
        let mut build = Stage::from_image("debian");
        build.named("build");
        if let Some(allow) = allow {
            build.decide(allow);
        }
        build.env("API_TOKEN", "abc");
        let build = build.build();
        Stage::from_image("debian")
            .copy_from(&build, path!("/app"), path!("/app"))
            .build()
    };
    assert!(Dockerfile::from_stage(&build(None)).is_err());
    let rule = Rule::SecretsUsedInArgOrEnv;
    let accepted = Dockerfile::from_stage(&build(Some(danger::allow(rule, "public")))).unwrap();
    assert!(
        accepted
            .audit()
            .to_string()
            .contains("allow=SecretsUsedInArgOrEnv")
    );
    // A decision about a secret that the finding is not about.
    let other = danger::allow_for(&OTHER, rule, "public");
    assert!(Dockerfile::from_stage(&build(Some(other))).is_err());
    let settings = Dockerfile::settings()
        .decide(danger::builder_stages_are_warnings("the cache is private"))
        .clone();
    let accepted = settings.dockerfile(&build(None)).unwrap();
    assert!(
        accepted
            .render()
            .contains("# dockerfile-dsl: builder-stages=warning reason=\"the cache is private\"\n")
    );
    assert!(
        accepted
            .audit()
            .to_string()
            .contains("builder-stages=warning, because: the cache")
    );
    // The image itself has no such level.
    let mut image = Stage::from_image("debian");
    image.env("API_TOKEN", "abc");
    assert!(settings.dockerfile(&image.build()).is_err());
}
