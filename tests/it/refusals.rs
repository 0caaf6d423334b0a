//! Errors of `Dockerfile::from_stage`: the place, the problem, the fix.

mod secrets;

use crate::script::{script, script_and, script_with};
use dockerfile_dsl::__private::Extra;
use dockerfile_dsl::instructions::{Add, CopyFiles, Env, Healthcheck, Onbuild, Run, Shell};
use dockerfile_dsl::mounts::{BindMount, CacheMount, SecretMount, SshMount};
use dockerfile_dsl::{
    Dockerfile, Escape, Rule, Script, Secret, Stage, StageBuilder, Syntax, Version, danger,
    dockerfile, expand, glob, inline, path, shell_form,
};

const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
const OTHER: Secret = Secret::env_as("other", "OTHER");

/// Checks the first line of the error that the check of the text returns.
#[track_caller]
fn check_text(build: impl FnOnce(&mut StageBuilder), expected: &str) {
    let mut stage = Stage::from_image("debian");
    stage.named("app");
    build(&mut stage);
    let error = Dockerfile::from_stage(&stage.build())
        .unwrap_err()
        .to_string();
    let first = error.lines().next().unwrap_or_default();
    assert_eq!(first, expected, "{error}");
}

#[track_caller]
fn check(build: impl FnOnce(&mut StageBuilder), expected: &str) {
    let mut stage = Stage::from_image("debian");
    stage.named("app");
    build(&mut stage);
    let error = Dockerfile::from_stage(&stage.build())
        .expect_err("it is refused")
        .to_string();
    assert_eq!(without_rust_places(&error), expected);
}

