//! How each value of the model is rendered, and that it is read back unchanged.
//!
//! The text is the product: snapshots show whole files. In addition, every instruction, flag and mount option is read back by our
//! reader, and by an independent parser unless it is known to misread it.

mod instructions;
mod mounts;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::script::{script, script_and, script_with};
use dockerfile_dsl::__private::Extra;
use dockerfile_dsl::instructions::{
    Add, Arg, CopyFiles, Env, Expose, GitDirectory, Healthcheck, Label, Network, Run, Security,
    Unpack,
};
use dockerfile_dsl::mounts::{
    BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount,
};
use dockerfile_dsl::{
    Dockerfile, Escape, Secret, Stage, Syntax, TmpFs, Version, danger, expand, glob, inline, path,
    shell_form,
};
use dockerfile_dsl_analysis::dockerfile::{self, Environment, Kind};
use indoc::indoc;

const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

/// The text, which both parsers read as the same keywords.
#[track_caller]
fn rendered(file: &Dockerfile) -> String {
    let text = file.render();
    let ours = dockerfile::read(&text).expect("a rendered file can be read");
    let ours: Vec<String> = ours
        .instructions()
        .map(|(_, _, instruction)| instruction.kind.keyword().to_owned())
        .collect();
    // The other parser knows no other escape character.
    if !text.starts_with("# escape=") {
        let theirs = parse_dockerfile::parse(&text).expect("another parser reads it, too");
        assert_eq!(theirs.instructions.len(), ours.len(), "{text}");
    }
    text
}

/// What a stage with these instructions looks like, without its FROM.
#[track_caller]
fn check(build: impl FnOnce(&mut dockerfile_dsl::StageBuilder), expected: &str) {
    let mut stage = Stage::from_image("debian");
    build(&mut stage);
    let text = rendered(&Dockerfile::from_stage(&stage.build()).expect("nothing is wrong with it"));
    let rest = text
        .strip_prefix("FROM debian\n")
        .expect("it starts with FROM");
    assert_eq!(rest, format!("{expected}\n"));
}

#[test]
fn a_private_clone() {
    let source = Stage::from_image("debian:bookworm-slim")
        .named("source")
        .run(script("apt-get update && apt-get install -y --no-install-recommends git \
                     ca-certificates"))
        .run(script_with(
            indoc! {r#"
                git -c credential.helper= \
                    -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat "#},
            &TOKEN,
            indoc! {r#"
                )"; }; f' \
                    clone --depth=1 https://github.com/acme/private.git /src"#},
        ))
        .build();
    let app = Stage::from_image("debian:bookworm-slim")
        .copy_from(&source, path!("/src"), path!("/app"))
        .cmd(["/app/run"])
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::from_stage(&app).unwrap()), @r#"
    FROM debian:bookworm-slim AS source
    RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates
    RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true <<'EOF'
    git -c credential.helper= \
        -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/GITHUB_TOKEN)"; }; f' \
        clone --depth=1 https://github.com/acme/private.git /src
    EOF

    FROM debian:bookworm-slim
    COPY --from=source /src /app
    CMD ["/app/run"]
    "#);
}