/// Each message without the line for its place in the Rust source.
fn without_rust_places(error: &str) -> String {
    let lines = error.lines().filter(|line| !line.starts_with(" --> "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_error_names_the_line_of_rust() {
    let mut stage = Stage::from_image("debian");
    let line = line!() + 1;
    stage.user("a:b:c");
    let error = Dockerfile::from_stage(&stage.build()).unwrap_err();
    let source = error.problems()[0].source().unwrap();
    assert!(
        source.ends_with(&format!("refusals.rs:{line}:11")),
        "{source}"
    );
    assert!(error.to_string().ends_with(&format!("\n --> {source}")));
    let from_line = line!() + 1;
    let stage = Stage::from_image("Debian").build();
    let error = Dockerfile::from_stage(&stage).unwrap_err();
    let source = error.problems()[0].source().unwrap().to_owned();
    assert!(
        source.contains(&format!("refusals.rs:{from_line}:")),
        "{source}"
    );
    let template = line!() + 3;
    let error = dockerfile! {
        FROM "debian"
        USER "a:b:c"
    }
    .unwrap_err();
    let source = error.problems()[0].source().unwrap().to_owned();
    assert!(
        source.contains(&format!("refusals.rs:{template}:")),
        "{source}"
    );
}

#[test]
fn finding_about_the_builder_is_in_rust_terms() {
    let line = line!() + 2;
    let stage = Stage::from_image("debian")
        .env("NPM_TOKEN", "npm_0123456789")
        .build();
    let error = Dockerfile::from_stage(&stage).unwrap_err().to_string();
    for part in [
        &format!("refusals.rs:{line}:"),
        "const NPM_TOKEN: Secret = Secret::env(\"NPM_TOKEN\");",
        ".decide(danger::allow(Rule::SecretsUsedInArgOrEnv, \"reason\"))",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    for syntax in ["--mount", "# dockerfile-dsl:", "npm_0123456789"] {
        assert!(!error.contains(syntax), "{syntax}: {error}");
    }
}

/// Accepts the near miss: one small difference, and no error.
#[track_caller]
fn accepts(build: impl FnOnce(&mut StageBuilder)) {
    let mut stage = Stage::from_image("debian");
    stage.named("app");
    build(&mut stage);
    Dockerfile::from_stage(&stage.build()).expect("nothing is wrong with it");
}

#[test]
fn several_sources_need_a_directory() {
    check(
        |stage| {
            stage.copy(["a", "b"], path!("/d"));
        },
        "stage `app`, COPY: several sources are copied to `/d`, each over the one before: end the \
         destination with `/`",
    );
    check(
        |stage| {
            stage.add(glob("*.txt"), path!("/d"));
        },
        "stage `app`, ADD: several sources are copied to `/d`, each over the one before: end the \
         destination with `/`",
    );
    accepts(|stage| {
        stage
            .copy(["a", "b"], path!("/d/"))
            .copy(["a", "b"], path!("."))
            .copy("a", path!("/d"));
    });
}

#[test]
fn line_break_is_refused_in_one_line() {
    check(
        |stage| {
            stage.env("KEY", "-----BEGIN\nMIIE");
        },
        "stage `app`, ENV: the value of `KEY` contains a line break, which a Dockerfile cannot \
         represent",
    );
    check(
        |stage| {
            stage.cmd(shell_form("a\nb"));
        },
        "stage `app`, CMD: the command contains a line break, which a Dockerfile cannot \
         represent",
    );
    check(
        |stage| {
            stage.run_exec(["a", "\0"]);
        },
        "stage `app`, RUN: an argument contains a NUL, which no program can receive",
    );
    accepts(|stage| {
        stage.run_exec(["a", "\n"]).cmd(["a\nb"]);
    });
}

#[test]
fn flags_are_ascii() {
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(BindMount::at(path!("/à"))),
            );
        },
        "stage `app`, RUN: the target of a mount contains non-ASCII characters, which BuildKit \
         mangles in flags; put them into a build argument and write `expand(\"$NAME\")` where \
         variables are expanded",
    );
    accepts(|stage| {
        stage.copy("à", path!("/à"));
    });
}

#[test]
fn a_script_that_is_too_long() {
    let text = format!("echo {}", "x".repeat(131_072 - 5));
    check(
        |stage| {
            stage.run(script(&text));
        },
        &format!(
            "stage `app`, RUN `echo {}...`: the script has 131072 bytes, and a shell can \
             receive 131071 at most: put it into a file, or into several steps",
            "x".repeat(35)
        ),
    );
    accepts(|stage| {
        stage.run(script(&text[..text.len() - 1]));
    });
}

#[test]
fn a_script_that_would_run_as_a_file() {
    check(
        |stage| {
            stage.run(script("#!/bin/sh\nmake"));
        },
        "stage `app`, RUN `#!/bin/sh`: the script starts with `#!`: BuildKit would run it as a \
         file, without the checks; name the shell with SHELL",
    );
    accepts(|stage| {
        stage.run(script("# !/bin/sh\nmake"));
    });
}

#[test]
fn a_script_for_bash_needs_bash() {
    check(
        |stage| {
            stage.run(script_and("[[ -f x ]]", &[Extra::Bash]));
        },
        "stage `app`, RUN `[[ -f x ]]`: the script is written for bash, and `sh` would read it: \
         write `.shell([\"/bin/bash\", \"-c\"])` before it",
    );
    accepts(|stage| {
        stage
            .shell(["/bin/bash", "-c"])
            .run(script_and("[[ -f x ]]", &[Extra::Bash]));
    });
    let base = Stage::from_image("debian").shell(["bash", "-c"]).build();
    let app = Stage::from_stage(&base)
        .run(script_and("[[ -f x ]]", &[Extra::Bash]))
        .build();
    assert!(
        Dockerfile::from_stage(&app).is_ok(),
        "SHELL is inherited from a stage"
    );
}

#[test]
fn names_of_stages() {
    let one = Stage::from_image("debian").named("app").build();
    let two = Stage::from_image("alpine")
        .named("app")
        .copy_from(&one, "a", path!("/a"))
        .build();
    assert_eq!(
        Dockerfile::from_stage(&two).unwrap_err().to_string(),
        "stage `app`: stage 0 is a different stage with the same name: give one of them another \
         name"
    );
    let image = Stage::from_image("debian")
        .named("b")
        .copy_from(&one, "a", path!("/a"))
        .copy_from_image("app", "a", path!("/a"))
        .build();
    assert_eq!(
        Dockerfile::from_stage(&image).unwrap_err().to_string(),
        "stage `b`: `app` is the name of a stage here, not an image: pass the `Stage`, or give the \
         image its registry"
    );
    for name in ["App", "1a", "scratch", "a b", "", "a\nRUN evil"] {
        let stage = Stage::from_image("debian").named(name).build();
        assert!(Dockerfile::from_stage(&stage).is_err(), "{name:?}");
    }
}

#[test]
fn repeated_instructions_are_refused() {
    check(
        |stage| {
            stage.cmd(["a"]).cmd(["b"]);
        },
        "stage `app`: CMD occurs 2 times, and only the last one counts: write it once",
    );
    check(
        |stage| {
            stage.env("A", "1").comment("about what?");
        },
        "stage `app`: comment or decision after the last instruction",
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    check(
        |stage| {
            stage
                .expose("80/http")
                .stopsignal("SIGFOO")
                .user("a:b:c")
                .instruction(Healthcheck::new(["a"]).interval("5"));
        },
        "stage `app`, EXPOSE: invalid port `80/http`: the protocol must be `tcp`, `udp` or \
         `sctp`\nstage `app`, STOPSIGNAL: invalid signal `SIGFOO`: write a number that is not \
         0, or a name such as `SIGTERM` or `SIGRTMIN+3`\nstage `app`, USER: invalid owner \
         `a:b:c`: write at most one `:`\nstage `app`, HEALTHCHECK: invalid duration `5`: the \
         unit is missing: `s`, `m`, `h`, `ms`, `us` or `ns`",
    );
}

#[test]
fn comments_cannot_be_directives() {
    for comment in [
        "dockerfile-dsl: allow=SecretInLayer reason=\"x\"",
        "syntax=evil/image",
        " # check = skip=all",
        "fine\nescape=`",
    ] {
        check(
            |stage| {
                stage.comment(comment).env("A", "1");
            },
            "stage `app`, ENV: a comment reads as a directive: there are methods for those \
             (`.check(..)`, `.decide(..)`, `Settings`)",
        );
    }
    accepts(|stage| {
        stage
            .comment("the syntax is that of sh\n\n# really")
            .env("A", "1");
    });
}

#[test]
fn onbuild_instructions() {
    check(
        |stage| {
            stage.onbuild(Onbuild::new(CopyFiles::new("a", path!("/a"))));
        },
        "stage `app`, ONBUILD: ONBUILD ONBUILD is not allowed",
    );
    check(
        |stage| {
            stage.onbuild(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SecretMount::new(TOKEN)),
            );
        },
        "stage `app`, ONBUILD: the instruction runs in another build, which cannot get a secret \
         of this one",
    );
}

#[test]
fn odds_and_ends() {
    check(
        |stage| {
            stage.instruction(Shell::new([] as [&str; 0]));
        },
        "stage `app`, SHELL: SHELL needs at least a program",
    );
    check(
        |stage| {
            stage.copy_from_image("0", "a", path!("/a"));
        },
        "stage `app`, COPY: `from=0` would be the stage with that index: give the image its \
         registry, or pass the `Stage`",
    );
    check(
        |stage| {
            stage.copy(inline("f", "no end"), path!("/a"));
        },
        "stage `app`, COPY: the content of `f` does not end with a line break, and a here-document \
         always does: add one, or copy the file from the build context",
    );
    check(
        |stage| {
            stage.env("A", expand("${A"));
        },
        "stage `app`, ENV: byte 1 of its text: write NAME or {NAME} after `$`, with `:-word`, \
         `-word`, `:+word`, `+word`, `#p`, `##p`, `%p`, `%%p`, `/p/r` or `//p/r` before the \
         brace; a dollar sign is `\\$`",
    );
    check(
        |stage| {
            stage.cmd(shell_form("[ \"a\" ]"));
        },
        "stage `app`, CMD: a command in `[..]` is read as a JSON array: write `test` instead of \
         `[`, or the exec form",
    );
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SshMount::new().id("a=b")),
            );
        },
        "stage `app`, RUN: the id of an SSH agent must not be empty or contain `=` or `,`: \
         `--ssh` cannot express it",
    );
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(CacheMount::at(path!("/"))),
            );
        },
        "stage `app`, RUN: the target of a mount cannot be `/`",
    );
    check(
        |stage| {
            stage.run(
                Run::exec(["a"])
                    .decide(danger::trust_with_output("a", "no secret leaves it"))
                    .mount(SecretMount::new(TOKEN).target("~/.npmrc")),
            );
        },
        "stage `app`, RUN: the mount target of secret `GITHUB_TOKEN` is not absolute; a leading \
         `~` is not expanded there",
    );
    check(
        |stage| {
            stage.run(Run::new(script("npm ci")).mount(SecretMount::new(TOKEN)));
        },
        "stage `app`, RUN `npm ci`: a secret was mounted after the script was checked: use it \
         in a hole of `sh!`, or write `sh!(\"..\", @mount(SECRET => \"/path\"))`",
    );
    check(
        |stage| {
            stage.instruction(danger::raw_instruction("RUN a\nRUN b", "two"));
        },
        "the file cannot be written so that BuildKit reads the same instructions: [[\"RUN\"]] \
         would be [[\"RUN\", \"RUN\"]]",
    );
}

#[test]
fn raw_text_cannot_contain_decisions() {
    check(
        |stage| {
            stage.instruction(danger::raw_instruction(
                "LABEL a=b\n# dockerfile-dsl: allow=SecretInLayer reason=\"x\"",
                "why",
            ));
        },
        "stage `app`, LABEL: the raw instruction contains a decision comment: use \
         `danger::allow`, so that the audit lists it",
    );
    check(
        |stage| {
            stage.instruction(danger::raw_instruction("LABEL a=b", " "));
        },
        "stage `app`, LABEL: `raw` needs a reason",
    );
    check(
        |stage| {
            stage.instruction(danger::raw_instruction("FROM evil", "why"));
        },
        "the file cannot be written so that BuildKit reads the same instructions: [[\"FROM\"]] \
         would be [[], []]",
    );
}

#[test]
fn a_flag_of_the_labs_channel_needs_it() {
    let stage = Stage::from_image("debian")
        .run(Run::exec(["true"]).device("vendor.com/gpu=0"))
        .build();
    let target = |syntax| Dockerfile::settings().syntax(syntax).dockerfile(&stage);
    for syntax in [Syntax::Latest, Syntax::Version(Version::new(1, 21))] {
        let error = target(syntax).unwrap_err().to_string();
        let expected = "does not know RUN --device: only the labs channel does, `Syntax::Labs`";
        assert!(error.contains(expected), "{error}");
    }
    target(Syntax::Labs).expect("the labs channel knows it");
}