#[test]
fn a_whole_file_with_everything_above_the_first_stage() {
    let app = Stage::from_image(expand("debian:${VERSION}-slim"))
        .platform(expand("$BUILDPLATFORM"))
        .named("app")
        .stage_comment("The only stage.")
        .arg("VERSION")
        .comment("Two lines\nof comment.")
        .check("skip=SecretsUsedInArgOrEnv")
        .decide(danger::allow_name("AUTH", "a public name"))
        .env("AUTH", "x")
        .build();
    let file = Dockerfile::settings()
        .syntax(Syntax::Version(Version::new(1, 21)))
        .check_options("error=true;skip=JSONArgsRecommended")
        .comment("Made by a template.")
        .global_arg(Arg::new("VERSION").default("bookworm"))
        .dockerfile(&app)
        .unwrap();
    insta::assert_snapshot!(rendered(&file), @r#"
    # syntax=docker/dockerfile:1.21
    # check=error=true;skip=JSONArgsRecommended

    # Made by a template.
    ARG VERSION="bookworm"

    # The only stage.
    FROM --platform=$BUILDPLATFORM debian:${VERSION}-slim AS app
    ARG VERSION
    # Two lines
    # of comment.
    # check=skip=SecretsUsedInArgOrEnv
    # dockerfile-dsl: allow-name=AUTH reason="a public name"
    ENV AUTH="x"
    "#);
}

#[test]
fn comment_on_the_first_line_is_not_a_directive() {
    let file = Dockerfile::settings()
        .comment("first")
        .dockerfile(&Stage::scratch().build())
        .unwrap();
    assert_eq!(file.render(), "\n# first\n\nFROM scratch\n");
}

#[test]
fn another_escape_character() {
    let stage = Stage::from_image("debian")
        .env("A", "a`b\\c$d\"e")
        .copy("a`b\\c", path!("/d"))
        .run(Run::new(script("echo a\necho b")).mount(BindMount::at(path!("/x`y"))))
        .build();
    let file = Dockerfile::settings()
        .escape(Escape::Backtick)
        .dockerfile(&stage)
        .unwrap();
    insta::assert_snapshot!(rendered(&file), @r#"
    # escape=`

    FROM debian
    ENV A="a``b\c`$d`"e"
    COPY ["a``b\\\\c", "/d"]
    RUN --mount="type=bind,target=/x````y" <<'EOF'
    set -e; echo a
    echo b
    EOF
    "#);
}

#[test]
fn old_builders_get_the_exec_form() {
    let stage = Stage::from_image("debian")
        .shell(["/bin/bash", "-o", "pipefail", "-c"])
        .run(script("a\nb"))
        .build();
    let file = Dockerfile::settings()
        .without_here_documents()
        .dockerfile(&stage)
        .unwrap();
    assert_eq!(
        file.render(),
        "FROM debian\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN [\"/bin/bash\", \
         \"-o\", \"pipefail\", \"-c\", \"set -e; a\\nb\"]\n"
    );
}

#[test]
fn referenced_stages_are_named_and_written_once() {
    let base = Stage::from_image("debian").run(script("true")).build();
    let left = Stage::from_stage(&base).copy("l", path!("/l")).build();
    let right = Stage::from_stage(&base).copy("r", path!("/r")).build();
    let app = Stage::scratch()
        .copy_from(&left, path!("/l"), path!("/"))
        .copy_from(&right, path!("/r"), path!("/"))
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::from_stage(&app).unwrap()), @r#"
    FROM debian AS stage-0
    RUN true

    FROM stage-0 AS stage-1
    COPY l /l

    FROM stage-0 AS stage-2
    COPY r /r

    FROM scratch
    COPY --from=stage-1 /l /
    COPY --from=stage-2 /r /
    "#);
}

#[test]
fn building_twice_gives_equal_stages() {
    let mut builder = Stage::from_image("debian");
    builder.named("a");
    builder.run(script("true"));
    let (one, two) = (builder.build(), builder.build());
    let file = Dockerfile::from_stages([&one, &two]).unwrap();
    assert_eq!(file.stages().len(), 1);
}

#[test]
fn long_lines_are_continued() {
    let value = "x \\ # ".repeat(20_000);
    let stage = Stage::from_image("debian")
        .env("A", &value)
        .run(script(&format!("echo '{}'", "y # ".repeat(20_000))))
        .build();
    let text = Dockerfile::from_stage(&stage).unwrap().render();
    assert!(text.lines().all(|line| line.len() <= 65_534));
    let file = dockerfile::read(&text).unwrap();
    let mut environment = Environment::stage(&Environment::new(&file, Vec::new()), None);
    environment.apply(&file.stages[0].instructions[0]).unwrap();
    assert_eq!(environment.variable("A"), Some(value.as_str()));
    let Kind::Run(run) = &file.stages[0].instructions[1].kind else {
        panic!("a RUN was written")
    };
    assert_eq!(run.command.shell_text().unwrap().len(), 80_007);
}

#[test]
fn the_facts_are_those_of_the_file() {
    let stage = Stage::from_image("debian")
        .arg_or("V", 1)
        .add_git("https://git.example:8443/acme/x.git")
        .token(TOKEN)
        .to(path!("/src"))
        .add_git("git@git.example:acme/y.git")
        .to(path!("/y"))
        .user("app")
        .run(script_with("cat ", &NPMRC.mode(0o444), " > /dev/null"))
        .run(Run::exec(["ssh"]).mount(SshMount::new().id("work")))
        .build();
    let file = Dockerfile::from_stage(&stage).unwrap();
    let ids: Vec<&str> = file.secrets().iter().map(|secret| secret.id()).collect();
    assert_eq!(ids, ["GIT_AUTH_TOKEN.git.example:8443", "npmrc"]);
    assert_eq!(file.ssh(), ["default", "work"]);
    assert_eq!(file.arguments()[0].name(), "V");
    assert!(file.stages()[0].uses_secrets());
    insta::assert_snapshot!(file.audit(), @"
    stage 0, line 3: reads secret `GIT_AUTH_TOKEN.git.example:8443` for the request that the builder makes
    stage 0, line 6: reads secret `npmrc` at /run/secrets/npmrc
    ");
}

#[test]
fn the_required_frontend_is_the_least_that_knows_everything() {
    let required = |build: &dyn Fn(&mut dockerfile_dsl::StageBuilder)| {
        let mut stage = Stage::from_image("debian");
        build(&mut stage);
        Dockerfile::from_stage(&stage.build())
            .unwrap()
            .required_syntax()
            .to_string()
    };
    assert_eq!(required(&|_| {}), "1.0");
    assert_eq!(
        required(&|s| {
            s.run(Run::exec(["x"]).mount(SshMount::new()));
        }),
        "1.2"
    );
    assert_eq!(
        required(&|s| {
            s.run(Run::exec(["x"]).mount(CacheMount::at(expand("/$A"))));
        }),
        "1.3"
    );
    assert_eq!(
        required(&|s| {
            s.run(script("a\nb"));
        }),
        "1.4"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(Healthcheck::new(["x"]).start_interval("5s"));
        }),
        "1.6"
    );
    assert_eq!(
        required(&|s| {
            s.run(
                Run::exec(["x"])
                    .decide(danger::trust_with_output("x", "a test"))
                    .mount(SecretMount::new(TOKEN).env("T", "r")),
            );
        }),
        "1.10"
    );
    assert_eq!(
        required(&|s| {
            s.env("A", expand("${B-x}"));
        }),
        "1.6"
    );
    assert_eq!(
        required(&|s| {
            s.env("A", expand("${B:-x}"));
        }),
        "1.0"
    );
    assert_eq!(
        required(&|s| {
            s.workdir(expand("/${B%.*}"));
        }),
        "1.7"
    );
    assert_eq!(
        required(&|s| {
            s.check("skip=all").env("A", "1");
        }),
        "1.21"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(CopyFiles::new("a", path!("/b")).chmod("u=r"));
        }),
        "1.14"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(CopyFiles::new("a", path!("/b")).exclude("c"));
        }),
        "1.19"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(CopyFiles::new("a", path!("/b")).parents());
        }),
        "1.20"
    );
}