#[test]
fn settings_of_the_file() {
    let literal = Stage::from_image("debian:$V").build();
    let error = Dockerfile::from_stage(&literal).unwrap_err().to_string();
    assert!(
        error.contains("write `expand(\"..\")` around it"),
        "{error}"
    );
    let stage = Stage::from_image(expand("debian:$V"))
        .run(script("a\nb"))
        .build();
    let error = Dockerfile::settings()
        .syntax(Syntax::Version(Version::new(1, 3)))
        .dockerfile(&stage)
        .unwrap_err();
    assert_eq!(
        without_rust_places(&error.to_string()),
        "stage 0, FROM: `$V` is empty in FROM: declare it with \
         `Dockerfile::settings().global_arg(Arg::new(\"V\"))`\n`# syntax=docker/dockerfile:1.3` \
         does not know a here-document: that needs 1.4"
    );
    let later = Stage::from_image("debian")
        .onbuild(CopyFiles::new("a", path!("/a")))
        .build();
    let error = Dockerfile::settings()
        .escape(Escape::Backtick)
        .dockerfile(&later)
        .unwrap_err();
    assert_eq!(
        without_rust_places(&error.to_string()),
        "stage 0, ONBUILD: ONBUILD is parsed again in another build, where the escape character \
         is `\\`: remove the directive"
    );
}