/// Prints a file, for [`the_same_bytes_on_another_machine`].
#[test]
fn a_file_is_printed_when_asked() {
    if std::env::var_os("DOCKERFILE_DSL_TEST_PRINT").is_none() {
        return;
    }
    let stage = Stage::from_image("debian")
        .env("A", "$HOME ~")
        .run(script_with("cat ", &NPMRC, " > /dev/null; echo ~"))
        .build();
    eprintln!("{}", Dockerfile::from_stage(&stage).unwrap().render());
}

#[test]
fn the_same_bytes_on_another_machine() {
    let printed = |home: &str, user: &str| {
        let test = std::env::current_exe().unwrap();
        let mut command = std::process::Command::new(test);
        command.args([
            "--exact",
            "render::a_file_is_printed_when_asked",
            "--nocapture",
        ]);
        command
            .env("DOCKERFILE_DSL_TEST_PRINT", "1")
            .env("HOME", home)
            .env("USER", user)
            .env("HOSTNAME", user)
            .current_dir("/");
        let output = command.output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let here = printed("/root", "root");
    assert!(here.contains("ENV A=\"\\$HOME ~\""), "{here}");
    assert_eq!(here, printed("/home/somebody", "somebody"));
}

#[test]
fn rendering_is_deterministic() {
    let render = |order: &[usize]| {
        // The caller's own map may iterate in any order; the model sorts nothing and hashes nothing.
        let values: BTreeMap<usize, &str> = order
            .iter()
            .map(|index| (*index, ["a", "b", "c", "d"][*index]))
            .collect();
        let mut stage = Stage::from_image("debian");
        for (index, value) in &values {
            stage.env(format!("K{index}"), *value);
        }
        let secrets = [TOKEN, NPMRC];
        for secret in secrets {
            stage.run(script_with("cat ", &secret, " > /dev/null"));
        }
        let file = Dockerfile::from_stage(&stage.build()).unwrap();
        (file.render(), file.secrets().to_vec())
    };
    let first = render(&[0, 1, 2, 3]);
    for round in 0..50 {
        let mut order = [0, 1, 2, 3];
        order.rotate_left(round % 4);
        order.swap(round % 3, (round + 1) % 4);
        assert_eq!(render(&order), first);
    }
}
